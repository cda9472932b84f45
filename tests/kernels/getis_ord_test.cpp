#include "kernels/getis_ord.h"

#include "kernels/contiguity.h"
#include "kernels/getis_ord_grid/stencil_sums.h"
#include "libgeo/error.h"
#include "libgeo/random.h"
#include "libgeo/table.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

using namespace vigil;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Skewed counts as incidents give them, some cells missing when `gaps`.
Raster<double> noisy_grid(std::int64_t rows, std::int64_t cols, std::uint64_t seed, bool gaps, bool whole)
{
    Raster<double> raster(Grid{.left_x = 3000, .top_y = 7000, .cell_m = 33.3, .rows = rows, .cols = cols});
    for (std::size_t i = 0; i < raster.values.size(); ++i) {
        const Random random(seed, i);
        const double u = random.uniform(0);
        raster.values[i] = u < 0.6 ? 0 : whole ? std::floor(3 / (1.01 - u)) : 3 / (1.01 - u);
        if (gaps && random.uniform(1) < 0.2) {
            raster.values[i] = not_a_number;
        }
    }
    return raster;
}

std::vector<XY> centres(const Grid& grid)
{
    std::vector<XY> places;
    for (std::int64_t r = 0; r < grid.rows; ++r) {
        for (std::int64_t c = 0; c < grid.cols; ++c) {
            places.push_back({grid.centre_x(c), grid.centre_y(r)});
        }
    }
    return places;
}

/// The formula written out, every pair looked at.
GetisOrd slow_band(const std::vector<XY>& places, const std::vector<double>& x, double band_m,
                   HotspotStatistic statistic)
{
    const bool star = statistic == HotspotStatistic::gi_star;
    GetisOrd out;
    for (std::size_t i = 0; i < x.size(); ++i) {
        double n = 0, sum = 0, squares = 0, near = 0, k = 0;
        for (std::size_t j = 0; j < x.size(); ++j) {
            if (std::isnan(x[i]) || std::isnan(x[j]) || (!star && j == i)) {
                continue;
            }
            n += 1;
            sum += x[j];
            squares += x[j] * x[j];
            if (distance_m(places[i], places[j]) <= band_m * (1 + 1e-9)) {
                near += x[j];
                k += 1;
            }
        }
        const double mean = sum / n;
        const double s = std::sqrt(squares / n - mean * mean);
        const double z = k == n ? 0 : (near - mean * k) / (s * std::sqrt((n * k - k * k) / (n - 1)));
        out.z.push_back(std::isnan(x[i]) || k == 0 ? not_a_number : z);
        out.neighbours.push_back(static_cast<std::int32_t>(k));
    }
    return out;
}

void check_same(const GetisOrd& fast, const GetisOrd& slow, double margin)
{
    REQUIRE(fast.z.size() == slow.z.size());
    std::size_t differ = 0;
    for (std::size_t i = 0; i < slow.z.size(); ++i) {
        const bool both_missing = std::isnan(fast.z[i]) && std::isnan(slow.z[i]);
        const bool close = std::fabs(fast.z[i] - slow.z[i]) <= margin * (1 + std::fabs(slow.z[i]));
        differ += (both_missing || close) && fast.neighbours[i] == slow.neighbours[i] ? 0U : 1U;
    }
    CHECK(differ == 0);
}

bool same_bits(const GetisOrd& a, const GetisOrd& b)
{
    const auto same = [](const auto& x, const auto& y) {
        return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof x[0]) == 0;
    };
    return same(a.z, b.z) && same(a.p, b.p) && same(a.sum, b.sum) && same(a.neighbours, b.neighbours);
}

} // namespace

TEST_CASE("Gi* of a hot cell in the middle of nine follows the formula", "[getis_ord]")
{
    // Rook neighbours and itself: sum 9 + 4 * 1 = 13, k = 5, n = 9, mean 17 / 9, s^2 = 89 / 9 - (17 / 9)^2 =
    // 512 / 81 z = (13 - 85 / 9) / (sqrt(512) / 9 * sqrt((45 - 25) / 8)) = 32 / sqrt(512 * 2.5) = 0.894427...
    Raster<double> grid(Grid{.left_x = 0, .top_y = 3, .cell_m = 1, .rows = 3, .cols = 3}, 1.0);
    grid.at(1, 1) = 9;
    const GetisOrd result = getis_ord_grid(grid, rook_stencil(), HotspotStatistic::gi_star);
    CHECK(result.z[4] == Approx(2 / std::sqrt(5)).epsilon(1e-14));
    CHECK(result.neighbours[4] == 5);
    CHECK(result.neighbours[0] == 3);
    CHECK(result.p[4] == Approx(0.3710933695).epsilon(1e-9)); // 2 * pnorm(-0.8944272)
}

TEST_CASE("grid sums along rows give what all pairs give", "[getis_ord]")
{
    for (const auto statistic : {HotspotStatistic::gi_star, HotspotStatistic::gi}) {
        for (const bool gaps : {false, true}) {
            for (const bool whole : {true, false}) {
                const Raster<double> grid = noisy_grid(17, 23, 5, gaps, whole);
                const auto places = centres(grid.grid);
                // 1, sqrt 2 and 3 cells lie exactly on the border; 30 cells reach across the whole grid,
                // and where everybody is a neighbour nothing can vary
                for (const double cells : {1.0, std::sqrt(2.0), 2.5, 3.0, 5.0, 9.3, 19.0, 30.0}) {
                    const double band_m = 33.3 * cells;
                    const auto slow = slow_band(places, grid.values, band_m, statistic);
                    const auto stencil = disc_stencil(grid.grid, band_m);
                    check_same(getis_ord_grid(grid, stencil, statistic), slow, 1e-11);
                    check_same(getis_ord_band(places, grid.values, band_m, statistic), slow, 1e-11);
                    check_same(getis_ord(grid.values, distance_band(places, band_m), statistic), slow, 1e-11);
                }
            }
        }
    }
}

TEST_CASE("wide bands on a fishnet sum what lies within them, whatever the threads", "[getis_ord]")
{
    // The first band is added up by rows, the other by a transform. Some cells are looked at one by one, in
    // the corners, at the sides and inside
    for (const bool whole : {true, false}) {
        const Raster<double> grid = noisy_grid(503, 611, 9, true, whole);
        for (const double cells : {20.3, 600.0}) {
            const Stencil disc = disc_stencil(grid.grid, 33.3 * cells);
            CHECK(grid_sums::transform_is_faster(grid.grid, disc, whole ? 1000 : std::uint64_t{1} << 60) ==
                  (cells > 100));
            const GetisOrd result = getis_ord_grid(grid, disc, HotspotStatistic::gi_star);
            for (const auto& [row, col] : {std::pair{0, 0}, {0, 610}, {502, 11}, {250, 300}, {251, 610}}) {
                double sum = 0;
                std::int32_t count = 0;
                for (std::int64_t r = 0; r < grid.grid.rows; ++r) {
                    for (std::int64_t c = 0; c < grid.grid.cols; ++c) {
                        const auto apart2 =
                            static_cast<double>((r - row) * (r - row) + (c - col) * (c - col));
                        if (apart2 <= cells * cells && !std::isnan(grid.at(r, c))) {
                            sum += grid.at(r, c);
                            count += 1;
                        }
                    }
                }
                const auto cell = static_cast<std::size_t>(row * grid.grid.cols + col);
                if (!std::isnan(grid.values[cell])) {
                    CHECK(result.neighbours[cell] == count);
                    CHECK(std::fabs(result.sum[cell] - sum) <= (whole ? 0 : 1e-11 * sum));
                }
            }
            const tbb::global_control two(tbb::global_control::max_allowed_parallelism, 2);
            CHECK(same_bits(getis_ord_grid(grid, disc, HotspotStatistic::gi_star), result));
        }
    }
}

TEST_CASE("queen and rook stencils are the contiguity lists", "[getis_ord]")
{
    const Raster<double> grid = noisy_grid(9, 14, 8, true, true);
    for (const auto statistic : {HotspotStatistic::gi_star, HotspotStatistic::gi}) {
        check_same(getis_ord_grid(grid, queen_stencil(), statistic),
                   getis_ord(grid.values, grid_contiguity(grid.grid, Contiguity::queen), statistic), 1e-12);
        check_same(getis_ord_grid(grid, rook_stencil(), statistic),
                   getis_ord(grid.values, grid_contiguity(grid.grid, Contiguity::rook), statistic), 1e-12);
    }
}

TEST_CASE("points in a band give what all pairs give, coincident ones included", "[getis_ord]")
{
    std::vector<XY> places;
    std::vector<double> values;
    for (std::uint64_t i = 0; i < 400; ++i) {
        const Random random(77, i % 350); // the last 50 stand where the first 50 do
        places.push_back({4e5 + 5000 * random.uniform(0), 3e6 + 2000 * random.uniform(1)});
        values.push_back(i % 19 == 0 ? not_a_number : std::floor(10 * std::pow(Random(77, i).uniform(2), 4)));
    }
    for (const auto statistic : {HotspotStatistic::gi_star, HotspotStatistic::gi}) {
        for (const double band_m : {20.0, 90.0, 400.0, 3000.0}) {
            const auto slow = slow_band(places, values, band_m, statistic);
            check_same(getis_ord_band(places, values, band_m, statistic), slow, 1e-11);
            check_same(getis_ord(values, distance_band(places, band_m), statistic), slow, 1e-11);
        }
    }
}

TEST_CASE("z does not change when values are shifted or scaled", "[getis_ord]")
{
    const Raster<double> grid = noisy_grid(20, 20, 3, false, true);
    const auto weights = grid_contiguity(grid.grid, Contiguity::queen);
    std::vector<double> moved = grid.values;
    for (double& x : moved) {
        x = -1e6 + 0.25 * x;
    }
    check_same(getis_ord(moved, weights, HotspotStatistic::gi),
               getis_ord(grid.values, weights, HotspotStatistic::gi), 1e-8);
}

TEST_CASE("values that cannot vary give z 0 and p 1", "[getis_ord]")
{
    const Raster<double> flat(Grid{.rows = 4, .cols = 5}, 0.1);
    const auto weights = grid_contiguity(flat.grid, Contiguity::queen);
    for (const auto statistic : {HotspotStatistic::gi_star, HotspotStatistic::gi}) {
        for (const GetisOrd& result :
             {getis_ord_grid(flat, queen_stencil(), statistic), getis_ord(flat.values, weights, statistic)}) {
            for (std::size_t i = 0; i < result.z.size(); ++i) {
                CHECK(result.z[i] == 0);
                CHECK(result.p[i] == 1);
            }
        }
    }
    // Only one value differs: the others of that one cannot vary
    std::vector<double> one(20, 0.1);
    one[7] = 5;
    const auto gi = getis_ord(one, weights, HotspotStatistic::gi);
    CHECK(gi.z[7] == 0);
    CHECK(gi.z[8] > 0);
    // A single feature
    const double alone[] = {3};
    CHECK(getis_ord(alone, Weights{{0}, {}, {}}, HotspotStatistic::gi_star).p[0] == 1);
    CHECK(getis_ord({}, Weights{}, HotspotStatistic::gi_star).z.empty());
}

TEST_CASE("a feature without neighbours counts itself for Gi* and is missing for Gi", "[getis_ord]")
{
    const std::vector<XY> places = {{0, 0}, {1, 0}, {0, 1}, {100, 100}};
    const std::vector<double> values = {1, 2, 3, 9};
    const auto star = getis_ord_band(places, values, 2, HotspotStatistic::gi_star);
    CHECK(star.neighbours[3] == 1);
    CHECK(star.z[3] == Approx((9 - 3.75) / std::sqrt(38.75 / 4))); // k = 1: the shape factor is 1
    const auto gi = getis_ord_band(places, values, 2, HotspotStatistic::gi);
    CHECK(gi.neighbours[3] == 0);
    CHECK(std::isnan(gi.z[3]));
    CHECK(std::isnan(gi.p[3]));
}

TEST_CASE("values and weights must fit, and be finite", "[getis_ord]")
{
    const double infinite[] = {1, std::numeric_limits<double>::infinity()};
    CHECK_THROWS_AS(getis_ord(infinite, Weights{{0, 0}, {}, {}}, HotspotStatistic::gi), Error);
    CHECK_THROWS_AS(getis_ord(infinite, Weights{{0}, {}, {}}, HotspotStatistic::gi), Error);
    const XY places[] = {{0, 0}, {not_a_number, 0}};
    const double values[] = {1, 2};
    CHECK_THROWS_AS(getis_ord_band(places, values, 5, HotspotStatistic::gi), Error);
    CHECK_THROWS_AS(disc_stencil(Grid{.rows = 2, .cols = 2}, 0), Error);
}

TEST_CASE("confidence bins follow the sign of z and the level of p", "[getis_ord]")
{
    CHECK(confidence_bin(2.6, 0.0093) == 3);
    CHECK(confidence_bin(-2.6, 0.01) == -3);
    CHECK(confidence_bin(2.0, 0.0455) == 2);
    CHECK(confidence_bin(-1.7, 0.0891) == -1);
    CHECK(confidence_bin(1.0, 0.3173) == 0);
    CHECK(confidence_bin(not_a_number, not_a_number) == missing_integer);
}
