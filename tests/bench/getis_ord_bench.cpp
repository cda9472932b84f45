// Gi* on fishnets and of places: three sizes a factor of ten apart; 4 million cells at bands from the nearest
// cells to beyond the grid.
#include "kernels/aggregate.h"
#include "kernels/getis_ord.h"
#include "libgeo/random.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <vector>

using namespace vigil;

namespace {

/// Mostly empty cells with a skewed tail, as incidents fall.
Raster<double> skewed_grid(std::int64_t side, bool whole)
{
    Raster<double> grid(Grid{.left_x = 0, .top_y = 0, .cell_m = 100, .rows = side, .cols = side});
    for (std::size_t i = 0; i < grid.values.size(); ++i) {
        const double u = Random(1, i).uniform(0);
        grid.values[i] = u < 0.8 ? 0 : whole ? std::floor(1 / (1.0001 - u)) : 1 / (1.0001 - u);
    }
    return grid;
}

/// Places around a hundred towns, some of them large.
std::vector<XY> towns(std::size_t n)
{
    std::vector<XY> places;
    for (std::size_t i = 0; i < n; ++i) {
        const Random random(2, i);
        const auto town = static_cast<std::uint64_t>(100 * random.uniform(0) * random.uniform(1));
        const double far = 4000 * std::sqrt(-2 * std::log(1 - random.uniform(2)));
        const double turn = 6.283185307179586 * random.uniform(3);
        places.push_back({1e5 * Random(3, town).uniform(0) + far * std::cos(turn),
                          1e5 * Random(3, town).uniform(1) + far * std::sin(turn)});
    }
    return places;
}

double mean_neighbours(const GetisOrd& result)
{
    double sum = 0;
    for (const std::int32_t k : result.neighbours) {
        sum += k;
    }
    return sum / static_cast<double>(result.neighbours.size());
}

/// side of the grid, radius of the band in cells, counts (1) or weights (0)
void gi_star_of_grid(benchmark::State& state)
{
    const Raster<double> grid = skewed_grid(state.range(0), state.range(2) == 1);
    const Stencil stencil = disc_stencil(grid.grid, 100 * static_cast<double>(state.range(1)));
    GetisOrd result;
    for (auto _ : state) {
        result = getis_ord_grid(grid, stencil, HotspotStatistic::gi_star);
    }
    state.counters["neighbours"] = mean_neighbours(result);
    state.SetItemsProcessed(state.iterations() * grid.grid.cells());
}
BENCHMARK(gi_star_of_grid)
    ->Args({100, 4, 1})
    ->Args({316, 4, 1})
    ->Args({1000, 4, 1})
    ->Args({1000, 4, 0})
    ->Args({1000, 50, 1})
    ->Args({2000, 10, 1})
    ->Args({2000, 100, 1})
    ->Args({2000, 300, 1})
    ->Args({2000, 3000, 1})
    ->Args({2000, 300, 0})
    ->Args({2000, 3000, 0})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// places; the band shrinks with them, so that about as many are neighbours
void gi_star_of_places(benchmark::State& state)
{
    const MergedPlaces merged = merge_coincident(towns(static_cast<std::size_t>(state.range(0))), {});
    const std::vector<double> values(merged.tally.count.begin(), merged.tally.count.end());
    const double band_m = 2e5 / std::sqrt(static_cast<double>(state.range(0)));
    GetisOrd result;
    for (auto _ : state) {
        result = getis_ord_band(merged.places, values, band_m, HotspotStatistic::gi_star);
    }
    state.counters["neighbours"] = mean_neighbours(result);
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(gi_star_of_places)
    ->Arg(10000)
    ->Arg(100000)
    ->Arg(1000000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

} // namespace
