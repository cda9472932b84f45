#include "kernels/weights.h"

#include "kernels/contiguity.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

using namespace vigil;

namespace {

std::vector<std::uint32_t> row_of(const Weights& weights, std::size_t i)
{
    const auto row = weights.neighbours(i);
    return {row.begin(), row.end()};
}

/// Places on a coarse lattice, so that many distances are equal and many places coincide.
std::vector<XY> lattice_noise(std::size_t n)
{
    std::vector<XY> places;
    for (std::size_t i = 0; i < n; ++i) {
        const Random random(11, i);
        places.push_back({std::floor(25 * random.uniform(0)), std::floor(18 * random.uniform(1))});
    }
    return places;
}

/// A polygon layer with the cells of a grid, in the order of grid_contiguity.
Geometries as_polygons(const Grid& grid)
{
    Geometries polygons;
    polygons.kind = GeometryKind::polygon;
    for (std::int64_t r = 0; r < grid.rows; ++r) {
        for (std::int64_t c = 0; c < grid.cols; ++c) {
            const double x = static_cast<double>(c);
            const double y = static_cast<double>(-r);
            const XY ring[] = {{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}, {x, y}};
            polygons.add(ring);
        }
    }
    return polygons;
}

} // namespace

TEST_CASE("a band holds everything within it, border included, and nothing else", "[weights]")
{
    const auto places = lattice_noise(300);
    for (const double band_m : {0.5, 1.0, 3.0, 5.0, 40.0}) { // 3, 4, 5: a distance exactly on the border
        const Weights weights = distance_band(places, band_m);
        for (std::uint32_t i = 0; i < places.size(); ++i) {
            std::vector<std::uint32_t> near;
            for (std::uint32_t j = 0; j < places.size(); ++j) {
                if (j != i && distance_m(places[i], places[j]) <= band_m) {
                    near.push_back(j);
                }
            }
            REQUIRE(row_of(weights, i) == near);
        }
    }
}

TEST_CASE("k nearest are the first by distance and then by index", "[weights]")
{
    const auto places = lattice_noise(200);
    for (const std::size_t k : {1U, 4U, 8U, 199U}) {
        const Weights weights = nearest_neighbours(places, k);
        for (std::uint32_t i = 0; i < places.size(); ++i) {
            std::vector<std::uint32_t> order(places.size());
            std::iota(order.begin(), order.end(), 0U);
            order.erase(order.begin() + i);
            std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
                return squared_distance_m2(places[i], places[a]) < squared_distance_m2(places[i], places[b]);
            });
            order.resize(k);
            std::sort(order.begin(), order.end());
            REQUIRE(row_of(weights, i) == order);
        }
    }
}

TEST_CASE("distances to the nearest other place", "[weights]")
{
    const XY places[] = {{0, 0}, {3, 4}, {3, 4}, {3, 16}};
    CHECK(nearest_distances(places) == std::vector<double>{5, 0, 0, 12});
}

TEST_CASE("neighbours need a positive band, enough places and finite coordinates", "[weights]")
{
    const XY two[] = {{0, 0}, {1, 1}};
    CHECK_THROWS_AS(distance_band(two, 0), Error);
    CHECK_THROWS_AS(nearest_neighbours(two, 2), Error);
    CHECK_THROWS_AS(nearest_neighbours(two, 0), Error);
    CHECK_THROWS_AS(nearest_distances(std::span(two).first(1)), Error);
    const XY bad[] = {{0, 0}, {std::nan(""), 1}};
    CHECK_THROWS_AS(distance_band(bad, 1), Error);
    CHECK_THROWS_AS(nearest_neighbours(bad, 1), Error);
    CHECK(distance_band({}, 1).size() == 0);
}

TEST_CASE("cells as polygons have the neighbours of the fishnet", "[weights]")
{
    const Grid grid{.rows = 5, .cols = 7};
    const Geometries polygons = as_polygons(grid);
    for (const auto contiguity : {Contiguity::queen, Contiguity::rook}) {
        const Weights cells = grid_contiguity(grid, contiguity);
        for (const double tolerance : {0.0, 1e-6}) {
            const Weights drawn = polygon_contiguity(polygons, contiguity, tolerance);
            CHECK(drawn.end == cells.end);
            CHECK(drawn.neighbour == cells.neighbour);
        }
    }
    // 7 x 5 cells: 2 (6 x 5 + 7 x 4) sides and 2 x 2 x 6 x 4 corners
    CHECK(grid_contiguity(grid, Contiguity::rook).links() == 116);
    CHECK(grid_contiguity(grid, Contiguity::queen).links() == 116 + 96);
}

TEST_CASE("a tolerance joins vertices that nearly meet", "[weights]")
{
    Geometries polygons;
    polygons.kind = GeometryKind::polygon;
    const XY left[] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
    const XY right[] = {{1.0004, 0.0003}, {2, 0}, {2, 1}, {1.0002, 1}, {1.0004, 0.0003}};
    polygons.add(left);
    polygons.add(right);
    polygons.end_feature(); // and one without geometry
    CHECK(polygon_contiguity(polygons, Contiguity::queen).links() == 0);
    CHECK(polygon_contiguity(polygons, Contiguity::queen, 0.001).links() == 2);
    CHECK(polygon_contiguity(polygons, Contiguity::rook, 0.001).links() == 2);
    CHECK(polygon_contiguity(polygons, Contiguity::rook, 0.0003).links() == 0); // one corner only
    CHECK(polygon_contiguity(polygons, Contiguity::queen, 0.0003).links() == 2);
    CHECK_THROWS_AS(polygon_contiguity(polygons, Contiguity::queen, -1), Error);
    polygons.kind = GeometryKind::line;
    CHECK_THROWS_AS(polygon_contiguity(polygons, Contiguity::queen), Error);
}

TEST_CASE("a hexagon's neighbours are the hexagons one size away", "[weights]")
{
    for (const bool pointy : {false, true}) {
        const HexGrid grid = hexagons_covering({-3.2, -7.7, 9.1, 4.4}, 1.5, pointy);
        std::vector<XY> places;
        Geometries polygons;
        polygons.kind = GeometryKind::polygon;
        for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
            places.push_back(grid.centre(cell));
            polygons.add(grid.ring(cell));
        }
        const Weights lattice = hexagon_contiguity(grid);
        const Weights near = distance_band(places, 1.6);
        CHECK(lattice.end == near.end);
        CHECK(lattice.neighbour == near.neighbour);
        // and they share vertices to the last bit
        const Weights drawn = polygon_contiguity(polygons, Contiguity::rook);
        CHECK(drawn.neighbour == near.neighbour);
    }
}
