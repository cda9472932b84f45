// The fast ways against the slow, obvious one: every place asked at every cell, in long double.

#include "kernels/density.h"
#include "tests/kernels/density_brute.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <vector>

using test::brute;
using test::compare;
using test::Noise;
using test::noise;
using vigil::Grid;
using vigil::KernelShape;

namespace {

constexpr Grid utm_grid{.left_x = 421000, .top_y = 3699000, .cell_m = 25, .rows = 90, .cols = 150};
constexpr KernelShape compact[] = {KernelShape::quartic, KernelShape::epanechnikov, KernelShape::triweight,
                                   KernelShape::uniform, KernelShape::triangular,   KernelShape::cosine};

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
            // the triweight's terms are largest where blocks are shortest
            CHECK(map.error_bound <= (shape == KernelShape::triweight && cells < 10 ? 3e-12 : 1e-12));
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
            CHECK(difference.error <= map.error_bound);
            CHECK(map.error_bound <= 1e-10); // cells of 7.3 m are no binary numbers, nor are their centres
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
