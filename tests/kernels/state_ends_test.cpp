#include "kernels/route/match/leg_costs.h"

#include "kernels/route/dijkstra.h"
#include "kernels/route/place_ends.h"
#include "tests/kernels/leg_checks.h"
#include "tests/kernels/turn_checks.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace vigil;
using namespace vigil::test;

namespace {

/// A -0- B -1- C from west to east, 2 from B to the north, a gate 3 of no length at C. Whoever comes from A
/// may not turn to the north. Units are seconds; each edge costs 1000 along and 500 against, the gate 70.
struct Corner {
    RouteNetwork network;
    Costs costs;

    Corner()
    {
        HandNetwork hand;
        const std::uint32_t a = hand.node(0, 0);
        const std::uint32_t b = hand.node(0.001, 0);
        const std::uint32_t c = hand.node(0.002, 0);
        const auto both = hand.kind({.forward = vehicle::car, .backward = vehicle::car}, "road");
        const auto one_way = hand.kind({.forward = vehicle::car}, "one-way");
        hand.edge(a, b, 100, both);
        hand.edge(b, c, 100, one_way);
        hand.edge(b, hand.node(0.001, 0.001), 100, both);
        hand.edge(c, hand.node(0.002, 0), 0, both);
        hand.ban(0, 4, vehicle::motor);
        network = hand.network();
        costs.unit_minutes = 1.0 / 60;
        costs.of_side = {1000, 500, 1000, unreachable, 1000, 500, 70, 70};
        costs = with_arcs(costs, network);
    }
};

/// Side and weight of each seed, by side.
std::vector<std::pair<EdgeSide, Weight>> by_side(const RouteNetwork& network, const std::vector<Seed>& seeds)
{
    std::vector<std::pair<EdgeSide, Weight>> found;
    for (const Seed& seed : seeds) {
        found.emplace_back(network.arc_side[seed.node], seed.weight);
    }
    std::sort(found.begin(), found.end());
    return found;
}

using Found = std::vector<std::pair<EdgeSide, Weight>>;

Weight part(Weight full, double share)
{
    return static_cast<Weight>(std::lround(full * share));
}

MatchState noisy_state(const TurnTown& town, Dice& dice)
{
    const auto side = static_cast<EdgeSide>(dice.below(town.costs.of_side.size()));
    const double shares[] = {0, 1, 0.5, 0.123, static_cast<double>(dice.below(1000)) / 1000};
    return {side, shares[dice.below(5)] * town.network.edge[edge_of(side)].length_m};
}

/// How much of an edge lies behind a state, 0 to 1; of one without length nothing, either way.
double behind(const TurnTown& town, const MatchState& state)
{
    const double length_m = town.network.edge[edge_of(state.side)].length_m;
    const double part_m = is_backward(state.side) ? length_m - state.offset_m : state.offset_m;
    return length_m > 0 ? part_m / length_m : 0;
}
double ahead(const TurnTown& town, const MatchState& state)
{
    return behind(town, {reversed(state.side), state.offset_m});
}

/// From one state to another by edge sides, those between in full.
Weight brute(const TurnTown& town, const MatchState& from, const MatchState& to)
{
    const TurnBrute sides(town);
    const std::vector<Weight>& cost = town.costs.of_side;
    if (!sides.open(from.side) || !sides.open(to.side)) {
        return unreachable;
    }
    std::vector<Weight> best(cost.size(), unreachable);
    for (EdgeSide t = 0; t < best.size(); ++t) {
        if (sides.may_turn(from.side, t)) {
            best[t] = part(cost[from.side], ahead(town, from)) + sides.turn(from.side, t);
        }
    }
    const Weight before = sides.relax(best)[to.side];
    Weight least = before == unreachable ? before : before + part(cost[to.side], behind(town, to));
    if (from.side == to.side && behind(town, to) >= behind(town, from)) {
        const double length_m = town.network.edge[edge_of(to.side)].length_m;
        const double share = length_m > 0 ? std::abs(to.offset_m - from.offset_m) / length_m : 0;
        least = std::min(least, part(cost[to.side], share));
    }
    return least;
}

} // namespace

TEST_CASE("state ends: where ways leave a state", "[state_ends]")
{
    const Corner corner;
    const TurnGraph turns(corner.network);
    const std::vector<Weight> weights = turns.weights(corner.costs, {});
    const StateEnds ends(turns, corner.costs, weights);
    std::vector<Seed> seeds{{77, 7}}; // to be forgotten
    const auto leaving = [&](EdgeSide side, double offset_m) {
        ends.leaving({side, offset_m}, seeds);
        return by_side(corner.network, seeds);
    };
    // 70 m to B of 100 m that cost 1000; round 20 s, straight on 0, to the north not at all
    CHECK(leaving(0, 30) == Found{{1, 720}, {2, 700}});
    CHECK(leaving(0, 100) == Found{{1, 20}, {2, 0}});
    CHECK(leaving(1, 30) == Found{{0, 170}}); // 30 m back to A of 500; round at the dead end
    CHECK(leaving(5, 40) == Found{{1, 213}, {2, 213}, {4, 220}}); // from the north: 0.4 * 500, and 13 or 20
    CHECK(leaving(2, 10) == Found{{6, 900}});                     // through the gate
    CHECK(leaving(3, 10).empty());                                // against the one-way street
    CHECK(leaving(6, 0) == Found{{7, 20}});                       // a gate costs nothing in part
}

TEST_CASE("state ends: where ways arrive at a state, from copies that are open", "[state_ends]")
{
    const Corner corner;
    const TurnGraph turns(corner.network);
    const std::vector<Weight> weights = turns.weights(corner.costs, {});
    const StateEnds ends(turns, corner.costs, weights);
    std::vector<Seed> seeds{{77, 7}};
    const auto arriving = [&](EdgeSide side, double offset_m) {
        ends.arriving({side, offset_m}, seeds);
        return by_side(corner.network, seeds);
    };
    CHECK(arriving(0, 30) == Found{{0, 300}});
    CHECK(arriving(1, 30) == Found{{1, 350}, {1, 350}}); // 70 m against the drawing; from B and its copy
    CHECK(arriving(2, 25) == Found{{2, 250}, {2, 250}});
    CHECK(arriving(4, 25) == Found{{4, 250}}); // banned from the copy
    CHECK(arriving(3, 10).empty());
    CHECK(arriving(6, 0) == Found{{6, 0}});
}

TEST_CASE("state ends: straight on along one side", "[state_ends]")
{
    const Corner corner;
    const TurnGraph turns(corner.network);
    const std::vector<Weight> weights = turns.weights(corner.costs, {});
    const StateEnds ends(turns, corner.costs, weights);
    CHECK(ends.direct({0, 10}, {0, 35}) == 250);
    CHECK(ends.direct({0, 10}, {0, 10}) == 0);
    CHECK(ends.direct({0, 0}, {0, 100}) == 1000);
    CHECK(ends.direct({0, 35}, {0, 10}) == unreachable);
    CHECK(ends.direct({1, 35}, {1, 10}) == 125); // against the drawing
    CHECK(ends.direct({1, 10}, {1, 35}) == unreachable);
    CHECK(ends.direct({0, 10}, {1, 10}) == unreachable);
    CHECK(ends.direct({0, 10}, {2, 35}) == unreachable);
    CHECK(ends.direct({3, 35}, {3, 10}) == unreachable); // closed
    CHECK(ends.direct({6, 0}, {6, 0}) == 0);
}

TEST_CASE("state ends: the better heading is the direct way of the places", "[state_ends]")
{
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const TurnTown town = noisy_turn_town(seed);
        const TurnGraph turns(town.network);
        const std::vector<Weight> weights = turns.weights(town.costs, {});
        const StateEnds ends(turns, town.costs, weights);
        const PlaceEnds places(town.network, town.costs);
        Dice dice(seed);
        for (int i = 0; i < 100; ++i) {
            const MatchState from = noisy_state(town, dice);
            const double to_m = town.network.edge[edge_of(from.side)].length_m * 0.31;
            Weight least = unreachable;
            for (const EdgeSide side : {from.side, reversed(from.side)}) {
                least = std::min(least, ends.direct({side, from.offset_m}, {side, to_m}));
            }
            CHECK(least ==
                  places.direct({edge_of(from.side), from.offset_m}, {edge_of(from.side), to_m}).weight);
        }
    }
}

TEST_CASE("state ends: searches between states find the cheapest sequence of sides", "[state_ends]")
{
    std::size_t reached = 0;
    std::size_t straight = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const TurnTown town = noisy_turn_town(seed, {.streets = 9});
        const TurnGraph turns(town.network);
        const std::vector<Weight> weights = turns.weights(town.costs, {});
        const StateEnds ends(turns, town.costs, weights);
        Dijkstra search(turns.graph(), weights);
        std::vector<Seed> start;
        std::vector<Seed> end;
        Dice dice(seed);
        for (int i = 0; i < 200; ++i) {
            const MatchState from = noisy_state(town, dice);
            MatchState to = noisy_state(town, dice);
            if (i % 8 == 0) {
                to = {from.side, to.offset_m / 200 * town.network.edge[edge_of(from.side)].length_m};
            }
            ends.leaving(from, start);
            ends.arriving(to, end);
            const Weight direct = ends.direct(from, to);
            const Weight found = std::min(search.path(start, end).weight, direct);
            CHECK(found == brute(town, from, to));
            reached += found < unreachable ? 1U : 0U;
            straight += direct < unreachable ? 1U : 0U;
        }
    }
    CHECK(reached > 3000);
    CHECK(straight > 500);
}

TEST_CASE("state ends: weights that do not fit are refused", "[state_ends]")
{
    const Corner corner;
    const TurnGraph turns(corner.network);
    CHECK_THROWS_WITH(StateEnds(turns, corner.costs, {}), Catch::Contains("0 weights for"));
}
