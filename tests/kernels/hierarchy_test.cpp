#include "kernels/route/hierarchy/hierarchy.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <numeric>

using namespace vigil;

namespace {

/// A random directed graph with parallel arcs and loops, weights 0 .. spread - 1, some arcs closed.
struct Drawn {
    std::vector<std::uint32_t> first_out, head, tail;
    std::vector<Weight> weight;
    [[nodiscard]] GraphView graph() const { return {first_out, head}; }
};

Drawn draw(std::uint64_t seed, std::uint32_t nodes, std::size_t arcs, Weight spread)
{
    struct Arc {
        std::uint32_t tail, head;
        Weight weight;
    };
    std::vector<Arc> arc;
    for (std::size_t i = 0; i < arcs; ++i) {
        const Random random(seed, i);
        const auto v = static_cast<std::uint32_t>(random.bits(0) % nodes);
        // Mostly near by, so that good and bad orders differ; at times the same node again.
        const auto step =
            static_cast<std::uint32_t>(random.uniform(1) < 0.8 ? random.bits(2) % 4 : random.bits(2));
        const Weight weight =
            random.uniform(3) < 0.05 ? unreachable : static_cast<Weight>(random.bits(4) % spread);
        arc.push_back({v, (v + step) % nodes, weight});
        if (random.uniform(5) < 0.3) {
            arc.push_back({(v + step) % nodes, v, weight});
        }
    }
    std::stable_sort(arc.begin(), arc.end(), [](const Arc& a, const Arc& b) { return a.tail < b.tail; });
    Drawn drawn;
    drawn.first_out.assign(nodes + 1, 0);
    for (const Arc& a : arc) {
        ++drawn.first_out[a.tail + 1];
        drawn.tail.push_back(a.tail);
        drawn.head.push_back(a.head);
        drawn.weight.push_back(a.weight);
    }
    std::partial_sum(drawn.first_out.begin(), drawn.first_out.end(), drawn.first_out.begin());
    return drawn;
}

/// A lattice of rows x columns, both ways, every second street cheaper; 1-in-9 arcs closed.
Drawn lattice(std::uint32_t rows, std::uint32_t columns, std::uint64_t seed)
{
    Drawn drawn;
    drawn.first_out.push_back(0);
    const auto add = [&](std::uint32_t v, std::uint32_t w) {
        const Random random(seed, drawn.head.size());
        drawn.tail.push_back(v);
        drawn.head.push_back(w);
        drawn.weight.push_back(random.uniform(0) < 0.1 ? unreachable
                                                       : static_cast<Weight>(random.bits(1) % 20));
    };
    for (std::uint32_t y = 0; y < rows; ++y) {
        for (std::uint32_t x = 0; x < columns; ++x) {
            const std::uint32_t v = y * columns + x;
            if (x > 0) {
                add(v, v - 1);
            }
            if (x + 1 < columns) {
                add(v, v + 1);
            }
            if (y > 0) {
                add(v, v - columns);
            }
            if (y + 1 < rows) {
                add(v, v + columns);
            }
            drawn.first_out.push_back(static_cast<std::uint32_t>(drawn.head.size()));
        }
    }
    return drawn;
}

std::vector<std::uint32_t> shuffled(std::uint32_t n, std::uint64_t seed)
{
    std::vector<std::uint32_t> rank(n);
    std::iota(rank.begin(), rank.end(), 0U);
    for (std::uint32_t i = n; i > 1; --i) {
        std::swap(rank[i - 1], rank[Random(seed, i).bits(0) % i]);
    }
    return rank;
}

/// The ranks of a lattice cut in halves again and again, the cuts last.
void cut(std::uint32_t columns, std::uint32_t y0, std::uint32_t y1, std::uint32_t x0, std::uint32_t x1,
         std::vector<std::uint32_t>& order)
{
    if (y0 == y1 || x0 == x1) {
        return;
    }
    if (x1 - x0 >= y1 - y0) {
        const std::uint32_t x = (x0 + x1) / 2;
        cut(columns, y0, y1, x0, x, order);
        cut(columns, y0, y1, x + 1, x1, order);
        for (std::uint32_t y = y0; y < y1; ++y) {
            order.push_back(y * columns + x);
        }
    } else {
        const std::uint32_t y = (y0 + y1) / 2;
        cut(columns, y0, y, x0, x1, order);
        cut(columns, y + 1, y1, x0, x1, order);
        for (std::uint32_t x = x0; x < x1; ++x) {
            order.push_back(y * columns + x);
        }
    }
}
std::vector<std::uint32_t> dissected(std::uint32_t rows, std::uint32_t columns)
{
    std::vector<std::uint32_t> order, rank(std::size_t{rows} * columns);
    cut(columns, 0, rows, 0, columns, order);
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        rank[order[i]] = i;
    }
    return rank;
}

/// The costs from some seeds to all nodes, by going over all arcs until nothing changes (Bellman 1958, Ford
/// 1956).
std::vector<Weight> costs_from(const Drawn& drawn, std::span<const Seed> start)
{
    std::vector<Weight> cost(drawn.graph().nodes(), unreachable);
    for (const Seed& seed : start) {
        cost[seed.node] = std::min(cost[seed.node], seed.weight);
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t a = 0; a < drawn.head.size(); ++a) {
            const Weight way = add(cost[drawn.tail[a]], drawn.weight[a]);
            if (way < cost[drawn.head[a]]) {
                cost[drawn.head[a]] = way;
                changed = true;
            }
        }
    }
    return cost;
}

Weight cost_to(std::span<const Weight> cost, std::span<const Seed> end)
{
    Weight best = unreachable;
    for (const Seed& seed : end) {
        best = std::min(best, add(cost[seed.node], seed.weight));
    }
    return best;
}

std::vector<std::vector<Seed>> draw_seeds(std::uint32_t nodes, std::size_t count, std::uint64_t seed)
{
    std::vector<std::vector<Seed>> sets(count);
    for (std::size_t i = 0; i < count; ++i) {
        const Random random(seed, i);
        for (std::uint64_t k = 0; k < 1 + i % 4; ++k) {
            sets[i].push_back({static_cast<std::uint32_t>(random.bits(2 * k) % nodes),
                               static_cast<Weight>(random.bits(2 * k + 1) % (i % 2 == 0 ? 1 : 30))});
        }
    }
    return sets;
}

/// A way must join a seed of each end, and its arcs and seeds must add up to its weight.
void check_path(const Drawn& drawn, const ArcPath& path, std::span<const Seed> start,
                std::span<const Seed> end)
{
    REQUIRE(path.from_seed < start.size());
    REQUIRE(path.to_seed < end.size());
    std::uint32_t v = start[path.from_seed].node;
    std::uint64_t sum = std::uint64_t{start[path.from_seed].weight} + end[path.to_seed].weight;
    for (const std::uint32_t a : path.arcs) {
        REQUIRE(drawn.tail[a] == v);
        v = drawn.head[a];
        sum += drawn.weight[a];
    }
    REQUIRE(v == end[path.to_seed].node);
    REQUIRE(sum == path.weight);
}

/// Compares distances, ways and the table with Bellman-Ford, before and after perfect customisation.
void check_all(const Drawn& drawn, const Hierarchy& hierarchy, std::uint64_t seed)
{
    CustomisedHierarchy metric(hierarchy);
    metric.customise(drawn.weight);
    const auto starts = draw_seeds(drawn.graph().nodes(), 21, seed);
    const auto ends = draw_seeds(drawn.graph().nodes(), 18, seed + 1);
    HierarchyQuery query(metric);
    std::vector<std::vector<std::uint32_t>> ways;
    for (const bool perfect : {false, true}) {
        if (perfect) {
            metric.make_perfect();
        }
        const std::vector<Weight> table = distance_table(metric, starts, ends);
        const DistanceTargets targets(metric, ends);
        DistanceSearch search(targets);
        std::vector<Weight> row(ends.size());
        std::size_t way = 0;
        for (std::size_t i = 0; i < starts.size(); ++i) {
            const std::vector<Weight> cost = costs_from(drawn, starts[i]);
            search.run(starts[i], row);
            for (std::size_t j = 0; j < ends.size(); ++j) {
                const Weight expected = cost_to(cost, ends[j]);
                REQUIRE(query.distance(starts[i], ends[j]) == expected);
                REQUIRE(table[i * ends.size() + j] == expected);
                REQUIRE(row[j] == expected);
                const ArcPath path = query.path(starts[i], ends[j]);
                REQUIRE(path.weight == expected);
                if (expected < unreachable) {
                    check_path(drawn, path, starts[i], ends[j]);
                } else {
                    REQUIRE(path.arcs.empty());
                }
                if (perfect) {
                    REQUIRE(path.arcs == ways[way++]);
                } else {
                    ways.push_back(path.arcs);
                }
            }
        }
    }
}

} // namespace

TEST_CASE("hierarchies answer as Bellman-Ford does, in any order of contraction")
{
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const auto nodes = static_cast<std::uint32_t>(1 + seed * 2);
        // spread 1: all weights 0; 2: many ties
        const Drawn drawn = draw(seed, nodes, seed * 5, seed % 4 == 0 ? 1 : seed % 4 == 1 ? 2 : 1000);
        check_all(drawn, Hierarchy(drawn.graph(), shuffled(nodes, seed)), seed);
    }
}

TEST_CASE("hierarchies of lattices answer as Bellman-Ford does, by good orders and bad ones")
{
    const Drawn drawn = lattice(23, 31, 5);
    check_all(drawn, Hierarchy(drawn.graph(), dissected(23, 31)), 1);
    check_all(drawn, Hierarchy(drawn.graph(), shuffled(23 * 31, 9)), 2);
    std::vector<std::uint32_t> plain(std::size_t{23} * 31);
    std::iota(plain.begin(), plain.end(), 0U);
    check_all(drawn, Hierarchy(drawn.graph(), plain), 3);
}

TEST_CASE("a hierarchy's subtrees are ranges and its edges close triangles")
{
    const Drawn drawn = draw(3, 400, 900, 50);
    const Hierarchy h(drawn.graph(), shuffled(400, 1));
    std::vector<std::uint32_t> lowest(h.nodes());
    std::iota(lowest.begin(), lowest.end(), 0U);
    std::vector<std::uint32_t> size(h.nodes(), 1);
    for (std::uint32_t v = 0; v < h.nodes(); ++v) {
        REQUIRE(h.node[h.rank[v]] == v);
        REQUIRE(v + 1 - lowest[v] == size[v]);
        if (h.parent[v] != no_index) {
            REQUIRE(h.parent[v] > v);
            lowest[h.parent[v]] = std::min(lowest[h.parent[v]], lowest[v]);
            size[h.parent[v]] += size[v];
        }
        for (std::uint32_t e = h.up_begin[v]; e + 1 < h.up_begin[v + 1]; ++e) {
            REQUIRE(h.up_head[e] < h.up_head[e + 1]);
            REQUIRE(h.up_tail[h.third[e]] == h.up_head[e]);
            REQUIRE(h.up_head[h.third[e]] == h.up_head[e + 1]);
        }
    }
    std::uint32_t shared = 0;
    for (const auto& ranges : {h.subtree, h.chain}) {
        for (const RankRange& range : ranges) {
            shared += range.end - range.begin;
        }
    }
    CHECK(shared == h.nodes());
}

TEST_CASE("of equally cheap arcs and ways the lowest is taken")
{
    // 0 -> 1 by arcs 0, 1, 2 at 5, 3, 3; by hand: arc 1
    const std::vector<std::uint32_t> first_out = {0, 3, 3}, head = {1, 1, 1};
    const std::vector<std::uint32_t> rank = {0, 1};
    const Hierarchy hierarchy({first_out, head}, rank);
    CustomisedHierarchy metric(hierarchy);
    metric.customise(std::vector<Weight>{5, 3, 3});
    HierarchyQuery query(metric);
    const Seed start[] = {{0, 2}, {0, 2}}, end[] = {{1, 9}, {1, 4}};
    const ArcPath path = query.path(start, end);
    CHECK(path.weight == 9);
    CHECK(path.arcs == std::vector<std::uint32_t>{1});
    CHECK(path.from_seed == 0);
    CHECK(path.to_seed == 1);
    CHECK(query.path(end, start).weight == unreachable);
}

TEST_CASE("the same hierarchy takes new weights")
{
    Drawn drawn = lattice(12, 12, 1);
    const Hierarchy hierarchy(drawn.graph(), dissected(12, 12));
    CustomisedHierarchy metric(hierarchy), fresh(hierarchy);
    metric.customise(drawn.weight);
    metric.make_perfect();
    const auto places = draw_seeds(144, 20, 4);
    DistanceTargets targets(metric, places);
    drawn.weight = lattice(12, 12, 2).weight;
    metric.customise(drawn.weight);
    fresh.customise(drawn.weight);
    CHECK(metric.weight == fresh.weight);
    const std::vector<Weight> expected = distance_table(fresh, places, places);
    CHECK(distance_table(metric, places, places) == expected);
    metric.make_perfect();
    CHECK(distance_table(metric, places, places) == expected);
    targets.refresh();
    DistanceSearch search(targets);
    std::vector<Weight> row(places.size());
    search.run(places[7], row); // the table has rows of 20
    CHECK(std::equal(row.begin(), row.end(), expected.begin() + 140));
}

TEST_CASE("weights near the limit are no way, not a short one")
{
    // 0 -> 1 -> 2 at 2^30 each: 2^31 is past unreachable = 2^31 - 1; one less is not
    const std::vector<std::uint32_t> first_out = {0, 1, 2, 2}, head = {1, 2};
    for (const std::vector<std::uint32_t>& rank :
         {std::vector<std::uint32_t>{0, 1, 2}, std::vector<std::uint32_t>{1, 0, 2},
          std::vector<std::uint32_t>{1, 2, 0}}) {
        const Hierarchy hierarchy({first_out, head}, rank);
        CustomisedHierarchy metric(hierarchy);
        HierarchyQuery query(metric);
        const std::vector<std::vector<Seed>> start = {{{0, 0}}, {{1, 0}}},
                                             end = {{{2, 0}}, {{2, unreachable}}};
        const Weight half = Weight{1} << 30U;
        metric.customise(std::vector<Weight>{half, half});
        CHECK(distance_table(metric, start, end) ==
              std::vector<Weight>{unreachable, unreachable, half, unreachable});
        CHECK(query.distance(start[0], end[0]) == unreachable);
        metric.customise(std::vector<Weight>{half, half - 2});
        CHECK(query.distance(start[0], end[0]) == unreachable - 1);
        CHECK(query.path(start[0], end[0]).arcs.size() == 2);
        metric.customise(std::vector<Weight>{~Weight{0}, 1}); // dearer than unreachable is taken as that
        CHECK(query.distance(start[0], end[0]) == unreachable);
        CHECK(query.distance(start[1], end[0]) == 1);
        const Seed far[] = {{1, ~Weight{0}}};
        CHECK(query.distance(far, end[0]) == unreachable);
    }
}

TEST_CASE("hierarchies are the same on any number of threads")
{
    const Drawn drawn = lattice(80, 80, 7);
    const Hierarchy hierarchy(drawn.graph(), dissected(80, 80));
    REQUIRE(hierarchy.chain.size() > 3); // there is something to share out
    const auto places = draw_seeds(6400, 70, 4);
    std::vector<TwoWay> weights;
    std::vector<UpwardLink> links;
    std::vector<Weight> table;
    for (const std::size_t threads : {1U, 2U, 8U}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
        CustomisedHierarchy metric(hierarchy);
        metric.customise(drawn.weight);
        metric.make_perfect();
        const std::vector<Weight> costs = distance_table(metric, places, places);
        if (threads == 1) {
            weights = metric.weight;
            links = metric.forward().link;
            table = costs;
        }
        CHECK(metric.weight == weights);
        CHECK(metric.forward().link == links);
        CHECK(costs == table);
    }
    const std::vector<Weight> cost = costs_from(drawn, places[69]);
    for (std::size_t j = 0; j < places.size(); ++j) {
        CHECK(table[69 * places.size() + j] == cost_to(cost, places[j]));
    }
}

TEST_CASE("hierarchies refuse what is no order, no weights and no node")
{
    const std::vector<std::uint32_t> first_out = {0, 1, 2}, head = {1, 0};
    const GraphView graph = {first_out, head};
    CHECK_THROWS_AS(Hierarchy(graph, std::vector<std::uint32_t>{0}), Error);
    CHECK_THROWS_AS(Hierarchy(graph, std::vector<std::uint32_t>{1, 1}), Error);
    CHECK_THROWS_AS(Hierarchy(graph, std::vector<std::uint32_t>{0, 2}), Error);
    const Hierarchy hierarchy(graph, std::vector<std::uint32_t>{0, 1});
    CustomisedHierarchy metric(hierarchy);
    CHECK_THROWS_AS(metric.customise(std::vector<Weight>{1}), Error);
    metric.customise(std::vector<Weight>{1, 1});
    HierarchyQuery query(metric);
    const Seed good[] = {{0, 0}}, bad[] = {{2, 0}};
    CHECK_THROWS_AS(query.distance(good, bad), Error);
    CHECK(query.distance(good, {}) == unreachable);
    CHECK(query.distance({}, {}) == unreachable);
    const std::vector<std::vector<Seed>> none, empty = {{}, {}};
    CHECK(distance_table(metric, none, empty).empty());
    CHECK(distance_table(metric, empty, none).empty());
    CHECK(distance_table(metric, empty, empty) == std::vector<Weight>(4, unreachable));
}
