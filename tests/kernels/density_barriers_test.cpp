// Ways around barriers, against detours by hand; nothing may leak through a wall, a corner or a crossing.

#include "kernels/density/barriers.h"
#include "kernels/polygon_mask.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using vigil::barrier_density;
using vigil::DensityOptions;
using vigil::Geometries;
using vigil::GeometryKind;
using vigil::Grid;
using vigil::KernelShape;
using vigil::XY;

namespace {

// not inlined: GCC 12 warns of an overflow that is none
[[gnu::noinline]] Geometries lines_of(const std::vector<std::vector<XY>>& lines,
                                      GeometryKind kind = GeometryKind::line)
{
    Geometries barriers;
    barriers.kind = kind;
    for (const auto& line : lines) {
        barriers.add(line);
    }
    return barriers;
}

/// One cell with its centre at a place.
Grid cell_at(XY centre)
{
    return {.left_x = centre.x - 0.5, .top_y = centre.y + 0.5, .cell_m = 1, .rows = 1, .cols = 1};
}

/// Length of the way, read off a triangular kernel: 1 - s / h of its peak. Negative when out of reach.
double way_m(XY from, XY to, const Geometries& barriers, double reach_m)
{
    const DensityOptions options{.shape = KernelShape::triangular, .bandwidth_m = reach_m};
    const double density =
        barrier_density(std::vector<XY>{from}, {}, barriers, cell_at(to), options).at(0, 0);
    const double peak = vigil::kernel_peak(KernelShape::triangular, reach_m);
    return density > 0 ? reach_m * (1 - density / peak) : -1;
}

/// Within a hundredth of a micrometre: coordinates near 5e6 m are rounded to 1e-9 m.
Approx near(double length_m)
{
    return Approx(length_m).epsilon(0).margin(1e-8);
}

XY turned(XY p, double turn_rad)
{
    return {431000.3 + p.x * std::cos(turn_rad) - p.y * std::sin(turn_rad),
            5431000.8 + p.x * std::sin(turn_rad) + p.y * std::cos(turn_rad)};
}

std::vector<XY> turned(std::vector<XY> line, double turn_rad)
{
    for (XY& p : line) {
        p = turned(p, turn_rad);
    }
    return line;
}

} // namespace

TEST_CASE("the way leads around the nearer end of a wall", "[density]")
{
    // a wall from (0, -30) to (0, 40): from (-40, 0) to (40, 0) by (0, -30), twice 50 m
    const Geometries wall = lines_of({{{0, -30}, {0, 40}}});
    CHECK(way_m({-40, 0}, {40, 0}, wall, 200) == near(100));
    // cut at 50 / 60 of the way
    CHECK(way_m({-40, 0}, {40, 0}, wall, 99) == -1);
    // in sight over the end: straight
    CHECK(way_m({-40, 0}, {40, -61}, wall, 200) == near(std::hypot(80, 61)));
    CHECK(way_m({-40, 0}, {-1, 0}, wall, 200) == near(39));
    // the same in many pieces, turned, far from the origin: no way through the joints
    for (const double turn : {0.0, 0.4, 1.0, 2.5, 4.0}) {
        std::vector<XY> pieces;
        for (int k = 0; k <= 14; ++k) {
            pieces.push_back({0, -30.0 + 5 * k});
        }
        const Geometries long_wall = lines_of({turned(pieces, turn)});
        for (const double y : {0.0, 5.0, 2.5}) { // towards a joint and between
            const double by_end = std::hypot(40, 30 + y) + std::hypot(40, 30 + y);
            INFO("turn " << turn << " y " << y);
            CHECK(way_m(turned({-40, y}, turn), turned({40, y}, turn), long_wall, 200) == near(by_end));
        }
    }
}

TEST_CASE("the way bends around corners, along walls and between staggered walls", "[density]")
{
    // a U open to the north: (-10, 50) (-10, 0) (10, 0) (10, 50); from inside at (0, 10) to below (0, -10)
    const Geometries cup = lines_of({{{-10, 50}, {-10, 0}, {10, 0}, {10, 50}}});
    const double out = std::hypot(10, 40);
    CHECK(way_m({0, 10}, {0, -10}, cup, 300) == near(out + 50 + std::hypot(10, 10)));
    CHECK(way_m({0, -10}, {0, 10}, cup, 300) == near(out + 50 + std::hypot(10, 10)));
    // around a block, given as a polygon: by two of its corners
    const Geometries block = lines_of({{{0, 0}, {20, 0}, {20, 20}, {0, 20}, {0, 0}}}, GeometryKind::polygon);
    CHECK(way_m({-5, 5}, {25, 5}, block, 300) == near(2 * std::hypot(5, 5) + 20));
    CHECK(way_m({5, 5}, {25, 5}, block, 300) == -1); // from inside there is no way
    CHECK(way_m({5, 5}, {15, 15}, block, 300) == near(std::hypot(10, 10)));
    // two walls that overlap by 10 m: by (0, 5) and (20, -5)
    const Geometries gate = lines_of({{{0, -100}, {0, 5}}, {{20, -5}, {20, 100}}});
    CHECK(way_m({-10, -50}, {30, 50}, gate, 400) ==
          near(std::hypot(10, 55) + std::hypot(20, 10) + std::hypot(10, 55)));
}

TEST_CASE("walls that cross or touch are closed where they do", "[density]")
{
    // a cross in a square: four rooms
    const Geometries rooms = lines_of(
        {{{-50, 0}, {50, 0}}, {{0, -50}, {0, 50}}, {{-50, -50}, {50, -50}, {50, 50}, {-50, 50}, {-50, -50}}});
    CHECK(way_m({-20, -20}, {20, 20}, rooms, 500) == -1);
    CHECK(way_m({-20, -20}, {-20, 20}, rooms, 500) == -1);
    CHECK(way_m({-20, -20}, {-45, -3}, rooms, 500) == near(std::hypot(25, 17)));
    // without the square: around the nearer arm
    const Geometries cross = lines_of({{{-50, 0}, {50, 0}}, {{0, -50}, {0, 70}}});
    CHECK(way_m({-20, 20}, {-20, -20}, cross, 500) == near(2 * std::hypot(30, 20)));
    // into the opposite quarter by two arms' ends, north-west to south-east: by (-50, 0) and (0, -50)
    CHECK(way_m({-20, 20}, {20, -20}, cross, 500) ==
          near(std::hypot(30, 20) + std::hypot(50, 50) + std::hypot(20, 30)));
}

TEST_CASE("a place on a wall or at its corner counts to the east, then north", "[density]")
{
    const Geometries wall = lines_of({{{0, -30}, {0, 30}, {0, 90}}});
    for (const double y : {0.0, 30.0}) {
        CHECK(way_m({0, y}, {10, y}, wall, 300) == near(10));
        CHECK(way_m({0, y}, {-10, y}, wall, 300) ==
              near(std::fmin(30 + y + std::hypot(10, 30 + y), 90 - y + std::hypot(10, 90 - y))));
        CHECK(way_m({10, y}, {0, y}, wall, 300) == near(10));
        CHECK(way_m({-10, y}, {0, y}, wall, 300) ==
              near(std::fmin(30 + y + std::hypot(10, 30 + y), 90 - y + std::hypot(10, 90 - y))));
    }
}

TEST_CASE("nothing leaks out of a closed ring, whatever its corners", "[density]")
{
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        std::vector<XY> ring;
        for (std::uint64_t i = 0; i < 9; ++i) {
            const double angle = 2 * std::numbers::pi * static_cast<double>(i) / 9;
            const double radius = 40 + 80 * vigil::Random(seed, i).uniform(0);
            ring.push_back(turned({radius * std::cos(angle), radius * std::sin(angle)}, 0));
        }
        ring.push_back(ring.front());
        std::vector<XY> divided; // with corners on its sides
        for (std::size_t i = 1; i < ring.size(); ++i) {
            for (int k = 0; k < 4; ++k) {
                divided.push_back({ring[i - 1].x + (ring[i].x - ring[i - 1].x) * k / 4,
                                   ring[i - 1].y + (ring[i].y - ring[i - 1].y) * k / 4});
            }
        }
        divided.push_back(divided.front());
        const Geometries barriers = lines_of({divided}, GeometryKind::polygon);
        const Grid grid{.left_x = 430870, .top_y = 5431130, .cell_m = 7, .rows = 37, .cols = 37};
        const auto map = barrier_density(std::vector<XY>{turned({3, 4}, 0)}, {}, barriers, grid,
                                         {.shape = KernelShape::triangular, .bandwidth_m = 900});
        const auto mask = vigil::polygon_mask(barriers, grid);
        for (std::size_t i = 0; i < mask.size(); ++i) {
            REQUIRE((map.values[i] > 0) == (mask[i] != 0));
        }
    }
}

TEST_CASE("ways are as long in both directions and no shorter than straight", "[density]")
{
    std::vector<std::vector<XY>> walls;
    for (std::uint64_t i = 0; i < 25; ++i) { // many of them cross
        const vigil::Random random(3, i);
        const XY a{200 * random.uniform(0), 200 * random.uniform(1)};
        walls.push_back({a, {a.x + 90 * random.uniform(2) - 45, a.y + 90 * random.uniform(3) - 45}});
    }
    const Geometries barriers = lines_of(walls);
    int longer = 0;
    for (std::uint64_t i = 0; i < 150; ++i) {
        const vigil::Random random(4, i);
        const XY p{200 * random.uniform(0), 200 * random.uniform(1)};
        const XY c{200 * random.uniform(2), 200 * random.uniform(3)};
        const double there = way_m(p, c, barriers, 1000);
        const double straight = vigil::distance_m(p, c);
        CHECK(there == near(way_m(c, p, barriers, 1000)));
        CHECK((there == -1 || there > straight - 1e-8));
        longer += there > straight + 1 ? 1 : 0;
    }
    CHECK(longer > 30);
}

TEST_CASE("ways among loose walls are those of Floyd and Warshall over all ends", "[density]")
{
    std::vector<std::vector<XY>> walls; // one in each 40 m square, so that none touch
    std::vector<XY> stops(2);
    for (std::uint64_t i = 0; i < 25; ++i) {
        const vigil::Random random(13, i);
        const double angle = std::numbers::pi * random.uniform(0);
        const double half = 12 + 7 * random.uniform(1);
        const XY middle{40.0 * static_cast<double>(i % 5), 40.0 * static_cast<double>(i / 5)};
        walls.push_back({{middle.x - half * std::cos(angle), middle.y - half * std::sin(angle)},
                         {middle.x + half * std::cos(angle), middle.y + half * std::sin(angle)}});
        stops.insert(stops.end(), walls.back().begin(), walls.back().end());
    }
    const auto area = [](XY a, XY b, XY c) {
        return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    };
    const auto crosses = [&](XY a, XY b, const std::vector<XY>& wall) {
        if (a == wall[0] || a == wall[1] || b == wall[0] || b == wall[1]) {
            return false;
        }
        return area(a, b, wall[0]) * area(a, b, wall[1]) < 0 &&
               area(wall[0], wall[1], a) * area(wall[0], wall[1], b) < 0;
    };
    int bent = 0;
    for (std::uint64_t pair = 0; pair < 40; ++pair) {
        const vigil::Random random(14, pair);
        stops[0] = {200 * random.uniform(0) - 20, 200 * random.uniform(1) - 20};
        stops[1] = {200 * random.uniform(2) - 20, 200 * random.uniform(3) - 20};
        const std::size_t n = stops.size();
        std::vector<double> way(n * n);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                const bool shut = std::any_of(walls.begin(), walls.end(), [&](const auto& wall) {
                    return crosses(stops[i], stops[j], wall);
                });
                way[i * n + j] = shut ? 1e9 : vigil::distance_m(stops[i], stops[j]);
            }
        }
        bent += way[1] == 1e9 ? 1 : 0;
        for (std::size_t k = 0; k < n; ++k) {
            for (std::size_t i = 0; i < n; ++i) {
                for (std::size_t j = 0; j < n; ++j) {
                    way[i * n + j] = std::fmin(way[i * n + j], way[i * n + k] + way[k * n + j]);
                }
            }
        }
        CHECK(way_m(stops[0], stops[1], lines_of(walls), 600) == near(way[1]));
    }
    CHECK(bent > 15);
}

TEST_CASE("barriers out of reach change nothing; rows and threads neither", "[density]")
{
    const Grid grid{.left_x = 0, .top_y = 1000, .cell_m = 20, .rows = 50, .cols = 50};
    std::vector<XY> points;
    std::vector<double> weights;
    for (std::uint64_t i = 0; i < 60; ++i) {
        const vigil::Random random(9, i);
        points.push_back({1000 * random.uniform(0), 1000 * random.uniform(1)});
        weights.push_back(0.5 + random.uniform(2));
    }
    const Geometries beyond = lines_of({{{2000, 0}, {2000, 900}}});
    // in reach, but only at the edge of the grid's corner: most cells are seen
    const Geometries wall = lines_of({{{500, 0}, {500, 500}, {520, 800}}, {{100, 700}, {900, 690}}});
    for (const KernelShape shape : {KernelShape::quartic, KernelShape::gaussian, KernelShape::uniform}) {
        const DensityOptions options{.shape = shape, .bandwidth_m = vigil::bandwidth_for_sigma(shape, 60)};
        const auto plain = vigil::density(points, weights, grid, options).raster;
        CHECK(barrier_density(points, weights, beyond, grid, options).values == plain.values);
        const auto map = barrier_density(points, weights, wall, grid, options);
        double sum = 0;
        double plain_sum = 0;
        for (std::size_t i = 0; i < map.values.size(); ++i) {
            REQUIRE(map.values[i] <= plain.values[i] * (1 + 1e-7) + 1e-14);
            sum += map.values[i];
            plain_sum += plain.values[i];
        }
        CHECK(sum < 0.98 * plain_sum);
        CHECK(sum > 0.5 * plain_sum);
        auto back_points = points;
        auto back_weights = weights;
        std::reverse(back_points.begin(), back_points.end());
        std::reverse(back_weights.begin(), back_weights.end());
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        CHECK(barrier_density(back_points, back_weights, wall, grid, options).values == map.values);
    }
}

TEST_CASE("points are no barriers", "[density]")
{
    using Catch::Matchers::Contains;
    const Grid grid = cell_at({0, 0});
    CHECK_THROWS_WITH(barrier_density({}, {}, Geometries{}, grid), Contains("not points"));
    const Geometries bad = lines_of({{{0, 0}, {NAN, 1}}});
    CHECK_THROWS_WITH(barrier_density({}, {}, bad, grid), Contains("not finite"));
    CHECK_THROWS_WITH(barrier_density({}, {}, lines_of({}), grid, {.bandwidth_m = -1}),
                      Contains("bandwidth"));
    CHECK_THROWS_WITH(barrier_density({}, {}, lines_of({}), grid, {.allow_negative = true}),
                      Contains("weights of 0 or more"));
}
