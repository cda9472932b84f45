#include "kernels/density.h"
#include "kernels/polygon_mask.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

namespace {

constexpr double side_m = 10000;

/// Thirty per cent scattered over a square of 10 km, the rest in forty clusters.
std::vector<vigil::XY> incidents(std::size_t n)
{
    std::mt19937_64 generator(11);
    std::uniform_real_distribution<double> uniform(0, 1);
    std::normal_distribution<double> normal;
    std::vector<vigil::XY> centres(40);
    for (auto& centre : centres) {
        centre = {uniform(generator) * side_m, uniform(generator) * side_m};
    }
    std::vector<vigil::XY> points;
    while (points.size() < n) {
        vigil::XY p{uniform(generator) * side_m, uniform(generator) * side_m};
        if (uniform(generator) > 0.3) {
            const auto& centre = centres[generator() % centres.size()];
            p = {centre.x + 200 * normal(generator), centre.y + 200 * normal(generator)};
        }
        if (p.x >= 0 && p.x < side_m && p.y >= 0 && p.y < side_m) {
            points.push_back(p);
        }
    }
    return points;
}

/// Arguments: incidents, cells a side, bandwidth in cells, kernel.
void density(benchmark::State& state)
{
    const auto points = incidents(static_cast<std::size_t>(state.range(0)));
    const std::int64_t side = state.range(1);
    const double cell_m = side_m / static_cast<double>(side);
    const vigil::Grid grid{.left_x = 0, .top_y = side_m, .cell_m = cell_m, .rows = side, .cols = side};
    const vigil::DensityOptions options{.shape = static_cast<vigil::KernelShape>(state.range(3)),
                                        .bandwidth_m = static_cast<double>(state.range(2)) * cell_m};
    for (auto _ : state) {
        benchmark::DoNotOptimize(vigil::density(points, {}, grid, options).raster.values.data());
    }
    state.SetLabel(vigil::name_of(options.shape));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

constexpr auto quartic = static_cast<std::int64_t>(vigil::KernelShape::quartic);
constexpr auto triweight = static_cast<std::int64_t>(vigil::KernelShape::triweight);
constexpr auto triangular = static_cast<std::int64_t>(vigil::KernelShape::triangular);
constexpr auto gaussian = static_cast<std::int64_t>(vigil::KernelShape::gaussian);

BENCHMARK(density)
    ->ArgNames({"n", "side", "h", "kernel"})
    ->Args({10'000, 1000, 50, quartic})
    ->Args({100'000, 1000, 50, quartic})
    ->Args({1'000'000, 1000, 50, quartic})
    ->Args({100'000, 1000, 50, triweight})
    ->Args({100'000, 1000, 10, quartic})
    ->Args({100'000, 1000, 200, quartic})
    ->Args({100'000, 4000, 200, quartic})
    ->Args({10'000, 1000, 50, triangular})
    ->Args({10'000, 1000, 17, gaussian})
    ->Args({100'000, 1000, 17, gaussian})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

} // namespace
