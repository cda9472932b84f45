#include "kernels/density.h"
#include "kernels/percent_volume.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

using vigil::percent_volume;
using vigil::percent_volume_levels;
using vigil::Raster;

namespace {

constexpr double no_data = std::numeric_limits<double>::quiet_NaN();

Raster<double> row_of(const std::vector<double>& values)
{
    Raster<double> raster(vigil::Grid{
        .left_x = 0, .top_y = 0, .cell_m = 10, .rows = 1, .cols = static_cast<std::int64_t>(values.size())});
    raster.values = values;
    return raster;
}

} // namespace

TEST_CASE("levels hold at least their share, cells of one value together", "[percent_volume]")
{
    // 100 in all; sums from the top: 40, 60, 80 (two cells of 20), 90, 100 (two of 5)
    const auto raster = row_of({5, 20, 10, no_data, 40, 5, 20, 0});
    CHECK(percent_volume_levels(raster, std::vector<double>{50, 75, 95, 40, 41, 80, 81, 90, 100, 1}) ==
          std::vector<double>{20, 20, 5, 40, 20, 20, 10, 10, 5, 40});
}

TEST_CASE("a cell's percent volume is what cells as high as it hold", "[percent_volume]")
{
    const auto map = percent_volume(row_of({5, 20, 10, no_data, 40, 5, 20, 0}));
    const std::vector<double> expected = {100, 80, 90, no_data, 40, 100, 80, 100};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (std::isnan(expected[i])) {
            CHECK(std::isnan(map.values[i]));
        } else {
            CHECK(map.values[i] == Approx(expected[i]).epsilon(1e-14));
        }
    }
}

TEST_CASE("rounding adds no cell to a region", "[percent_volume]")
{
    // ten distinct values of about 0.1: three of them are 30 %, though 0.3 has no exact double
    std::vector<double> values;
    for (int k = 0; k < 10; ++k) {
        values.push_back(0.1 + (k - 4.5) * 1e-14);
    }
    const auto level = percent_volume_levels(row_of(values), std::vector<double>{30});
    CHECK(level[0] == values[7]);
    // a large value and a million small ones, which a plain sum would lose
    std::vector<double> many(1000001, 1e-10);
    many[500000] = 1e6;
    CHECK(percent_volume(row_of(many)).values[500000] == Approx(100 * (1e6 / (1e6 + 1e-4))).epsilon(1e-14));
}

TEST_CASE("the regions of a density hold their shares, and the next value more would not", "[percent_volume]")
{
    std::vector<vigil::XY> points;
    for (std::uint64_t i = 0; i < 300; ++i) {
        const vigil::Random random(5, i);
        points.push_back({random.uniform(0) * random.uniform(1) * 1000, random.uniform(2) * 1000});
    }
    const vigil::Grid grid{.left_x = 0, .top_y = 1000, .cell_m = 10, .rows = 100, .cols = 100};
    const auto raster = vigil::density(points, {}, grid, {.bandwidth_m = 90}).raster;
    const auto share_from = [&](double level, bool with_level) {
        long double in = 0;
        long double all = 0;
        for (const double value : raster.values) {
            all += value;
            in += value > level || (with_level && value == level) ? value : 0;
        }
        return static_cast<double>(100 * in / all);
    };
    const auto map = percent_volume(raster);
    for (const double percent : {10.0, 50.0, 75.0, 95.0, 99.9}) {
        const double level = percent_volume_levels(raster, std::vector<double>{percent})[0];
        CHECK(share_from(level, true) >= percent);
        CHECK(share_from(level, false) < percent);
        for (std::size_t i = 0; i < raster.values.size(); ++i) {
            if (raster.values[i] == level) {
                CHECK(map.values[i] == Approx(share_from(level, true)).epsilon(1e-12));
            }
        }
    }
}

TEST_CASE("surfaces that have no volume are refused", "[percent_volume]")
{
    const std::vector<double> half = {50};
    CHECK_THROWS_AS(percent_volume_levels(row_of({0, 0}), half), vigil::Error);
    CHECK_THROWS_AS(percent_volume_levels(row_of({no_data}), half), vigil::Error);
    CHECK_THROWS_AS(percent_volume_levels(row_of({1, -1e-20}), half), vigil::Error);
    CHECK_THROWS_AS(percent_volume(row_of({1, std::numeric_limits<double>::infinity()})), vigil::Error);
    CHECK_THROWS_AS(percent_volume_levels(row_of({1}), std::vector<double>{0}), vigil::Error);
    CHECK_THROWS_AS(percent_volume_levels(row_of({1}), std::vector<double>{100.5}), vigil::Error);
    CHECK_THROWS_AS(percent_volume_levels(row_of({1}), std::vector<double>{no_data}), vigil::Error);
}
