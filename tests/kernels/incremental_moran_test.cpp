#include "kernels/autocorrelation/incremental.h"
#include "kernels/weights.h"
#include "libgeo/error.h"
#include "libgeo/random.h"
#include "tests/support/reference.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace vigil;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

bool near(double a, double b, double relative = 1e-9)
{
    return (std::isnan(a) && std::isnan(b)) || std::fabs(a - b) <= relative * std::max(1.0, std::fabs(b));
}

/// Moran's I from the full table of weights, as Cliff and Ord define it.
MoranStep brute(const std::vector<XY>& all, const std::vector<double>& given, double d, bool rows)
{
    std::vector<XY> places;
    std::vector<double> x;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!std::isnan(given[i])) {
            places.push_back(all[i]);
            x.push_back(given[i]);
        }
    }
    const std::size_t m = x.size();
    std::vector<std::vector<long double>> w(m, std::vector<long double>(m, 0));
    MoranStep step{.distance_m = d, .z = missing};
    for (std::size_t i = 0; i < m; ++i) {
        std::int64_t k = 0;
        for (std::size_t j = 0; j < m; ++j) {
            w[i][j] = i != j && squared_distance_m2(places[i], places[j]) <= squared_reach_m2(d) ? 1 : 0;
            k += w[i][j] > 0 ? 1 : 0;
        }
        step.islands += k == 0 ? 1 : 0;
        step.most_neighbours = std::max(step.most_neighbours, k);
        step.mean_neighbours += static_cast<double>(k) / static_cast<double>(m);
        for (std::size_t j = 0; j < m && rows && k > 0; ++j) {
            w[i][j] /= static_cast<long double>(k);
        }
    }
    const long double mean = std::accumulate(x.begin(), x.end(), 0.0L) / static_cast<long double>(m);
    long double s0 = 0, s1 = 0, s2 = 0, cross = 0, second = 0, fourth = 0;
    for (std::size_t i = 0; i < m; ++i) {
        const long double z = x[i] - mean;
        second += z * z;
        fourth += z * z * z * z;
        long double row = 0, column = 0;
        for (std::size_t j = 0; j < m; ++j) {
            s0 += w[i][j];
            s1 += (w[i][j] + w[j][i]) * (w[i][j] + w[j][i]) / 2;
            row += w[i][j];
            column += w[j][i];
            cross += w[i][j] * z * (x[j] - mean);
        }
        s2 += (row + column) * (row + column);
    }
    const auto n = static_cast<long double>(m) - static_cast<long double>(step.islands);
    const long double b2 = static_cast<long double>(m) * fourth / (second * second);
    const long double e = -1 / (n - 1);
    const long double v = (n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0 * s0) -
                           b2 * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0 * s0)) /
                              ((n - 1) * (n - 2) * (n - 3) * s0 * s0) -
                          e * e;
    step.i = static_cast<double>(n / s0 * cross / second);
    step.expectation = static_cast<double>(e);
    step.variance = static_cast<double>(v);
    step.z = static_cast<double>((n / s0 * cross / second - e) / std::sqrt(v));
    return step;
}

void check_step(const MoranStep& a, const MoranStep& b)
{
    CAPTURE(b.distance_m);
    CHECK(near(a.i, b.i));
    CHECK(near(a.expectation, b.expectation));
    CHECK(std::fabs(a.variance - b.variance) <= 1e-9 * std::fabs(b.variance));
    CHECK(near(a.z, b.z));
    CHECK(near(a.mean_neighbours, b.mean_neighbours));
    CHECK(a.most_neighbours == b.most_neighbours);
    CHECK(a.islands == b.islands);
}

struct Sample {
    std::vector<XY> places;
    std::vector<double> values;
};

/// Places in clumps with values that share a trend; some absent, some coincident.
Sample clumps(std::size_t n, std::uint64_t seed, double level = 0)
{
    Sample sample;
    const Random random(seed, 0);
    for (std::size_t i = 0; i < n; ++i) {
        const double centre = 1000 * std::floor(4 * random.uniform(4 * i));
        const XY at{centre + 400 * random.uniform(4 * i + 1), centre / 2 + 900 * random.uniform(4 * i + 2)};
        sample.places.push_back(i % 17 == 16 ? sample.places[i / 2] : at);
        sample.values.push_back(i % 23 == 22 ? missing : level + centre / 500 + random.uniform(4 * i + 3));
    }
    return sample;
}

/// A fishnet with gaps, its cells as places.
Raster<double> holes(std::int64_t rows, std::int64_t cols, bool whole, bool gaps = true)
{
    Raster<double> raster(Grid{.left_x = 500, .top_y = 9000, .cell_m = 50, .rows = rows, .cols = cols});
    const Random random(77, 1);
    for (std::size_t i = 0; i < raster.values.size(); ++i) {
        const double trend = 5 * std::sin(static_cast<double>(i % static_cast<std::size_t>(cols)) / 6.0);
        const double value = trend + 10 * random.uniform(2 * i);
        raster.values[i] = gaps && random.uniform(2 * i + 1) < 0.3 ? missing
                           : whole                                 ? std::floor(value)
                                                                   : value;
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

/// The bytes that matter of every step.
std::vector<double> all_numbers(const IncrementalMoran& curve)
{
    std::vector<double> all;
    for (const MoranStep& s : curve.steps) {
        all.insert(all.end(), {s.i, s.expectation, s.variance, s.z, s.p, s.mean_neighbours});
    }
    return all;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

std::vector<double> steps_from(double first, double step, int count)
{
    std::vector<double> distances;
    for (int k = 0; k < count; ++k) {
        distances.push_back(first + step * k);
    }
    return distances;
}

} // namespace

TEST_CASE("incremental Moran of invented places is spdep's at every distance", "[incremental]")
{
    // testdata/getis_ord/points.csv; R 4.2.2, spdep 1.2-7:
    // moran.test(value, nb2listw(dnearneigh(xy, 0, d), style, zero.policy = TRUE), randomisation = TRUE)
    auto table = test::csv_columns(test::testdata("getis_ord/points.csv"));
    const auto x = test::numbers(table["x"]);
    const auto y = test::numbers(table["y"]);
    std::vector<XY> places;
    for (std::size_t i = 0; i < x.size(); ++i) {
        places.push_back({x[i], y[i]});
    }
    struct Expected {
        double d, i, e, v, z;
        std::int64_t islands;
    };
    const Expected rows[] = {
        {150, 0.035366143604374713, -0.029411764705882353, 0.043422620927941122, 0.31086290689700025, 45},
        {250, 0.15626485972420351, -0.018518518518518517, 0.021223637126011826, 1.1997485214705004, 25},
        {400, 0.15672848311935331, -0.014285714285714285, 0.012890275297969227, 1.506263908724619, 9},
        {600, 0.24219128569164236, -0.012658227848101266, 0.0054585502293993358, 3.4494126635781548, 0},
        {900, 0.2311539033312964, -0.012658227848101266, 0.0023526397348870519, 5.0266378466167483, 0},
        {1300, 0.16473168977152819, -0.012658227848101266, 0.0010498990477491481, 5.4746348933559501, 0},
    };
    const Expected binary[] = {
        {150, 0.035782215882073233, -0.029411764705882353, 0.038728561433694818, 0.33127740541415268, 45},
        {250, 0.15829899085961854, -0.018518518518518517, 0.017401066723411643, 1.3404089924115337, 25},
        {400, 0.13492817898052287, -0.014285714285714285, 0.0091724232726149123, 1.5579991567538685, 9},
        {600, 0.24993969966989879, -0.012658227848101266, 0.0043653575611436552, 3.9744897674074293, 0},
        {900, 0.23520631901516356, -0.012658227848101266, 0.0018923431634274631, 5.6978952961243445, 0},
        {1300, 0.15391827905138872, -0.012658227848101266, 0.00075209889284061598, 6.0740208173724328, 0},
    };
    const double distances[] = {150, 250, 400, 600, 900, 1300};
    for (const bool standardised : {true, false}) {
        const auto curve = incremental_moran(places, test::numbers(table["value"]), distances,
                                             {.row_standardised = standardised});
        for (std::size_t k = 0; k < 6; ++k) {
            const Expected& r = standardised ? rows[k] : binary[k];
            CHECK(near(curve.steps[k].i, r.i, 1e-12));
            CHECK(near(curve.steps[k].expectation, r.e, 1e-12));
            CHECK(std::fabs(curve.steps[k].variance - r.v) <= 1e-11 * r.v);
            CHECK(near(curve.steps[k].z, r.z, 1e-11));
            CHECK(curve.steps[k].islands == r.islands);
        }
    }
}

TEST_CASE("incremental Moran of places is Moran's I from the full table of weights", "[incremental]")
{
    for (const double level : {0.0, 1e7}) {
        const Sample sample = clumps(300, 5, level);
        const auto distances = steps_from(20, 37.5, 30);
        for (const bool rows : {true, false}) {
            const auto curve =
                incremental_moran(sample.places, sample.values, distances, {.row_standardised = rows});
            for (std::size_t k = 0; k < distances.size(); k += 3) {
                check_step(curve.steps[k], brute(sample.places, sample.values, distances[k], rows));
            }
        }
    }
}

TEST_CASE("incremental Moran of a fishnet is Moran's I from the full table of weights", "[incremental]")
{
    const auto distances = steps_from(50, 50, 8);
    for (const bool whole : {true, false}) {
        for (const bool gaps : {true, false}) {
            const Raster<double> raster = holes(14, 23, whole, gaps);
            const auto places = centres(raster.grid);
            for (const bool rows : {true, false}) {
                const auto curve = incremental_moran(raster, distances, {.row_standardised = rows});
                for (std::size_t k = 0; k < distances.size(); ++k) {
                    check_step(curve.steps[k], brute(places, raster.values, distances[k], rows));
                }
            }
        }
    }
}

TEST_CASE("a fishnet and its cells as places have the same curve", "[incremental]")
{
    const Raster<double> raster = holes(40, 31, false);
    const auto distances = steps_from(30, 35, 30); // the first reaches no other cell
    for (const bool rows : {true, false}) {
        const auto grid = incremental_moran(raster, distances, {.row_standardised = rows});
        const auto places =
            incremental_moran(centres(raster.grid), raster.values, distances, {.row_standardised = rows});
        CHECK(std::isnan(grid.steps[0].i));
        CHECK(grid.steps[0].islands == places.steps[0].islands);
        for (std::size_t k = 1; k < distances.size(); ++k) {
            check_step(grid.steps[k], places.steps[k]);
        }
        CHECK(grid.peaks == places.peaks);
    }
}

TEST_CASE("incremental Moran has the same bytes for any threads and any order of the rows", "[incremental]")
{
    Sample sample = clumps(3000, 8);
    const Raster<double> raster = holes(60, 70, false);
    const auto distances = steps_from(30, 20, 12);
    const auto places_once = all_numbers(incremental_moran(sample.places, sample.values, distances));
    const auto grid_once = all_numbers(incremental_moran(raster, distances));
    for (const std::size_t threads : {1U, 2U, 5U}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
        CHECK(
            same_bits(all_numbers(incremental_moran(sample.places, sample.values, distances)), places_once));
        CHECK(same_bits(all_numbers(incremental_moran(raster, distances)), grid_once));
    }
    std::reverse(sample.places.begin(), sample.places.end());
    std::reverse(sample.values.begin(), sample.values.end());
    CHECK(same_bits(all_numbers(incremental_moran(sample.places, sample.values, distances)), places_once));
}

TEST_CASE("peaks of a curve are its significant steps above both sides", "[incremental]")
{
    // Stripes six cells wide: I falls and rises as the disc passes their width.
    Raster<double> stripes(Grid{.cell_m = 10, .rows = 24, .cols = 24});
    for (std::size_t i = 0; i < stripes.values.size(); ++i) {
        stripes.values[i] = static_cast<double>(i % 24 / 6 % 2);
    }
    const auto curve = incremental_moran(stripes, steps_from(10, 10, 12));
    REQUIRE(curve.first_peak);
    for (const std::size_t k : curve.peaks) {
        CHECK(curve.steps[k].z > curve.steps[k - 1].z);
        CHECK(curve.steps[k].z > curve.steps[k + 1].z);
        CHECK(curve.steps[k].z > 1.96);
        CHECK(curve.steps[k].z <= curve.steps[*curve.max_peak].z);
    }
    CHECK(*curve.first_peak == curve.peaks.front());
    const auto strict = incremental_moran(stripes, steps_from(10, 10, 12), {.peak_z = 1e6});
    CHECK(strict.peaks.empty());
    CHECK_FALSE(strict.max_peak);
}

TEST_CASE("where all are neighbours of all Moran's I cannot vary", "[incremental]")
{
    const std::vector<XY> places = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {2, 2}};
    const std::vector<double> values = {1, 2, 3, 4, 9};
    const double d[] = {1, 5};
    const auto curve = incremental_moran(places, values, d);
    CHECK(near(curve.steps[1].i, -0.25, 1e-14)); // -1 / (5 - 1)
    CHECK(std::isnan(curve.steps[1].z));
    CHECK(curve.steps[0].islands == 1); // (2, 2)
}

TEST_CASE("incremental Moran refuses what has no answer", "[incremental]")
{
    const std::vector<XY> places = {{0, 0}, {1, 0}, {2, 0}, {3, 0}};
    const std::vector<double> equal(4, 7.0);
    const std::vector<double> values = {1, 2, 3, 4};
    const double good[] = {1, 2};
    const double falling[] = {2, 1};
    CHECK_THROWS_WITH(incremental_moran(places, equal, good),
                      "all 4 values are equal; there is no pattern to look for");
    CHECK_THROWS_WITH(incremental_moran(places, values, falling), "a distance of 1 m does not follow 2 m");
    CHECK_THROWS_WITH(incremental_moran(places, std::vector<double>{1}, good), "4 places and 1 values");
    CHECK_THROWS_WITH(incremental_moran(places, values, {}), "0 distances; 1 to 1000 can be tried");
    CHECK_THROWS_WITH(incremental_moran(places, std::vector<double>(4, missing), good),
                      "there are no values");
    const std::vector<double> infinite = {1, 2, 3, std::numeric_limits<double>::infinity()};
    CHECK_THROWS_WITH(incremental_moran(places, infinite, good), "a value is infinite");
}
