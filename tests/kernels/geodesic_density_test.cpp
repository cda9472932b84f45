// Density on the ellipsoid against the slow, obvious way: PROJ's geod_inverse for every place and every cell.

#include "kernels/density.h"
#include "kernels/density/geodesic.h"
#include "libgeo/error.h"
#include "libgeo/io/geodesic.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

using vigil::DegreeGrid;
using vigil::KernelShape;
using vigil::LonLat;

namespace {

using Real = long double;
constexpr Real pi = std::numbers::pi_v<Real>;

struct Noise {
    std::vector<LonLat> places;
    std::vector<double> weights;
};

/// Scattered over the grid and 20 % beyond its borders (never past a pole), some places twice.
Noise noise(const DegreeGrid& grid, std::size_t n, std::uint64_t seed)
{
    Noise noise;
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(seed, i);
        const double u = random.uniform(0) * 1.4 - 0.2;
        const double v = random.uniform(1) * 1.4 - 0.2;
        const double lon = grid.west_deg + u * static_cast<double>(grid.cols) * grid.cell_deg;
        const double lat = grid.north_deg - v * static_cast<double>(grid.rows) * grid.cell_deg;
        noise.places.push_back({lon > 180 ? lon - 360 : lon, std::clamp(lat, -90.0, 90.0)});
        if (random.uniform(2) < 0.1 && i > 0) {
            noise.places.back() = noise.places[i / 2];
        }
        noise.weights.push_back(0.25 + 3.5 * random.uniform(3));
    }
    return noise;
}

struct Difference {
    double error = 0; ///< largest, as a share of the highest density
    std::size_t zeros_differ = 0;
    std::size_t touched = 0;
};

/// The formula, every place at every cell.
Difference against_brute(const Noise& noise, const DegreeGrid& grid, KernelShape shape, double h)
{
    const auto fast = vigil::geodesic_density(noise.places, noise.weights, {}, grid,
                                              {.shape = shape, .bandwidth_m = h, .renormalise = false});
    std::vector<Real> slow;
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            Real sum = 0;
            for (std::size_t i = 0; i < noise.places.size(); ++i) {
                const double s = vigil::io::geodesic_distance_m(grid.centre(row, col), noise.places[i]);
                const bool in_reach = shape == KernelShape::uniform ? s <= fast.reach_m : s < fast.reach_m;
                sum += in_reach ? noise.weights[i] * vigil::kernel_value(shape, h, s) : 0;
            }
            slow.push_back(sum);
        }
    }
    const Real highest = *std::max_element(slow.begin(), slow.end());
    Difference difference;
    for (std::size_t i = 0; i < slow.size(); ++i) {
        const double value = fast.raster.values[i];
        difference.error =
            std::max(difference.error, static_cast<double>(std::abs(value - slow[i]) / highest));
        difference.zeros_differ += static_cast<std::size_t>((value == 0) != (slow[i] == 0));
        difference.touched += static_cast<std::size_t>(value > 0);
    }
    CHECK(difference.error <= fast.error_bound);
    CHECK(fast.error_bound < 3e-9);
    return difference;
}

constexpr KernelShape all_shapes[] = {KernelShape::quartic, KernelShape::epanechnikov, KernelShape::triweight,
                                      KernelShape::uniform, KernelShape::triangular,   KernelShape::gaussian,
                                      KernelShape::cosine};

void check_against_brute(const DegreeGrid& grid, std::size_t n, std::uint64_t seed,
                         const std::vector<double>& bandwidths_m, bool with_poles = false)
{
    Noise scattered = noise(grid, n, seed);
    if (with_poles) {
        for (const LonLat place : {LonLat{17, 90}, LonLat{-120, 90}, LonLat{5, 89.999999}, LonLat{3, -90}}) {
            scattered.places.push_back(place);
            scattered.weights.push_back(2);
        }
    }
    for (const double h : bandwidths_m) {
        for (const KernelShape shape : all_shapes) {
            if (shape == KernelShape::gaussian && h * vigil::gaussian_cut(1e-9) > 10e6) {
                continue;
            }
            const Difference difference = against_brute(scattered, grid, shape, h);
            INFO(vigil::name_of(shape) << ", h = " << h << " m");
            CHECK(difference.error < 1e-11);
            CHECK(difference.zeros_differ == 0);
            CHECK(difference.touched > 0);
        }
    }
}

/// Integral of a surface over its cells.
double integral(const vigil::Raster<double>& raster, const DegreeGrid& grid)
{
    double sum = 0;
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        const double north = grid.north_deg - static_cast<double>(row) * grid.cell_deg;
        double line = 0;
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            line += raster.at(row, col);
        }
        sum += line * vigil::cell_area_m2(north - grid.cell_deg, north, grid.cell_deg);
    }
    return sum;
}

} // namespace

TEST_CASE("geodesic lengths agree with geod_inverse", "[geodesic]")
{
    double worst_m = 0;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        const vigil::Random random(7, i);
        const LonLat a{random.uniform(0) * 360 - 180, random.uniform(1) * 180 - 90};
        const double scale = std::pow(10, -5 * random.uniform(4));
        const LonLat b{a.lon_deg + scale * (random.uniform(2) * 300 - 150),
                       std::clamp(a.lat_deg + scale * (random.uniform(3) * 180 - 90), -90.0, 90.0)};
        const double expected = vigil::io::geodesic_distance_m(a, b);
        if (expected < 15e6) {
            worst_m = std::max(worst_m, std::abs(vigil::geodesic_length_m(a, b) - expected));
        }
    }
    CHECK(worst_m < 1.5e-8); // geod_inverse itself claims 15 nanometres
    CHECK(vigil::geodesic_length_m({10, 20}, {10, 20}) == 0);
    CHECK(vigil::geodesic_length_m({10, 90}, {-70, 90}) == 0);
    // a quarter of a meridian: 10 001 965.729 m (Karney 2013)
    CHECK(vigil::geodesic_length_m({0, 0}, {0, 90}) == Approx(10001965.729).margin(1e-3));
}

TEST_CASE("the table of squared distances is as good as it says up to its limit", "[geodesic]")
{
    for (const double reach_m : {50.0, 5e3, 3e5, 2e6, 4e6}) {
        INFO(reach_m);
        CHECK(vigil::DistanceTable(reach_m).error() < 1e-13);
    }
    CHECK(vigil::DistanceTable(10e6).error() < 5e-11);
    CHECK_THROWS_AS(vigil::DistanceTable(10.1e6), vigil::Error);
    CHECK_THROWS_AS(vigil::DistanceTable(0), vigil::Error);
}

TEST_CASE("geodesic density equals brute force at middle latitudes", "[geodesic]")
{
    check_against_brute({.west_deg = 13, .north_deg = 53, .cell_deg = 0.02, .rows = 20, .cols = 31}, 40, 1,
                        {5e3, 30e3});
    check_against_brute({.west_deg = -80, .north_deg = 12, .cell_deg = 1.3, .rows = 19, .cols = 25}, 30, 2,
                        {100e3, 700e3, 2000e3});
}

TEST_CASE("geodesic density equals brute force across the antimeridian", "[geodesic]")
{
    check_against_brute({.west_deg = 179.5, .north_deg = -16, .cell_deg = 0.05, .rows = 20, .cols = 22}, 40,
                        3, {8e3, 90e3});
    check_against_brute({.west_deg = -181, .north_deg = 66, .cell_deg = 0.1, .rows = 15, .cols = 20}, 30, 4,
                        {8e3, 90e3});
    const DegreeGrid strip{.west_deg = 179, .north_deg = 1, .cell_deg = 0.1, .rows = 20, .cols = 20};
    const Noise pair{{{179.9, 0}, {-179.9, 0}}, {1, 1}};
    CHECK(against_brute(pair, strip, KernelShape::quartic, 60e3).error < 1e-11);
}

TEST_CASE("geodesic density equals brute force at the poles", "[geodesic]")
{
    check_against_brute({.west_deg = -180, .north_deg = 90, .cell_deg = 6, .rows = 6, .cols = 60}, 30, 5,
                        {200e3, 900e3, 2500e3}, true);
    check_against_brute({.west_deg = 20, .north_deg = -84, .cell_deg = 0.5, .rows = 12, .cols = 40}, 30, 6,
                        {50e3, 400e3, 1500e3}, true);
    check_against_brute({.west_deg = 0, .north_deg = 90, .cell_deg = 0.001, .rows = 12, .cols = 40}, 30, 7,
                        {300, 5e3}, true);
}

TEST_CASE("geodesic density equals brute force on a grid around the globe", "[geodesic]")
{
    check_against_brute({.west_deg = -180, .north_deg = 90, .cell_deg = 9, .rows = 20, .cols = 40}, 40, 8,
                        {1000e3, 2000e3, 5000e3}, true);
    check_against_brute({.west_deg = 30, .north_deg = 90, .cell_deg = 10, .rows = 18, .cols = 36}, 30, 9,
                        {8000e3, 9900e3}, true);
}

TEST_CASE("cells exactly where a kernel ends are decided by the true distance", "[geodesic]")
{
    // the reach is the distance to a cell itself, a shade less, a shade more
    const DegreeGrid grid{.west_deg = -5, .north_deg = 62, .cell_deg = 0.25, .rows = 16, .cols = 40};
    const LonLat place{0.113, 60.2};
    const std::vector<LonLat> one{place};
    for (const std::int64_t col : {5, 20, 33}) {
        for (const std::int64_t row : {1, 7, 14}) {
            const double s = vigil::geodesic_length_m(place, grid.centre(row, col));
            for (const double h : {s - 1e-6, s + 1e-6}) {
                const auto map = vigil::geodesic_density(one, {}, {}, grid,
                                                         {.shape = KernelShape::uniform, .bandwidth_m = h});
                CHECK((map.raster.at(row, col) > 0) == (h > s));
            }
        }
    }
}

TEST_CASE("a renormalised surface adds up to its weight, a raw one to a little less", "[geodesic]")
{
    // quartic on a sphere: 1 - h^2 / (24 R^2), next term about (h / R)^4 / 960
    const double radius_m = 6371008.8;
    const double h = 600e3;
    const double share = h / radius_m;
    CHECK(vigil::integral_on_sphere(KernelShape::quartic, h, h, radius_m) ==
          Approx(1 - share * share / 24).margin(std::pow(share, 4) / 500));
    // uniform: a cap's area over pi h^2
    CHECK(vigil::integral_on_sphere(KernelShape::uniform, h, h, radius_m) ==
          Approx(2 * (1 - std::cos(share)) / (share * share)).epsilon(1e-13));

    for (const LonLat place : {LonLat{179.2, 47.3}, LonLat{12, 0.4}, LonLat{40, 88.1}, LonLat{0, -90}}) {
        const std::vector<LonLat> one{place};
        const std::vector<double> weight{3};
        // values at centres times areas err by a multiple of (cell / h)^2, most at a pole: taken out by
        // halving the cell
        const auto total = [&](bool renormalise, double bandwidth_m) {
            double at[2];
            for (int half = 0; half < 2; ++half) {
                const DegreeGrid grid = vigil::degree_grid_around(one, bandwidth_m, half == 1 ? 0.125 : 0.25);
                at[half] =
                    integral(vigil::geodesic_density(one, weight, {}, grid,
                                                     {.bandwidth_m = bandwidth_m, .renormalise = renormalise})
                                 .raster,
                             grid);
            }
            return (4 * at[1] - at[0]) / 3;
        };
        INFO(place.lat_deg);
        CHECK(total(true, h) == Approx(3).epsilon(2e-5));
        CHECK(total(true, 1500e3) == Approx(3).epsilon(1e-6));
        CHECK(total(false, h) / total(true, h) == Approx(1 - share * share / 24).margin(3e-6));
    }
}

TEST_CASE("the area of cells adds up to the ellipsoid", "[geodesic]")
{
    const double whole_m2 = 510065621724088.5; // WGS 84, from 2 pi a^2 + pi b^2 / e ln((1 + e) / (1 - e))
    CHECK(vigil::cell_area_m2(-90, 90, 360) == Approx(whole_m2).epsilon(1e-13));
    double sum = 0;
    for (int row = 0; row < 180; ++row) {
        sum += 360 * vigil::cell_area_m2(89 - row, 90 - row, 1);
    }
    CHECK(sum == Approx(whole_m2).epsilon(1e-13));
    // a thin cell: M N cos(lat) dlat dlon at its middle
    const double lat = 50 * std::numbers::pi / 180;
    const double w = 1 - vigil::wgs84::e2 * std::sin(lat) * std::sin(lat);
    const double mn_m2 = std::pow(vigil::wgs84::a_m, 2) * (1 - vigil::wgs84::e2) / (w * w);
    const double d = 0x1p-17; // so that 50 +- d / 2 are exact
    const double rad = d * std::numbers::pi / 180;
    CHECK(vigil::cell_area_m2(50 - d / 2, 50 + d / 2, d) ==
          Approx(mn_m2 * std::cos(lat) * rad * rad).epsilon(1e-12));
}

TEST_CASE("for a short bandwidth geodesic and planar density agree", "[geodesic]")
{
    // the plane: x = N cos(lat) dlon, y = M dlat about one place, good to (h / R) tan(lat) of a distance
    const LonLat origin{8, 45};
    const double h = 200;
    const double rad = std::numbers::pi / 180;
    const double w = 1 - vigil::wgs84::e2 / 2; // sin^2 45 = 1/2
    const double n_m = vigil::wgs84::a_m / std::sqrt(w);
    const double m_m = vigil::wgs84::a_m * (1 - vigil::wgs84::e2) / std::pow(w, 1.5);
    const DegreeGrid grid{
        .west_deg = 8 - 0.003, .north_deg = 45 + 0.003, .cell_deg = 0.0004, .rows = 15, .cols = 15};
    const std::vector<LonLat> one{origin};
    const auto map = vigil::geodesic_density(one, {}, {}, grid, {.bandwidth_m = h});
    const double peak = vigil::kernel_peak(KernelShape::quartic, h);
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            const LonLat c = grid.centre(row, col);
            const double d =
                std::hypot(n_m * std::sqrt(0.5) * (c.lon_deg - 8) * rad, m_m * (c.lat_deg - 45) * rad);
            CHECK(std::abs(map.raster.at(row, col) - vigil::kernel_value(KernelShape::quartic, h, d)) <
                  3e-5 * peak);
        }
    }
}

TEST_CASE("geodesic density has the same bits for any order, threads and bands", "[geodesic]")
{
    const DegreeGrid grid{.west_deg = 170, .north_deg = 80, .cell_deg = 0.5, .rows = 60, .cols = 70};
    Noise given = noise(grid, 200, 10);
    std::vector<double> bandwidths;
    for (std::size_t i = 0; i < given.places.size(); ++i) {
        bandwidths.push_back(vigil::Random(11, i).uniform(0) < 0.5 ? 150e3 : 60e3);
    }
    for (const KernelShape shape : all_shapes) {
        const vigil::GeodesicOptions options{.shape = shape};
        const auto first =
            vigil::geodesic_density(given.places, given.weights, bandwidths, grid, options).raster.values;
        Noise turned = given;
        std::vector<double> turned_bandwidths = bandwidths;
        std::reverse(turned.places.begin(), turned.places.end());
        std::reverse(turned.weights.begin(), turned.weights.end());
        std::reverse(turned_bandwidths.begin(), turned_bandwidths.end());
        for (LonLat& place : turned.places) { // a whole turn, exactly, where the grid of doubles allows
            place.lon_deg = place.lon_deg + 360 - 360 == place.lon_deg ? place.lon_deg + 360 : place.lon_deg;
        }
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        INFO(vigil::name_of(shape));
        CHECK(vigil::geodesic_density(turned.places, turned.weights, turned_bandwidths, grid, options)
                  .raster.values == first);

        const vigil::GeodesicSurface surface(given.places, given.weights, bandwidths, grid, options);
        std::vector<double> bands(first.size());
        const std::size_t cut = 17 * static_cast<std::size_t>(grid.cols);
        surface.rows(17, grid.rows, std::span(bands).subspan(cut));
        surface.rows(0, 17, std::span(bands).first(cut));
        CHECK(bands == first);
    }
}

TEST_CASE("bandwidths of one value each are the same as one for all; mixed ones add", "[geodesic]")
{
    const DegreeGrid grid{.west_deg = 5, .north_deg = 60, .cell_deg = 0.2, .rows = 30, .cols = 30};
    const Noise given = noise(grid, 20, 12);
    const auto values = [&](const std::vector<double>& weights, const std::vector<double>& bandwidths) {
        return vigil::geodesic_density(given.places, weights, bandwidths, grid, {.bandwidth_m = 80e3})
            .raster.values;
    };
    CHECK(values(given.weights, std::vector<double>(20, 80e3)) == values(given.weights, {}));

    std::vector<double> mixed(20, 80e3);
    std::vector<double> wide_only(20, 0);
    std::vector<double> rest = given.weights;
    for (const std::size_t i : {2U, 9U, 15U}) {
        mixed[i] = 1300e3;
        wide_only[i] = given.weights[i];
        rest[i] = 0;
    }
    const auto both = values(given.weights, mixed);
    const auto narrow = values(rest, {});
    const auto wide = values(wide_only, std::vector<double>(20, 1300e3));
    for (std::size_t i = 0; i < both.size(); ++i) {
        CHECK(both[i] == Approx(narrow[i] + wide[i]).epsilon(1e-13));
    }
}

TEST_CASE("one place, equal places, places on a pole and no weight", "[geodesic]")
{
    const DegreeGrid grid{.west_deg = -180, .north_deg = 90, .cell_deg = 5, .rows = 36, .cols = 72};
    const std::vector<LonLat> thrice(3, LonLat{181, 12});
    const std::vector<LonLat> once{{-179, 12}};
    const std::vector<double> three{3};
    const vigil::GeodesicOptions options{.bandwidth_m = 1500e3};
    const auto equal = vigil::geodesic_density(thrice, {}, {}, grid, options);
    CHECK(equal.raster.values == vigil::geodesic_density(once, three, {}, grid, options).raster.values);
    CHECK(equal.places == 1);
    CHECK(equal.weight_sum == 3);

    const std::vector<LonLat> poles{{0, 90}, {77, 90}};
    const auto pole = vigil::geodesic_density(poles, {}, {}, grid, options);
    CHECK(pole.places == 1);
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        for (std::int64_t col = 1; col < grid.cols; ++col) {
            CHECK(pole.raster.at(row, col) == pole.raster.at(row, 0));
        }
    }
    CHECK(pole.raster.at(0, 0) > 0);

    const std::vector<double> nothing{0};
    const auto empty = vigil::geodesic_density(once, nothing, {}, grid, options);
    CHECK(
        std::all_of(empty.raster.values.begin(), empty.raster.values.end(), [](double v) { return v == 0; }));
}

TEST_CASE("a grid around places takes the narrow way about the globe and the poles whole", "[geodesic]")
{
    const std::vector<LonLat> fiji{{179.9, -17}, {-179.8, -16.5}};
    const DegreeGrid across = vigil::degree_grid_around(fiji, 100e3, 0.1);
    CHECK(across.west_deg == Approx(178.9).margin(0.11));
    CHECK(across.west_deg + static_cast<double>(across.cols) * 0.1 == Approx(181.2).margin(0.11));

    const std::vector<LonLat> north{{20, 89.5}};
    const DegreeGrid cap = vigil::degree_grid_around(north, 100e3, 0.5);
    CHECK(cap == DegreeGrid{.west_deg = -180, .north_deg = 90, .cell_deg = 0.5, .rows = 3, .cols = 720});
    CHECK_THROWS_AS(vigil::degree_grid_around(north, 100e3, 0.7), vigil::Error);

    // nothing of a kernel lies outside: one ring of cells more adds no cell that is reached
    for (const LonLat place : {LonLat{3, 0}, LonLat{-179.99, 71}, LonLat{100, -80.3}}) {
        const std::vector<LonLat> one{place};
        const vigil::GeodesicOptions options{.shape = KernelShape::uniform, .bandwidth_m = 700e3};
        const DegreeGrid tight = vigil::degree_grid_around(one, 700e3, 0.5);
        const DegreeGrid wide{tight.west_deg - 0.5, tight.north_deg + 0.5, 0.5, tight.rows + 2,
                              tight.cols + 2};
        const auto count = [&](const DegreeGrid& grid) {
            const auto values = vigil::geodesic_density(one, {}, {}, grid, options).raster.values;
            return std::count_if(values.begin(), values.end(), [](double v) { return v > 0; });
        };
        CHECK(count(tight) > 100);
        CHECK(count(tight) == count(wide));
    }
}

TEST_CASE("what geodesic density cannot use is refused", "[geodesic]")
{
    const DegreeGrid grid{.west_deg = 0, .north_deg = 50, .cell_deg = 1, .rows = 5, .cols = 5};
    const std::vector<LonLat> place{{1, 48}};
    const auto refused = [&](const DegreeGrid& at, const vigil::GeodesicOptions& options) {
        CHECK_THROWS_AS(vigil::geodesic_density(place, {}, {}, at, options), vigil::Error);
    };
    refused(grid, {.bandwidth_m = 0});
    refused(grid, {.bandwidth_m = std::nan("")});
    refused(grid, {.bandwidth_m = 11e6});
    refused(grid, {.shape = KernelShape::gaussian, .bandwidth_m = 2e6});
    refused(grid, {.tail = 0});
    refused({.west_deg = 0, .north_deg = 91, .cell_deg = 1, .rows = 5, .cols = 5}, {});
    refused({.west_deg = 0, .north_deg = 0, .cell_deg = 1, .rows = 91, .cols = 5}, {});
    refused({.west_deg = 0, .north_deg = 0, .cell_deg = 1, .rows = 9, .cols = 361}, {});
    const std::vector<double> bad{-1};
    CHECK_THROWS_AS(vigil::geodesic_density(place, bad, {}, grid), vigil::Error);
    CHECK_THROWS_AS(vigil::geodesic_density(place, {}, bad, grid), vigil::Error);
    const std::vector<LonLat> nowhere{{1, 90.5}};
    CHECK_THROWS_AS(vigil::geodesic_density(nowhere, {}, {}, grid), vigil::Error);
}
