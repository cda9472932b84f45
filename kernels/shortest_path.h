#pragma once

#include "libgeo/network.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace vigil {

/// An edge of a path, in the direction it is travelled.
struct PathStep {
    std::uint32_t edge = 0;
    bool forward = true; ///< along the drawing
    bool operator==(const PathStep&) const = default;
};

/// A way along edges. The first and last edge are travelled in part: from `start_m` along the first edge's
/// drawing, to `end_m` along the last one's. No step at all means start and end are one place.
struct Path {
    std::vector<PathStep> steps;
    double start_m = 0;
    double end_m = 0;
    double length_m = 0;
    double cost = 0; ///< metres, or seconds when the network's cost is time
};

/// Finds cheapest paths on one network (Dijkstra, binary heap). Keeps its memory between searches; one per
/// thread.
///
/// Paths start and end anywhere on an edge; part of an edge costs in proportion to its length, and one-way
/// edges are respected, also when both places are on the same edge. Of equally cheap paths the same one is
/// taken every time.
///
/// cost     O((m + n) log n) time per start for the part that is nearer than the targets; O(n) memory
/// source   Dijkstra (1959), Numerische Mathematik 1, 269-271
class PathFinder {
  public:
    /// The network must outlive the finder.
    explicit PathFinder(const Network& network);

    /// The cheapest path, or nothing when there is none.
    std::optional<Path> path(NetworkPlace from, NetworkPlace to);

    /// The cheapest path to each of `targets`, in one search.
    std::vector<std::optional<Path>> paths(NetworkPlace from, std::span<const NetworkPlace> targets);

    struct Nearest {
        std::size_t target = 0; ///< index into `targets`; the first of equally near ones
        Path path;
    };
    /// The target that is cheapest to reach, or nothing when none can be reached.
    std::optional<Nearest> nearest(NetworkPlace from, std::span<const NetworkPlace> targets);

  private:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    /// How a node was reached: at what cost, over which arc; arc `none` is the part of the first edge.
    struct Label {
        double cost = 0;
        std::uint32_t round = 0; ///< of the search this label belongs to
        std::uint32_t tail = none;
        PathStep by;
        bool settled = false;
    };
    /// A way into a target: from `node` over part of its edge.
    struct Entry {
        std::uint32_t node = 0;
        std::size_t target = 0;
        double cost = 0;
        PathStep last;
        bool partial = true; ///< false when the target is at the node itself
    };
    struct Best {
        double cost = std::numeric_limits<double>::infinity();
        Entry entry;
        bool direct = false; ///< along the one edge both places are on
    };

    std::vector<Best> search(NetworkPlace from, std::span<const NetworkPlace> targets, bool only_nearest);
    void start(NetworkPlace from);
    void reach(std::uint32_t node, double cost, std::uint32_t tail, PathStep by);
    std::vector<Entry> entries_of(std::span<const NetworkPlace> targets) const;
    std::optional<Best> direct(NetworkPlace from, NetworkPlace to) const;
    Path trace(NetworkPlace from, NetworkPlace to, const Best& best) const;

    struct Queued {
        double cost = 0;
        std::uint32_t node = 0;
    };
    static bool later(const Queued& a, const Queued& b);

    const Network& network_;
    std::vector<Label> labels_;
    std::vector<Queued> queue_;
    std::uint32_t round_ = 0;
};

/// The cheapest path between two nodes.
std::optional<Path> shortest_path(const Network& network, std::uint32_t from, std::uint32_t to);

/// A place at a node: the end of one of its edges.
/// throws   Error when the node has no edge
NetworkPlace place_at(const Network& network, std::uint32_t node);

/// The drawing of a path, from start to end; one place twice when it has no length.
std::vector<XY> path_shape(const Network& network, const Path& path, NetworkPlace from);

/// The nodes a path passes, in order.
std::vector<std::uint32_t> path_nodes(const Network& network, const Path& path);

} // namespace vigil
