#pragma once

#include "kernels/route/match/turn_graph.h"
#include "kernels/route/node_queue.h"
#include "kernels/route/seeds.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// A way over a turn graph from one set of seeds to another.
struct TurnWay {
    Weight weight = unreachable;      ///< with the seeds' weights
    std::vector<std::uint32_t> nodes; ///< of the turn graph, from a seed of the start to one of the end
};

/// A node of a turn graph that lies between two sets of seeds.
struct NodeBetween {
    std::uint32_t node = 0;
    Weight from_start = 0, to_end = 0; ///< seeds' weights included
};

/// Searches a turn graph from both ends at once. Backward arcs are read off the network, so that no second
/// graph is needed. Keeps its memory, 24 bytes a node; one per thread.
///
/// source   Dijkstra (1959), Numerische Mathematik 1, 269-271; Pohl (1971), Bi-directional search, Machine
///          Intelligence 6, 127-140
class LegSearch {
  public:
    /// Both must outlive this.
    LegSearch(const TurnGraph& turns, std::span<const Weight> weights);

    /// The cheapest way; `unreachable` without nodes when there is none.
    [[nodiscard]] TurnWay cheapest(std::span<const Seed> start, std::span<const Seed> end);

    /// All nodes through which a way of at most `limit` leads, nearest to the start first. Looks no farther
    /// than half of the limit from either end, but for those nodes.
    /// limit   below `unreachable`
    [[nodiscard]] std::vector<NodeBetween> between(std::span<const Seed> start, std::span<const Seed> end,
                                                   Weight limit);

    /// After `between`: where a node stands in its list; no_index when it does not.
    [[nodiscard]] std::uint32_t place_of(std::uint32_t node) const
    {
        return label_[node][0].stamp == listed_ ? label_[node][0].parent : no_index;
    }

  private:
    enum Way : std::uint8_t { forward, backward };
    struct Label {
        Weight distance = 0;
        std::uint32_t stamp = 0; ///< of the search that wrote it: reached, settled or listed
        std::uint32_t parent = 0;
    };
    using Item = NodeQueue<Weight>::Item;

    void begin(std::span<const Seed> start, std::span<const Seed> end, Weight bound);
    template <Way way>
    void reach(std::uint32_t node, Weight distance, std::uint32_t parent);
    template <Way way>
    void expand(const Item& item, Weight bound);
    template <Way way>
    bool next(Item& item);
    template <Way way>
    void grow_half(Weight half, Weight limit, Item& beyond);
    template <Way way>
    void grow_rest(Item item, Weight limit);
    void meet(std::uint32_t node);
    [[nodiscard]] std::uint32_t tail_of(std::uint32_t arc) const;
    [[nodiscard]] bool known(std::uint32_t node, Way way) const
    {
        return label_[node][way].stamp >= reached_;
    }
    [[nodiscard]] bool settled(std::uint32_t node, Way way) const
    {
        return label_[node][way].stamp >= settled_;
    }

    const TurnGraph* turns_;
    GraphView graph_;
    std::span<const Weight> weights_;
    std::vector<std::array<Label, 2>> label_;
    std::uint32_t reached_ = 0, settled_ = 1, listed_ = 2; ///< stamps; each search has three
    std::array<NodeQueue<Weight>, 2> queue_;
    Weight best_ = unreachable; ///< the cheapest way known, and where its halves meet
    std::uint32_t meeting_ = no_index;
    std::vector<std::uint32_t> found_; ///< settled from the start
};

} // namespace vigil
