#include "kernels/route/dijkstra.h"
#include "kernels/route/hierarchy/hierarchy.h"
#include "kernels/route/hierarchy/order.h"
#include "kernels/route/match/turn_graph.h"
#include "tests/kernels/turn_checks.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace vigil;
using namespace vigil::test;

namespace {

/// Cheapest from before a side to before another, whatever copies they leave from.
Weight cheapest(const TurnGraph& turns, const Dijkstra& search, EdgeSide to)
{
    Weight least = unreachable;
    for (const std::uint32_t arc : turns.arcs_of(to)) {
        least = std::min(least, search.distance(arc));
    }
    return least;
}

} // namespace

TEST_CASE("turn graph: cheapest ways are those of all sequences of edge sides", "[turn_graph]")
{
    std::size_t reached = 0;
    std::size_t turned = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        TurnTown town = noisy_turn_town(seed);
        town.network.rank = nested_dissection(town.network.graph(), town.network.node.span());
        const TurnGraph turns(town.network);
        const std::vector<Weight> weight = turns.weights(town.costs, {});
        const std::vector<Weight> no_turns = turns.weights(town.costs, {0, 0, 0});
        Dijkstra search(turns.graph(), weight);
        Dijkstra careless(turns.graph(), no_turns);
        const Hierarchy hierarchy(turns.graph(), turns.rank());
        CustomisedHierarchy metric(hierarchy);
        metric.customise(weight);
        HierarchyQuery query(metric);
        for (EdgeSide from = 0; from < town.costs.of_side.size(); ++from) {
            if (turns.arcs_of(from).empty()) {
                continue;
            }
            const std::vector<Weight> expected = TurnBrute(town).enumerate(from);
            const Seed start{turns.arcs_of(from).front(), 0};
            search.run({&start, 1});
            careless.run({&start, 1});
            for (EdgeSide to = 0; to < town.costs.of_side.size(); ++to) {
                if (from == to) {
                    continue;
                }
                std::vector<Seed> ends;
                for (const std::uint32_t arc : turns.arcs_of(to)) {
                    ends.push_back({arc, 0});
                }
                CHECK(cheapest(turns, search, to) == expected[to]);
                CHECK(query.distance({&start, 1}, ends) == expected[to]);
                reached += expected[to] < unreachable ? 1U : 0U;
                turned += cheapest(turns, careless, to) < expected[to] ? 1U : 0U;
            }
        }
    }
    CHECK(reached > 2000);
    CHECK(turned > 1000); // turns matter
}

TEST_CASE("turn graph: cutting every edge in three changes no cost", "[turn_graph]")
{
    // Only an edge that is cut allows to turn round in the middle of it, which pays where the way begins or
    // at a ban. So ways that turn round are not compared.
    constexpr Weight most = 10000;
    const TurnCosts options{.reverse_s = 6000}; // 10000 units of 0.6 s
    std::size_t compared = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const TurnTown whole = noisy_turn_town(seed, {.streets = 9});
        const TurnTown thirds = noisy_turn_town(seed, {.streets = 9, .cut = true});
        const TurnGraph turns(whole.network);
        const TurnGraph more_turns(thirds.network);
        const std::vector<Weight> weight = turns.weights(whole.costs, options);
        const std::vector<Weight> more_weight = more_turns.weights(thirds.costs, options);
        Dijkstra search(turns.graph(), weight);
        Dijkstra more_search(more_turns.graph(), more_weight);
        const auto first_of = [](EdgeSide s) {
            return TurnTownBuilder::part_of(s, is_backward(s) ? 2 : 0);
        };
        for (EdgeSide from = 0; from < whole.costs.of_side.size(); ++from) {
            if (turns.arcs_of(from).empty()) {
                continue;
            }
            const Seed start{turns.arcs_of(from).front(), 0};
            const Seed more_start{more_turns.arcs_of(first_of(from)).front(), 0};
            search.run({&start, 1});
            more_search.run({&more_start, 1});
            for (EdgeSide to = 0; to < whole.costs.of_side.size(); ++to) {
                const Weight found = cheapest(turns, search, to);
                CHECK(std::min(found, most) ==
                      std::min(cheapest(more_turns, more_search, first_of(to)), most));
                compared += found < most ? 1U : 0U;
            }
        }
    }
    CHECK(compared > 2000);
}
