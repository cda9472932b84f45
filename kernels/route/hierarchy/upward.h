#pragma once

#include "kernels/route/hierarchy/hierarchy.h"
#include "libgeo/error.h"

#include <algorithm>

namespace vigil::hierarchy {

inline constexpr std::uint32_t from_start = 1, to_end = 2;

/// All edges, as searches see them.
struct EveryEdge {
    const Hierarchy& h;
    const TwoWay* weight;

    explicit EveryEdge(const CustomisedHierarchy& metric)
        : h(metric.hierarchy()), weight(metric.weight.data())
    {
    }

    /// Calls body(head, weight) for each edge of v.
    template <std::uint32_t side, typename Body>
    void for_each(std::uint32_t v, Body body) const
    {
        for (std::uint32_t e = h.up_begin[v]; e < h.up_begin[v + 1]; ++e) {
            body(h.up_head[e], side == from_start ? weight[e].up : weight[e].down);
        }
    }
};

/// Those that perfect customisation left.
struct KeptEdges {
    const UpwardLinks& forward;
    const UpwardLinks& backward;

    explicit KeptEdges(const CustomisedHierarchy& metric)
        : forward(metric.forward()), backward(metric.backward())
    {
    }

    template <std::uint32_t side, typename Body>
    void for_each(std::uint32_t v, Body body) const
    {
        const UpwardLinks& links = side == from_start ? forward : backward;
        for (std::uint32_t k = links.begin[v]; k < links.begin[v + 1]; ++k) {
            body(links.link[k].head, links.link[k].weight);
        }
    }
};

/// Calls body(edges) with what the customised hierarchy has to search.
template <typename Body>
auto with_edges(const CustomisedHierarchy& metric, Body body)
{
    return metric.perfect() ? body(KeptEdges(metric)) : body(EveryEdge(metric));
}

/// Cursors by node, the lowest on top of the heap.
inline bool higher(TreeCursor a, TreeCursor b)
{
    return a.node > b.node;
}

inline void add_seeds(const Hierarchy& h, std::span<const Seed> seeds, std::uint32_t side,
                      std::vector<TreeCursor>& heap)
{
    for (const Seed& seed : seeds) {
        require(seed.node < h.nodes(), "seed {} is no node: there are {}", seed.node, h.nodes());
        heap.push_back({h.rank[seed.node], side});
    }
}

/// Lists those ancestors of seeds, themselves included, that have no place yet, in no order; they get place
/// 0.
inline void add_ancestors(const Hierarchy& h, std::span<const Seed> seeds, std::vector<std::uint32_t>& place,
                          std::vector<std::uint32_t>& nodes)
{
    for (const Seed& seed : seeds) {
        require(seed.node < h.nodes(), "seed {} is no node: there are {}", seed.node, h.nodes());
        for (std::uint32_t v = h.rank[seed.node]; v != no_index && place[v] == no_index; v = h.parent[v]) {
            place[v] = 0;
            nodes.push_back(v);
        }
    }
}

/// Visits every ancestor of the cursors once, lowest first: run(node, until, sides) goes up from `node` while
/// below `until` and returns where it stopped; the path below `until` is seen from these sides alone.
template <typename Run>
void climb(std::vector<TreeCursor>& heap, Run run)
{
    std::make_heap(heap.begin(), heap.end(), higher);
    const auto pop = [&] {
        std::pop_heap(heap.begin(), heap.end(), higher);
        const TreeCursor top = heap.back();
        heap.pop_back();
        return top;
    };
    while (!heap.empty()) {
        TreeCursor lowest = pop();
        while (!heap.empty() && heap.front().node == lowest.node) {
            lowest.sides |= pop().sides;
        }
        lowest.node = run(lowest.node, heap.empty() ? no_index : heap.front().node, lowest.sides);
        if (lowest.node != no_index) {
            heap.push_back(lowest);
            std::push_heap(heap.begin(), heap.end(), higher);
        }
    }
}

} // namespace vigil::hierarchy
