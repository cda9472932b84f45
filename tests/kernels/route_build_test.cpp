#include "kernels/density/geodesic_distance.h"
#include "kernels/route/build.h"
#include "libgeo/error.h"
#include "tests/kernels/route_build_checks.h"
#include "tests/support/drawn_ways.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <string>

using namespace vigil;
using namespace vigil::test;

namespace {

/// Edges as "places of their ends, in the drawing's letters, kind"; sorted.
std::vector<std::string> described(const DrawnWays& town, const RouteNetwork& network)
{
    const auto letter = [&town](FixedLonLat place) {
        for (const auto& [name, v] : town.vertex) {
            if (town.ways.vertex[v] == place) {
                return name;
            }
        }
        return '?';
    };
    std::vector<std::string> lines;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        std::string line;
        for (const FixedLonLat place : network.shape_of(e)) {
            line += letter(place);
        }
        const EdgeKind& kind = network.kind_of(e);
        line += " " + std::string(name_of(kind.mode)) + " " + std::to_string(kind.forward) + "/" +
                std::to_string(kind.backward);
        lines.push_back(line + (kind.border != 0 ? " border" : ""));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::vector<std::string> described(const DrawnWays& town)
{
    return described(town, built(town.ways));
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("route build: chains of one kind are one edge, whose pieces tell the ways")
{
    const DrawnWays town("A--B--C\n"
                         "      |\n"
                         "F>>E--D\n"
                         "   |   \n"
                         "   G   ",
                         100);
    const RouteNetwork n = built(town.ways);
    check_sound(n);
    // D comes first of none: edges are drawn from the end that is first by (lon, lat): A, F, E
    CHECK(described(town, n) == Lines{"ABCDE road 15/15", "FE road 15/8", "GE road 15/15"});
    for (std::uint32_t e = 0; e < n.edges(); ++e) {
        if (n.shape_of(e).size() == 5) {
            REQUIRE(n.pieces_of(e).size() == 4);
            const auto pieces = n.pieces_of(e);
            CHECK(pieces[3].source == static_cast<std::int64_t>(town.way('E', 'D')) + 1);
            CHECK(pieces[3].reversed == 1);
            CHECK(pieces[1].reversed == 0);
            CHECK(pieces[2].vertex == 2);
            // 300 m each, as drawn; the scale of metres_from_zero is good to 0.2 % east and 0.6 % north
            CHECK(n.edge[e].length_m == Approx(1100).epsilon(0.006));
            CHECK(static_cast<double>(pieces[2].begin_m) == Approx(600).epsilon(0.003));
        }
    }
}

TEST_CASE("route build: loops, rings and parallel edges are kept")
{
    const DrawnWays town("A--B--C\n"
                         "|  |  |\n"
                         "D--E--F\n"
                         "       \n"
                         "G--H   \n"
                         "|  |   \n"
                         "I--J   ",
                         50);
    const BuiltRouteNetwork b = build_route_network(town.ways, no_order);
    check_sound(b.network);
    // edges begin at the end that is first by (lon, lat), here the southern one; a ring at its first vertex,
    // I, and towards the first neighbour
    CHECK(described(town, b.network) ==
          Lines{"EB road 15/15", "EDAB road 15/15", "EFCB road 15/15", "IGHJI road 15/15"});
    CHECK(b.report.loops == 1);
    CHECK(b.report.parallel == 2);
    CHECK(b.network.place_nodes == 3);
    CHECK(b.network.components == 2);
}

TEST_CASE("route build: a barrier stops vehicles, not people, and is paid for once")
{
    DrawnWays town("A--B--C", 100);
    town.barrier('B', vehicle::foot);
    const RouteNetwork n = built(town.ways);
    check_sound(n);
    CHECK(described(town, n) == Lines{"AB road 15/15", "BB road 8/8", "BC road 15/15"});
    std::uint32_t barrier = 0;
    for (std::uint32_t e = 0; e < n.edges(); ++e) {
        barrier = n.edge[e].length_m == 0 ? e : barrier;
    }
    const EdgeKind& kind = n.kind_of(barrier);
    REQUIRE(kind.tags_end == kind.tags_begin + 1);
    CHECK(n.text(n.tag[kind.tags_begin]) == "barrier=gate");
    CHECK(n.text(kind.road_class) == "residential");

    // three stretches at the barrier, one of them one-way: each pair is joined, in the order A, D, C
    DrawnWays fork("A--B--C\n"
                   "   v   \n"
                   "   D   ",
                   100);
    fork.barrier('B', vehicle::car | vehicle::foot);
    CHECK(described(fork) == Lines{"AB road 15/15", "BB road 8/9", "BB road 9/8", "BB road 9/9",
                                   "BC road 15/15", "DB road 8/15"});
}

TEST_CASE("route build: border posts and ways across borders")
{
    DrawnWays town("A--B--C##D", 100);
    town.border('B');
    const BuiltRouteNetwork b = build_route_network(town.ways, no_order);
    check_sound(b.network);
    CHECK(described(town, b.network) ==
          Lines{"AB road 15/15", "BB road 15/15 border", "BC road 15/15", "CD road 15/15 border"});
    CHECK(b.report.borders == 2);
}

TEST_CASE("route build: trains are boarded at stations, not where a road crosses")
{
    DrawnWays town("   A      \n"
                   "   |      \n"
                   "B==C==D==E\n"
                   "   |      \n"
                   "   F---G  ",
                   20);
    CHECK(described(town) == Lines{"ACFG road 15/15", "BCDE rail 16/16"});

    // D is a station: G is 28 m away, F 63 m, C 60 m
    town.station('D');
    const BuiltRouteNetwork b = build_route_network(town.ways, no_order);
    check_sound(b.network);
    CHECK(described(town, b.network) ==
          Lines{"ACFG road 15/15", "BCD rail 16/16", "DE rail 16/16", "DG transfer 8/8"});
    CHECK(b.report.transfers == 1);
    CHECK(b.report.stations_alone == 0);

    const BuiltRouteNetwork far = build_route_network(town.ways, {.transfer_m = 10, .order = false});
    CHECK(far.report.transfers == 0);
    CHECK(far.report.stations_alone == 1);
    CHECK(far.network.components == 2);
}

TEST_CASE("route build: a ferry is boarded where its line ends at a road, or near one")
{
    const DrawnWays town("A--B~~~C--D\n"
                         "           \n"
                         "           \n"
                         "           \n"
                         "E--F G~~H  ",
                         100);
    const BuiltRouteNetwork b = build_route_network(town.ways, no_order);
    check_sound(b.network);
    // G is 200 m from F; H is 412 m from C, too far
    CHECK(described(town, b.network) == Lines{"AB road 15/15", "BB transfer 15/15", "BC ferry 15/15",
                                              "CC transfer 15/15", "CD road 15/15", "EF road 15/15",
                                              "FG transfer 15/15", "GH ferry 15/15"});
    CHECK(b.report.stations_alone == 1);
    CHECK(b.network.components == 2);
    CHECK(b.network.component[0] <= 1);
}

TEST_CASE("route build: nearest points for stations are those of a search over all")
{
    Dice dice(7);
    Ways ways;
    ways.kinds = DrawnWays("A-B", 1).ways.kinds;
    for (std::uint32_t i = 0; i < 400; ++i) {
        ways.vertex.push_back({static_cast<std::int32_t>(dice.below(200000)),
                               static_cast<std::int32_t>(dice.below(200000)) + 500000000});
    }
    // even pairs are roads, every fifth pair a railway with a station at its first vertex
    for (std::uint32_t i = 0; i < 400; i += 2) {
        const bool rail = i % 10 == 0;
        add_way(ways, {i, i + 1}, i + 1, rail ? 5U : 0U, 0);
        if (rail) {
            ways.marks.push_back({.vertex = i, .station = true, .tag = {}});
        }
    }
    const RouteNetwork n = built(ways);
    std::size_t links = 0;
    for (std::uint32_t i = 0; i < 400; i += 10) {
        double best = 1e9;
        FixedLonLat where;
        for (std::uint32_t j = 0; j < 400; ++j) {
            const double d = geodesic_length_m(to_lon_lat(ways.vertex[i]), to_lon_lat(ways.vertex[j]));
            if ((j / 2 * 2) % 10 != 0 && d < best) {
                best = d;
                where = ways.vertex[j];
            }
        }
        for (std::uint32_t e = 0; e < n.edges(); ++e) {
            if (n.kind_of(e).mode == Mode::transfer &&
                (n.shape_of(e).front() == ways.vertex[i] || n.shape_of(e).back() == ways.vertex[i])) {
                ++links;
                CHECK((n.shape_of(e).front() == where || n.shape_of(e).back() == where));
                CHECK(n.edge[e].length_m == Approx(best).epsilon(1e-9));
            }
        }
    }
    CHECK(links > 30);
}

TEST_CASE("route build: minutes stay with their source and are shared out by length")
{
    DrawnWays town("A~~B~~~~C~~D", 1000);
    for (Way& way : town.ways.ways) {
        way.minutes = 12;
        way.source = 1;
    }
    town.ways.ways[2].source = 3;
    town.ways.marks.push_back({.vertex = town.vertex['B'], .station = true, .tag = {}});
    const RouteNetwork n = built(town.ways);
    CHECK(described(town, n) == Lines{"AB ferry 15/15", "BC ferry 15/15", "CD ferry 15/15"});
    town.ways.marks.clear();
    const RouteNetwork joined = built(town.ways);
    REQUIRE(joined.edges() == 2);
    CHECK(joined.edge[0].minutes + joined.edge[1].minutes == Approx(36));
    CHECK(std::max(joined.edge[0].minutes, joined.edge[1].minutes) == Approx(24));
}

TEST_CASE("route build: lengths are geodesics, over the antimeridian and near the poles too")
{
    for (const std::int32_t lat : {0, 350000000, -700000000, 899000000}) {
        for (const std::int32_t step : {20, 3000, 90000, 400000, 3000000, 400000000}) {
            Ways ways;
            ways.kinds.resize(1);
            ways.vertex = {{1800000000 - step / 3, lat},
                           {-1800000000 + step, lat - std::min(step, 99000000)}};
            add_way(ways, {0, 1}, 1, 0, 0);
            const double expected = geodesic_length_m(to_lon_lat(ways.vertex[0]), to_lon_lat(ways.vertex[1]));
            CAPTURE(lat, step);
            // the last digits of space coordinates are 1e-9 m
            CHECK(built(ways).edge[0].length_m == Approx(expected).epsilon(1e-7).margin(5e-9));
        }
    }
    Ways ways;
    ways.kinds.resize(1);
    ways.vertex = {{0, 0}, {1790000000, 100}};
    add_way(ways, {0, 1}, 1, 0, 0);
    CHECK_THROWS_AS(built(ways), Error);
}

TEST_CASE(
    "route build: ways without length are dropped, repeats removed, places that follow each other merged")
{
    Ways ways;
    ways.kinds.resize(1);
    ways.vertex = {{0, 0}, {1000, 0}, {1000, 0}, {2000, 0}, {3000, 0}};
    add_way(ways, {0, 0, 1, 2}, 11, 0, 0);
    add_way(ways, {2, 3, 3}, 12, 0, 0);
    add_way(ways, {4, 4}, 13, 0, 0);
    add_way(ways, {1, 2, 1}, 14, 0, 0);
    const BuiltRouteNetwork b = build_route_network(ways, no_order);
    check_sound(b.network);
    CHECK(b.network.edges() == 1);
    CHECK(b.network.shape.size() == 3);
    CHECK(b.report.zero_length == 2);
    CHECK(b.report.first_zero_length == 13);
    CHECK(b.report.dangling_ends == 2);
    CHECK_THROWS_AS(build_route_network(Ways()), Error);
}

TEST_CASE("route build: a strong component is numbered by its nodes")
{
    const DrawnWays town("A--B--C--D\n"
                         "   |  |   \n"
                         "   E  F   \n"
                         "          \n"
                         "G--H      ",
                         100);
    const RouteNetwork n = built(town.ways);
    CHECK(n.components == 2);
    CHECK(std::count(n.component.begin(), n.component.end(), 0U) == 6);
    CHECK(std::count(n.component.begin(), n.component.end(), 1U) == 2);
}
