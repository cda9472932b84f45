#include "kernels/density.h"

#include "libgeo/error.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

using Catch::Matchers::Contains;
using vigil::density;
using vigil::Grid;
using vigil::KernelShape;
using vigil::XY;

namespace {

constexpr double pi = std::numbers::pi;
// cells of 50 m; the middle one is centred on 0,0
constexpr Grid three_by_three{.left_x = -75, .top_y = 75, .cell_m = 50, .rows = 3, .cols = 3};
constexpr KernelShape all_shapes[] = {KernelShape::quartic, KernelShape::epanechnikov, KernelShape::triweight,
                                      KernelShape::uniform, KernelShape::triangular,   KernelShape::gaussian};

double sum_of(const vigil::Raster<double>& raster)
{
    return std::accumulate(raster.values.begin(), raster.values.end(), 0.0) * raster.grid.cell_m *
           raster.grid.cell_m;
}

} // namespace

TEST_CASE("the density of one incident follows each kernel's formula", "[density]")
{
    const XY incident[] = {{0, 0}};
    const auto at = [&](KernelShape shape, std::int64_t row, std::int64_t col) {
        return density(incident, {}, three_by_three, {.shape = shape, .bandwidth_m = 100})
            .raster.at(row, col);
    };
    // d = 50 m beside the middle: u^2 = 0.25; d = 70.7 m at a corner: u^2 = 0.5; pi h^2 = 10000 pi
    CHECK(at(KernelShape::quartic, 1, 1) == Approx(3 / (1e4 * pi)));
    CHECK(at(KernelShape::quartic, 1, 2) == Approx(3 / (1e4 * pi) * 0.5625)); // 0.75^2
    CHECK(at(KernelShape::quartic, 0, 0) == Approx(3 / (1e4 * pi) * 0.25));   // 0.5^2
    CHECK(at(KernelShape::epanechnikov, 1, 2) == Approx(2 / (1e4 * pi) * 0.75));
    CHECK(at(KernelShape::triweight, 1, 2) == Approx(4 / (1e4 * pi) * 0.421875)); // 0.75^3
    CHECK(at(KernelShape::triweight, 2, 2) == Approx(4 / (1e4 * pi) * 0.125));    // 0.5^3
    CHECK(at(KernelShape::uniform, 0, 2) == Approx(1 / (1e4 * pi)));
    CHECK(at(KernelShape::triangular, 1, 0) == Approx(3 / (1e4 * pi) * 0.5));
    CHECK(at(KernelShape::gaussian, 1, 1) == Approx(1 / (2e4 * pi)));
    CHECK(at(KernelShape::gaussian, 2, 1) == Approx(1 / (2e4 * pi) * 0.8824969026)); // exp(-1/8)
}

TEST_CASE("a cell exactly at the bandwidth is in reach of the uniform kernel only", "[density]")
{
    const XY incident[] = {{0, 0}};
    for (const KernelShape shape : all_shapes) {
        const auto map = density(incident, {}, three_by_three, {.shape = shape, .bandwidth_m = 50});
        INFO(vigil::name_of(shape));
        CHECK((map.raster.at(1, 2) > 0) == (shape == KernelShape::uniform || shape == KernelShape::gaussian));
    }
}

TEST_CASE("weights multiply, and incidents at one place add up", "[density]")
{
    const XY two[] = {{0, 0}, {0, 0}};
    const double weights[] = {2, 0.5};
    const auto map = density(two, weights, three_by_three, {.bandwidth_m = 100});
    CHECK(map.raster.at(1, 1) == Approx(2.5 * 3 / (1e4 * pi)));
    CHECK(map.weight_sum == 2.5);
    CHECK(map.places == 1);
}

TEST_CASE("an incident outside the grid counts as far as it reaches", "[density]")
{
    const XY outside[] = {{125, 0}}; // 75 m from the centre of the eastern column: u^2 = 0.5625
    const auto map = density(outside, {}, three_by_three, {.bandwidth_m = 100});
    CHECK(map.raster.at(1, 2) == Approx(3 / (1e4 * pi) * 0.4375 * 0.4375));
    CHECK(map.raster.at(1, 1) == 0);
    CHECK(map.weight_sum == 1);
}

TEST_CASE("the surface holds the weight of all incidents whose kernels lie inside", "[density]")
{
    const Grid wide{.left_x = 0, .top_y = 2000, .cell_m = 5, .rows = 400, .cols = 400};
    const XY incidents[] = {{997.3, 1002.9}, {1100, 900}};
    const double weights[] = {3, 4};
    for (const KernelShape shape : all_shapes) {
        INFO(vigil::name_of(shape));
        const double h = shape == KernelShape::gaussian ? 100 : 300;
        CHECK(sum_of(density(incidents, weights, wide, {.shape = shape, .bandwidth_m = h}).raster) ==
              Approx(7).epsilon(0.002));
    }
}

TEST_CASE("bandwidths of different kernels compare by sigma", "[density]")
{
    // sigma^2 along one axis is half of the integral of d^2 K(d) over the plane
    for (const KernelShape shape : all_shapes) {
        const double h = vigil::bandwidth_for_sigma(shape, 100);
        CHECK(vigil::sigma_of(shape, h) == Approx(100));
        double integral = 0;
        double mass = 0;
        const double step = 0.05;
        for (double r = step / 2; r < 1000; r += step) {
            const double k = vigil::kernel_value(shape, h, r);
            integral += r * r * k * 2 * pi * r * step;
            mass += k * 2 * pi * r * step;
        }
        INFO(vigil::name_of(shape));
        CHECK(mass == Approx(1).epsilon(1e-3));
        CHECK(integral / 2 == Approx(1e4).epsilon(2e-3));
    }
}

TEST_CASE("the Gaussian's cut follows from what it may lose", "[density]")
{
    const double cut = vigil::gaussian_cut(1e-9);
    CHECK(26 * cut * std::exp(-cut * cut / 2) == Approx(1e-9));
    CHECK(cut == Approx(7.2).margin(0.05));
    CHECK(vigil::gaussian_cut(0.999) >= 2);
}

TEST_CASE("no incidents, or none in reach, give zeros", "[density]")
{
    const XY far_away[] = {{1e7, -1e7}};
    for (const KernelShape shape : all_shapes) {
        const auto none = density({}, {}, three_by_three, {.shape = shape, .bandwidth_m = 100});
        const auto far = density(far_away, {}, three_by_three, {.shape = shape, .bandwidth_m = 100});
        CHECK(none.raster.values == std::vector<double>(9, 0.0));
        CHECK(far.raster.values == std::vector<double>(9, 0.0));
        CHECK(none.weight_sum == 0);
        CHECK(std::isfinite(none.error_bound));
    }
}

TEST_CASE("a bandwidth far wider than the grid is no trouble", "[density]")
{
    const XY incident[] = {{0, 0}};
    for (const KernelShape shape : all_shapes) {
        const double h = 1e9;
        const auto map = density(incident, {}, three_by_three, {.shape = shape, .bandwidth_m = h});
        CHECK(map.raster.at(0, 2) == Approx(vigil::kernel_peak(shape, h)));
    }
}

TEST_CASE("density refuses what it cannot compute", "[density]")
{
    const XY incident[] = {{0, 0}};
    const XY broken[] = {{0, std::nan("")}};
    const double negative[] = {-1};
    const double infinite[] = {std::numeric_limits<double>::infinity()};
    const double two[] = {1, 2};
    CHECK_THROWS_WITH(density(incident, {}, three_by_three, {.bandwidth_m = 0}), Contains("bandwidth"));
    CHECK_THROWS_WITH(density(incident, {}, three_by_three, {.bandwidth_m = std::nan("")}),
                      Contains("bandwidth"));
    CHECK_THROWS_WITH(density(incident, {}, three_by_three, {.tol = 0}), Contains("tolerance"));
    CHECK_THROWS_WITH(density(incident, {}, Grid{}), Contains("no cells"));
    CHECK_THROWS_WITH(density(broken, {}, three_by_three), Contains("incident 1"));
    CHECK_THROWS_WITH(density(incident, negative, three_by_three), Contains("weight"));
    CHECK_THROWS_WITH(density(incident, infinite, three_by_three), Contains("weight"));
    CHECK_THROWS_WITH(density(incident, two, three_by_three), Contains("2 weights for 1"));
}
