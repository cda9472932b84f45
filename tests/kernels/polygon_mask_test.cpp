#include "kernels/polygon_mask.h"

#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <numeric>
#include <string>

using vigil::Geometries;
using vigil::GeometryKind;
using vigil::Grid;
using vigil::XY;

namespace {

constexpr Grid six_by_eight{.left_x = 0, .top_y = 6, .cell_m = 1, .rows = 6, .cols = 8};

std::string drawn(const std::vector<std::uint8_t>& mask, const Grid& grid)
{
    std::string text;
    for (std::size_t i = 0; i < mask.size(); ++i) {
        text += mask[i] != 0 ? '#' : '.';
        if ((i + 1) % static_cast<std::size_t>(grid.cols) == 0) {
            text += '\n';
        }
    }
    return text;
}

std::vector<XY> box(double west, double south, double east, double north)
{
    return {{west, south}, {east, south}, {east, north}, {west, north}, {west, south}};
}

Geometries polygons()
{
    Geometries geometry;
    geometry.kind = GeometryKind::polygon;
    return geometry;
}

} // namespace

TEST_CASE("a mask covers the cells whose centres lie inside, holes left out", "[mask]")
{
    Geometries geometry = polygons();
    geometry.add_ring(box(1, 1, 6, 5));
    geometry.add_ring(box(2, 2, 4, 4));
    geometry.end_part();
    geometry.end_feature();
    CHECK(drawn(vigil::polygon_mask(geometry, six_by_eight), six_by_eight) == "........\n"
                                                                              ".#####..\n"
                                                                              ".#..##..\n"
                                                                              ".#..##..\n"
                                                                              ".#####..\n"
                                                                              "........\n");
}

TEST_CASE("overlapping polygons and parts of one feature all count", "[mask]")
{
    Geometries geometry = polygons();
    geometry.add(box(0, 4, 3, 6));
    geometry.add(box(2, 3, 5, 5)); // overlaps the first
    geometry.add_ring(box(6, 0, 8, 2));
    geometry.end_part();
    geometry.add_ring(box(0, 0, 1, 1));
    geometry.end_part();
    geometry.end_feature();
    CHECK(drawn(vigil::polygon_mask(geometry, six_by_eight), six_by_eight) == "###.....\n"
                                                                              "#####...\n"
                                                                              "..###...\n"
                                                                              "........\n"
                                                                              "......##\n"
                                                                              "#.....##\n");
}

TEST_CASE("neighbours that meet on cell centres share no cell and leave none out", "[mask]")
{
    const std::vector<XY> left = {{0, 0}, {3.5, 0}, {2.5, 6}, {0, 6}, {0, 0}};
    const std::vector<XY> right = {{3.5, 0}, {8, 0}, {8, 6}, {2.5, 6}, {3.5, 0}};
    Geometries one = polygons();
    one.add(left);
    Geometries two = polygons();
    two.add(right);
    const auto a = vigil::polygon_mask(one, six_by_eight);
    const auto b = vigil::polygon_mask(two, six_by_eight);
    for (std::size_t i = 0; i < a.size(); ++i) {
        CHECK(a[i] + b[i] == 1);
    }
}

TEST_CASE("a mask equals the crossing number of every centre on random stars", "[mask]")
{
    const Grid grid{.left_x = 421000, .top_y = 3699000, .cell_m = 10, .rows = 60, .cols = 70};
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        std::vector<XY> ring;
        for (std::uint64_t k = 0; k < 30; ++k) {
            const vigil::Random random(seed, k);
            const double angle = static_cast<double>(k) * 2 * 3.14159265358979 / 30;
            const double radius = 100 + 400 * random.uniform(0); // reaches beyond the grid
            ring.push_back({421350 + radius * std::cos(angle), 3698700 + radius * std::sin(angle)});
        }
        ring.push_back(ring.front());
        Geometries geometry = polygons();
        geometry.add(ring);
        const auto mask = vigil::polygon_mask(geometry, grid);
        std::size_t wrong = 0;
        for (std::int64_t row = 0; row < grid.rows; ++row) {
            for (std::int64_t col = 0; col < grid.cols; ++col) {
                const XY c{grid.centre_x(col), grid.centre_y(row)};
                bool inside = false;
                for (std::size_t i = 1; i < ring.size(); ++i) {
                    const XY a = ring[i - 1];
                    const XY b = ring[i];
                    if ((a.y > c.y) != (b.y > c.y) && c.x < a.x + (c.y - a.y) / (b.y - a.y) * (b.x - a.x)) {
                        inside = !inside;
                    }
                }
                const auto index = static_cast<std::size_t>(row * grid.cols + col);
                wrong += static_cast<std::size_t>(inside != (mask[index] != 0));
            }
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("a mask refuses lines and broken coordinates, and an empty one covers nothing", "[mask]")
{
    Geometries lines;
    lines.kind = GeometryKind::line;
    CHECK_THROWS_AS(vigil::polygon_mask(lines, six_by_eight), vigil::Error);
    Geometries broken = polygons();
    broken.add(std::vector<XY>{{0, 0}, {std::nan(""), 0}, {1, 1}, {0, 0}});
    CHECK_THROWS_AS(vigil::polygon_mask(broken, six_by_eight), vigil::Error);
    const auto none = vigil::polygon_mask(polygons(), six_by_eight);
    CHECK(std::accumulate(none.begin(), none.end(), 0) == 0);
}
