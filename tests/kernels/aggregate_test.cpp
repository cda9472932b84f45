#include "kernels/aggregate.h"

#include "kernels/cell_size.h"

#include "kernels/hexagon.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace vigil;

TEST_CASE("a cell holds its western and southern edges, the last also its outer ones", "[aggregate]")
{
    const Grid grid{.left_x = 0, .top_y = 20, .cell_m = 10, .rows = 2, .cols = 3};
    const XY places[] = {{0, 0}, {10, 10}, {9.999, 10}, {30, 20}, {30.001, 5}, {-1, 5}, {5, std::nan("")}};
    CHECK(fishnet_cells(places, grid) == std::vector<std::int64_t>{3, 1, 0, 2, -1, -1, -1});
}

TEST_CASE("counts and sums of weights do not depend on the order of incidents", "[aggregate]")
{
    std::vector<std::int64_t> bin;
    std::vector<double> weight;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        bin.push_back(static_cast<std::int64_t>(i % 8) - 1);
        weight.push_back(std::pow(10, 12 * Random(4, i).uniform(0) - 6));
    }
    const Tally one = tally(bin, weight, 7);
    std::reverse(bin.begin(), bin.end());
    std::reverse(weight.begin(), weight.end());
    const Tally other = tally(bin, weight, 7);
    CHECK(one.sum == other.sum);
    CHECK(one.count == std::vector<std::int64_t>(7, 125));
    CHECK(tally(bin, {}, 7).sum.empty());
    CHECK_THROWS_AS(tally(bin, std::span(weight).first(3), 7), Error);
}

TEST_CASE("coincident places become one, from west to east", "[aggregate]")
{
    const XY places[] = {{2, 1}, {1, 5}, {2, 1}, {2, 0}};
    const double weights[] = {1.5, 2, 0.25, 4};
    const MergedPlaces merged = merge_coincident(places, weights);
    CHECK(merged.places == std::vector<XY>{{1, 5}, {2, 0}, {2, 1}});
    CHECK(merged.tally.count == std::vector<std::int64_t>{1, 1, 2});
    CHECK(merged.tally.sum == std::vector<double>{2, 4, 1.75});
    CHECK(merge_coincident({}, {}).places.empty());
}

TEST_CASE("a place falls in the hexagon with the nearest centre", "[aggregate][hexagon]")
{
    const Box box{-410, -95, 233, 180};
    for (const bool pointy : {false, true}) {
        const HexGrid grid = hexagons_covering(box, 37, pointy);
        std::vector<XY> places;
        for (std::uint64_t i = 0; i < 500; ++i) {
            const Random random(9, i);
            places.push_back(
                {box.min_x + box.width() * random.uniform(0), box.min_y + box.height() * random.uniform(1)});
        }
        const auto cells = hexagon_cells(places, grid);
        for (std::size_t i = 0; i < places.size(); ++i) {
            std::int64_t nearest = 0;
            for (std::int64_t cell = 1; cell < grid.cells(); ++cell) {
                if (distance_m(places[i], grid.centre(cell)) < distance_m(places[i], grid.centre(nearest))) {
                    nearest = cell;
                }
            }
            REQUIRE(cells[i] == nearest);
            REQUIRE(grid.meets(cells[i], box));
        }
        CHECK(hexagon_cells(std::vector<XY>{{1e6, 0}}, grid).front() == -1);
    }
}

TEST_CASE("the size of a hexagon is the distance between opposite sides", "[aggregate][hexagon]")
{
    for (const bool pointy : {false, true}) {
        const HexGrid grid = hexagons_covering({10, 10, 11, 11}, 100, pointy);
        for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
            const auto ring = grid.ring(cell);
            const Box box = bounding_box(ring);
            CHECK((pointy ? box.width() : box.height()) == Approx(100));
            CHECK((pointy ? box.height() : box.width()) == Approx(200 / std::sqrt(3)));
            double twice_area = 0; // positive when counter-clockwise
            for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
                twice_area += ring[k].x * ring[k + 1].y - ring[k + 1].x * ring[k].y;
            }
            CHECK(twice_area / 2 == Approx(5000 * std::sqrt(3)));
            CHECK(ring.front() == ring.back());
        }
        CHECK(hexagon_cells(std::vector<XY>{{0, 0}}, hexagons_covering({0, 0, 0, 0}, 5, pointy)).front() >=
              0);
    }
    CHECK_THROWS_AS(hexagons_covering({0, 0, 1, 1}, 0, false), Error);
    CHECK_THROWS_AS(hexagons_covering({0, 0, 1e9, 1e9}, 1e-4, false), Error);
    CHECK_THROWS_AS(hexagons_covering({}, 5, false), Error);
}

TEST_CASE("the cell size follows the spacing of places, in steps of 1, 2 and 5", "[aggregate][cell_size]")
{
    std::vector<XY> lattice;
    for (int i = 0; i < 10; ++i) {
        for (int j = 0; j < 10; ++j) {
            lattice.push_back({i * 13.0, j * 13.0});
        }
    }
    CHECK(sensible_cell_m(lattice) == 50); // twice 13 is 26
    CHECK(sensible_cell_m(lattice, 12) == 50);
    CHECK(sensible_cell_m(lattice, 5) == 100); // 117 m / 50 m + 1 = 3.34 squared is 11 cells, at 100 m 4.7
    lattice.push_back({9000, 9000});           // a stray does not count
    CHECK(sensible_cell_m(lattice) == 50);
    CHECK(widest_gap_m(lattice) == Approx(std::hypot(9000 - 117, 9000 - 117)));

    const XY apart[] = {{0, 0}, {0, 0.0004}};
    CHECK(sensible_cell_m(apart) == Approx(0.001));
    CHECK_THROWS_AS(sensible_cell_m(std::span(apart).first(1)), Error);
    const XY same[] = {{1, 1}, {1, 1}};
    CHECK_THROWS_AS(sensible_cell_m(same), Error);
}
