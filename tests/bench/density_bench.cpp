#include "kernels/density.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <vector>

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

/// Rows within reach of each place, added up: what the cost of a sweep is counted in.
double point_rows(const std::vector<vigil::XY>& points, const vigil::Grid& grid, double bandwidth_m)
{
    double sum = 0;
    for (const vigil::XY p : points) {
        const double south =
            std::fmin(grid.top_y - p.y + bandwidth_m, static_cast<double>(grid.rows) * grid.cell_m);
        sum += (south - std::fmax(grid.top_y - p.y - bandwidth_m, 0)) / grid.cell_m;
    }
    return sum;
}

void count(benchmark::State& state, const std::vector<vigil::XY>& points, double rows)
{
    using benchmark::Counter;
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(points.size()));
    state.counters["s_per_point_row"] = Counter(rows, Counter::kIsIterationInvariantRate | Counter::kInvert);
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
    count(state, points, point_rows(points, grid, options.bandwidth_m));
}

/// Worst for a sweep: all places in one line of cells, where all sums are long. Arguments as before.
void density_of_a_line(benchmark::State& state)
{
    auto points = incidents(static_cast<std::size_t>(state.range(0)));
    const std::int64_t side = state.range(1);
    const double cell_m = side_m / static_cast<double>(side);
    for (auto& p : points) {
        p.y = side_m / 2 + cell_m * p.y / side_m;
    }
    const vigil::Grid grid{.left_x = 0, .top_y = side_m, .cell_m = cell_m, .rows = side, .cols = side};
    const double bandwidth_m = static_cast<double>(state.range(2)) * cell_m;
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            vigil::density(points, {}, grid, {.bandwidth_m = bandwidth_m}).raster.values.data());
    }
    count(state, points, point_rows(points, grid, bandwidth_m));
}

/// A bandwidth for each place, over a factor of eight, as adaptive smoothing makes them. Arguments:
/// incidents, cells a side, narrowest bandwidth in cells.
void density_adaptive(benchmark::State& state)
{
    const auto points = incidents(static_cast<std::size_t>(state.range(0)));
    const std::int64_t side = state.range(1);
    const double cell_m = side_m / static_cast<double>(side);
    std::mt19937_64 generator(12);
    std::uniform_real_distribution<double> octaves(0, 3);
    std::vector<double> bandwidths_m;
    for (std::size_t i = 0; i < points.size(); ++i) {
        bandwidths_m.push_back(cell_m * static_cast<double>(state.range(2)) * std::exp2(octaves(generator)));
    }
    const vigil::Grid grid{.left_x = 0, .top_y = side_m, .cell_m = cell_m, .rows = side, .cols = side};
    for (auto _ : state) {
        benchmark::DoNotOptimize(vigil::density(points, {}, bandwidths_m, grid, {}).raster.values.data());
    }
    double rows = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        rows += point_rows({points[i]}, grid, bandwidths_m[i]);
    }
    count(state, points, rows);
}

constexpr auto quartic = static_cast<std::int64_t>(vigil::KernelShape::quartic);
constexpr auto epanechnikov = static_cast<std::int64_t>(vigil::KernelShape::epanechnikov);
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
    ->Args({1'000'000, 1000, 10, quartic})
    ->Args({1'000'000, 1000, 50, epanechnikov})
    ->Args({1'000'000, 1000, 50, triweight})
    ->Args({100'000, 4000, 50, quartic})
    ->Args({10'000, 4000, 10, quartic}) // sparse: hardly more than writing the raster
    ->Args({10'000, 1000, 50, triangular})
    ->Args({10'000, 1000, 50, cosine})
    ->Args({10'000, 1000, 17, gaussian})
    ->Args({100'000, 1000, 17, gaussian})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

BENCHMARK(density_of_a_line)
    ->ArgNames({"n", "side", "h"})
    ->Args({10'000, 1000, 50})
    ->Args({100'000, 1000, 50})
    ->Args({1'000'000, 1000, 50})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

BENCHMARK(density_adaptive)
    ->ArgNames({"n", "side", "least_h"})
    ->Args({10'000, 256, 4})
    ->Args({100'000, 256, 4})
    ->Args({1'000'000, 256, 4})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

} // namespace
