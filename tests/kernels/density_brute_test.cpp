// The fast ways against the slow, obvious one: every place asked at every cell, in long double.

#include "kernels/density.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using vigil::Grid;
using vigil::KernelShape;
using vigil::XY;

namespace {

struct Noise {
    std::vector<XY> points;
    std::vector<double> weights;
};

/// Clusters and scatter over the grid and 15 % beyond each border, some places twice.
Noise noise(const Grid& grid, std::size_t n, std::uint64_t seed)
{
    Noise noise;
    const vigil::Box box = grid.box();
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(seed, i);
        double u = random.uniform(0) * 1.3 - 0.15;
        double v = random.uniform(1) * 1.3 - 0.15;
        if (random.uniform(2) < 0.5) { // a cluster about a twentieth wide
            u = 0.3 + 0.05 * u;
            v = 0.6 + 0.05 * v;
        }
        noise.points.push_back({box.min_x + u * box.width(), box.min_y + v * box.height()});
        if (random.uniform(3) < 0.1 && i > 0) {
            noise.points.back() = noise.points[i / 2];
        }
        noise.weights.push_back(0.25 + 3.5 * random.uniform(4));
    }
    return noise;
}

using Real = long double;

Real formula(KernelShape shape, Real h, Real d2)
{
    const Real pi = std::numbers::pi_v<Real>;
    const Real u2 = d2 / (h * h);
    if (shape == KernelShape::gaussian) {
        return std::exp(-u2 / 2) / (2 * pi * h * h);
    }
    if (shape == KernelShape::uniform ? u2 > 1 : u2 >= 1) {
        return 0;
    }
    const Real rest = 1 - u2;
    switch (shape) {
    case KernelShape::uniform:
        return 1 / (pi * h * h);
    case KernelShape::triangular:
        return 3 * (1 - std::sqrt(u2)) / (pi * h * h);
    case KernelShape::epanechnikov:
        return 2 * rest / (pi * h * h);
    case KernelShape::quartic:
        return 3 * rest * rest / (pi * h * h);
    default:
        return 4 * rest * rest * rest / (pi * h * h);
    }
}

std::vector<Real> brute(const Noise& noise, const Grid& grid, KernelShape shape, double h)
{
    std::vector<Real> out;
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            const Real x = grid.left_x + (static_cast<Real>(col) + 0.5L) * grid.cell_m;
            const Real y = grid.top_y - (static_cast<Real>(row) + 0.5L) * grid.cell_m;
            Real sum = 0;
            for (std::size_t i = 0; i < noise.points.size(); ++i) {
                const Real dx = x - noise.points[i].x;
                const Real dy = y - noise.points[i].y;
                sum += noise.weights[i] * formula(shape, h, dx * dx + dy * dy);
            }
            out.push_back(sum);
        }
    }
    return out;
}

struct Difference {
    Real error = 0; ///< largest, as a share of the highest density
    std::size_t zeros_differ = 0;
};

Difference compare(const std::vector<double>& fast, const std::vector<Real>& slow)
{
    const Real highest = *std::max_element(slow.begin(), slow.end());
    Difference difference;
    for (std::size_t i = 0; i < slow.size(); ++i) {
        difference.error = std::max(difference.error, std::abs(fast[i] - slow[i]) / highest);
        difference.zeros_differ += static_cast<std::size_t>((fast[i] == 0) != (slow[i] == 0));
    }
    return difference;
}

constexpr Grid utm_grid{.left_x = 421000, .top_y = 3699000, .cell_m = 25, .rows = 90, .cols = 150};
constexpr KernelShape compact[] = {KernelShape::quartic, KernelShape::epanechnikov, KernelShape::triweight,
                                   KernelShape::uniform, KernelShape::triangular};

} // namespace

TEST_CASE("every compact kernel equals brute force within 1e-12 of the maximum, with the same zeros",
          "[density]")
{
    const Noise scattered = noise(utm_grid, 400, 1);
    for (const KernelShape shape : compact) {
        for (const double cells : {0.6, 1.7, 3.99, 4.0, 10.3, 37.0, 200.0}) {
            const double h = cells * utm_grid.cell_m;
            const auto map = vigil::density(scattered.points, scattered.weights, utm_grid,
                                            {.shape = shape, .bandwidth_m = h});
            const auto difference = compare(map.raster.values, brute(scattered, utm_grid, shape, h));
            INFO(vigil::name_of(shape) << ", h = " << cells << " cells");
            CHECK(difference.error <= 1e-12L);
            CHECK(difference.zeros_differ == 0);
            CHECK(map.error_bound <= 1e-8);
            CHECK(difference.error <= map.error_bound);
        }
    }
}

TEST_CASE("a long row keeps its digits and its zeros across many blocks", "[density]")
{
    const Grid strip{.left_x = 4321000.5, .top_y = 5200000.25, .cell_m = 7.3, .rows = 3, .cols = 6000};
    const Noise scattered = noise(strip, 700, 2);
    for (const KernelShape shape : compact) {
        for (const double cells : {4.2, 11.0, 64.0}) {
            const double h = cells * strip.cell_m;
            const auto map = vigil::density(scattered.points, scattered.weights, strip,
                                            {.shape = shape, .bandwidth_m = h});
            const auto difference = compare(map.raster.values, brute(scattered, strip, shape, h));
            INFO(vigil::name_of(shape) << ", h = " << cells << " cells");
            CHECK(difference.error <= 1e-12L);
            CHECK(difference.zeros_differ == 0);
        }
    }
}

TEST_CASE("the Gaussian loses no more than the tail that was allowed", "[density]")
{
    const Noise scattered = noise(utm_grid, 400, 3);
    for (const double cells : {0.6, 2.3, 12.0, 80.0}) {
        const double h = cells * utm_grid.cell_m;
        const auto expected = brute(scattered, utm_grid, KernelShape::gaussian, h);
        for (const double tail : {1e-9, 1e-4}) {
            const auto map = vigil::density(scattered.points, scattered.weights, utm_grid,
                                            {.shape = KernelShape::gaussian, .bandwidth_m = h, .tol = tail});
            const auto difference = compare(map.raster.values, expected);
            INFO("sigma = " << cells << " cells, tail " << tail);
            CHECK(difference.error <= map.error_bound);
            CHECK(map.error_bound <= tail * 1.01);
        }
    }
}

TEST_CASE("density does not depend on the order of the rows nor on the number of threads", "[density]")
{
    const Grid grid{.left_x = 421000, .top_y = 3699000, .cell_m = 10, .rows = 200, .cols = 180};
    Noise given = noise(grid, 3000, 4);
    std::vector<KernelShape> shapes(std::begin(compact), std::end(compact));
    shapes.push_back(KernelShape::gaussian);
    for (const KernelShape shape : shapes) {
        const vigil::DensityOptions options{.shape = shape, .bandwidth_m = 90};
        const auto first = vigil::density(given.points, given.weights, grid, options).raster.values;
        Noise turned = given;
        std::reverse(turned.points.begin(), turned.points.end());
        std::reverse(turned.weights.begin(), turned.weights.end());
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        INFO(vigil::name_of(shape));
        CHECK(vigil::density(turned.points, turned.weights, grid, options).raster.values == first);
    }
}
