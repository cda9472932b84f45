#include "kernels/route/dijkstra.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

using namespace vigil;

namespace {

struct Graph {
    std::vector<std::uint32_t> first_out, tail, head;
    std::vector<Weight> weight;
    [[nodiscard]] GraphView view() const { return {first_out, head}; }
};

struct DrawnArc {
    std::uint32_t tail, head;
    Weight weight;
};

Graph to_graph(std::uint32_t nodes, std::vector<DrawnArc> arcs)
{
    std::stable_sort(arcs.begin(), arcs.end(), [](auto& a, auto& b) { return a.tail < b.tail; });
    Graph graph;
    graph.first_out.assign(nodes + 1, 0);
    for (const DrawnArc& arc : arcs) {
        ++graph.first_out[arc.tail + 1];
        graph.tail.push_back(arc.tail);
        graph.head.push_back(arc.head);
        graph.weight.push_back(arc.weight);
    }
    for (std::uint32_t v = 0; v < nodes; ++v) {
        graph.first_out[v + 1] += graph.first_out[v];
    }
    return graph;
}

/// Few weights, so many ties; a third are 0; loops, parallel and closed arcs; nodes without arcs.
Graph noisy_graph(std::uint64_t seed)
{
    const Random random(seed, 0);
    const auto nodes = static_cast<std::uint32_t>(2 + 28 * random.uniform(0));
    const auto arcs = static_cast<std::uint64_t>(nodes * 3 * random.uniform(1));
    std::vector<DrawnArc> drawn;
    for (std::uint64_t i = 1; i <= arcs; ++i) {
        const auto pick = [&](std::uint64_t k) {
            return static_cast<std::uint32_t>(nodes * random.uniform(4 * i + k));
        };
        const double r = random.uniform(4 * i + 2);
        const Weight weight = r < 0.05
                                  ? unreachable
                                  : static_cast<Weight>(std::max(0.0, 9 * r - 3) * (seed % 3 == 0 ? 1e8 : 1));
        drawn.push_back({pick(0), pick(1), weight});
    }
    return to_graph(nodes, drawn);
}

/// Bellman-Ford: costs from the seeds, `unreachable` where there is no way.
std::vector<Weight> costs_by_hand(const Graph& graph, const std::vector<Seed>& start)
{
    std::vector<Weight> cost(graph.first_out.size() - 1, unreachable);
    for (const Seed& seed : start) {
        cost[seed.node] = std::min(cost[seed.node], seed.weight);
    }
    for (std::size_t round = 0; round < cost.size(); ++round) {
        for (std::size_t a = 0; a < graph.head.size(); ++a) {
            cost[graph.head[a]] = std::min(cost[graph.head[a]], add(cost[graph.tail[a]], graph.weight[a]));
        }
    }
    return cost;
}

std::vector<Seed> some_seeds(const Graph& graph, const Random& random, std::uint64_t draw)
{
    std::vector<Seed> seeds;
    const std::uint64_t count = 1 + random.bits(draw) % 4;
    for (std::uint64_t i = 1; i <= count; ++i) {
        seeds.push_back({static_cast<std::uint32_t>(random.bits(draw + 2 * i) % (graph.first_out.size() - 1)),
                         static_cast<Weight>(random.bits(draw + 2 * i + 1) % 4)});
    }
    return seeds;
}

} // namespace

TEST_CASE("costs, arcs and order of a search are those of Bellman and Ford", "[dijkstra]")
{
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const Graph graph = noisy_graph(seed);
        const auto nodes = static_cast<std::uint32_t>(graph.first_out.size() - 1);
        Dijkstra search(graph.view(), graph.weight);
        for (std::uint64_t again = 0; again < 3; ++again) { // its memory must not remember
            const Random random(seed, 1 + again);
            const auto start = some_seeds(graph, random, 0);
            const auto expected = costs_by_hand(graph, start);
            search.run(start);
            std::vector<std::uint32_t> position(nodes, no_index);
            for (std::uint32_t i = 0; i < search.settled().size(); ++i) {
                const std::uint32_t v = search.settled()[i];
                REQUIRE(position[v] == no_index); // once
                position[v] = i;
                CHECK((i == 0 || expected[search.settled()[i - 1]] <= expected[v]));
            }
            for (std::uint32_t v = 0; v < nodes; ++v) {
                REQUIRE(search.distance(v) == expected[v]);
                CHECK((position[v] == no_index) == (expected[v] == unreachable));
                // the lowest arc that brings the cost from a node settled before, unless a seed does
                std::uint32_t arc = no_index;
                for (std::uint32_t a = 0; a < graph.head.size(); ++a) {
                    if (arc == no_index && graph.head[a] == v && expected[v] != unreachable &&
                        position[graph.tail[a]] < position[v] &&
                        add(expected[graph.tail[a]], graph.weight[a]) == expected[v]) {
                        arc = a;
                    }
                }
                const bool is_start = std::any_of(start.begin(), start.end(), [&](const Seed& s) {
                    return s.node == v && s.weight == expected[v];
                });
                CHECK(search.arc_to(v) == (is_start ? no_index : arc));
            }
        }
    }
}

TEST_CASE("a search that ends at targets or at a bound is the beginning of the full one", "[dijkstra]")
{
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const Graph graph = noisy_graph(seed);
        const auto nodes = static_cast<std::uint32_t>(graph.first_out.size() - 1);
        const Random random(seed, 9);
        const auto start = some_seeds(graph, random, 0);
        Dijkstra full(graph.view(), graph.weight);
        full.run(start);

        Dijkstra part(graph.view(), graph.weight);
        std::vector<std::uint32_t> targets;
        for (std::uint64_t i = 0; i < 3; ++i) {
            targets.push_back(static_cast<std::uint32_t>(random.bits(50 + i) % nodes));
        }
        part.run(start, targets);
        for (const std::uint32_t v : targets) {
            CHECK(part.distance(v) == full.distance(v));
        }
        const auto begins_full = [&] {
            REQUIRE(part.settled().size() <= full.settled().size());
            CHECK(std::equal(part.settled().begin(), part.settled().end(), full.settled().begin()));
            for (std::uint32_t v = 0; v < nodes; ++v) {
                const bool settled =
                    std::find(part.settled().begin(), part.settled().end(), v) != part.settled().end();
                CHECK(part.distance(v) == (settled ? full.distance(v) : unreachable));
                CHECK(part.arc_to(v) == (settled ? full.arc_to(v) : no_index));
            }
        };
        begins_full();

        const Weight bound = full.distance(full.settled()[full.settled().size() / 2]);
        part.run(start, {}, bound);
        begins_full();
        for (std::uint32_t v = 0; v < nodes; ++v) {
            CHECK(part.distance(v) == (full.distance(v) <= bound ? full.distance(v) : unreachable));
        }
    }
}

TEST_CASE("the way between seeds costs the least there is, and its arcs add up to it", "[dijkstra]")
{
    std::size_t ways = 0;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        const Graph graph = noisy_graph(seed);
        const Random random(seed, 4);
        const auto start = some_seeds(graph, random, 0);
        const auto end = some_seeds(graph, random, 100);
        const auto cost = costs_by_hand(graph, start);
        Weight expected = unreachable;
        std::uint32_t to_seed = 0; // the first of those that do best
        for (std::uint32_t i = 0; i < end.size(); ++i) {
            if (add(cost[end[i].node], end[i].weight) < expected) {
                expected = add(cost[end[i].node], end[i].weight);
                to_seed = i;
            }
        }
        Dijkstra search(graph.view(), graph.weight);
        const ArcPath path = search.path(start, end);
        REQUIRE(path.weight == expected);
        if (expected == unreachable) {
            CHECK(path.arcs.empty());
            continue;
        }
        ++ways;
        CHECK(path.to_seed == to_seed);
        Weight sum = start[path.from_seed].weight;
        std::uint32_t at = start[path.from_seed].node;
        std::set<std::uint32_t> met{at};
        for (const std::uint32_t arc : path.arcs) {
            REQUIRE(graph.tail[arc] == at);
            at = graph.head[arc];
            CHECK(met.insert(at).second); // no circles, not even of weight 0
            sum += graph.weight[arc];
        }
        CHECK(at == end[path.to_seed].node);
        CHECK(sum + end[path.to_seed].weight == expected);
    }
    CHECK(ways > 200);
}

TEST_CASE("of parallel arcs the cheapest is taken, of equal ones the first", "[dijkstra]")
{
    //   0 =(5, 3, 3)=> 1 -(0)-> 2 -(0)-> 1, and a loop at 0
    const Graph graph = to_graph(3, {{0, 1, 5}, {0, 1, 3}, {0, 1, 3}, {0, 0, 0}, {1, 2, 0}, {2, 1, 0}});
    Dijkstra search(graph.view(), graph.weight);
    const Seed from[] = {{0, 7}};
    const Seed to[] = {{2, 1}};
    const ArcPath path = search.path(from, to);
    CHECK(path.weight == 11); // 7 + 3 + 0 + 1
    CHECK(path.arcs == std::vector<std::uint32_t>{1, 4});
    CHECK(search.path(from, from).weight == 14); // nowhere to go: both parts
    CHECK(search.path(from, from).arcs.empty());
    CHECK(search.path({}, to).weight == unreachable);
    CHECK(search.path(from, {}).weight == unreachable);
    CHECK(search.path(to, from).weight == unreachable); // no way back to 0
}

TEST_CASE("sums that reach the largest weight are no way", "[dijkstra]")
{
    const Weight half = unreachable / 2; // 2^30 - 1: two of them are one below `unreachable`
    const Graph graph = to_graph(4, {{0, 1, half}, {1, 2, half}, {2, 3, 1}});
    Dijkstra search(graph.view(), graph.weight);
    const Seed from[] = {{0, 0}};
    search.run(from);
    CHECK(search.distance(2) == unreachable - 1);
    CHECK(search.distance(3) == unreachable);
    search.run(from, {}, unreachable); // no larger bound than there is
    CHECK(search.settled().size() == 3);
    const Seed dear[] = {{2, 1}};
    CHECK(search.path(from, dear).weight == unreachable);
}

TEST_CASE("a search refuses nodes and weights that the graph does not have", "[dijkstra]")
{
    const Graph graph = to_graph(2, {{0, 1, 1}});
    CHECK_THROWS_AS(Dijkstra(graph.view(), std::vector<Weight>{}), Error);
    Dijkstra search(graph.view(), graph.weight);
    const Seed inside[] = {{0, 0}};
    const Seed outside[] = {{2, 0}};
    CHECK_THROWS_AS(search.run(outside), Error);
    const std::uint32_t target[] = {2};
    CHECK_THROWS_AS(search.run(inside, target), Error);
    CHECK_THROWS_AS(search.path(inside, outside), Error);
    search.run(inside);
    CHECK(search.distance(1) == 1);
}
