#pragma once

#include "kernels/nearest.h"
#include "libgeo/network.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vigil {

/// Where a place meets the network.
struct Snapped {
    NetworkPlace place;
    XY xy;                 ///< on the drawing of the edge
    double distance_m = 0; ///< from the place that was snapped
};

/// Finds the nearest point of a network.
///
/// Places at most 50 m apart along the edges go into a k-d tree; the exact distance is then measured to every
/// stretch of line that owns a place near enough to matter, so the answer is the one brute force gives.
/// Of several nearest edges the one with the lowest number is taken, and on it the smallest offset.
///
/// cost   O(m log m) to build for m = total length / 50 m + edges; a search looks at a handful of stretches
class Snapper {
  public:
    /// edges   numbers of the edges that may be snapped to; empty means all. The network must outlive this.
    explicit Snapper(const Network& network, std::span<const std::uint32_t> edges = {});

    /// The nearest point of the network; nothing when it is farther than `max_distance_m`.
    /// throws   Error when the place is not finite
    [[nodiscard]] std::optional<Snapped> snap(XY place, double max_distance_m = infinite) const;

    static constexpr double infinite = std::numeric_limits<double>::infinity();

  private:
    /// A stretch of an edge: the vertices [first, last] of Network::shape.
    struct Stretch {
        std::uint32_t edge = 0;
        std::size_t first = 0;
        std::size_t last = 0;
        double first_offset_m = 0; ///< of vertex `first` along the edge
    };
    void add_stretches(std::uint32_t edge, std::vector<XY>& centres);
    void measure(XY place, const Stretch& stretch, Snapped& best) const;

    const Network& network_;
    std::vector<Stretch> stretches_;
    std::optional<PlaceIndex> index_;
};

/// Finds the nearest node of a network; of several, the one with the lowest number.
class NodeSnapper {
  public:
    /// nodes   numbers of the nodes that may be snapped to; empty means all. The network must outlive this.
    explicit NodeSnapper(const Network& network, std::span<const std::uint32_t> nodes = {});

    /// The nearest node as a place on one of its edges; nothing when it is farther than `max_distance_m`.
    /// throws   Error when the place is not finite
    [[nodiscard]] std::optional<Snapped> snap(XY place, double max_distance_m = Snapper::infinite) const;

  private:
    std::vector<NetworkPlace> place_of_; ///< of each node in the index
    std::optional<PlaceIndex> index_;
};

/// The point of the drawing at a place.
XY to_xy(const Network& network, NetworkPlace place);

} // namespace vigil
