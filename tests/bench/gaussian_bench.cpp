#include "kernels/density/gaussian.h"
#include "libgeo/random.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <numbers>

namespace {

constexpr double side_m = 10000;

/// Thirty per cent scattered over a square of 10 km, the rest in forty clusters, with weights.
std::vector<vigil::Place> incidents(std::size_t n)
{
    std::vector<vigil::XY> points;
    std::vector<double> weights;
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(11, i);
        const vigil::Random cluster(12, static_cast<std::uint64_t>(40 * random.uniform(0)));
        const double away_m = 200 * std::sqrt(-2 * std::log(1 - random.uniform(1)));
        const double angle = 2 * std::numbers::pi * random.uniform(2);
        const bool scattered = random.uniform(3) < 0.3;
        points.push_back(scattered ? vigil::XY{side_m * random.uniform(4), side_m * random.uniform(5)}
                                   : vigil::XY{side_m * cluster.uniform(0) + away_m * std::cos(angle),
                                               side_m * cluster.uniform(1) + away_m * std::sin(angle)});
        weights.push_back(0.5 + random.uniform(6));
    }
    return vigil::merged_places(points, weights);
}

/// Arguments: incidents, cells a side, sigma in hundredths of a cell.
void surface(benchmark::State& state)
{
    const auto places = incidents(static_cast<std::size_t>(state.range(0)));
    const std::int64_t side = state.range(1);
    const double cell_m = side_m / static_cast<double>(side);
    const vigil::Grid grid{.left_x = 0, .top_y = side_m, .cell_m = cell_m, .rows = side, .cols = side};
    std::vector<double> out(static_cast<std::size_t>(grid.cells()));
    for (auto _ : state) {
        const double sigma_m = static_cast<double>(state.range(2)) / 100 * cell_m;
        vigil::GaussianSurface(places, grid, sigma_m, 1e-9).rows(0, side, out.data());
        benchmark::DoNotOptimize(out.data());
    }
}

/// Forty bandwidths from a 500th to a quarter of the extent, asked at the places themselves.
void forty_bandwidths(benchmark::State& state)
{
    const auto places = incidents(static_cast<std::size_t>(state.range(0)));
    std::vector<vigil::XY> targets;
    for (const auto& place : places) {
        targets.push_back({place.x, place.y});
    }
    for (auto _ : state) {
        for (int k = 0; k < 40; ++k) {
            const double sigma_m = side_m / 500 * std::pow(125, k / 39.0);
            benchmark::DoNotOptimize(vigil::gaussian_at(places, targets, sigma_m, 1e-9).data());
        }
    }
}

BENCHMARK(surface)
    ->ArgNames({"n", "side", "sigma"})
    ->Args({100'000, 1000, 1667})
    ->Args({1'000'000, 4000, 200})
    ->Args({1'000'000, 4000, 450})
    ->Args({1'000'000, 4000, 510})
    ->Args({1'000'000, 4000, 6700})
    ->Args({1'000'000, 4000, 100'000})
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(forty_bandwidths)
    ->Arg(100'000)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

} // namespace
