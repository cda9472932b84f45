#pragma once

#include "kernels/route/node_queue.h"
#include "kernels/route/seeds.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Cheapest ways over a graph, from some nodes to others (Dijkstra). Keeps its memory between searches; one
/// per thread.
///
/// Nodes are settled by cost, of equal cost by number among those reached by then. Of several arcs that bring
/// a node at the same cost, from nodes settled before it, the one with the lowest number is kept; a node that
/// a seed brings as cheaply is a start. Both depend on the graph, the weights and the seeds alone, so the
/// same way is found every time, whatever the targets, and arcs of weight 0 make no circles.
///
/// cost     O((m + n) log n) for the part nearer than the farthest target or bound; 16 bytes a node
/// source   Dijkstra (1959), Numerische Mathematik 1, 269-271
class Dijkstra {
  public:
    /// weights   of each arc; `unreachable` closes it. Graph and weights must outlive this.
    /// throws    Error when there is not one weight for each arc
    Dijkstra(GraphView graph, std::span<const Weight> weights);

    /// Grows the tree from `start` until every node of `targets` is settled, or everything within `bound` is.
    /// targets   empty: all nodes within the bound
    /// throws    Error when a seed or target is no node of the graph
    void run(std::span<const Seed> start, std::span<const std::uint32_t> targets = {},
             Weight bound = unreachable - 1);

    /// After run: the cost of getting to a node, `unreachable` if it was not settled.
    [[nodiscard]] Weight distance(std::uint32_t node) const
    {
        return label_[node].stamp == settled_stamp_ ? label_[node].distance : unreachable;
    }
    /// The arc by which a node was reached; no_index at a start, or if it was not settled.
    [[nodiscard]] std::uint32_t arc_to(std::uint32_t node) const
    {
        return label_[node].stamp == settled_stamp_ ? label_[node].arc : no_index;
    }
    /// The nodes settled, nearest first.
    [[nodiscard]] std::span<const std::uint32_t> settled() const { return settled_; }

    /// The cheapest way between two sets of seeds; weight `unreachable` when there is none. Of seeds that do
    /// equally well the first of the end is taken, then the first of the start.
    [[nodiscard]] ArcPath path(std::span<const Seed> start, std::span<const Seed> end);

  private:
    /// What a search knows of a node; of an earlier search when the stamp is lower than this one's.
    struct Label {
        Weight distance = unreachable;
        std::uint32_t arc = no_index;
        std::uint32_t stamp = 0;       ///< even: reached, odd: settled
        std::uint32_t target_mark = 0; ///< the reached stamp of the search it was last a target of
    };

    void begin(std::span<const Seed> start, Weight bound);
    void reach(std::uint32_t node, Weight distance, std::uint32_t arc);
    template <typename Settled>
    void grow(Weight bound, Settled&& go_on);
    std::size_t mark_targets(std::span<const std::uint32_t> targets);
    void trace(std::uint32_t node, std::span<const Seed> start, ArcPath& path) const;

    GraphView graph_;
    std::span<const Weight> weights_;
    std::vector<Label> label_;
    std::uint32_t reached_stamp_ = 0;
    std::uint32_t settled_stamp_ = 1;
    NodeQueue<Weight> queue_; ///< old entries stay until popped
    std::vector<std::uint32_t> settled_;
};

} // namespace vigil
