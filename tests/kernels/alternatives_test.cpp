#include "kernels/route/alternatives.h"
#include "kernels/route/alternatives/local_optimality.h"
#include "libgeo/error.h"
#include "libgeo/random.h"
#include "tests/support/small_ways.h"
#include "tests/support/yen.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace vigil;
using vigil::test::noisy_lattice;
using vigil::test::noisy_ring;
using vigil::test::SmallGraph;
using vigil::test::SmallWay;

namespace {

const DirectWay no_direct;

AlternativesOptions lax()
{
    AlternativesOptions options;
    options.most = 8;
    options.most_stretch = 1.6;
    options.unit_minutes = 0.05;
    return options;
}

void check_probabilities(const std::vector<Alternative>& ways, const SmallGraph& graph,
                         const test::SmallQuery& query, const AlternativesOptions& options)
{
    double sum = 0;
    const std::vector<double> expected = test::probabilities(ways, graph, query, options);
    for (std::size_t i = 0; i < ways.size(); ++i) {
        CHECK(ways[i].probability == Approx(expected[i]).epsilon(1e-12));
        sum += ways[i].probability;
    }
    CHECK(std::abs(sum - 1) <= 1e-15);
}

/// Everything that is promised of alternatives, against all ways there are.
std::size_t check_all(const SmallGraph& graph, const test::SmallQuery& query,
                      const AlternativesOptions& options)
{
    AlternativesFinder finder(graph.view());
    const auto ways = finder.find(query.from, query.to, query.direct, options);
    const std::vector<SmallWay> all = test::all_simple_ways(graph, query);
    REQUIRE(ways.empty() == all.empty());
    if (all.empty()) {
        return 0;
    }
    const test::AllPairs cheapest(graph, query);
    const Weight best = all.front().cost;
    CHECK(ways.front().path.weight == best);
    CHECK(ways.size() <= options.most);
    std::vector<SmallWay> kept;
    for (const Alternative& way : ways) {
        const SmallWay* found = test::find(all, way);
        REQUIRE(found != nullptr); // simple, from an end to an end, and of this cost
        CHECK(way.length_m == Approx(found->length_m).epsilon(1e-12));
        CHECK(found->cost <= options.most_stretch * best);
        CHECK(cheapest.locally_optimal(*found, options.local_optimality * best));
        for (const SmallWay& other : kept) {
            CHECK(test::shared(*found, other) <= options.most_sharing * best);
            CHECK(other.cost <= found->cost);
        }
        kept.push_back(*found);
    }
    check_probabilities(ways, graph, query, options);
    return ways.size();
}

} // namespace

TEST_CASE("alternatives: every promise holds on noisy towns, against all simple ways", "[alternatives]")
{
    std::size_t several = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const SmallGraph graph = noisy_lattice(seed, 4, 3);
        test::SmallQuery query;
        query.from = {{0, 0, 0, 1000}};
        query.to = {{11, 0, 0, 1001}};
        AlternativesOptions options = lax();
        options.local_optimality = 0.1 * static_cast<double>(seed % 6);
        options.most_sharing = 0.5 + 0.1 * static_cast<double>(seed % 5);
        options.theta = seed % 7 == 0 ? 0 : 0.5;
        options.path_size_beta = seed % 4 == 0 ? 0 : 1.3;
        several += check_all(graph, query, options) >= 2 ? 1U : 0U;
    }
    CHECK(several >= 30); // else little would have been tested
}

TEST_CASE("alternatives: detours are found exactly, by both trees and by search", "[alternatives]")
{
    std::size_t with = 0, without = 0;
    for (std::uint64_t seed = 400; seed < 420; ++seed) {
        const SmallGraph graph = noisy_lattice(seed, 4, 3);
        test::SmallQuery query;
        query.from = {{0, 7, 70, 1000}, {1, 9, 90, 1002}};
        query.to = {{11, 8, 80, 1001}};
        const std::vector<SmallWay> all = test::all_simple_ways(graph, query);
        const alternatives::Query asked{query.from, query.to, query.direct};
        alternatives::Field field(graph.view());
        REQUIRE(field.explore(asked, 2) == !all.empty());
        alternatives::LocalOptimality optimality(field);
        const test::AllPairs cheapest(graph, query);
        for (const SmallWay& way : all) {
            if (way.cost > field.limit()) {
                break;
            }
            const alternatives::Way arcs{way.cost, way.from_seed, way.to_seed, way.direct, way.arcs};
            for (const double share : {0.1, 0.25, 0.4, 0.6, 1.0, 3.0}) {
                const double window = share * field.best();
                const bool right = cheapest.locally_optimal(way, window);
                CHECK(optimality.holds(arcs, asked, static_cast<Weight>(window)) == right);
                ++(right ? without : with);
            }
        }
    }
    CHECK(with > 200);
    CHECK(without > 200);
}

TEST_CASE("alternatives: places inside edges, with parts on both sides", "[alternatives]")
{
    std::size_t several = 0;
    for (std::uint64_t seed = 100; seed < 160; ++seed) {
        const SmallGraph graph = noisy_lattice(seed, 3, 4);
        const Random random(seed, 1);
        const auto weight = [&](std::uint64_t draw) {
            return static_cast<Weight>(1 + std::floor(random.uniform(draw) * 30));
        };
        test::SmallQuery query;
        // between nodes 0 and 1 (edge 0), and between 10 and 11 (the last edge, 16)
        query.from = {{1, weight(0), 20, 0}, {0, weight(1), 30, 1}};
        query.to = {{10, weight(2), 25, 32}, {11, weight(3), 15, 33}};
        several += check_all(graph, query, lax()) >= 2 ? 1U : 0U;
    }
    CHECK(several >= 30);
}

TEST_CASE("alternatives: the k cheapest simple ways hold each in its order", "[alternatives]")
{
    for (std::uint64_t seed = 200; seed < 220; ++seed) {
        const SmallGraph graph = noisy_lattice(seed, 4, 3);
        const RouteGraph view = graph.view();
        AlternativesFinder finder(view);
        const PartialEnd from[] = {{0, 0, 0, 1000}};
        const PartialEnd to[] = {{11, 0, 0, 1001}};
        const auto ways = finder.find(from, to, no_direct, lax());
        const auto cheapest = test::cheapest_simple_ways(view.graph, view.weight, 0, 11, 1000);
        std::size_t at = 0;
        for (const Alternative& way : ways) {
            while (at < cheapest.size() && cheapest[at].arcs != way.path.arcs) {
                CHECK(cheapest[at].weight <= way.path.weight);
                ++at;
            }
            REQUIRE(at < cheapest.size());
            CHECK(cheapest[at].weight == way.path.weight);
            at = 0; // equal costs may stand in any order
        }
    }
}

TEST_CASE("alternatives: cutting every road in three changes nothing", "[alternatives]")
{
    std::size_t several = 0;
    for (std::uint64_t seed = 300; seed < 340; ++seed) {
        const SmallGraph graph = noisy_ring(seed, 7);
        const SmallGraph cut = graph.cut_in_three();
        AlternativesFinder finder(graph.view());
        AlternativesFinder cut_finder(cut.view());
        const PartialEnd from[] = {{0, 0, 0, 100000}};
        const PartialEnd to[] = {{24, 0, 0, 100001}};
        AlternativesOptions options = lax();
        options.unit_minutes = 0.001;
        const auto ways = finder.find(from, to, no_direct, options);
        const auto pieces = cut_finder.find(from, to, no_direct, options);
        REQUIRE(ways.size() == pieces.size());
        several += ways.size() >= 2 ? 1U : 0U;
        for (std::size_t i = 0; i < ways.size(); ++i) {
            CHECK(ways[i].path.weight == pieces[i].path.weight);
            CHECK(ways[i].path.arcs.size() * 3 == pieces[i].path.arcs.size());
            CHECK(ways[i].length_m == Approx(pieces[i].length_m).epsilon(1e-12));
            CHECK(ways[i].probability == Approx(pieces[i].probability).epsilon(1e-12));
        }
    }
    CHECK(several >= 20);
}

TEST_CASE("alternatives: two equal ways that share nothing are chosen alike", "[alternatives]")
{
    SmallGraph graph(4);
    graph.arc(0, 1, 10, 100, 1);
    graph.arc(1, 3, 10, 100, 2);
    graph.arc(0, 2, 10, 100, 3);
    graph.arc(2, 3, 10, 100, 4);
    graph.finish();
    AlternativesFinder finder(graph.view());
    const PartialEnd from[] = {{0, 0, 0, 8}};
    const PartialEnd to[] = {{3, 0, 0, 9}};
    const auto ways = finder.find(from, to, no_direct, {});
    REQUIRE(ways.size() == 2);
    CHECK(ways[0].probability == 0.5);
    CHECK(ways[1].probability == 0.5);
    CHECK(graph.elements(ways[0].path.arcs) == std::vector<std::uint32_t>{1, 2}); // ties: by stretches
}

TEST_CASE("alternatives: sharing, stretch and detours are refused as they are asked to be", "[alternatives]")
{
    // 0 -1- 1 -2- 3 costs 60 + 40; 3 is also reached from 1 over 2 for 45: 105 in all, sharing 60
    SmallGraph graph(4);
    graph.arc(0, 1, 60, 600, 1);
    graph.arc(1, 3, 40, 400, 2);
    graph.arc(1, 2, 20, 200, 3);
    graph.arc(2, 3, 25, 250, 4);
    graph.finish();
    const PartialEnd from[] = {{0, 0, 0, 8}};
    const PartialEnd to[] = {{3, 0, 0, 9}};
    const auto count = [&](AlternativesOptions options) {
        AlternativesFinder finder(graph.view());
        return finder.find(from, to, no_direct, options).size();
    };
    CHECK(count({}) == 2);
    CHECK(count({.most = 1}) == 1);
    CHECK(count({.most_sharing = 0.6}) == 2);
    CHECK(count({.most_sharing = 0.59}) == 1);
    CHECK(count({.most_stretch = 1.05}) == 2);
    CHECK(count({.most_stretch = 1.04}) == 1);
    CHECK(count({.local_optimality = 0.44}) == 2);
    CHECK(count({.local_optimality = 0.45}) == 1); // 1-2-3 costs 45 and 40 would do
}

TEST_CASE("alternatives: both places on one edge", "[alternatives]")
{
    // edge 0 - 1 of cost 100, two-way (sides 0 and 1); round about it 0 - 2 - 1 for 30 + 30, two-way
    SmallGraph graph(3);
    graph.arc(0, 1, 100, 1000, 0);
    graph.arc(1, 0, 100, 1000, 1);
    graph.arc(0, 2, 30, 300, 2);
    graph.arc(2, 0, 30, 300, 3);
    graph.arc(2, 1, 30, 300, 4);
    graph.arc(1, 2, 30, 300, 5);
    graph.finish();
    AlternativesFinder finder(graph.view());
    AlternativesOptions options;
    options.most_stretch = 2;

    SECTION("near each other: the direct way is the cheapest")
    {
        // at 20 and 70: direct 50; by the ends 20 + 60 + 30 = 110, too dear for 2 * 50
        const PartialEnd from[] = {{1, 80, 800, 0}, {0, 20, 200, 1}};
        const PartialEnd to[] = {{1, 30, 300, 1}, {0, 70, 700, 0}};
        const auto ways = finder.find(from, to, {50, 500, 0}, options);
        REQUIRE(ways.size() == 1);
        CHECK(ways[0].direct);
        CHECK(ways[0].path.weight == 50);
        CHECK(ways[0].length_m == 500);
        CHECK(ways[0].probability == 1);
        options.most_stretch = 2.2;
        const auto both = finder.find(from, to, {50, 500, 0}, options);
        REQUIRE(both.size() == 2);
        CHECK(both[1].path.weight == 110);
        CHECK_FALSE(both[1].direct);
    }
    SECTION("the other order")
    {
        const PartialEnd from[] = {{1, 30, 300, 0}, {0, 70, 700, 1}};
        const PartialEnd to[] = {{1, 80, 800, 1}, {0, 20, 200, 0}};
        const auto ways = finder.find(from, to, {50, 500, 1}, options);
        REQUIRE(ways.size() == 1);
        CHECK(ways[0].direct);
    }
    SECTION("far from each other: the direct way is an alternative")
    {
        // at 5 and 95: direct 90; by the ends 5 + 60 + 5 = 70
        const PartialEnd from[] = {{1, 95, 950, 0}, {0, 5, 50, 1}};
        const PartialEnd to[] = {{1, 5, 50, 1}, {0, 95, 950, 0}};
        const auto ways = finder.find(from, to, {90, 900, 0}, options);
        REQUIRE(ways.size() == 2);
        CHECK(ways[0].path.weight == 70);
        CHECK(ways[0].path.from_seed == 1);
        CHECK(ways[0].path.to_seed == 0);
        CHECK(ways[1].direct);
        CHECK(ways[1].path.arcs.empty());
        // nothing shared: P = 1 / (1 + exp(-0.5 * 20 / 60000))
        CHECK(ways[0].probability == Approx(1 / (1 + std::exp(-0.5 * 20 / 60000))).epsilon(1e-12));
    }
    SECTION("one-way, against the traffic: round about only")
    {
        // at 70 and 20 on 0 -> 1: to 1 (30), 1 - 2 - 0 (60), and 20 on: 110
        SmallGraph street(3);
        street.arc(0, 1, 100, 1000, 0);
        street.arc(1, 2, 30, 300, 5);
        street.arc(2, 0, 30, 300, 3);
        street.finish();
        AlternativesFinder round_about(street.view());
        const PartialEnd from[] = {{1, 30, 300, 0}};
        const PartialEnd to[] = {{0, 20, 200, 0}};
        const auto ways = round_about.find(from, to, no_direct, options);
        REQUIRE(ways.size() == 1); // its two parts on the edge lie apart
        CHECK(ways[0].path.weight == 110);
        CHECK(ways[0].length_m == 1100);
    }
}

TEST_CASE("alternatives: places at nodes, the same place, and no way", "[alternatives]")
{
    SmallGraph graph(4);
    graph.arc(0, 1, 10, 100, 0);
    graph.arc(1, 2, unreachable, 100, 1);
    graph.arc(3, 2, 10, 100, 2);
    graph.finish();
    AlternativesFinder finder(graph.view());
    const PartialEnd at_0[] = {{0, 0, 0, 0}};
    const PartialEnd at_1[] = {{1, 0, 0, 0}};
    const PartialEnd at_2[] = {{2, 0, 0, 2}};
    CHECK(finder.find(at_0, at_2, no_direct, {}).empty()); // closed
    CHECK(finder.find(at_1, at_0, no_direct, {}).empty());
    CHECK(finder.find({}, at_0, no_direct, {}).empty());
    CHECK(finder.find(at_0, {}, no_direct, {}).empty());
    const auto same = finder.find(at_0, at_0, no_direct, {});
    REQUIRE(same.size() == 1);
    CHECK(same[0].path.weight == 0);
    CHECK(same[0].path.arcs.empty());
    CHECK(same[0].probability == 1);
    CHECK(finder.find(at_0, at_1, no_direct, {}).size() == 1); // again, after searches that found nothing
}

TEST_CASE("alternatives: earlier searches leave no trace", "[alternatives]")
{
    const SmallGraph graph = noisy_ring(5, 8);
    AlternativesFinder used(graph.view());
    for (std::uint32_t node = 1; node < graph.nodes(); ++node) {
        const PartialEnd from[] = {{0, 0, 0, 5000}};
        const PartialEnd to[] = {{node, 0, 0, 5001}};
        AlternativesFinder fresh(graph.view());
        const auto a = used.find(from, to, no_direct, lax());
        const auto b = fresh.find(from, to, no_direct, lax());
        REQUIRE(a.size() == b.size());
        for (std::size_t i = 0; i < a.size(); ++i) {
            CHECK(a[i].path.arcs == b[i].path.arcs);
            CHECK(a[i].probability == b[i].probability);
        }
    }
}

TEST_CASE("alternatives: a ban that forces a way round the block is honoured", "[alternatives]")
{
    // 0 to 3 is straight to the junction 1 and left, which is banned: the arc 0 - 1 ends at the copy 2 of the
    // junction, from where one goes on to 4, round to 5 and by 6 back to the junction itself, and on to 3.
    // The cheapest way passes the place of 1 twice, by node and copy.
    SmallGraph graph(7);
    graph.arc(0, 2, 10, 100, 0);
    graph.arc(2, 4, 10, 100, 2);
    graph.arc(1, 4, 10, 100, 2);
    graph.arc(4, 5, 10, 100, 4);
    graph.arc(5, 6, 10, 100, 6);
    graph.arc(6, 1, 10, 100, 8);
    graph.arc(1, 3, 10, 100, 10);
    graph.finish();
    AlternativesFinder finder(graph.view());
    const PartialEnd from[] = {{0, 0, 0, 20}};
    const PartialEnd to[] = {{3, 0, 0, 21}};
    const auto ways = finder.find(from, to, no_direct, {});
    REQUIRE(ways.size() == 1);
    CHECK(ways[0].path.weight == 60);
    CHECK(graph.elements(ways[0].path.arcs) == std::vector<std::uint32_t>{0, 2, 4, 6, 8, 10});
}

TEST_CASE("alternatives: copies of a node are the same road", "[alternatives]")
{
    // 0 to 3 by 1 or by its copy 2: the arcs of the copy carry the stretches of the real ones
    SmallGraph graph(4);
    graph.arc(0, 1, 10, 100, 1);
    graph.arc(0, 2, 10, 100, 1);
    graph.arc(1, 3, 10, 100, 2);
    graph.arc(2, 3, 10, 100, 2);
    graph.finish();
    AlternativesFinder finder(graph.view());
    const PartialEnd from[] = {{0, 0, 0, 8}};
    const PartialEnd to[] = {{3, 0, 0, 9}};
    CHECK(finder.find(from, to, no_direct, {.most_sharing = 1}).size() == 1);
}

TEST_CASE("alternatives: a lattice of equal streets has many ties and still an answer", "[alternatives]")
{
    constexpr std::uint32_t side = 60;
    SmallGraph graph(side * side);
    std::uint32_t element = 0;
    for (std::uint32_t node = 0; node < side * side; ++node) {
        if (node % side + 1 < side) {
            graph.arc(node, node + 1, 10, 10, element++);
            graph.arc(node + 1, node, 10, 10, element++);
        }
        if (node + side < side * side) {
            graph.arc(node, node + side, 10, 10, element++);
            graph.arc(node + side, node, 10, 10, element++);
        }
    }
    graph.finish();
    AlternativesFinder finder(graph.view());
    const PartialEnd from[] = {{0, 0, 0, element}};
    const PartialEnd to[] = {{side * side - 1, 0, 0, element + 1}};
    const auto ways = finder.find(from, to, no_direct, {});
    REQUIRE(ways.size() == 5); // every staircase costs 2 * 59 * 10
    for (const Alternative& way : ways) {
        CHECK(way.path.weight == 1180);
    }
    const auto again = finder.find(from, to, no_direct, {});
    for (std::size_t i = 0; i < ways.size(); ++i) {
        CHECK(again[i].path.arcs == ways[i].path.arcs);
        CHECK(again[i].probability == ways[i].probability);
    }
}

TEST_CASE("alternatives: options out of range are refused", "[alternatives]")
{
    const SmallGraph graph = noisy_lattice(1, 2, 2);
    AlternativesFinder finder(graph.view());
    const PartialEnd at[] = {{0, 0, 0, 0}};
    CHECK_THROWS_AS(finder.find(at, at, no_direct, {.most = 0}), Error);
    CHECK_THROWS_AS(finder.find(at, at, no_direct, {.most_sharing = 0}), Error);
    CHECK_THROWS_AS(finder.find(at, at, no_direct, {.most_stretch = 0.9}), Error);
    CHECK_THROWS_AS(finder.find(at, at, no_direct, {.local_optimality = -1}), Error);
    CHECK_THROWS_AS(finder.find(at, at, no_direct, {.penalty = 1}), Error);
    CHECK_THROWS_AS(finder.find(at, at, no_direct, {.theta = -1}), Error);
}
