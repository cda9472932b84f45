#include "tests/support/yen.h"

#include <algorithm>
#include <set>
#include <utility>

namespace vigil::test {

namespace {

using Arcs = std::vector<std::uint32_t>;
using CostedArcs = std::pair<Weight, Arcs>;

/// The cheapest way (by rounds of relaxing every arc) that keeps off some nodes and arcs.
CostedArcs cheapest(GraphView graph, std::span<const Weight> weights, std::uint32_t from, std::uint32_t to,
                    const std::set<std::uint32_t>& closed_nodes, const std::set<std::uint32_t>& closed_arcs)
{
    std::vector<CostedArcs> best(graph.nodes(), {unreachable, {}});
    best[from] = {0, {}};
    for (bool better = true; better;) {
        better = false;
        for (std::uint32_t node = 0; node < graph.nodes(); ++node) {
            for (std::uint32_t a = graph.first_out[node]; a < graph.first_out[node + 1]; ++a) {
                if (closed_nodes.contains(graph.head[a]) || closed_arcs.contains(a) ||
                    best[node].first >= unreachable || weights[a] >= unreachable) {
                    continue;
                }
                CostedArcs way = best[node];
                way.first = add(way.first, weights[a]);
                way.second.push_back(a);
                if (way.first < best[graph.head[a]].first) {
                    best[graph.head[a]] = std::move(way);
                    better = true;
                }
            }
        }
    }
    return best[to];
}

} // namespace

std::vector<ArcPath> cheapest_simple_ways(GraphView graph, std::span<const Weight> weights,
                                          std::uint32_t from, std::uint32_t to, std::size_t k)
{
    std::vector<CostedArcs> found;
    std::set<CostedArcs> waiting;
    const CostedArcs first = cheapest(graph, weights, from, to, {}, {});
    if (first.first < unreachable) {
        waiting.insert(first);
    }
    while (found.size() < k && !waiting.empty()) {
        found.push_back(*waiting.begin());
        waiting.erase(waiting.begin());
        const CostedArcs last = found.back();
        std::uint32_t spur = from;
        Weight root_cost = 0;
        std::set<std::uint32_t> root_nodes;
        for (std::size_t i = 0; i < last.second.size(); ++i) {
            const Arcs root(last.second.begin(), last.second.begin() + static_cast<std::ptrdiff_t>(i));
            std::set<std::uint32_t> closed;
            for (const CostedArcs& way : found) {
                if (way.second.size() > i && std::equal(root.begin(), root.end(), way.second.begin())) {
                    closed.insert(way.second[i]);
                }
            }
            root_nodes.insert(spur);
            CostedArcs turned = cheapest(graph, weights, spur, to, root_nodes, closed);
            if (turned.first < unreachable) {
                turned.first = add(turned.first, root_cost);
                turned.second.insert(turned.second.begin(), root.begin(), root.end());
                waiting.insert(std::move(turned));
            }
            root_cost = add(root_cost, weights[last.second[i]]);
            spur = graph.head[last.second[i]];
        }
    }
    std::vector<ArcPath> ways;
    for (CostedArcs& way : found) {
        ways.push_back({way.first, 0, 0, std::move(way.second)});
    }
    return ways;
}

} // namespace vigil::test
