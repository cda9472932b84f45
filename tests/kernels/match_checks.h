#pragma once

#include "tests/kernels/match_tried.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <vector>

namespace vigil::test {

/// A place in one of these towns.
inline LonLat somewhere(Dice& dice)
{
    return to_lon_lat(metres_from_zero(static_cast<double>(dice.below(400)) - 10,
                                       20 - static_cast<double>(dice.below(200))));
}

inline double apart_m(LonLat a, LonLat b)
{
    return arc_of_chord_m(chord_m(earth_centred(a), earth_centred(b)));
}

/// Sides in the order of travel, each once where one leg ends on it and the next begins.
inline void join_sides(std::vector<EdgeSide>& all, const std::vector<EdgeSide>& more)
{
    const bool goes_on = !all.empty() && !more.empty() && all.back() == more.front();
    all.insert(all.end(), more.begin() + (goes_on ? 1 : 0), more.end());
}

inline std::vector<EdgeSide> sides_of(const MatchedRoute& route)
{
    std::vector<EdgeSide> all;
    for (const MatchedRoute::Stretch& stretch : route.stretches) {
        all.insert(all.end(), stretch.way.sides.begin(), stretch.way.sides.end());
    }
    return all;
}

inline std::size_t index_of(const SeenStates& seen, const MatchState& state)
{
    const auto found = std::find(seen.state.begin(), seen.state.end(), state);
    REQUIRE(found != seen.state.end());
    return static_cast<std::size_t>(found - seen.state.begin());
}

/// The legs of the best route are ways that are as likely as the likeliest between their states.
inline void check_best_ways(const CaseMatch& match, const TriedMatch& tried)
{
    std::vector<EdgeSide> all;
    for (const LegMatch& leg : match.legs) {
        MatchState from = match.sightings[leg.from].state;
        const MatchState to = match.sightings[leg.to].state;
        const TriedLeg& one = tried.at(leg.from, index_of(tried.seen(leg.from), from), leg.to,
                                       index_of(tried.seen(leg.to), to));
        CHECK((leg.way.sides.front() != from.side) == one.turns_round);
        from.side = leg.way.sides.front();
        if (one.falls_back) {
            CHECK(leg.way.stays);
            CHECK(leg.way.sides.size() == 1);
        } else {
            CHECK(tried.along(one, from, leg.way.sides, to) == tried.cheapest(one, from, to));
        }
        join_sides(all, leg.way.sides);
    }
    REQUIRE(!match.routes.empty());
    CHECK(sides_of(match.routes.front()) == all);
}

/// What a match says is what all orders and states say, tried one by one.
inline void check_equal(const CaseMatch& match, const TriedMatch& tried, std::size_t edges)
{
    CHECK(std::abs(match.log_evidence - tried.log_evidence) < 1e-12 * (10 + std::abs(tried.log_evidence)));
    TriedMatch::Order order(match.sightings.size());
    for (std::size_t i = 0; i < match.sightings.size(); ++i) {
        REQUIRE(match.sightings[i].status == MatchStatus::matched);
        REQUIRE(match.sightings[i].order < order.size());
        order[match.sightings[i].order] = i;
    }
    TriedMatch::Order states;
    for (const std::size_t i : order) {
        states.push_back(index_of(tried.seen(i), match.sightings[i].state));
    }
    bool vague = false;
    for (std::size_t i = 0; i < match.sightings.size(); ++i) {
        vague = vague || tried.seen(i).vague;
    }
    if (vague) { // one that was drawn may be better
        CHECK(tried.log_weight(order, states) <= tried.log_best + 1e-9);
    } else {
        CHECK(std::abs(tried.log_weight(order, states) - tried.log_best) < 1e-9);
    }
    for (std::size_t i = 0; i < match.sightings.size(); ++i) {
        const SightingMatch& told = match.sightings[i];
        std::vector<double> share = tried.edge_shares(i, edges);
        const double entropy = std::accumulate(share.begin(), share.end(), 0.0, [](double sum, double p) {
            return p > 0 ? sum - p * std::log2(p) : sum;
        });
        CHECK(std::abs(told.probability - share[edge_of(told.state.side)]) < 1e-12);
        CHECK(std::abs(told.entropy_bits - entropy) < 1e-11);
        share[edge_of(told.state.side)] = 0;
        const double second = *std::max_element(share.begin(), share.end());
        CHECK(std::abs(told.second - second) < 1e-12);
        if (second > 1e-9) {
            REQUIRE(told.second_edge < edges);
            CHECK(std::abs(share[told.second_edge] - second) < 1e-12);
        }
    }
    check_best_ways(match, tried);
}

/// Sides that have a length: it costs nothing to go to and fro over the others, so ways that do are as good.
inline std::vector<EdgeSide> long_sides(const RouteNetwork& network, std::vector<EdgeSide> sides)
{
    std::erase_if(sides, [&](EdgeSide side) { return network.edge[edge_of(side)].length_m == 0; });
    return sides;
}

/// Routes over the same sides are told as one.
inline std::vector<EdgeSide> each_once(std::vector<EdgeSide> sides)
{
    std::sort(sides.begin(), sides.end());
    sides.erase(std::unique(sides.begin(), sides.end()), sides.end());
    return sides;
}

/// How likely routes and sides are when everybody takes the likeliest way between two states.
struct RouteShares {
    std::map<std::vector<EdgeSide>, double> of_route;
    std::vector<double> of_side;

    RouteShares(const TriedMatch& tried, const RouteNetwork& network) : of_side(2 * network.edges())
    {
        tried.for_each([&](const TriedMatch::Order& order, const TriedMatch::Order& states, double p) {
            if (p < 1e-9) {
                return; // not drawn in 2000 draws
            }
            std::vector<EdgeSide> all;
            for (std::size_t k = 1; k < order.size(); ++k) {
                join_sides(all, tried.way(order[k - 1], states[k - 1], order[k], states[k]));
            }
            all = long_sides(network, all);
            of_route[each_once(all)] += p;
            for (const EdgeSide s : std::set<EdgeSide>(all.begin(), all.end())) {
                of_side[s] += p;
            }
        });
    }
};

inline double told_share(const CaseMatch& match, EdgeSide side)
{
    const auto found = std::find_if(match.edges.begin(), match.edges.end(),
                                    [&](const EdgeProbability& edge) { return edge.side == side; });
    return found == match.edges.end() ? 0 : found->probability;
}

/// The best route first, then the others by probability; all of them here, as often as expected.
inline void check_routes(const RouteNetwork& network, const CaseMatch& match, const RouteShares& expected,
                         double draws)
{
    double sum = 0;
    for (std::size_t r = 0; r < match.routes.size(); ++r) {
        sum += match.routes[r].probability;
        CHECK((r < 2 || match.routes[r].probability <= match.routes[r - 1].probability));
        CHECK((r == 0 || match.routes[r].probability > 0));
    }
    CHECK(sum <= 1 + 1e-9);
    const bool moves =
        std::any_of(match.routes.front().stretches.begin(), match.routes.front().stretches.end(),
                    [](const MatchedRoute::Stretch& one) { return !one.way.stays; });
    if (!moves) {
        return; // others are not listed then
    }
    CHECK(sum == Approx(1).margin(1e-9));
    std::map<std::vector<EdgeSide>, double> told;
    for (const MatchedRoute& route : match.routes) {
        told[each_once(long_sides(network, sides_of(route)))] += route.probability;
    }
    for (const auto& [sides, p] : expected.of_route) {
        CHECK(std::abs(told[sides] - p) <= 4 * std::sqrt(std::max(0.0, p * (1 - p)) / draws) + 2 / draws);
    }
    for (const EdgeProbability& edge : match.edges) {
        const std::vector<EdgeSide> best = sides_of(match.routes.front());
        CHECK(edge.on_best == (std::find(best.begin(), best.end(), edge.side) != best.end()));
    }
}

/// The corridor holds as many draws as it should, and would not without its least likely sides.
inline void check_corridor(const RouteNetwork& network, const CaseMatch& match, double share)
{
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        if (network.edge[e].length_m == 0) {
            return; // routes that differ in these alone are told as one
        }
    }
    const double listed =
        std::accumulate(match.routes.begin(), match.routes.end(), 0.0,
                        [](double sum, const MatchedRoute& r) { return sum + r.probability; });
    if (listed < 1 - 1e-9) {
        return;
    }
    double held = 0;
    double held_by_less = 0;
    for (const MatchedRoute& route : match.routes) {
        double least = 1;
        for (const EdgeSide side : sides_of(route)) {
            least = std::min(least, told_share(match, side));
        }
        held += least >= match.corridor_p ? route.probability : 0;
        held_by_less += least > match.corridor_p ? route.probability : 0;
    }
    CHECK(held >= share - 1e-9);
    CHECK(held_by_less < share);
}

/// Draws of a match without a spread are as often as expected; the number of sides that some take and some do
/// not.
inline std::size_t check_draws(const RouteNetwork& network, const CaseMatch& match, const TriedMatch& tried,
                               double draws, double corridor)
{
    std::size_t uncertain = 0;
    const RouteShares expected(tried, network);
    for (EdgeSide s = 0; s < expected.of_side.size(); ++s) {
        if (network.edge[edge_of(s)].length_m == 0) {
            continue;
        }
        const double p = expected.of_side[s];
        CHECK(std::abs(told_share(match, s) - p) <= 4 * std::sqrt(std::max(0.0, p * (1 - p)) / draws) + 1e-9);
        uncertain += p > 0.05 && p < 0.95 ? 1U : 0U;
    }
    check_routes(network, match, expected, draws);
    check_corridor(network, match, corridor);
    return uncertain;
}

} // namespace vigil::test
