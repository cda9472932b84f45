#include "kernels/route/line_ways.h"
#include "kernels/weights/inverse_distance.h"
#include "kernels/weights/network_weights.h"
#include "kernels/weights/structure.h"
#include "libgeo/error.h"
#include "libgeo/random.h"
#include "tests/kernels/route_build_checks.h"
#include "tests/support/drawn_ways.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace vigil;
using vigil::test::DrawnWays;

namespace {

/// Degrees of a place in metres from 0, 0.
XY degrees(double east_m, double north_m)
{
    const LonLat at = to_lon_lat(test::metres_from_zero(east_m, north_m));
    return {at.lon_deg, at.lat_deg};
}

/// A town with bent, doubled and loop edges, and a second component.
RouteNetwork noisy_town(std::uint64_t seed, std::size_t lines)
{
    Geometries geometry;
    geometry.kind = GeometryKind::line;
    for (std::size_t i = 0; i < lines; ++i) {
        const Random random(seed, i);
        const auto corner = [&](std::uint64_t draw) {
            return XY{std::floor(random.uniform(draw) * 6) * 100 + (i % 9 == 0 ? 5000 : 0),
                      std::floor(random.uniform(draw + 1) * 6) * 100};
        };
        const XY a = corner(0);
        const XY b = corner(2);
        const XY line[] = {degrees(a.x, a.y),
                           degrees((a.x + b.x) / 2 + 60 * random.uniform(4), (a.y + b.y) / 2 + 50),
                           degrees(b.x, b.y)};
        geometry.add(line);
    }
    return test::built(line_ways(geometry, {}).ways);
}

std::vector<EdgePlace> places_on(const RouteNetwork& network, std::size_t n)
{
    std::vector<EdgePlace> places;
    for (std::size_t i = 0; i < n; ++i) {
        const Random random(21, i);
        const auto edge =
            static_cast<std::uint32_t>(random.uniform(0) * static_cast<double>(network.edges()) * 0.6);
        const double along = i % 6 == 0 ? std::round(random.uniform(1)) : random.uniform(1); // ends as well
        places.push_back({edge, along * network.edge[edge].length_m});
    }
    return places;
}

using Distances = std::vector<std::vector<double>>;

/// The shortest ways between all nodes, directions ignored; infinite where there is none (Floyd & Warshall).
Distances between_nodes(const RouteNetwork& network)
{
    const std::size_t n = network.place_nodes;
    Distances all(n, std::vector<double>(n, std::numeric_limits<double>::infinity()));
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        const RouteEdge& edge = network.edge[e];
        all[edge.from][edge.to] = std::min(all[edge.from][edge.to], edge.length_m);
        all[edge.to][edge.from] = all[edge.from][edge.to];
    }
    for (std::size_t v = 0; v < n; ++v) {
        all[v][v] = 0;
    }
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                all[i][j] = std::min(all[i][j], all[i][k] + all[k][j]);
            }
        }
    }
    return all;
}

/// The shortest ways between all places: over each pair of the ends of their edges, or along one edge.
Distances all_distances(const RouteNetwork& network, const std::vector<EdgePlace>& places)
{
    const Distances nodes = between_nodes(network);
    Distances all;
    for (const EdgePlace from : places) {
        std::vector<double>& row = all.emplace_back();
        const RouteEdge& a = network.edge[from.edge];
        for (const EdgePlace to : places) {
            const RouteEdge& b = network.edge[to.edge];
            double least = from.edge == to.edge ? std::abs(from.offset_m - to.offset_m)
                                                : std::numeric_limits<double>::infinity();
            for (const auto& [u, out_m] :
                 {std::pair(a.from, from.offset_m), std::pair(a.to, a.length_m - from.offset_m)}) {
                for (const auto& [v, in_m] :
                     {std::pair(b.from, to.offset_m), std::pair(b.to, b.length_m - to.offset_m)}) {
                    least = std::min(least, out_m + nodes[u][v] + in_m);
                }
            }
            row.push_back(least);
        }
    }
    return all;
}

/// The place at a share of the way between two letters, found by the way's piece of an edge.
EdgePlace between(const DrawnWays& town, const RouteNetwork& network, char a, char b, double share)
{
    const Way& way = town.ways.ways[town.way(a, b)];
    const bool drawn_so = town.ways.along[way.vertex_begin] == town.vertex.at(a);
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        const auto pieces = network.pieces_of(e);
        for (std::size_t p = 0; p < pieces.size(); ++p) {
            if (pieces[p].source == way.source) {
                const double begin_m = static_cast<double>(pieces[p].begin_m);
                const double end_m = p + 1 < pieces.size() ? static_cast<double>(pieces[p + 1].begin_m)
                                                           : network.edge[e].length_m;
                const bool along = drawn_so == (pieces[p].reversed == 0);
                return {e, begin_m + (along ? share : 1 - share) * (end_m - begin_m)};
            }
        }
    }
    throw std::logic_error("the way is on no edge");
}

double way_m(const DrawnWays& town, const RouteNetwork& network, char a, char b)
{
    return std::abs(between(town, network, a, b, 1).offset_m - between(town, network, a, b, 0).offset_m);
}

} // namespace

TEST_CASE("a network band holds every place within it by the shortest way", "[weights]")
{
    for (const std::uint64_t seed : {1U, 2U}) {
        const RouteNetwork network = noisy_town(seed, 40);
        const auto places = places_on(network, 120);
        const auto all = all_distances(network, places);
        for (const double band_m : {1.0, 150.0, 600.0, 1e5}) {
            const Weights weights = network_band(network, places, band_m);
            CHECK(is_symmetric(weights)); // to the last bit
            for (std::size_t i = 0; i < places.size(); ++i) {
                std::size_t l = weights.begin_of(i);
                for (std::uint32_t j = 0; j < places.size(); ++j) {
                    if (j == i || all[i][j] > band_m) {
                        continue;
                    }
                    REQUIRE(l < weights.end[i]);
                    REQUIRE(weights.neighbour[l] == j);
                    if (std::fabs(weights.weight[l] - all[i][j]) > 1e-9) {
                        CHECK(weights.weight[l] == all[i][j]);
                    }
                    ++l;
                }
                CHECK(l == weights.end[i]);
            }
        }
    }
}

TEST_CASE("the nearest along a network are those of the shortest ways", "[weights]")
{
    const RouteNetwork network = noisy_town(3, 40);
    const auto places = places_on(network, 120);
    const auto all = all_distances(network, places);
    for (const std::size_t k : {std::size_t{1}, std::size_t{5}, std::size_t{119}}) {
        const Weights weights = network_nearest(network, places, k);
        for (std::size_t i = 0; i < places.size(); ++i) {
            std::vector<double> expected = all[i];
            expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(i));
            std::sort(expected.begin(), expected.end());
            std::vector<double> found;
            for (std::size_t l = weights.begin_of(i); l < weights.end[i]; ++l) {
                CHECK(std::fabs(weights.weight[l] - all[i][weights.neighbour[l]]) < 1e-9);
                found.push_back(weights.weight[l]);
            }
            std::sort(found.begin(), found.end());
            const auto reachable = static_cast<std::size_t>(
                std::count_if(expected.begin(), expected.end(), [](double d) { return std::isfinite(d); }));
            REQUIRE(found.size() == std::min(k, reachable)); // shorter in the small component
            for (std::size_t r = 0; r < found.size(); ++r) {
                CHECK(std::fabs(found[r] - expected[r]) < 1e-9);
            }
        }
    }
}

TEST_CASE("network distance takes the way round when it is shorter, and ignores one-way rules", "[weights]")
{
    const DrawnWays town("A>>>>>B\n"
                         "|     |\n"
                         "C-----D\n",
                         100);
    const RouteNetwork network = test::built(town.ways);
    // A-B and C-D are some 600 m long, A-C and B-D 200 m: a step is a sixth and a half of that.
    const double step_m = way_m(town, network, 'A', 'B') / 6;
    const double down_m = way_m(town, network, 'A', 'C');
    REQUIRE(step_m == Approx(100).epsilon(0.01));
    REQUIRE(down_m == Approx(200).epsilon(0.01));
    const std::vector<EdgePlace> places = {
        between(town, network, 'A', 'B', 0.5 / 6), between(town, network, 'A', 'B', 5.5 / 6),
        between(town, network, 'C', 'D', 0.5 / 6), between(town, network, 'A', 'B', 0.5 / 6)};
    const double apart_m = places[1].offset_m - places[0].offset_m;
    const Weights weights = network_band(network, places, apart_m);
    CHECK(weights.end == std::vector<std::size_t>{3, 5, 7, 10});
    CHECK(weights.neighbour == std::vector<std::uint32_t>{1, 2, 3, 0, 3, 0, 3, 0, 1, 2});
    CHECK(weights.weight[0] == apart_m); // against the one-way street, border included
    CHECK(apart_m == Approx(5 * step_m).epsilon(1e-9));
    CHECK(weights.weight[1] == Approx(step_m + down_m).epsilon(1e-6)); // half a step, down, half a step
    CHECK(weights.weight[2] == 0);                                     // the same place
    CHECK(is_symmetric(weights));
    CHECK(network_band(network, places, apart_m - 1).end.back() == 6);
}

TEST_CASE("the way to the network counts at both ends", "[weights]")
{
    const RouteNetwork network = test::built(DrawnWays("A-----B", 100).ways);
    const std::vector<EdgePlace> places = {{0, 100}, {0, 300}, {0, 100}};
    const double access_m[] = {10, 20, 0};
    const Weights weights = network_band(network, places, 225, access_m);
    CHECK(weights.end == std::vector<std::size_t>{1, 2, 4}); // 0-1 is 10 + 200 + 20 = 230
    CHECK(weights.neighbour == std::vector<std::uint32_t>{2, 2, 0, 1});
    CHECK(weights.weight == std::vector<double>{10, 220, 10, 220});
    const Weights nearest = network_nearest(network, places, 2, access_m);
    CHECK(nearest.weight == std::vector<double>{230, 10, 230, 220, 10, 220});
    const Weights decayed = inverse_distance(weights, weights.weight, {.nearest_m = 50});
    CHECK(decayed.weight == std::vector<double>{1.0 / 50, 1.0 / 220, 1.0 / 50, 1.0 / 220});
}

TEST_CASE("the shortest way between places of one edge may leave it", "[weights]")
{
    // A long bow from A to B with a straight street beside it.
    Geometries geometry;
    geometry.kind = GeometryKind::line;
    const XY bow[] = {degrees(0, 0), degrees(0, 1000), degrees(100, 1000), degrees(100, 0)};
    const XY street[] = {degrees(0, 0), degrees(100, 0)};
    const XY ring[] = {degrees(100, 0), degrees(300, 0), degrees(300, -100), degrees(100, -100),
                       degrees(100, 0)}; // a loop at B
    geometry.add(bow);
    geometry.add(street);
    const XY stub[] = {degrees(0, 0), degrees(-50, 0)}; // so that A is a node
    geometry.add(ring);
    geometry.add(stub);
    const RouteNetwork network = test::built(line_ways(geometry, {}).ways);
    std::uint32_t long_edge = 0;
    std::uint32_t loop = 0;
    std::uint32_t straight = 0;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        long_edge = network.edge[e].length_m > 1500 ? e : long_edge;
        straight = network.edge[e].length_m < 150 && network.edge[e].length_m > 80 ? e : straight;
        loop = network.edge[e].from == network.edge[e].to ? e : loop;
    }
    REQUIRE(network.edges() == 4);
    const double long_m = network.edge[long_edge].length_m;
    const double loop_m = network.edge[loop].length_m;
    const std::vector<EdgePlace> places = {
        {long_edge, 10}, {long_edge, long_m - 20}, {loop, 20}, {loop, loop_m - 10}};
    const Weights weights = network_band(network, places, 200);
    const auto all = all_distances(network, places);
    const double round_m = 10 + network.edge[straight].length_m + 20; // some 130, not 2070
    CHECK(weights.weight_of(0) == Approx(round_m).epsilon(1e-12));
    CHECK(weights.weight[weights.end[2] - 1] ==
          Approx(30).epsilon(1e-12)); // over the node of the loop, not 570
    CHECK(weights.weight[weights.end[2] - 1] == Approx(all[2][3]).epsilon(1e-12));
}

TEST_CASE("network weights refuse what has no meaning", "[weights]")
{
    const RouteNetwork network = test::built(DrawnWays("A-----B", 100).ways);
    const std::vector<EdgePlace> places = {{0, 100}, {0, 300}};
    CHECK_THROWS_WITH(network_band(network, places, 0), Catch::Contains("0 m"));
    CHECK_THROWS_WITH(network_nearest(network, places, 2), Catch::Contains("more than 2 places"));
    const double one[] = {1};
    CHECK_THROWS_WITH(network_band(network, places, 1, one), Catch::Contains("for 2 places"));
    const double below[] = {1, -1};
    CHECK_THROWS_WITH(network_band(network, places, 1, below), Catch::Contains("place 2 is -1 m"));
    const std::vector<EdgePlace> off = {{0, 100}, {3, 0}};
    CHECK_THROWS_WITH(network_band(network, off, 1), Catch::Contains("place 2 is on no edge"));
    const std::vector<EdgePlace> beyond = {{0, 701}}; // the edge is some 600 m long
    CHECK_THROWS_WITH(network_band(network, beyond, 1), Catch::Contains("701 m along an edge of 600."));
    CHECK(network_band(network, {}, 1).size() == 0);
}
