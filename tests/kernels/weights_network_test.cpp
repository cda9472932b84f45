#include "kernels/shortest_path.h"
#include "kernels/weights/inverse_distance.h"
#include "kernels/weights/network_weights.h"
#include "kernels/weights/structure.h"
#include "libgeo/error.h"
#include "libgeo/random.h"
#include "tests/support/drawn_network.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace vigil;
using vigil::test::DrawnNetwork;

namespace {

/// A town with bent, doubled and loop edges, and a second component; two-way, cost in metres.
Network noisy_town(std::uint64_t seed, std::size_t lines)
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
        const XY line[] = {a, {(a.x + b.x) / 2 + 60 * random.uniform(4), (a.y + b.y) / 2 + 50}, b};
        geometry.add(line);
    }
    return build_network(geometry, {}).network;
}

std::vector<NetworkPlace> places_on(const Network& network, std::size_t n)
{
    std::vector<NetworkPlace> places;
    for (std::size_t i = 0; i < n; ++i) {
        const Random random(21, i);
        const auto edge =
            static_cast<std::uint32_t>(random.uniform(0) * static_cast<double>(network.edges.size()) * 0.6);
        const double along = i % 6 == 0 ? std::round(random.uniform(1)) : random.uniform(1); // ends as well
        places.push_back({edge, along * network.edges[edge].length_m});
    }
    return places;
}

/// The shortest ways between all places by the path finder, infinite where there is none.
std::vector<std::vector<double>> all_distances(const Network& network,
                                               const std::vector<NetworkPlace>& places)
{
    PathFinder finder(network);
    std::vector<std::vector<double>> all;
    for (const NetworkPlace from : places) {
        std::vector<double>& row = all.emplace_back();
        for (const auto& path : finder.paths(from, places)) {
            row.push_back(path ? path->length_m : std::numeric_limits<double>::infinity());
        }
    }
    return all;
}

} // namespace

TEST_CASE("a network band holds every place within it by the shortest way", "[weights]")
{
    for (const std::uint64_t seed : {1U, 2U}) {
        const Network network = noisy_town(seed, 40);
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
    const Network network = noisy_town(3, 40);
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
    const DrawnNetwork town("A>>>>>B\n"
                            "|     |\n"
                            "C-----D\n",
                            100);
    // A-B and C-D are 600 m long, A-C and B-D 200 m.
    const std::vector<NetworkPlace> places = {town.between('A', 'B', 50), town.between('A', 'B', 550),
                                              town.between('C', 'D', 50), town.between('A', 'B', 50)};
    const Weights weights = network_band(town.network, places, 500);
    CHECK(weights.end == std::vector<std::size_t>{3, 5, 7, 10});
    CHECK(weights.neighbour == std::vector<std::uint32_t>{1, 2, 3, 0, 3, 0, 3, 0, 1, 2});
    CHECK(weights.weight[0] == 500); // against the one-way street, border included
    CHECK(weights.weight[1] == 300); // 50 + 200 + 50
    CHECK(weights.weight[2] == 0);   // the same place
    CHECK(is_symmetric(weights));
    CHECK(network_band(town.network, places, 499).end.back() == 6);
}

TEST_CASE("the way to the network counts at both ends", "[weights]")
{
    const DrawnNetwork town("A-----B", 100);
    const std::vector<NetworkPlace> places = {town.between('A', 'B', 100), town.between('A', 'B', 300),
                                              town.between('A', 'B', 100)};
    const double access_m[] = {10, 20, 0};
    const Weights weights = network_band(town.network, places, 225, access_m);
    CHECK(weights.end == std::vector<std::size_t>{1, 2, 4}); // 0-1 is 10 + 200 + 20 = 230
    CHECK(weights.neighbour == std::vector<std::uint32_t>{2, 2, 0, 1});
    CHECK(weights.weight == std::vector<double>{10, 220, 10, 220});
    const Weights nearest = network_nearest(town.network, places, 2, access_m);
    CHECK(nearest.weight == std::vector<double>{230, 10, 230, 220, 10, 220});
    const Weights decayed = inverse_distance(weights, weights.weight, {.nearest_m = 50});
    CHECK(decayed.weight == std::vector<double>{1.0 / 50, 1.0 / 220, 1.0 / 50, 1.0 / 220});
}

TEST_CASE("the shortest way between places of one edge may leave it", "[weights]")
{
    // A long bow from A to B with a straight street beside it.
    Geometries geometry;
    geometry.kind = GeometryKind::line;
    const XY bow[] = {{0, 0}, {0, 1000}, {100, 1000}, {100, 0}};
    const XY street[] = {{0, 0}, {100, 0}};
    const XY ring[] = {{100, 0}, {300, 0}, {300, -100}, {100, -100}, {100, 0}}; // a loop at B
    geometry.add(bow);
    geometry.add(street);
    geometry.add(ring);
    const Network network = build_network(geometry, {}).network;
    std::uint32_t long_edge = 0;
    std::uint32_t loop = 0;
    for (std::uint32_t e = 0; e < network.edges.size(); ++e) {
        long_edge = network.edges[e].length_m > 2000 ? e : long_edge;
        loop = network.edges[e].from == network.edges[e].to ? e : loop;
    }
    const std::vector<NetworkPlace> places = {{long_edge, 10}, {long_edge, 2080}, {loop, 20}, {loop, 590}};
    const Weights weights = network_band(network, places, 200);
    const auto all = all_distances(network, places);
    CHECK(weights.weight_of(0) == 130);              // 10 + 100 + 20, not 2070
    CHECK(weights.weight[weights.end[2] - 1] == 30); // over the node of the loop, not 570
    CHECK(weights.weight[weights.end[2] - 1] == all[2][3]);
}

TEST_CASE("network weights refuse what has no meaning", "[weights]")
{
    const DrawnNetwork town("A-----B", 100);
    const std::vector<NetworkPlace> places = {{0, 100}, {0, 300}};
    CHECK_THROWS_WITH(network_band(town.network, places, 0), Catch::Contains("0 m"));
    CHECK_THROWS_WITH(network_nearest(town.network, places, 2), Catch::Contains("more than 2 places"));
    const double one[] = {1};
    CHECK_THROWS_WITH(network_band(town.network, places, 1, one), Catch::Contains("for 2 places"));
    const double below[] = {1, -1};
    CHECK_THROWS_WITH(network_band(town.network, places, 1, below), Catch::Contains("place 2 is -1 m"));
    const std::vector<NetworkPlace> off = {{0, 100}, {3, 0}};
    CHECK_THROWS_WITH(network_band(town.network, off, 1), Catch::Contains("place 2 is on no edge"));
    const std::vector<NetworkPlace> beyond = {{0, 601}};
    CHECK_THROWS_WITH(network_band(town.network, beyond, 1), Catch::Contains("601 m along an edge of 600 m"));
    CHECK(network_band(town.network, {}, 1).size() == 0);
}
