// A bandwidth for each place, and weights below 0, against brute force in long double.

#include "kernels/density.h"
#include "libgeo/error.h"
#include "tests/kernels/density_brute.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <numbers>

using Catch::Matchers::Contains;
using test::brute;
using test::compare;
using test::Noise;
using vigil::density;
using vigil::Grid;
using vigil::KernelShape;
using vigil::XY;

namespace {

constexpr double pi = std::numbers::pi;
constexpr Grid utm_grid{.left_x = 421000, .top_y = 3699000, .cell_m = 25, .rows = 60, .cols = 110};
constexpr Grid three_by_three{.left_x = -75, .top_y = 75, .cell_m = 50, .rows = 3, .cols = 3};
constexpr KernelShape compact[] = {KernelShape::quartic, KernelShape::epanechnikov, KernelShape::triweight,
                                   KernelShape::uniform, KernelShape::triangular,   KernelShape::cosine};

Noise widened(std::size_t n, double least_cells, double most_cells, std::uint64_t seed)
{
    Noise noise = test::noise(utm_grid, n, seed);
    test::add_bandwidths(noise, utm_grid, least_cells, most_cells, seed);
    return noise;
}

vigil::DensityMap density_of(const Noise& noise, const vigil::DensityOptions& options)
{
    return density(noise.points, noise.weights, noise.bandwidths_m, utm_grid, options);
}

} // namespace

TEST_CASE("a bandwidth for each place equals brute force within 1e-12 of the maximum, with the same zeros",
          "[density]")
{
    const Noise narrow = widened(300, 0.5, 12, 21); // windows and several sweeps
    const Noise wide = widened(200, 5, 90, 22);
    for (const Noise* noise : {&narrow, &wide}) {
        for (const KernelShape shape : compact) {
            const auto map = density_of(*noise, {.shape = shape});
            const auto difference = compare(map.raster.values, brute(*noise, utm_grid, shape, 0));
            INFO(vigil::name_of(shape) << (noise == &wide ? ", wide" : ", narrow"));
            CHECK(difference.error <= 1e-12L);
            CHECK(difference.zeros_differ == 0);
            CHECK(difference.below_zero == 0);
            CHECK(difference.error <= map.error_bound);
            CHECK(map.error_bound <= 1e-11);
        }
    }
}

TEST_CASE("Gaussians of many widths lose no more than was allowed", "[density]")
{
    const Noise noise = widened(200, 0.4, 15, 23);
    const auto expected = brute(noise, utm_grid, KernelShape::gaussian, 0);
    for (const double tol : {1e-9, 1e-3}) {
        const auto map = density_of(noise, {.shape = KernelShape::gaussian, .tol = tol});
        INFO("tol " << tol);
        CHECK(compare(map.raster.values, expected).error <= tol);
        CHECK(map.error_bound <= tol * 1.01);
    }
}

TEST_CASE("each place is spread by its own bandwidth", "[density]")
{
    const XY two[] = {{0, 0}, {0, 0}};
    const double h[] = {100, 200};
    const double weights[] = {2, 3};
    const auto map = density(two, weights, h, three_by_three, {});
    // at d = 50 m: u^2 = 1/4 and 1/16
    CHECK(map.raster.at(1, 2) ==
          Approx(2 * 3 / (1e4 * pi) * 0.5625 + 3 * 3 / (4e4 * pi) * (15.0 / 16) * (15.0 / 16)));
    CHECK(map.places == 2); // coincident, but of two bandwidths
    CHECK(map.weight_sum == 5);
    CHECK(map.reach_m == 200);

    const double same[] = {100, 100};
    CHECK(density(two, weights, same, three_by_three, {}).places == 1);
    CHECK(density(two, weights, same, three_by_three, {}).raster.values ==
          density(two, weights, three_by_three, {.bandwidth_m = 100}).raster.values);
}

TEST_CASE("weights below 0 are refused unless they are asked for", "[density]")
{
    const XY one[] = {{0, 0}};
    const double negative[] = {-2};
    const double not_a_number[] = {std::nan("")};
    CHECK_THROWS_WITH(density(one, negative, three_by_three, {.bandwidth_m = 100}), Contains("negative"));
    const auto map = density(one, negative, three_by_three, {.bandwidth_m = 100, .allow_negative = true});
    CHECK(map.raster.at(1, 2) == Approx(-2 * 3 / (1e4 * pi) * 0.5625));
    CHECK_THROWS_WITH(
        density(one, not_a_number, three_by_three, {.bandwidth_m = 100, .allow_negative = true}),
        Contains("not finite"));
}

TEST_CASE("surfaces of weights of both signs equal brute force, and cells out of reach are 0", "[density]")
{
    Noise noise = widened(300, 3, 30, 24);
    for (std::size_t i = 0; i < noise.weights.size(); i += 3) {
        noise.weights[i] *= -1;
    }
    for (const bool many : {false, true}) {
        if (!many) {
            noise.bandwidths_m.assign(noise.points.size(), 7 * utm_grid.cell_m);
        } else {
            test::add_bandwidths(noise, utm_grid, 3, 30, 24);
            noise.bandwidths_m.erase(noise.bandwidths_m.begin(),
                                     noise.bandwidths_m.begin() + static_cast<std::ptrdiff_t>(300));
        }
        for (const KernelShape shape : compact) {
            const auto map = density_of(noise, {.shape = shape, .allow_negative = true});
            const auto expected = brute(noise, utm_grid, shape, 0);
            const auto difference = compare(map.raster.values, expected);
            INFO(vigil::name_of(shape) << (many ? ", many bandwidths" : ", one bandwidth"));
            CHECK(difference.error <= 1e-12L);
            CHECK(difference.error <= map.error_bound);
            CHECK(difference.below_zero > 0);
            std::size_t dust = 0;
            for (std::size_t i = 0; i < expected.values.size(); ++i) {
                dust += static_cast<std::size_t>(!expected.reached[i] && map.raster.values[i] != 0);
            }
            CHECK(dust == 0);
        }
    }
}

TEST_CASE("weights that cancel at one place leave nothing but rounding", "[density]")
{
    const XY twice[] = {{410, -300}, {410, -300}, {700, -520}};
    const double weights[] = {2.5, -2.5, 1};
    const Grid grid{.left_x = 0, .top_y = 0, .cell_m = 10, .rows = 80, .cols = 110};
    const vigil::DensityOptions options{.bandwidth_m = 150, .allow_negative = true};
    const auto all = density(twice, weights, grid, options);
    const auto third = density(std::span(twice).subspan(2), {}, grid, options);
    for (std::size_t i = 0; i < all.raster.values.size(); ++i) {
        CHECK(all.raster.values[i] == Approx(third.raster.values[i]).margin(1e-12 * 3 / (2.25e4 * pi)));
    }
}

TEST_CASE("bandwidths that cannot be used are refused by their number", "[density]")
{
    const XY two[] = {{0, 0}, {10, 10}};
    const double one[] = {100};
    const double zero[] = {100, 0};
    const double unknown[] = {std::nan(""), 100};
    CHECK_THROWS_WITH(density(two, {}, one, three_by_three, {}), Contains("1 bandwidths for 2"));
    CHECK_THROWS_WITH(density(two, {}, zero, three_by_three, {}), Contains("incident 2"));
    CHECK_THROWS_WITH(density(two, {}, unknown, three_by_three, {}), Contains("incident 1"));
}
