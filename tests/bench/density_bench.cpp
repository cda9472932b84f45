#include "kernels/density.h"
#include "kernels/density/cross_validation.h"

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

/// Bandwidths between half and twice `h`, each its own.
std::vector<double> bandwidths(std::size_t n, double h)
{
    std::mt19937_64 generator(12);
    std::uniform_real_distribution<double> octaves(-1, 1);
    std::vector<double> each(n);
    for (double& one : each) {
        one = h * std::exp2(octaves(generator));
    }
    return each;
}

void report(benchmark::State& state, vigil::KernelShape shape)
{
    state.SetLabel(vigil::name_of(shape));
    state.SetItemsProcessed(state.iterations() * state.range(0));
    // rows that the kernels touch, together: seconds for each of them
    state.counters["s_per_point_row"] =
        benchmark::Counter(static_cast<double>(state.range(0) * state.range(2)) * 2,
                           benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
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
    report(state, options.shape);
}

/// The same with a bandwidth for each incident.
void adaptive_density(benchmark::State& state)
{
    const auto points = incidents(static_cast<std::size_t>(state.range(0)));
    const std::int64_t side = state.range(1);
    const double cell_m = side_m / static_cast<double>(side);
    const auto each = bandwidths(points.size(), static_cast<double>(state.range(2)) * cell_m);
    const vigil::Grid grid{.left_x = 0, .top_y = side_m, .cell_m = cell_m, .rows = side, .cols = side};
    const vigil::DensityOptions options{.shape = static_cast<vigil::KernelShape>(state.range(3))};
    for (auto _ : state) {
        benchmark::DoNotOptimize(vigil::density(points, {}, each, grid, options).raster.values.data());
    }
    report(state, options.shape);
}

/// Arguments: incidents. Forty values of a criterion.
void bandwidth_curve(benchmark::State& state)
{
    const auto points = incidents(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            vigil::bandwidth_curve(vigil::BandwidthCriterion::likelihood_cv, points, {}).chosen_sigma_m);
    }
    state.SetLabel("likelihood-cv");
}

constexpr auto quartic = static_cast<std::int64_t>(vigil::KernelShape::quartic);
constexpr auto triweight = static_cast<std::int64_t>(vigil::KernelShape::triweight);
constexpr auto triangular = static_cast<std::int64_t>(vigil::KernelShape::triangular);
constexpr auto cosine = static_cast<std::int64_t>(vigil::KernelShape::cosine);
constexpr auto gaussian = static_cast<std::int64_t>(vigil::KernelShape::gaussian);

BENCHMARK(density)
    ->ArgNames({"n", "side", "h", "kernel"})
    ->Args({10'000, 1000, 50, quartic})
    ->Args({100'000, 1000, 50, quartic})
    ->Args({1'000'000, 1000, 50, quartic})
    ->Args({1'000'000, 1000, 200, quartic})
    ->Args({100'000, 1000, 50, triweight})
    ->Args({100'000, 1000, 10, quartic})
    ->Args({100'000, 1000, 200, quartic})
    ->Args({100'000, 4000, 50, quartic})
    ->Args({100'000, 4000, 200, quartic})
    ->Args({10'000, 4000, 10, quartic}) // sparse: hardly more than writing the array
    ->Args({10'000, 1000, 50, triangular})
    ->Args({10'000, 1000, 50, cosine})
    ->Args({100'000, 1000, 17, gaussian})
    ->Args({1'000'000, 4000, 2, gaussian})
    ->Args({1'000'000, 4000, 17, gaussian})
    ->Args({1'000'000, 4000, 300, gaussian})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

BENCHMARK(adaptive_density)
    ->ArgNames({"n", "side", "h", "kernel"})
    ->Args({10'000, 256, 13, quartic})
    ->Args({100'000, 1000, 50, quartic})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

BENCHMARK(bandwidth_curve)
    ->ArgName("n")
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

} // namespace
