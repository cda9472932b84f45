#include "kernels/density.h"
#include "kernels/density/geodesic.h"

#include <benchmark/benchmark.h>

#include <random>
#include <vector>

namespace {

constexpr double cell_deg = 0.001;
constexpr double cell_m = 111.2;
constexpr std::int64_t side = 1000;

struct Unit {
    double east = 0;
    double south = 0;
};

std::vector<Unit> scatter(std::int64_t n)
{
    std::mt19937_64 generator(3);
    std::uniform_real_distribution<double> uniform(0, 1);
    std::vector<Unit> places;
    for (std::int64_t i = 0; i < n; ++i) {
        const double east = uniform(generator);
        places.push_back({east, uniform(generator)});
    }
    return places;
}

/// Arguments: places, bandwidth in cells of latitude, kernel. One degree square at 50 degrees north, where a
/// reach covers 1.56 times as many cells as in the plane.
void geodesic_density(benchmark::State& state)
{
    std::vector<vigil::LonLat> places;
    for (const Unit at : scatter(state.range(0))) {
        places.push_back({13 + at.east, 50 - at.south});
    }
    const vigil::DegreeGrid grid{
        .west_deg = 13, .north_deg = 50, .cell_deg = cell_deg, .rows = side, .cols = side};
    const vigil::GeodesicOptions options{.shape = static_cast<vigil::KernelShape>(state.range(2)),
                                         .bandwidth_m = static_cast<double>(state.range(1)) * cell_m};
    for (auto _ : state) {
        benchmark::DoNotOptimize(vigil::geodesic_density(places, {}, {}, grid, options).raster.values.data());
    }
    state.SetLabel(vigil::name_of(options.shape));
}

/// The plane's direct window sum on as many places and cells, to compare with.
void planar_windows(benchmark::State& state)
{
    std::vector<vigil::XY> places;
    for (const Unit at : scatter(state.range(0))) {
        places.push_back({at.east * side * cell_m, -at.south * side * cell_m});
    }
    const vigil::Grid grid{.left_x = 0, .top_y = 0, .cell_m = cell_m, .rows = side, .cols = side};
    const vigil::DensityOptions options{.shape = vigil::KernelShape::triangular,
                                        .bandwidth_m = static_cast<double>(state.range(1)) * cell_m};
    for (auto _ : state) {
        benchmark::DoNotOptimize(vigil::density(places, {}, grid, options).raster.values.data());
    }
}

void distance_table(benchmark::State& state)
{
    for (auto _ : state) {
        benchmark::DoNotOptimize(vigil::DistanceTable(static_cast<double>(state.range(0))).terms());
    }
}

constexpr auto quartic = static_cast<std::int64_t>(vigil::KernelShape::quartic);
constexpr auto triangular = static_cast<std::int64_t>(vigil::KernelShape::triangular);
constexpr auto gaussian = static_cast<std::int64_t>(vigil::KernelShape::gaussian);

BENCHMARK(geodesic_density)
    ->ArgNames({"n", "h", "kernel"})
    ->Args({4000, 10, quartic})
    ->Args({4000, 50, quartic})
    ->Args({1000, 200, quartic})
    ->Args({4000, 50, triangular})
    ->Args({4000, 7, gaussian})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();
BENCHMARK(planar_windows)
    ->ArgNames({"n", "h"})
    ->Args({4000, 10})
    ->Args({4000, 50})
    ->Args({1000, 200})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();
BENCHMARK(distance_table)->Arg(1'000'000)->Arg(10'000'000)->Unit(benchmark::kMillisecond);

} // namespace
