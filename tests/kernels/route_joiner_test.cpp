#include "kernels/route/match/route_joiner.h"

#include "kernels/earth.h"
#include "kernels/route/edge_snapper.h"
#include "kernels/route/match/nearest_on.h"
#include "tests/kernels/route_build_checks.h"
#include "tests/support/hand_network.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace vigil;
using namespace vigil::test;
using match::LegWay;
using match::RouteJoiner;

namespace {

/// A way along sides, turning round where it begins or not.
LegWay along(std::vector<EdgeSide> sides, bool turns_round = false)
{
    LegWay leg;
    leg.turns_round = turns_round;
    leg.way.sides = std::move(sides);
    return leg;
}

/// Edges 0, 1 and 2 of 100 m one after the other, 3 of no length at the end.
RouteNetwork line()
{
    HandNetwork hand;
    const auto kind = hand.kind({.forward = vehicle::all, .backward = vehicle::all}, "road");
    for (const double lon_deg : {0.0, 0.001, 0.002, 0.003, 0.003}) {
        hand.node(lon_deg, 0);
    }
    hand.edge(0, 1, 100, kind);
    hand.edge(1, 2, 100, kind);
    hand.edge(2, 3, 100, kind);
    hand.edge(3, 4, 0, kind);
    return hand.network();
}

double between_m(LonLat a, LonLat b)
{
    return arc_of_chord_m(chord_m(earth_centred(a), earth_centred(b)));
}

} // namespace

TEST_CASE("route joiner: legs that go on are one stretch", "[route_joiner]")
{
    RouteJoiner joiner;
    joiner.begin_part();
    joiner.add({0, 20}, along({0, 2}), {2, 30});
    joiner.add({2, 30}, along({2}), {2, 60});
    joiner.add({2, 60}, along({2, 4}), {4, 10});
    const auto stretches = joiner.take();
    REQUIRE(stretches.size() == 1);
    CHECK(!stretches[0].joined);
    CHECK(stretches[0].way == RouteWay{{0, 2, 4}, 20, 10, false});
}

TEST_CASE("route joiner: turning round at a sighting begins a stretch where the last one ended",
          "[route_joiner]")
{
    RouteJoiner joiner;
    joiner.begin_part();
    joiner.add({0, 20}, along({0, 2}), {2, 30});
    joiner.add({2, 30}, along({3, 1}, true), {1, 70});
    const auto stretches = joiner.take();
    REQUIRE(stretches.size() == 2);
    CHECK(stretches[0].way == RouteWay{{0, 2}, 20, 30, false});
    CHECK(stretches[1].joined);
    CHECK(stretches[1].way == RouteWay{{3, 1}, 30, 70, false});
}

TEST_CASE("route joiner: turning round at a node goes on", "[route_joiner]")
{
    RouteJoiner joiner;
    joiner.begin_part();
    joiner.add({0, 20}, along({0, 1}), {1, 30});
    const auto stretches = joiner.take();
    REQUIRE(stretches.size() == 1);
    CHECK(stretches[0].way == RouteWay{{0, 1}, 20, 30, false});
}

TEST_CASE("route joiner: somebody who falls back stays where they got", "[route_joiner]")
{
    RouteJoiner joiner;
    joiner.begin_part();
    joiner.add({2, 20}, along({2}), {2, 50});
    joiner.add({2, 50}, match::staying({2, 50}), {2, 44});
    joiner.add({2, 44}, along({2}), {2, 47}); // ahead of 44, and not of 50
    auto stretches = joiner.take();
    REQUIRE(stretches.size() == 1);
    CHECK(stretches[0].way == RouteWay{{2}, 20, 50, false});

    // the same against the drawing
    RouteJoiner back;
    back.begin_part();
    back.add({3, 80}, along({3}), {3, 50});
    back.add({3, 50}, match::staying({3, 50}), {3, 56});
    back.add({3, 56}, along({3, 1}), {1, 90});
    stretches = back.take();
    REQUIRE(stretches.size() == 1);
    CHECK(stretches[0].way == RouteWay{{3, 1}, 80, 90, false});
}

TEST_CASE("route joiner: a route that never moves stays until it does", "[route_joiner]")
{
    RouteJoiner joiner;
    joiner.begin_part();
    joiner.add({2, 20}, match::staying({2, 20}), {2, 15});
    RouteJoiner copy = joiner;
    const auto still = copy.take();
    REQUIRE(still.size() == 1);
    CHECK(still[0].way == RouteWay{{2}, 20, 20, true});
    joiner.add({2, 15}, along({2}), {2, 33});
    const auto moved = joiner.take();
    REQUIRE(moved.size() == 1);
    CHECK(moved[0].way == RouteWay{{2}, 20, 33, false});
}

TEST_CASE("route joiner: a part begins a stretch of its own", "[route_joiner]")
{
    RouteJoiner joiner;
    joiner.begin_part();
    joiner.add({0, 20}, along({0}), {0, 30});
    joiner.begin_part();
    joiner.add({0, 60}, along({0}), {0, 70}); // even on the same edge
    const auto stretches = joiner.take();
    REQUIRE(stretches.size() == 2);
    CHECK(!stretches[1].joined);
    CHECK(stretches[0].way == RouteWay{{0}, 20, 30, false});
    CHECK(stretches[1].way == RouteWay{{0}, 60, 70, false});
}

TEST_CASE("route joiner: minutes are those of parts, without turns", "[route_joiner]")
{
    const RouteNetwork network = line();
    Costs costs;
    costs.unit_minutes = 0.01;
    costs.of_side = {100, 200, 300, 400, 500, 600, 70, 80};
    const auto minutes = [&](const RouteWay& way) {
        return match::minutes_of(network, costs, way);
    };
    CHECK(minutes({{0, 2, 4}, 20, 10, false}) == Approx(0.8 + 3 + 0.5).epsilon(1e-12));
    CHECK(minutes({{3, 1}, 30, 70, false}) == Approx(0.3 * 4 + 0.3 * 2).epsilon(1e-12));
    CHECK(minutes({{2}, 20, 50, false}) == Approx(0.3 * 3).epsilon(1e-12));
    CHECK(minutes({{2}, 20, 20, true}) == 0);
    CHECK(minutes({{4, 6}, 50, 0, false}) == Approx(2.5 + 0.7).epsilon(1e-12)); // a gate costs what it costs
}

TEST_CASE("nearest on: the place is that of all places along the way", "[nearest_on]")
{
    std::size_t inside = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        // bent edges one after the other near 47 degrees north, some drawn against the way
        Dice dice(seed);
        HandNetwork hand;
        const auto kind = hand.kind({.forward = vehicle::all, .backward = vehicle::all}, "road");
        std::vector<LonLat> corner;
        for (std::uint32_t v = 0; v < 5; ++v) {
            corner.push_back({8 + 0.001 * v + 1e-6 * static_cast<double>(dice.below(500)),
                              47 + 1e-6 * static_cast<double>(dice.below(900))});
            hand.node(corner.back().lon_deg, corner.back().lat_deg);
        }
        RouteWay way;
        for (std::uint32_t e = 0; e < 4; ++e) {
            const bool back = dice.below(2) == 1;
            hand.edge(back ? e + 1 : e, back ? e : e + 1, between_m(corner[e], corner[e + 1]), kind);
            way.sides.push_back(2 * e + (back ? 1U : 0U));
        }
        const RouteNetwork network = hand.network();
        const double first_m = network.edge[0].length_m;
        const double last_m = network.edge[3].length_m;
        way.start_m = first_m * static_cast<double>(dice.below(100)) / 100;
        way.end_m = last_m * static_cast<double>(dice.below(100)) / 100;
        if (seed % 5 == 0) {
            way.sides = {way.sides[0]};
            way.end_m = is_backward(way.sides[0]) ? 0 : first_m;
        }
        const LonLat point{8 + 1e-6 * static_cast<double>(dice.below(4500)),
                           47 + 1e-6 * static_cast<double>(dice.below(900))};
        double least_m = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < way.sides.size(); ++i) {
            const TravelledPart part = travelled_part(network, way, i);
            for (int k = 0; k <= 2000; ++k) {
                const double offset_m = part.from_m + (part.to_m - part.from_m) * k / 2000;
                least_m = std::min(least_m,
                                   between_m(point, lon_lat_at(network, {edge_of(way.sides[i]), offset_m})));
            }
        }
        const match::PlaceOnWay found = match::nearest_on(network, way, point);
        CAPTURE(seed);
        // samples are 0.1 m apart; the plane is off by less than a thousandth within some 100 m
        CHECK(found.distance_m == Approx(least_m).epsilon(4e-3).margin(0.06));
        CHECK(between_m(point, found.at) <= least_m * 1.004 + 0.06);
        CHECK(between_m(found.at, lon_lat_at(network, {edge_of(found.state.side), found.state.offset_m})) <
              1e-6);
        const auto side = std::find(way.sides.begin(), way.sides.end(), found.state.side);
        REQUIRE(side != way.sides.end());
        const TravelledPart part =
            travelled_part(network, way, static_cast<std::size_t>(side - way.sides.begin()));
        CHECK(found.state.offset_m >= std::min(part.from_m, part.to_m));
        CHECK(found.state.offset_m <= std::max(part.from_m, part.to_m));
        inside += found.state.offset_m > 0 && found.state.offset_m < network.edge[edge_of(*side)].length_m;
    }
    CHECK(inside > 20);
}

TEST_CASE("nearest on: a way that stays has one place", "[nearest_on]")
{
    const RouteNetwork network = line();
    const match::PlaceOnWay found = match::nearest_on(network, {{3}, 40, 40, true}, {0.0011, 0.0001});
    CHECK(found.state == MatchState{3, 40});
    CHECK(found.distance_m == Approx(std::hypot(30, 10) * 1.11).epsilon(0.02)); // a degree is 111 km
}
