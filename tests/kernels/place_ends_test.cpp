#include "kernels/route/place_ends.h"

#include "kernels/route/dijkstra.h"
#include "tests/kernels/leg_checks.h"

#include <catch2/catch.hpp>

#include <numeric>

using namespace vigil;
using namespace vigil::test;

namespace {

constexpr EdgeSide ab = 0, ba = 1, bc = 2, loop = 4, gate = 6, dc = 7;

/// A =0= B -1-> C, a loop 2 at B, and a gate 3 of no length between C and D. A car may not turn from A over B
/// to C. Costs: 1000 and 1200 along and against A-B, 500 to C, the loop 400 either way, the gate 70.
struct Corner {
    LegTown town;
    Costs car, foot;

    Corner()
    {
        HandNetwork hand;
        hand.node(0, 0);
        hand.node(0.001, 0);
        hand.node(0.0015, 0);
        hand.node(0.0015, 0);
        const Vehicles everyone = vehicle::car | vehicle::foot;
        const auto both = hand.kind({.forward = everyone, .backward = everyone}, "road");
        const auto one_way = hand.kind({.forward = everyone}, "one-way");
        hand.edge(0, 1, 100, both);
        hand.edge(1, 2, 50, one_way);
        hand.edge(1, 1, 40, both, std::numeric_limits<float>::quiet_NaN(), 2);
        hand.edge(2, 3, 0, both);
        hand.ban(ab, bc, vehicle::motor);
        town.network = hand.network();
        town.ban[ab] = bc;
        car.of_side = {1000, 1200, 500, unreachable, 400, 400, 70, 70};
        foot.of_side = car.of_side;
        for (std::uint32_t a = 0; a < town.network.arcs(); ++a) {
            const Weight weight = car.of_side[town.network.arc_side[a]];
            car.of_arc.push_back(town.network.arc_closed[a] != 0 ? unreachable : weight);
            foot.of_arc.push_back(weight);
        }
    }
};

bool same(const PartialEnd& a, const PartialEnd& b)
{
    return a.node == b.node && a.weight == b.weight && a.length_m == b.length_m && a.element == b.element;
}

void check_ends(const std::vector<PartialEnd>& found, const std::vector<PartialEnd>& expected)
{
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        INFO("end " << i << ": node " << found[i].node << ", weight " << found[i].weight << ", "
                    << found[i].length_m << " m, side " << found[i].element);
        CHECK(same(found[i], expected[i]));
    }
}

} // namespace

TEST_CASE("place ends: where ways leave a place", "[place_ends]")
{
    const Corner corner;
    const PlaceEnds ends(corner.town.network, corner.car);
    const std::uint32_t copy = 4;                                               // of B, for who comes from A
    check_ends(ends.leaving({0, 30}), {{copy, 700, 70, ab}, {0, 360, 30, ba}}); // 0.7 * 1000, 0.3 * 1200
    check_ends(ends.leaving({1, 20}), {{2, 300, 30, bc}});                      // one-way: 0.6 * 500
    check_ends(ends.leaving({2, 10}), {{1, 300, 30, loop}, {1, 100, 10, loop + 1}});
    check_ends(ends.leaving({0, 0}), {{0, 0, 0, ab}});
    check_ends(ends.leaving({0, 100}), {{1, 0, 0, ab}}); // at B as if from nowhere: no ban
    check_ends(ends.leaving({3, 0}), {{2, 0, 0, gate}});
}

TEST_CASE("place ends: where ways arrive, copies of nodes included", "[place_ends]")
{
    const Corner corner;
    const PlaceEnds ends(corner.town.network, corner.car);
    const std::uint32_t copy = 4;
    // at A the street begins; at B it is entered from the node or, turning round, from its copy
    check_ends(ends.arriving({0, 30}), {{0, 300, 30, ab}, {1, 840, 70, ba}, {copy, 840, 70, ba}});
    check_ends(ends.arriving({1, 20}), {{1, 200, 20, bc}}); // a car may not enter from the copy,
    check_ends(PlaceEnds(corner.town.network, corner.foot).arriving({1, 20}),
               {{1, 200, 20, bc}, {copy, 200, 20, bc}}); // who walks may
    check_ends(ends.arriving({0, 100}), {{1, 0, 0, ab}, {copy, 0, 0, ab}});
    check_ends(ends.arriving({1, 50}), {{2, 0, 0, bc}});
    check_ends(
        ends.arriving({2, 10}),
        {{1, 100, 10, loop}, {copy, 100, 10, loop}, {1, 300, 30, loop + 1}, {copy, 300, 30, loop + 1}});
}

TEST_CASE("place ends: ways along the edge that both places are on", "[place_ends]")
{
    const Corner corner;
    const PlaceEnds ends(corner.town.network, corner.car);
    const auto check = [&](EdgePlace from, EdgePlace to, const DirectWay& expected) {
        const DirectWay found = ends.direct(from, to);
        CHECK(found.weight == expected.weight);
        if (expected.weight < unreachable) {
            CHECK(found.length_m == expected.length_m);
            CHECK(found.element == expected.element);
        }
    };
    check({0, 30}, {0, 80}, {500, 50, ab});
    check({0, 80}, {0, 30}, {600, 50, ba});
    check({0, 0}, {0, 100}, {1000, 100, ab});
    check({1, 10}, {1, 30}, {200, 20, bc});
    check({1, 30}, {1, 10}, {});         // against a one-way street
    check({0, 30}, {1, 30}, {});         // not one edge
    check({0, 30}, {0, 30}, {0, 0, ab}); // one place
    check({3, 0}, {3, 0}, {0, 0, gate});
    Costs closed = corner.car;
    closed.of_side.assign(8, unreachable);
    CHECK(PlaceEnds(corner.town.network, closed).direct({0, 30}, {0, 30}).weight == 0); // nobody has to move
    CHECK(PlaceEnds(corner.town.network, closed).direct({0, 30}, {0, 31}).weight == unreachable);
}

TEST_CASE("place ends: who stays costs nothing, even on a gate", "[place_ends]")
{
    const Corner corner;
    const PlaceEnds ends(corner.town.network, corner.car);
    const RouteWay here = PlaceEnds::direct_way({3, 0}, {3, 0}, gate);
    CHECK(here.stays);
    CHECK(ends.weight_of(here, corner.car) == 0);
    CHECK(way_length_m(ends.network(), here) == 0);
    const RouteWay through{{gate}, 0, 0};
    CHECK(ends.weight_of(through, corner.car) == 70);
    CHECK(drawing_of(ends.network(), here).size() == 2);
    CHECK(drawing_of(ends.network(), through).size() == 2);
    CHECK(ends.same_place({0, 100}, {1, 0})); // both at B
    CHECK(ends.same_place({0, 100}, {2, 40}));
    CHECK(ends.same_place({0, 50}, {0, 50}));
    CHECK_FALSE(ends.same_place({0, 50}, {0, 51}));
    CHECK_FALSE(ends.same_place({0, 50}, {1, 25}));
    CHECK_FALSE(ends.same_place({0, 0}, {0, 100}));
}

TEST_CASE("place ends: ways from inside or a node to inside or a node", "[place_ends]")
{
    const Corner corner;
    const RouteNetwork& network = corner.town.network;
    const PlaceEnds ends(network, corner.foot);
    const auto way = [&](EdgePlace from, EdgePlace to) {
        const auto leaving = ends.leaving(from);
        const auto arriving = ends.arriving(to);
        Dijkstra dijkstra(network.graph(), corner.foot.of_arc);
        const ArcPath path = dijkstra.path(seeds_of(leaving), seeds_of(arriving));
        REQUIRE(path.weight < unreachable);
        const RouteWay found = ends.way(from, to, leaving[path.from_seed], path.arcs, arriving[path.to_seed]);
        CHECK(ends.weight_of(found, corner.foot) == path.weight);
        return found;
    };
    CHECK(way({0, 30}, {1, 20}) == RouteWay{{ab, bc}, 30, 20});
    CHECK(way({0, 30}, {1, 50}) == RouteWay{{ab, bc}, 30, 50});
    CHECK(way({0, 30}, {3, 0}) == RouteWay{{ab, bc}, 30, 50});
    CHECK(way({0, 0}, {1, 20}) == RouteWay{{ab, bc}, 0, 20});
    CHECK(way({0, 0}, {1, 50}) == RouteWay{{ab, bc}, 0, 50});
    CHECK(way({0, 100}, {1, 20}) == RouteWay{{bc}, 0, 20});
    CHECK(way({0, 100}, {0, 30}) == RouteWay{{ba}, 100, 30});
    CHECK(way({0, 30}, {0, 100}) == RouteWay{{ab}, 30, 100});
    CHECK(way({0, 30}, {0, 0}) == RouteWay{{ba}, 30, 0});
    CHECK(way({2, 0}, {2, 40}) == RouteWay{{loop}, 0, 0, true});          // both ends of a loop are B
    CHECK(way({2, 5}, {2, 36}) == RouteWay{{loop + 1, loop + 1}, 5, 36}); // over B, 5 m and 4 m
    CHECK(way_length_m(ends.network(), way({2, 5}, {2, 36})) == 9);
    CHECK(side_lengths_m(ends.network(), way({0, 30}, {1, 20})) == std::vector<double>{70, 20});
    CHECK(ends.weight_of(way({0, 30}, {1, 20}), corner.foot) == 900); // 0.7 * 1000 + 0.4 * 500
    // the same way is none for a car; nor is one against the one-way street
    CHECK(ends.weight_of(way({0, 30}, {1, 20}), corner.car) == unreachable);
    CHECK(ends.weight_of({{bc}, 0, 50}, corner.car) == 500);
    CHECK(ends.weight_of({{dc, bc + 1}, 0, 10}, corner.car) == unreachable);
}

TEST_CASE("place ends: on noisy towns a search between them finds the cheapest way, to the unit",
          "[place_ends]")
{
    std::size_t ways = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        const LegTown town = noisy_leg_town(seed);
        const bool drives = seed % 3 != 0;
        const Costs costs = noisy_costs(town.network, drives ? vehicle::car : vehicle::foot, seed);
        const PlaceEnds ends(town.network, costs);
        const SideBrute brute(town, costs, drives);
        Dijkstra dijkstra(town.network.graph(), costs.of_arc);
        Dice dice(seed + 1000);
        for (int i = 0; i < 30; ++i) {
            const EdgePlace from = noisy_place(town.network, dice);
            const EdgePlace to =
                i % 5 == 0 ? EdgePlace{from.edge, from.offset_m * 0.7} : noisy_place(town.network, dice);
            const auto leaving = ends.leaving(from);
            const auto arriving = ends.arriving(to);
            const ArcPath path = dijkstra.path(seeds_of(leaving), seeds_of(arriving));
            const DirectWay direct = ends.direct(from, to);
            INFO("town " << seed << ", edges " << from.edge << " and " << to.edge);
            REQUIRE(std::min(path.weight, direct.weight) == brute.cheapest(from, to));
            if (path.weight < unreachable) {
                const RouteWay way =
                    ends.way(from, to, leaving[path.from_seed], path.arcs, arriving[path.to_seed]);
                REQUIRE(walked(town, costs, drives, way, from, to) == path.weight);
                REQUIRE(ends.weight_of(way, costs) == path.weight);
                const std::vector<double> parts_m = side_lengths_m(ends.network(), way);
                REQUIRE(way_length_m(ends.network(), way) ==
                        std::accumulate(parts_m.begin(), parts_m.end(), 0.0));
                ++ways;
            }
            if (direct.weight < unreachable) {
                const RouteWay way = PlaceEnds::direct_way(from, to, direct.element);
                REQUIRE(walked(town, costs, drives, way, from, to) == direct.weight);
                REQUIRE(ends.weight_of(way, costs) == direct.weight);
                REQUIRE(way_length_m(ends.network(), way) == direct.length_m);
            }
        }
    }
    CHECK(ways > 1000);
}

TEST_CASE("place ends: a drawing runs from place to place and is as long as the way", "[place_ends]")
{
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        Dice dice(seed);
        Ways town;
        town.kinds.resize(1);
        // an open square of 4 x 4 corners some 300 m apart at 47 N, the streets bent, with a far one
        for (std::uint32_t v = 0; v < 16; ++v) {
            town.vertex.push_back(to_fixed({8 + 0.004 * (v % 4), 47 + 0.003 * (v / 4)}));
        }
        for (std::uint32_t i = 0; i < 30; ++i) {
            const auto a = static_cast<std::uint32_t>(dice.below(16));
            const auto b = static_cast<std::uint32_t>(dice.below(16));
            std::vector<std::uint32_t> line{a};
            for (std::size_t k = 0; k < 1 + dice.below(3); ++k) {
                line.push_back(static_cast<std::uint32_t>(town.vertex.size()));
                town.vertex.push_back(to_fixed({8 + 1e-6 * static_cast<double>(dice.below(14000)),
                                                47 + 1e-6 * static_cast<double>(dice.below(12000))}));
            }
            line.push_back(b);
            add_way(town, line, i + 1, 0, 0);
        }
        const RouteNetwork network = built(town);
        Costs costs;
        for (EdgeSide s = 0; s < 2 * network.edges(); ++s) {
            costs.of_side.push_back(static_cast<Weight>(1000 * network.edge[edge_of(s)].length_m));
        }
        for (const EdgeSide s : network.arc_side) {
            costs.of_arc.push_back(costs.of_side[s]);
        }
        const PlaceEnds ends(network, costs);
        const EdgeSnapper snapper(network);
        Dijkstra dijkstra(network.graph(), costs.of_arc);
        for (int i = 0; i < 60; ++i) {
            const auto lot = [&] {
                const LonLat at{8 + 1e-6 * static_cast<double>(dice.below(14000)),
                                47 + 1e-6 * static_cast<double>(dice.below(12000))};
                return *snapper.nearest(at);
            };
            const SnapCandidate from = lot();
            const SnapCandidate to = lot();
            const auto leaving = ends.leaving(from.place);
            const auto arriving = ends.arriving(to.place);
            const ArcPath path = dijkstra.path(seeds_of(leaving), seeds_of(arriving));
            if (path.weight >= unreachable) {
                continue;
            }
            const RouteWay way =
                ends.way(from.place, to.place, leaving[path.from_seed], path.arcs, arriving[path.to_seed]);
            const std::vector<LonLat> drawing = drawing_of(ends.network(), way);
            REQUIRE(drawing.size() >= 2);
            const auto near = [](LonLat a, LonLat b) {
                return chord_m(earth_centred(a), earth_centred(b)) < 1e-6;
            };
            CHECK(near(drawing.front(), from.at));
            CHECK(near(drawing.back(), to.at));
            double drawn_m = 0; // straight lines of at most 1.7 km: shorter than the arc by 3e-9 of it
            for (std::size_t k = 1; k < drawing.size(); ++k) {
                drawn_m += chord_m(earth_centred(drawing[k - 1]), earth_centred(drawing[k]));
                CHECK_FALSE(drawing[k - 1] == drawing[k]);
            }
            CHECK(drawn_m == Approx(way_length_m(ends.network(), way)).epsilon(1e-7).margin(1e-4));
        }
    }
}

TEST_CASE("place ends: a drawing has the vertices that lie between its ends, and no others", "[place_ends]")
{
    Ways town;
    town.kinds.resize(1);
    // 380 m east, a corner, 334 m north, a corner, 380 m west
    town.vertex = {to_fixed({8, 47}), to_fixed({8.005, 47}), to_fixed({8.005, 47.003}),
                   to_fixed({8, 47.003})};
    add_way(town, {0, 1, 2, 3}, 1, 0, 0);
    const RouteNetwork network = built(town);
    REQUIRE(network.edges() == 1);
    Costs costs;
    costs.of_side = {1000, 1000};
    costs.of_arc = {1000, 1000};
    const PlaceEnds ends(network, costs);
    const EdgeSnapper snapper(network);
    for (const std::size_t corner : {1U, 2U}) {
        const LonLat at = to_lon_lat(town.vertex[corner]);
        const double corner_m = snapper.nearest(at)->place.offset_m;
        const auto vertices = [&](double from_m, double to_m) {
            const EdgeSide side = from_m < to_m ? 0 : 1;
            const auto drawing =
                drawing_of(ends.network(), PlaceEnds::direct_way({0, from_m}, {0, to_m}, side));
            double drawn_m = 0;
            for (std::size_t k = 1; k < drawing.size(); ++k) {
                drawn_m += chord_m(earth_centred(drawing[k - 1]), earth_centred(drawing[k]));
            }
            CHECK(drawn_m == Approx(std::abs(to_m - from_m)).epsilon(1e-6));
            return drawing.size();
        };
        for (const double step_m : {-20.0, 20.0}) {
            CHECK(vertices(corner_m - step_m / 40, corner_m + step_m) == 3); // half a metre before the corner
            CHECK(vertices(corner_m + step_m / 40, corner_m + step_m) == 2); // and behind it
            CHECK(vertices(corner_m, corner_m + step_m) == 2);               // on it
            CHECK(vertices(corner_m + step_m, corner_m) == 2);
            CHECK(vertices(corner_m + step_m, corner_m + step_m / 40) == 2);
            CHECK(vertices(corner_m + step_m, corner_m - step_m / 40) == 3);
        }
    }
    CHECK(drawing_of(ends.network(), {{0}, 0, network.edge[0].length_m}).size() == 4);
    CHECK(drawing_of(ends.network(), {{1}, network.edge[0].length_m, 0}).front() ==
          to_lon_lat(network.shape_of(0).back()));
}
