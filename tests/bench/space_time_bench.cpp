#include "kernels/contours.h"
#include "kernels/density.h"
#include "kernels/density/space_time.h"
#include "kernels/percent_volume.h"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <random>
#include <vector>

namespace {

constexpr double side_m = 10000;
constexpr vigil::Seconds day = 86400;

struct Incidents {
    std::vector<vigil::XY> points;
    std::vector<vigil::TimeSpan> times;
};

/// A year of incidents in a square of 10 km: thirty per cent scattered, the rest in forty clusters; `months`
/// of a hundred are known by their month only (thirty days).
Incidents incidents(std::size_t n, unsigned months)
{
    std::mt19937_64 generator(12);
    std::uniform_real_distribution<double> uniform(0, 1);
    std::normal_distribution<double> normal;
    std::vector<vigil::XY> centres(40);
    for (auto& centre : centres) {
        centre = {uniform(generator) * side_m, uniform(generator) * side_m};
    }
    Incidents all;
    while (all.points.size() < n) {
        vigil::XY p{uniform(generator) * side_m, uniform(generator) * side_m};
        if (uniform(generator) > 0.3) {
            const auto& centre = centres[generator() % centres.size()];
            p = {centre.x + 200 * normal(generator), centre.y + 200 * normal(generator)};
        }
        auto t = static_cast<vigil::Seconds>(uniform(generator) * 365 * day);
        const bool month = generator() % 100 < months;
        t = month ? t / (30 * day) * (30 * day) : t;
        all.points.push_back(p);
        all.times.push_back({t, month ? t + 30 * day : t});
    }
    return all;
}

vigil::Grid square(std::int64_t side)
{
    return {.left_x = 0,
            .top_y = side_m,
            .cell_m = side_m / static_cast<double>(side),
            .rows = side,
            .cols = side};
}

/// Arguments: incidents, cells a side, bandwidth in cells, slices in the year, kernel in time, way, % months.
void space_time(benchmark::State& state)
{
    const auto all =
        incidents(static_cast<std::size_t>(state.range(0)), static_cast<unsigned>(state.range(6)));
    const vigil::Grid grid = square(state.range(1));
    const vigil::SpaceTimeOptions options{.bandwidth_m = static_cast<double>(state.range(2)) * grid.cell_m,
                                          .time_shape = static_cast<vigil::TimeShape>(state.range(4)),
                                          .time_bandwidth_s = 30.0 * day,
                                          .way = static_cast<vigil::SpaceTimeWay>(state.range(5))};
    std::vector<vigil::Seconds> slices;
    for (std::int64_t k = 0; k < state.range(3); ++k) {
        slices.push_back((2 * k + 1) * 365 * day / (2 * state.range(3)));
    }
    vigil::SpaceTimeSummary summary;
    for (auto _ : state) {
        summary = vigil::space_time_density(all.points, {}, all.times, grid, options, slices,
                                            [](std::size_t, const vigil::Raster<double>& raster) {
                                                benchmark::DoNotOptimize(raster.values.data());
                                            });
    }
    state.SetLabel(summary.way == vigil::SpaceTimeWay::moments ? "moments" : "direct");
    state.SetItemsProcessed(state.iterations() * state.range(3));
}

/// Arguments: cells a side. Levels of 50, 75 and 95 % of a density and their contours.
void percent_volume_contours(benchmark::State& state)
{
    const vigil::Grid grid = square(state.range(0));
    const auto raster = vigil::density(incidents(100'000, 0).points, {}, grid, {.bandwidth_m = 500}).raster;
    for (auto _ : state) {
        const std::vector<double> percents = {95, 75, 50};
        const auto levels = vigil::percent_volume_levels(raster, percents);
        benchmark::DoNotOptimize(vigil::contours(raster, levels).areas.xy.data());
    }
}

constexpr auto epanechnikov = static_cast<std::int64_t>(vigil::TimeShape::epanechnikov);
constexpr auto quartic = static_cast<std::int64_t>(vigil::TimeShape::quartic);
constexpr auto automatic = static_cast<std::int64_t>(vigil::SpaceTimeWay::automatic);
constexpr auto direct = static_cast<std::int64_t>(vigil::SpaceTimeWay::direct);
constexpr auto moments = static_cast<std::int64_t>(vigil::SpaceTimeWay::moments);

BENCHMARK(space_time)
    ->ArgNames({"n", "side", "h", "slices", "kernel", "way", "months"})
    ->Args({100'000, 500, 25, 12, epanechnikov, direct, 0})
    ->Args({100'000, 500, 25, 12, epanechnikov, moments, 0})
    ->Args({100'000, 500, 25, 120, epanechnikov, direct, 0})
    ->Args({100'000, 500, 25, 120, epanechnikov, moments, 0})
    ->Args({100'000, 500, 25, 120, quartic, moments, 0})
    ->Args({100'000, 500, 25, 365, epanechnikov, direct, 0})
    ->Args({100'000, 500, 25, 365, epanechnikov, moments, 0})
    ->Args({100'000, 500, 25, 365, epanechnikov, automatic, 50})
    ->Args({10'000, 500, 25, 120, epanechnikov, automatic, 0})
    ->Args({1'000'000, 500, 25, 120, epanechnikov, automatic, 0})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

BENCHMARK(percent_volume_contours)
    ->ArgName("side")
    ->Arg(500)
    ->Arg(1000)
    ->Arg(4000)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

} // namespace
