#include "kernels/route/hierarchy/small_table.h"

#include "kernels/route/dijkstra.h"
#include "kernels/route/hierarchy/order.h"
#include "libgeo/error.h"
#include "tests/kernels/route_build_checks.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace vigil;
using namespace vigil::test;

namespace {

/// A grid of side x side nodes with some arcs left out or closed, and some long ones; the last row is cut
/// off.
struct NoisyGraph {
    std::vector<std::uint32_t> first_out, head;
    std::vector<Weight> weight;
    std::vector<FixedLonLat> place;

    NoisyGraph(std::uint32_t side, Dice& dice)
    {
        first_out.push_back(0);
        for (std::uint32_t v = 0; v < side * side; ++v) {
            const std::uint32_t x = v % side;
            const std::uint32_t y = v / side;
            place.push_back({static_cast<std::int32_t>(1000 * x), static_cast<std::int32_t>(1000 * y)});
            const auto arc = [&](std::uint32_t to) {
                const bool cut_off = (v / side + 1 == side) != (to / side + 1 == side);
                if (!cut_off && dice.below(8) > 0) {
                    head.push_back(to);
                    weight.push_back(dice.below(12) == 0 ? unreachable
                                                         : static_cast<Weight>(dice.below(100)));
                }
            };
            if (x > 0) {
                arc(v - 1);
            }
            if (x + 1 < side) {
                arc(v + 1);
            }
            if (y > 0) {
                arc(v - side);
            }
            if (y + 1 < side) {
                arc(v + side);
            }
            if (dice.below(10) == 0) {
                arc(static_cast<std::uint32_t>(dice.below(side * side)));
            }
            first_out.push_back(static_cast<std::uint32_t>(head.size()));
        }
    }
    [[nodiscard]] GraphView graph() const { return {first_out, head}; }
};

std::vector<std::vector<Seed>> noisy_seeds(std::size_t count, std::uint32_t nodes, Dice& dice)
{
    std::vector<std::vector<Seed>> all(count);
    for (auto& seeds : all) {
        for (std::size_t k = dice.below(4); k > 0; --k) { // some have none
            seeds.push_back(
                {static_cast<std::uint32_t>(dice.below(nodes)), static_cast<Weight>(dice.below(50))});
        }
    }
    return all;
}

std::vector<Weight> by_dijkstra(const NoisyGraph& town, const std::vector<std::vector<Seed>>& starts,
                                const std::vector<std::vector<Seed>>& ends)
{
    Dijkstra search(town.graph(), town.weight);
    std::vector<Weight> table;
    for (const auto& start : starts) {
        search.run(start);
        for (const auto& end : ends) {
            Weight least = unreachable;
            for (const Seed& seed : end) {
                least = std::min(least, add(search.distance(seed.node), seed.weight));
            }
            table.push_back(start.empty() ? unreachable : least);
        }
    }
    return table;
}

} // namespace

TEST_CASE("small table: costs are those of Dijkstra, whatever was asked before", "[small_table]")
{
    std::size_t reached = 0;
    std::size_t not_reached = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        Dice dice(seed);
        const NoisyGraph town(seed % 3 == 0 ? 4U : 15U, dice);
        const Hierarchy hierarchy(town.graph(), nested_dissection(town.graph(), town.place));
        CustomisedHierarchy metric(hierarchy);
        metric.customise(town.weight);
        SmallTable small(metric);
        for (std::size_t round = 0; round < 12; ++round) {
            if (round == 6) {
                metric.make_perfect(); // drops edges, no answers
            }
            const std::size_t sizes[] = {0, 1, 2, 15, 16, 17, 33, 50};
            const auto starts = noisy_seeds(sizes[dice.below(8)], hierarchy.nodes(), dice);
            const auto ends = noisy_seeds(sizes[dice.below(8)], hierarchy.nodes(), dice);
            std::vector<Weight> table(starts.size() * ends.size(), 7);
            small.run(starts, ends, table);
            CAPTURE(seed, round, starts.size(), ends.size());
            CHECK(table == by_dijkstra(town, starts, ends));
            for (const Weight weight : table) {
                reached += weight < unreachable ? 1U : 0U;
                not_reached += weight < unreachable ? 0U : 1U;
            }
        }
    }
    CHECK(reached > 10000);
    CHECK(not_reached > 1000);
}

TEST_CASE("small table: other weights are seen by the next question", "[small_table]")
{
    Dice dice(99);
    NoisyGraph town(10, dice);
    const Hierarchy hierarchy(town.graph(), nested_dissection(town.graph(), town.place));
    CustomisedHierarchy metric(hierarchy);
    metric.customise(town.weight);
    SmallTable small(metric);
    const auto starts = noisy_seeds(20, hierarchy.nodes(), dice);
    const auto ends = noisy_seeds(20, hierarchy.nodes(), dice);
    std::vector<Weight> before(400);
    small.run(starts, ends, before);
    for (Weight& weight : town.weight) {
        weight = weight < unreachable ? 3 * weight + 1 : weight;
    }
    metric.customise(town.weight);
    std::vector<Weight> after(400);
    small.run(starts, ends, after);
    CHECK(after == by_dijkstra(town, starts, ends));
    CHECK(after != before);
}

TEST_CASE("small table: weights as large as may be do not overflow", "[small_table]")
{
    // 0 -> 1 -> 2, each two thirds of what is no way at all
    const std::vector<std::uint32_t> first_out = {0, 1, 2, 2};
    const std::vector<std::uint32_t> head = {1, 2};
    const std::vector<Weight> weight = {unreachable / 3 * 2, unreachable / 3 * 2};
    const std::vector<std::uint32_t> rank = {0, 1, 2};
    const Hierarchy hierarchy({first_out, head}, rank);
    CustomisedHierarchy metric(hierarchy);
    metric.customise(weight);
    SmallTable small(metric);
    const std::vector<std::vector<Seed>> starts = {{{0, 0}}, {{0, unreachable - 1}}, {{1, 5}}};
    const std::vector<std::vector<Seed>> ends = {{{1, 3}}, {{2, 0}}, {{2, unreachable - 1}}};
    std::vector<Weight> table(9);
    small.run(starts, ends, table);
    CHECK(table == std::vector<Weight>{weight[0] + 3, unreachable, unreachable, unreachable, unreachable,
                                       unreachable, 8, weight[1] + 5, unreachable});
}

TEST_CASE("small table: what does not fit is refused", "[small_table]")
{
    Dice dice(1);
    const NoisyGraph town(4, dice);
    const Hierarchy hierarchy(town.graph(), nested_dissection(town.graph(), town.place));
    CustomisedHierarchy metric(hierarchy);
    metric.customise(town.weight);
    SmallTable small(metric);
    const std::vector<std::vector<Seed>> one = {{{0, 0}}};
    const std::vector<std::vector<Seed>> none = {{{16, 0}}};
    std::vector<Weight> table(1);
    std::vector<Weight> two(2);
    CHECK_THROWS_AS(small.run(one, one, two), Error);
    CHECK_THROWS_AS(small.run(none, one, table), Error);
    CHECK_THROWS_AS(small.run(one, none, table), Error);
    small.run(one, one, table); // a refusal leaves nothing behind
    CHECK(table[0] == 0);
}
