#include "kernels/route/match/leg_routes.h"

#include "kernels/route/match/cost_noise.h"
#include "kernels/route/match/leg_costs.h"
#include "tests/kernels/inverse_gaussian.h"
#include "tests/kernels/leg_checks.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

using namespace vigil;
using namespace vigil::test;

namespace {

using Ask = LegRoutes::Ask;
using CostOf = std::function<Weight(std::uint32_t arc)>; ///< of travelling an arc of the network

/// A town with all that a leg needs, and ways found by trying.
struct MatchTown {
    explicit MatchTown(RouteNetwork n, Costs c, TurnCosts turn_costs = {})
        : network(std::move(n)), costs(std::move(c)), turns(network),
          weights(turns.weights(costs, turn_costs)), ends(turns, costs, weights)
    {
    }
    MatchTown(const MatchTown&) = delete;
    MatchTown& operator=(const MatchTown&) = delete;

    [[nodiscard]] LegRoutes routes() const { return {turns, costs, weights}; }
    [[nodiscard]] CostOf plain() const
    {
        return [this](std::uint32_t arc) {
            return costs.of_arc[arc];
        };
    }
    [[nodiscard]] CostOf drawn(const CostNoise& noise, std::uint64_t draw) const
    {
        return [this, noise, draw](std::uint32_t arc) {
            return noise.cost(network.arc_side[arc], costs.of_arc[arc], draw);
        };
    }

    /// The cheapest of all ways, tried one after the other; one is given up where another got as cheaply, or
    /// when it is dearer than a whole one. Of several the first found.
    [[nodiscard]] Weight cheapest(const MatchState& from, const MatchState& to, const CostOf& cost,
                                  std::vector<std::uint32_t>* nodes = nullptr) const
    {
        std::vector<Seed> start, end;
        ends.leaving(from, start);
        ends.arriving(to, end);
        Weight best = unreachable;
        std::vector<std::uint32_t> way;
        std::vector<Weight> reach(network.arcs(), unreachable);
        const std::function<void(std::uint32_t, Weight)> go = [&](std::uint32_t a, Weight sum) {
            if (sum >= best || sum >= reach[a]) {
                return;
            }
            reach[a] = sum;
            way.push_back(a);
            for (const Seed& seed : end) {
                if (seed.node == a && add(sum, seed.weight) < best) {
                    best = add(sum, seed.weight);
                    if (nodes != nullptr) {
                        *nodes = way;
                    }
                }
            }
            const GraphView graph = turns.graph();
            for (std::uint32_t i = graph.first_out[a]; i < graph.first_out[a + 1]; ++i) {
                if (weights[i] < unreachable) {
                    go(graph.head[i], add(sum, cost(a) + (weights[i] - costs.of_arc[a])));
                }
            }
            way.pop_back();
        };
        for (const Seed& seed : start) {
            go(seed.node, seed.weight);
        }
        return best;
    }

    /// What the ways along these sides cost, the cheapest; `unreachable` when there is none.
    [[nodiscard]] Weight along(const MatchState& from, const MatchState& to,
                               const std::vector<EdgeSide>& sides, const CostOf& cost) const
    {
        std::vector<Seed> start, end;
        ends.leaving(from, start);
        ends.arriving(to, end);
        std::vector<Weight> reach(network.arcs(), unreachable);
        for (const Seed& seed : start) {
            if (network.arc_side[seed.node] == sides[1]) {
                reach[seed.node] = std::min(reach[seed.node], seed.weight);
            }
        }
        for (std::size_t s = 2; s < sides.size(); ++s) {
            std::vector<Weight> next(network.arcs(), unreachable);
            for (std::uint32_t a = 0; a < network.arcs(); ++a) {
                for (std::uint32_t i = turns.graph().first_out[a]; i < turns.graph().first_out[a + 1]; ++i) {
                    const std::uint32_t b = turns.graph().head[i];
                    if (reach[a] < unreachable && weights[i] < unreachable &&
                        network.arc_side[b] == sides[s]) {
                        next[b] = std::min(next[b], add(reach[a], cost(a) + (weights[i] - costs.of_arc[a])));
                    }
                }
            }
            reach = next;
        }
        Weight least = unreachable;
        for (const Seed& seed : end) {
            least = std::min(least, add(reach[seed.node], seed.weight));
        }
        return least;
    }

    RouteNetwork network;
    Costs costs;
    TurnGraph turns;
    std::vector<Weight> weights;
    StateEnds ends;
};

MatchTown noisy_match_town(std::uint64_t seed)
{
    LegTown town = noisy_leg_town(seed);
    Costs costs = noisy_costs(town.network, seed % 2 == 0 ? vehicle::car : vehicle::foot, seed + 1000);
    return MatchTown(std::move(town.network), std::move(costs));
}

MatchState noisy_state(const RouteNetwork& network, Dice& dice)
{
    const EdgePlace place = noisy_place(network, dice);
    return {2 * place.edge + static_cast<EdgeSide>(dice.below(2)), place.offset_m};
}

constexpr RouteSpread everything{.minutes = 0.3, .most_stretch = 1e6};

std::vector<Ask> noisy_asks(const MatchTown& town, Dice& dice, std::size_t count)
{
    const MatchState from[] = {noisy_state(town.network, dice), noisy_state(town.network, dice)};
    const MatchState to[] = {noisy_state(town.network, dice), noisy_state(town.network, dice)};
    std::vector<Ask> asks;
    for (std::size_t i = 0; i < count; ++i) {
        asks.push_back({from[dice.below(2)], to[dice.below(2)], dice.below(40)});
    }
    return asks;
}

bool same(const LegWaySides& a, const LegWaySides& b)
{
    return a.sides == b.sides && a.weight == b.weight;
}

/// The way is one, from the first side to the last, and costs what it says.
void check_way(const MatchTown& town, const Ask& ask, const LegWaySides& way)
{
    if (way.sides.empty()) {
        CHECK(way.weight == unreachable);
        return;
    }
    CHECK(way.sides.front() == ask.from.side);
    CHECK(way.sides.back() == ask.to.side);
    if (way.sides.size() == 1) {
        CHECK(way.weight == town.ends.direct(ask.from, ask.to));
    } else {
        CHECK(town.along(ask.from, ask.to, way.sides, town.plain()) == way.weight);
    }
}

constexpr double unit = 1.0 / 60000;

/// Two roads side by side between two others, with these costs in minutes.
std::pair<RouteNetwork, Costs> two_roads(double one, double other)
{
    HandNetwork hand;
    for (const double x : {0.0, 0.01, 0.03, 0.04}) {
        hand.node(x, 0);
    }
    const std::uint32_t road = hand.kind({.forward = vehicle::car, .backward = vehicle::car}, "road");
    hand.edge(0, 1, 1000, road);
    hand.edge(1, 2, 2000, road, std::numeric_limits<float>::quiet_NaN(), 1);
    hand.edge(1, 2, 2000, road, std::numeric_limits<float>::quiet_NaN(), 2);
    hand.edge(2, 3, 1000, road);
    std::pair<RouteNetwork, Costs> town{hand.network(), {}};
    Costs& costs = town.second;
    costs.unit_minutes = unit;
    for (const double minutes : {1.0, 1.0, one, one, other, other, 1.0, 1.0}) {
        costs.of_side.push_back(static_cast<Weight>(minutes / unit));
    }
    for (std::uint32_t a = 0; a < town.first.arcs(); ++a) {
        costs.of_arc.push_back(costs.of_side[town.first.arc_side[a]]);
    }
    return town;
}

} // namespace

TEST_CASE("leg routes: the cheapest is the cheapest of all ways", "[leg_routes]")
{
    std::size_t around = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        const MatchTown town = noisy_match_town(seed);
        LegRoutes routes = town.routes();
        Dice dice(seed);
        for (int i = 0; i < 20; ++i) {
            const Ask ask{noisy_state(town.network, dice), noisy_state(town.network, dice), 0};
            const LegWaySides way = routes.cheapest(ask.from, ask.to);
            INFO("town " << seed << ", leg " << i);
            check_way(town, ask, way);
            const Weight direct = town.ends.direct(ask.from, ask.to);
            REQUIRE(way.weight == std::min(direct, town.cheapest(ask.from, ask.to, town.plain())));
            around += way.sides.size() > 3 ? 1U : 0U;
        }
    }
    CHECK(around > 300); // the towns have something to find
}

TEST_CASE("leg routes: nobody strays when costs do not vary", "[leg_routes]")
{
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const MatchTown town = noisy_match_town(seed);
        LegRoutes routes = town.routes();
        Dice dice(seed);
        const std::vector<Ask> asks = noisy_asks(town, dice, 20);
        const std::vector<LegWaySides> ways = routes.draw(asks, {.minutes = 0, .most_stretch = 1e6}, seed);
        REQUIRE(ways.size() == asks.size());
        for (std::size_t i = 0; i < asks.size(); ++i) {
            CHECK(same(ways[i], routes.cheapest(asks[i].from, asks[i].to)));
        }
    }
}

TEST_CASE("leg routes: everybody takes the way that is the cheapest to them", "[leg_routes]")
{
    std::size_t strayed = 0;
    for (std::uint64_t seed = 1; seed <= 120; ++seed) {
        const MatchTown town = noisy_match_town(seed);
        LegRoutes routes = town.routes();
        Dice dice(seed);
        const std::vector<Ask> asks = noisy_asks(town, dice, 30);
        const std::vector<LegWaySides> ways = routes.draw(asks, everything, seed);
        const CostNoise noise(everything.minutes, town.costs.unit_minutes, seed);
        for (std::size_t i = 0; i < asks.size(); ++i) {
            INFO("town " << seed << ", ask " << i);
            check_way(town, asks[i], ways[i]);
            const CostOf drawn = town.drawn(noise, asks[i].draw);
            const Weight best = town.cheapest(asks[i].from, asks[i].to, drawn);
            if (ways[i].sides.size() > 1) {
                REQUIRE(town.along(asks[i].from, asks[i].to, ways[i].sides, drawn) == best);
                strayed += ways[i].weight > routes.cheapest(asks[i].from, asks[i].to).weight ? 1U : 0U;
            } else {
                REQUIRE(best >= town.ends.direct(asks[i].from, asks[i].to));
            }
        }
    }
    CHECK(strayed > 100);
}

TEST_CASE("leg routes: ways beyond the stretch do not matter, those within it all do", "[leg_routes]")
{
    std::size_t within = 0;
    std::size_t beyond = 0;
    const RouteSpread spread{.minutes = 5, .most_stretch = 1, .most_sds = 0.1};
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const MatchTown town = noisy_match_town(seed);
        LegRoutes routes = town.routes();
        Dice dice(seed);
        const MatchState from = noisy_state(town.network, dice);
        const MatchState to = noisy_state(town.network, dice);
        std::vector<Ask> asks;
        for (std::uint64_t draw = 0; draw < 40; ++draw) {
            asks.push_back({from, to, draw});
        }
        const std::vector<LegWaySides> ways = routes.draw(asks, spread, seed);
        const double least = routes.cheapest(from, to).weight;
        const double limit =
            least + spread.most_sds * std::sqrt(2 * spread.minutes / town.costs.unit_minutes * least);
        const CostNoise noise(spread.minutes, town.costs.unit_minutes, seed);
        for (std::size_t i = 0; i < asks.size() && ways[i].sides.size() > 1; ++i) {
            const CostOf drawn = town.drawn(noise, asks[i].draw);
            std::vector<std::uint32_t> nodes;
            const Weight best = town.cheapest(from, to, drawn, &nodes);
            std::vector<EdgeSide> sides{from.side};
            for (const std::uint32_t node : nodes) {
                sides.push_back(town.network.arc_side[node]);
            }
            const Weight found = town.along(from, to, ways[i].sides, drawn);
            REQUIRE(found >= best);
            if (town.along(from, to, sides, town.plain()) <= limit) {
                REQUIRE(found == best);
                ++within;
            } else {
                beyond += found > best ? 1U : 0U;
            }
        }
    }
    CHECK(within > 500);
    CHECK(beyond > 20);
}

TEST_CASE("leg routes: a way does not depend on who else asks", "[leg_routes]")
{
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const MatchTown town = noisy_match_town(seed);
        LegRoutes routes = town.routes();
        Dice dice(seed);
        std::vector<Ask> asks = noisy_asks(town, dice, 60);
        asks.push_back(asks.front());
        const std::vector<LegWaySides> ways = routes.draw(asks, everything, 3);
        CHECK(same(ways.front(), ways.back()));
        std::vector<std::size_t> order(asks.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        for (std::size_t i = order.size(); i > 1; --i) {
            std::swap(order[i - 1], order[dice.below(i)]);
        }
        std::vector<Ask> shuffled;
        for (const std::size_t i : order) {
            shuffled.push_back(asks[i]);
        }
        const std::vector<LegWaySides> again = routes.draw(shuffled, everything, 3);
        LegRoutes fresh = town.routes();
        const CostNoise noise(everything.minutes, town.costs.unit_minutes, 3);
        for (std::size_t i = 0; i < order.size(); ++i) {
            CHECK(same(again[i], ways[order[i]]));
            const LegWaySides alone = fresh.draw(std::span(&shuffled[i], 1), everything, 3).front();
            if (alone.sides.size() > 1) { // of ways that cost the same, another may be taken
                const CostOf drawn = town.drawn(noise, shuffled[i].draw);
                CHECK(town.along(shuffled[i].from, shuffled[i].to, alone.sides, drawn) ==
                      town.along(shuffled[i].from, shuffled[i].to, again[i].sides, drawn));
            } else {
                CHECK(same(alone, again[i]));
            }
        }
    }
}

TEST_CASE("leg routes: the shorter of two roads is taken as often as their laws say", "[leg_routes]")
{
    for (const auto& [one, other] : {std::pair(2.0, 2.5), std::pair(0.5, 1.5), std::pair(5.0, 5.0)}) {
        auto [network, costs] = two_roads(one, other);
        const MatchTown town(std::move(network), std::move(costs), {.right_angle_s = 0});
        LegRoutes routes = town.routes();
        std::vector<Ask> asks;
        for (std::uint64_t draw = 0; draw < 20000; ++draw) {
            asks.push_back({{0, 500}, {6, 500}, draw});
        }
        const std::vector<LegWaySides> ways = routes.draw(asks, {.minutes = 0.4, .most_stretch = 3}, 17);
        double shorter = 0;
        for (const LegWaySides& way : ways) {
            REQUIRE(way.sides.size() == 3);
            shorter += way.sides[1] == 2 ? 1.0 : 0.0;
        }
        double expected = 0; // the integral of f(x) P(the other costs more), by the midpoint rule
        constexpr double step = 0.0005;
        for (double x = step / 2; x < 40; x += step) {
            expected += density(x, one, 0.4) * above(x, other, 0.4) * step;
        }
        const auto n = static_cast<double>(asks.size());
        CHECK(expected < 0.99);
        CHECK(std::abs(shorter / n - expected) < 4 * std::sqrt(expected * (1 - expected) / n));
    }
}

TEST_CASE("leg routes: where no way leads there are no sides", "[leg_routes]")
{
    HandNetwork hand;
    for (const double x : {0.0, 0.01, 0.02, 0.03, 0.04}) {
        hand.node(x, 0);
    }
    const std::uint32_t road = hand.kind({.forward = vehicle::car}, "one-way");
    hand.edge(0, 1, 1000, road);
    hand.edge(1, 2, 1000, road);
    hand.edge(3, 4, 1000, road); // elsewhere
    RouteNetwork network = hand.network();
    Costs costs;
    for (EdgeSide s = 0; s < 6; ++s) {
        costs.of_side.push_back(is_backward(s) ? unreachable : 60000U);
    }
    for (std::uint32_t a = 0; a < network.arcs(); ++a) {
        costs.of_arc.push_back(costs.of_side[network.arc_side[a]]);
    }
    const MatchTown town(std::move(network), std::move(costs));
    LegRoutes routes = town.routes();
    const std::vector<Ask> asks = {{{0, 500}, {4, 500}, 1}, // another part of the network
                                   {{2, 500}, {0, 500}, 1}, // against the one-way streets
                                   {{0, 500}, {0, 400}, 1}, // backward on a one-way street
                                   {{1, 500}, {2, 500}, 1}, // from a closed side
                                   {{0, 500}, {2, 250}, 1}, {{0, 500}, {0, 500}, 1}};
    const std::vector<LegWaySides> ways = routes.draw(asks, {}, 1);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(ways[i].sides.empty());
        CHECK(ways[i].weight == unreachable);
        CHECK(routes.cheapest(asks[i].from, asks[i].to).sides.empty());
    }
    CHECK(ways[4].sides == std::vector<EdgeSide>{0, 2});
    CHECK(ways[4].weight == 45000);
    CHECK(ways[5].sides == std::vector<EdgeSide>{0});
    CHECK(ways[5].weight == 0);
    CHECK(routes.draw({}, {}, 1).empty());
}
