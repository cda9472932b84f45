#pragma once

#include "kernels/route/alternatives.h"
#include "kernels/route/node_queue.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil::alternatives {

/// Marks a link that leads to a seed and not over an arc; arcs are fewer than 2^31.
inline constexpr std::uint32_t root_bit = 0x80000000U;
inline constexpr bool is_root(std::uint32_t link)
{
    return (link & root_bit) != 0;
}
inline constexpr std::uint32_t seed_of(std::uint32_t link)
{
    return link & ~root_bit;
}

/// What a search knows of each node. Forgetting everything costs nothing: entries carry the number of the
/// search that wrote them.
template <typename Cost>
class Labels {
  public:
    explicit Labels(std::size_t nodes) : entry_(nodes) {}

    void clear()
    {
        if (++search_ == 0) {
            std::fill(entry_.begin(), entry_.end(), Entry{});
            search_ = 1;
        }
    }
    [[nodiscard]] bool known(std::uint32_t node) const { return entry_[node].search == search_; }
    /// Only of known nodes: what it costs to get there, and the arc or root it was reached by.
    [[nodiscard]] Cost cost(std::uint32_t node) const { return entry_[node].cost; }
    [[nodiscard]] std::uint32_t link(std::uint32_t node) const { return entry_[node].link; }

    /// Takes a cheaper label; of equal ones the first stays. True when taken.
    bool improve(std::uint32_t node, Cost cost, std::uint32_t link)
    {
        Entry& e = entry_[node];
        if (e.search == search_ && e.cost <= cost) {
            return false;
        }
        e = {cost, link, search_};
        return true;
    }

  private:
    struct Entry {
        Cost cost = 0;
        std::uint32_t link = 0;
        std::uint32_t search = 0;
    };
    std::vector<Entry> entry_;
    std::uint32_t search_ = 0;
};

/// The arcs of each node as a search in one direction meets them.
struct ArcSide {
    std::span<const std::uint32_t> first; ///< nodes + 1
    std::span<const std::uint32_t> arc;   ///< empty: [first[v], first[v + 1]) are arc numbers themselves
    std::span<const std::uint32_t> end;   ///< of each arc: where it leads

    template <typename Visit>
    void each(std::uint32_t node, Visit visit) const
    {
        for (std::uint32_t i = first[node]; i < first[node + 1]; ++i) {
            const std::uint32_t a = arc.empty() ? i : arc[i];
            visit(a, end[a]);
        }
    }
};

/// A graph from both sides.
struct Sides {
    ArcSide out, in;
    std::span<const Weight> weight;
};

/// Dijkstra's search from partial ends over one side of a graph.
///
/// bound     nothing dearer is reached; `settled(node, cost)` returns the bound from then on
/// admit     (node, cost): false keeps a node out
/// Afterwards every node known whose cost is within the last bound is settled: its cost is right.
/// returns   the last bound
template <typename Admit, typename Settled>
Weight grow(Labels<Weight>& labels, NodeQueue<Weight>& queue, const ArcSide& side,
            std::span<const Weight> weight, std::span<const PartialEnd> seeds, Weight bound, Admit admit,
            Settled settled)
{
    labels.clear();
    queue.clear();
    const auto reach = [&](std::uint32_t node, Weight cost, std::uint32_t link) {
        if (cost <= bound && admit(node, cost) && labels.improve(node, cost, link)) {
            queue.push(cost, node);
        }
    };
    for (std::uint32_t i = 0; i < seeds.size(); ++i) {
        reach(seeds[i].node, seeds[i].weight, root_bit | i);
    }
    while (!queue.empty()) {
        const auto [cost, node] = queue.pop();
        if (cost > bound) {
            break;
        }
        if (cost != labels.cost(node)) {
            continue;
        }
        bound = settled(node, cost);
        side.each(node, [&, from = cost](std::uint32_t arc, std::uint32_t end) {
            if (weight[arc] < unreachable) {
                reach(end, add(from, weight[arc]), arc);
            }
        });
    }
    return bound;
}

} // namespace vigil::alternatives
