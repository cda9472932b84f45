// Faults that other programs have shown, and that a density surface must not have: kernels mirrored about a
// wrong place by a fraction of a cell, densities below 0, dust in empty cells far along a row, digits lost
// under large coordinates; and that rows may be asked for in any pieces.

#include "kernels/density.h"
#include "tests/kernels/density_brute.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <vector>

using vigil::density;
using vigil::DensitySurface;
using vigil::Grid;
using vigil::KernelShape;
using vigil::XY;

namespace {

constexpr KernelShape compact[] = {KernelShape::quartic, KernelShape::epanechnikov, KernelShape::triweight,
                                   KernelShape::uniform, KernelShape::triangular,   KernelShape::cosine};

/// A grid whose middle is at 0,0, moved by a share of a cell.
Grid around(double east, double north)
{
    return {.left_x = -320 + east, .top_y = 240 + north, .cell_m = 8, .rows = 60, .cols = 80};
}

} // namespace

TEST_CASE("a kernel is centred on its place, wherever in a cell that is", "[density]")
{
    const XY place[] = {{0, 0}};
    for (const KernelShape shape : compact) {
        for (const double cells : {2.3, 4.0, 10.0, 21.7}) {
            for (const double share : {0.0, 0.125, 0.5, 0.875}) {
                const vigil::DensityOptions options{.shape = shape, .bandwidth_m = 8 * cells};
                // the mirror image of a grid about the place, north to south and west to east
                const auto map = density(place, {}, around(8 * share, 8 * share), options);
                const auto mirrored = density(place, {}, around(-8 * share, -8 * share), options);
                INFO(vigil::name_of(shape) << ", " << cells << " cells, " << share << " of a cell");
                double most = 0;
                double highest = 0;
                for (std::int64_t row = 0; row < 60; ++row) {
                    for (std::int64_t col = 0; col < 80; ++col) {
                        const double value = map.raster.at(row, col);
                        most = std::max(most, std::fabs(value - mirrored.raster.at(59 - row, 79 - col)));
                        highest = std::max(highest, value);
                    }
                }
                CHECK(highest > 0);
                CHECK(most <= 1e-13 * highest);
            }
        }
    }
}

TEST_CASE("no density is below 0, and the end of a long row is empty where nothing is in reach", "[density]")
{
    // all places in the first 3700 of 4000 columns; h = 40 cells, so the last 260 columns are out of reach
    const Grid strip{.left_x = 421000, .top_y = 3699000, .cell_m = 10, .rows = 4, .cols = 4000};
    std::vector<XY> points;
    for (std::size_t i = 0; i < 20000; ++i) {
        const vigil::Random random(31, i);
        points.push_back({421000 + 37000 * random.uniform(0), 3699000 - 40 * random.uniform(1)});
    }
    for (const KernelShape shape : compact) {
        const auto map = density(points, {}, strip, {.shape = shape, .bandwidth_m = 400});
        INFO(vigil::name_of(shape));
        CHECK(*std::min_element(map.raster.values.begin(), map.raster.values.end()) >= 0);
        std::size_t dust = 0;
        for (std::int64_t row = 0; row < 4; ++row) {
            for (std::int64_t col = 3800; col < 4000; ++col) {
                dust += static_cast<std::size_t>(map.raster.at(row, col) != 0);
            }
        }
        CHECK(dust == 0);
        CHECK(map.error_bound <= 1e-11);
    }
}

TEST_CASE("coordinates of millions cost no digits", "[density]")
{
    // moved by whole powers of two, so that the coordinates themselves are exact both times
    const Grid near{.left_x = 0, .top_y = 0, .cell_m = 4, .rows = 70, .cols = 90};
    const Grid far{.left_x = 4194304, .top_y = 8388608, .cell_m = 4, .rows = 70, .cols = 90};
    std::vector<XY> at_home;
    std::vector<XY> abroad;
    for (std::size_t i = 0; i < 300; ++i) {
        const vigil::Random random(32, i);
        const XY p{std::round(360 * 1024 * random.uniform(0)) / 1024,
                   std::round(-280 * 1024 * random.uniform(1)) / 1024};
        at_home.push_back(p);
        abroad.push_back({p.x + far.left_x, p.y + far.top_y});
    }
    for (const KernelShape shape : compact) {
        INFO(vigil::name_of(shape));
        CHECK(density(at_home, {}, near, {.shape = shape, .bandwidth_m = 30}).raster.values ==
              density(abroad, {}, far, {.shape = shape, .bandwidth_m = 30}).raster.values);
    }
}

TEST_CASE("rows are the same bits however they are cut", "[density]")
{
    const Grid grid{.left_x = 421000, .top_y = 3699000, .cell_m = 10, .rows = 97, .cols = 130};
    test::Noise given = test::noise(grid, 1500, 33);
    std::vector<double> many = given.bandwidths_m;
    test::add_bandwidths(given, grid, 1, 25, 33);
    std::vector<KernelShape> shapes(std::begin(compact), std::end(compact));
    shapes.push_back(KernelShape::gaussian);
    for (const KernelShape shape : shapes) {
        for (const bool each : {false, true}) {
            const DensitySurface surface(given.points, given.weights, each ? given.bandwidths_m : many, grid,
                                         {.shape = shape, .bandwidth_m = 83});
            std::vector<double> whole(static_cast<std::size_t>(grid.cells()), -1);
            std::vector<double> cut(whole.size(), -2);
            surface.rows(0, 97, whole.data());
            const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
            std::int64_t begin = 0;
            for (const std::int64_t end : {1, 2, 18, 19, 51, 97}) {
                surface.rows(begin, end, cut.data() + begin * grid.cols);
                begin = end;
            }
            INFO(vigil::name_of(shape) << (each ? ", many bandwidths" : ", one bandwidth"));
            CHECK(cut == whole);
        }
    }
}

TEST_CASE("thousands of places in one spot of a row keep the bound near 1e-12", "[density]")
{
    // 20000 places within 40 m: their sums are long, and are put aside on the way
    const Grid grid{.left_x = 0, .top_y = 40, .cell_m = 2, .rows = 6, .cols = 60};
    test::Noise given;
    for (std::size_t i = 0; i < 20000; ++i) {
        const vigil::Random random(34, i);
        given.points.push_back({40 + 40 * random.uniform(0), 40 * random.uniform(1)});
        given.weights.push_back(random.uniform(2) + 0.1);
    }
    for (const KernelShape shape : compact) {
        const auto map = density(given.points, given.weights, grid, {.shape = shape, .bandwidth_m = 31});
        const auto difference = test::compare(map.raster.values, test::brute(given, grid, shape, 31));
        INFO(vigil::name_of(shape));
        CHECK(difference.error <= 1e-13L);
        CHECK(difference.error <= map.error_bound);
        CHECK(map.error_bound <= 1e-11);
        CHECK(difference.zeros_differ == 0);
    }
}
