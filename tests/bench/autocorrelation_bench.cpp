// Global and local autocorrelation of fishnets with 36 neighbours, three sizes a factor of ten apart.
#include "kernels/autocorrelation/global.h"
#include "kernels/autocorrelation/global_permutation.h"
#include "kernels/autocorrelation/join_counts.h"
#include "kernels/autocorrelation/local_geary.h"
#include "kernels/autocorrelation/local_join_counts.h"
#include "kernels/autocorrelation/local_moran.h"
#include "libgeo/random.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

using namespace vigil;

namespace {

struct Work {
    std::vector<double> values;
    Weights weights;
};

/// Skewed counts on a square of cells; the 36 neighbours are those within 3.2 cells of a cell.
Work cells(std::int64_t side, bool weighted)
{
    Work work;
    std::vector<XY> places;
    for (std::int64_t i = 0; i < side * side; ++i) {
        places.push_back({100.0 * static_cast<double>(i % side), 100.0 * static_cast<double>(i / side)});
        const double u = Random(1, static_cast<std::uint64_t>(i)).uniform(0);
        work.values.push_back(u < 0.8 ? 0 : std::floor(1 / (1.0001 - u)));
    }
    work.weights = distance_band(places, 320);
    if (weighted) {
        work.weights.weight.reserve(work.weights.links());
        for (std::size_t i = 0; i < places.size(); ++i) {
            for (const std::uint32_t j : work.weights.neighbours(i)) {
                work.weights.weight.push_back(100 / distance_m(places[i], places[j]));
            }
        }
    }
    return work;
}

template <typename Compute>
void run(benchmark::State& state, bool weighted, Compute compute)
{
    const Work work = cells(state.range(0), weighted);
    for (auto _ : state) {
        benchmark::DoNotOptimize(compute(work));
    }
    state.counters["links"] = static_cast<double>(work.weights.links());
    state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(0));
}

void global_moran(benchmark::State& state)
{
    run(state, false, [](const Work& w) { return moran(w.values, w.weights); });
}
void global_moran_weighted(benchmark::State& state)
{
    run(state, true, [](const Work& w) { return moran(w.values, w.weights); });
}
void global_general_g(benchmark::State& state)
{
    run(state, false, [](const Work& w) { return general_g(w.values, w.weights); });
}
void joins(benchmark::State& state)
{
    run(state, false, [](const Work& w) {
        std::vector<std::int32_t> colour;
        colour.reserve(w.values.size());
        for (const double v : w.values) {
            colour.push_back(v > 0 ? 1 : 0);
        }
        return join_counts(colour, w.weights);
    });
}
void moran_of_each(benchmark::State& state)
{
    run(state, false, [](const Work& w) { return local_moran(w.values, w.weights); });
}
void moran_of_each_weighted(benchmark::State& state)
{
    run(state, true, [](const Work& w) { return local_moran(w.values, w.weights); });
}
void geary_of_each(benchmark::State& state)
{
    run(state, false, [](const Work& w) { return local_geary(w.values, w.weights); });
}
void joins_of_each(benchmark::State& state)
{
    run(state, false, [](const Work& w) {
        std::vector<double> marked;
        marked.reserve(w.values.size());
        for (const double v : w.values) {
            marked.push_back(v > 0 ? 1 : 0);
        }
        return local_join_counts(marked, w.weights);
    });
}
void moran_of_999_orders(benchmark::State& state)
{
    run(state, false,
        [](const Work& w) { return permute_global(w.values, w.weights, GlobalStatistic::moran); });
}

void sizes(benchmark::internal::Benchmark* bench)
{
    bench->Arg(100)->Arg(316)->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();
}
BENCHMARK(global_moran)->Apply(sizes);
BENCHMARK(global_moran_weighted)->Apply(sizes);
BENCHMARK(global_general_g)->Apply(sizes);
BENCHMARK(joins)->Apply(sizes);
BENCHMARK(moran_of_each)->Apply(sizes);
BENCHMARK(moran_of_each_weighted)->Apply(sizes);
BENCHMARK(geary_of_each)->Apply(sizes);
BENCHMARK(joins_of_each)->Apply(sizes);
BENCHMARK(moran_of_999_orders)
    ->Arg(100)
    ->Arg(316)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(1);

} // namespace
