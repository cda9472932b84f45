#include "kernels/shortest_path.h"
#include "kernels/snap.h"
#include "libgeo/random.h"
#include "tests/support/drawn_network.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace vigil;
using vigil::test::DrawnNetwork;

namespace {

double length_of(const std::vector<XY>& line)
{
    double length_m = 0;
    for (std::size_t i = 1; i < line.size(); ++i) {
        length_m += distance_m(line[i - 1], line[i]);
    }
    return length_m;
}

/// A town with bent, doubled, one-way and loop edges, and a second component.
BuiltNetwork noisy_town(std::uint64_t seed, std::size_t lines)
{
    Geometries geometry;
    geometry.kind = GeometryKind::line;
    LineAttributes attributes;
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
        const double way = random.uniform(5);
        attributes.direction.push_back(way < 0.2   ? Direction::forward
                                       : way < 0.4 ? Direction::backward
                                                   : Direction::both);
        attributes.speed_kmh.push_back(10 + 100 * random.uniform(6));
    }
    return build_network(geometry, attributes);
}

/// Cheapest costs between all nodes (Floyd 1962, Warshall 1962).
std::vector<std::vector<double>> all_costs(const Network& network)
{
    const std::size_t n = network.nodes.size();
    std::vector<std::vector<double>> cost(n, std::vector<double>(n, INFINITY));
    for (std::uint32_t v = 0; v < n; ++v) {
        cost[v][v] = 0;
        for (const Arc& arc : network.arcs_from(v)) {
            cost[v][arc.head] = std::min(cost[v][arc.head], arc.cost);
        }
    }
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                cost[i][j] = std::min(cost[i][j], cost[i][k] + cost[k][j]);
            }
        }
    }
    return cost;
}

/// The same with two extra nodes: the cheapest cost between places inside edges.
double cost_by_hand(const Network& network, const std::vector<std::vector<double>>& all, NetworkPlace from,
                    NetworkPlace to)
{
    const NetworkEdge& a = network.edges[from.edge];
    const NetworkEdge& b = network.edges[to.edge];
    const auto part = [](const NetworkEdge& e, double m) {
        return e.cost * m / e.length_m;
    };
    double best = INFINITY;
    if (from.edge == to.edge && to.offset_m >= from.offset_m && a.direction != Direction::backward) {
        best = part(a, to.offset_m - from.offset_m);
    }
    if (from.edge == to.edge && to.offset_m <= from.offset_m && a.direction != Direction::forward) {
        best = std::min(best, part(a, from.offset_m - to.offset_m));
    }
    for (const bool leave_forward : {false, true}) {
        for (const bool enter_forward : {false, true}) {
            if (a.direction == (leave_forward ? Direction::backward : Direction::forward) ||
                b.direction == (enter_forward ? Direction::backward : Direction::forward)) {
                continue;
            }
            const double leave = part(a, leave_forward ? a.length_m - from.offset_m : from.offset_m);
            const double enter = part(b, enter_forward ? to.offset_m : b.length_m - to.offset_m);
            best = std::min(best, leave + all[leave_forward ? a.to : a.from][enter_forward ? b.from : b.to] +
                                      enter);
        }
    }
    return best;
}

} // namespace

TEST_CASE("the shortest path of a drawn town is the one seen on it", "[shortest_path]")
{
    const DrawnNetwork town("A--B--C\n"
                            "|     |\n"
                            "D-----E   F\n",
                            100);
    const auto path = shortest_path(town.network, town.id.at('A'), town.id.at('C'));
    REQUIRE(path);
    CHECK(town.letters(*path) == "ABC");
    CHECK(path->length_m == 600); // 300 + 300; by D and E it is 200 + 600 + 200 = 1000
    CHECK(path->cost == 600);
    CHECK(town.network.component_nodes.size() == 2);
    CHECK_THROWS(shortest_path(town.network, town.id.at('A'), town.id.at('F')));
}

TEST_CASE("a path starts and ends inside edges", "[shortest_path]")
{
    const DrawnNetwork town("A--B--C\n"
                            "|     |\n"
                            "D-----E\n",
                            100);
    PathFinder finder(town.network);
    const NetworkPlace from = town.between('A', 'B', 50);
    const NetworkPlace to = town.between('D', 'E', 100);
    const auto path = finder.path(from, to);
    REQUIRE(path);
    CHECK(town.letters(*path) == "AD");
    CHECK(path->length_m == Approx(50 + 200 + 100));
    const auto line = path_shape(town.network, *path, from);
    CHECK(line.front() == XY{50, 0});
    CHECK(line.back() == XY{100, -200});
    CHECK(length_of(line) == Approx(path->length_m));
}

TEST_CASE("two places on one edge are joined along it, in either direction", "[shortest_path]")
{
    const DrawnNetwork town("A--B\n", 100);
    PathFinder finder(town.network);
    for (const double to_m : {250.0, 10.0, 100.0}) {
        const NetworkPlace from = town.between('A', 'B', 100);
        const auto path = finder.path(from, town.between('A', 'B', to_m));
        REQUIRE(path);
        CHECK(path->length_m == Approx(std::abs(to_m - 100)));
        CHECK(length_of(path_shape(town.network, *path, from)) == Approx(path->length_m));
        CHECK(town.letters(*path).empty());
    }
}

TEST_CASE("a one-way edge is left at its end only, even when the target lies just behind", "[shortest_path]")
{
    const DrawnNetwork town("A->B--C\n"
                            "|  |  |\n"
                            "D--E<-F\n",
                            100);
    PathFinder finder(town.network);
    const auto back = finder.path(town.between('A', 'B', 200), town.between('A', 'B', 100));
    REQUIRE(back);
    CHECK(town.letters(*back) == "BEDA");
    CHECK(back->length_m == Approx(100 + 200 + 300 + 200 + 100)); // around the block
    const auto there = finder.path(town.between('A', 'B', 100), town.between('A', 'B', 200));
    REQUIRE(there);
    CHECK(there->length_m == Approx(100));
    // a place at the very end of a one-way edge is at the node and may leave by other edges
    const auto at_start = finder.path(town.between('A', 'B', 0), town.between('D', 'E', 0));
    REQUIRE(at_start);
    CHECK(at_start->length_m == Approx(200));
}

TEST_CASE("no way is no path", "[shortest_path]")
{
    const DrawnNetwork town("A->B  C--D\n", 100);
    CHECK_FALSE(shortest_path(town.network, town.id.at('B'), town.id.at('A')));
    CHECK_FALSE(shortest_path(town.network, town.id.at('A'), town.id.at('C')));
    CHECK_FALSE(PathFinder(town.network).nearest(town.between('A', 'B', 5), {}));
}

TEST_CASE("a place to itself is a path of no length with a drawing", "[shortest_path]")
{
    const DrawnNetwork town("A->B--C\n", 100);
    PathFinder finder(town.network);
    const NetworkPlace place = town.between('A', 'B', 120);
    const auto path = finder.path(place, place);
    REQUIRE(path);
    CHECK(path->steps.empty());
    CHECK(path->length_m == 0);
    CHECK(path_shape(town.network, *path, place) == std::vector<XY>{{120, 0}, {120, 0}});
    // the same node named by two edges
    const auto node = finder.path(town.between('A', 'B', 300), town.between('B', 'C', 0));
    REQUIRE(node);
    CHECK(node->length_m == 0);
}

TEST_CASE("costs between all nodes equal Floyd-Warshall", "[shortest_path]")
{
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const Network network = noisy_town(seed, 90).network;
        const auto all = all_costs(network);
        PathFinder finder(network);
        std::vector<NetworkPlace> everywhere;
        for (std::uint32_t v = 0; v < network.nodes.size(); ++v) {
            everywhere.push_back(place_at(network, v));
        }
        for (std::uint32_t v = 0; v < network.nodes.size(); ++v) {
            const auto paths = finder.paths(everywhere[v], everywhere);
            for (std::uint32_t w = 0; w < network.nodes.size(); ++w) {
                REQUIRE(paths[w].has_value() == std::isfinite(all[v][w]));
                if (paths[w]) {
                    REQUIRE(paths[w]->cost == Approx(all[v][w]));
                }
            }
        }
    }
}

TEST_CASE("costs between places inside edges equal the formula by hand, and drawings have their length",
          "[shortest_path]")
{
    const Network network = noisy_town(7, 80).network;
    const auto all = all_costs(network);
    PathFinder finder(network);
    for (std::uint64_t i = 0; i < 4000; ++i) {
        const Random random(11, i);
        const auto place = [&](std::uint64_t draw) {
            const auto edge =
                static_cast<std::uint32_t>(random.uniform(draw) * static_cast<double>(network.edges.size()));
            return NetworkPlace{edge, random.uniform(draw + 1) * network.edges[edge].length_m};
        };
        const NetworkPlace from = place(0);
        NetworkPlace to = place(2);
        to.edge = i % 5 == 0 ? from.edge : to.edge;
        to.offset_m = std::min(to.offset_m, network.edges[to.edge].length_m);
        const double expected = cost_by_hand(network, all, from, to);
        const auto path = finder.path(from, to);
        REQUIRE(path.has_value() == std::isfinite(expected));
        if (path) {
            REQUIRE(path->cost == Approx(expected).margin(1e-9));
            const auto line = path_shape(network, *path, from);
            REQUIRE(length_of(line) == Approx(path->length_m).margin(1e-6));
            REQUIRE(distance_m(line.front(), to_xy(network, from)) < 1e-6);
            REQUIRE(distance_m(line.back(), to_xy(network, to)) < 1e-6);
        }
    }
}

TEST_CASE("the nearest target is the one with the cheapest path", "[shortest_path]")
{
    const Network network = noisy_town(5, 90).network;
    PathFinder finder(network);
    std::vector<NetworkPlace> targets;
    for (std::uint32_t e = 3; e < network.edges.size(); e += 11) {
        targets.push_back({e, network.edges[e].length_m / 3});
    }
    for (std::uint32_t e = 0; e < network.edges.size(); ++e) {
        const NetworkPlace from{e, network.edges[e].length_m * 0.6};
        const auto paths = finder.paths(from, targets);
        double best = INFINITY;
        for (const auto& path : paths) {
            best = path ? std::min(best, path->cost) : best;
        }
        const auto nearest = finder.nearest(from, targets);
        REQUIRE(nearest.has_value() == std::isfinite(best));
        if (nearest) {
            REQUIRE(nearest->path.cost == Approx(best));
            REQUIRE(paths[nearest->target]->cost == Approx(best));
        }
    }
}
