#include "kernels/fdr.h"

#include <benchmark/benchmark.h>

#include <random>

namespace {

std::vector<double> noise(std::size_t n)
{
    std::mt19937_64 generator(1);
    std::uniform_real_distribution<double> uniform(0, 1);
    std::vector<double> p(n);
    for (double& one : p) {
        one = uniform(generator);
    }
    return p;
}

void adjust(benchmark::State& state)
{
    const std::vector<double> p = noise(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        benchmark::DoNotOptimize(vigil::benjamini_hochberg(p));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(adjust)->RangeMultiplier(10)->Range(10'000, 1'000'000)->Unit(benchmark::kMillisecond);

} // namespace
