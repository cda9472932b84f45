#include "kernels/density/gaussian.h"
#include "libgeo/random.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace {

constexpr double side_m = 10000;

/// Thirty per cent scattered over a square of 10 km, the rest in forty clusters.
std::vector<vigil::XY> incidents(std::size_t n)
{
    std::vector<vigil::XY> points;
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(11, i);
        vigil::XY p{random.uniform(0) * side_m, random.uniform(1) * side_m};
        if (random.uniform(2) > 0.3) {
            const vigil::Random centre(12, random.bits(3) % 40);
            const double radius_m = 200 * std::sqrt(-2 * std::log(1 - random.uniform(4)));
            const double angle = 2 * std::numbers::pi * random.uniform(5);
            p = {centre.uniform(0) * side_m + radius_m * std::cos(angle),
                 centre.uniform(1) * side_m + radius_m * std::sin(angle)};
        }
        points.push_back(p);
    }
    return points;
}

/// Arguments: incidents, cells a side, sigma in tenths of a cell.
void gaussian_surface(benchmark::State& state)
{
    const auto places = vigil::merged_places(incidents(static_cast<std::size_t>(state.range(0))), {});
    const std::int64_t side = state.range(1);
    const double cell_m = side_m / static_cast<double>(side);
    const vigil::Grid grid{.left_x = 0, .top_y = side_m, .cell_m = cell_m, .rows = side, .cols = side};
    std::vector<double> out(static_cast<std::size_t>(grid.cells()));
    for (auto _ : state) {
        const vigil::GaussianSurface surface(places, grid, static_cast<double>(state.range(2)) / 10 * cell_m);
        surface.rows(0, side, out);
        benchmark::DoNotOptimize(out.data());
    }
}

/// Forty widths from a five-hundredth to a quarter of the extent, at the incidents themselves.
void gaussian_at_incidents(benchmark::State& state)
{
    const auto points = incidents(static_cast<std::size_t>(state.range(0)));
    const auto places = vigil::merged_places(points, {});
    for (auto _ : state) {
        for (int k = 0; k < 40; ++k) {
            const double sigma_m = side_m / 500 * std::pow(125.0, k / 39.0);
            benchmark::DoNotOptimize(vigil::gaussian_at(places, points, sigma_m).data());
        }
    }
}

BENCHMARK(gaussian_surface)
    ->ArgNames({"n", "side", "sigma_tenths"})
    ->ArgsProduct({{10'000, 100'000, 1'000'000}, {1000, 4000}, {20, 40, 79, 170, 3000}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK(gaussian_at_incidents)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

} // namespace
