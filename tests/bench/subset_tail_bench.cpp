#include "kernels/inference/subset_tail.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

namespace {

struct Features {
    std::vector<double> values;
    std::vector<std::int32_t> neighbours;
    std::vector<double> sums;
};

/// Skewed counts (mean 3, up to about 40) with sums over random neighbours, some in hot places;
/// `most` different numbers of neighbours up to `most`. `jitter` makes values that are not
/// whole.
Features features(std::size_t n, std::int32_t least, std::int32_t most, double jitter)
{
    std::mt19937_64 generator(1);
    std::uniform_real_distribution<double> uniform(0, 1);
    Features f;
    for (std::size_t i = 0; i < n; ++i) {
        f.values.push_back(std::floor(-3 * std::log(1 - uniform(generator))) + jitter * uniform(generator));
    }
    for (std::size_t i = 0; i < n; ++i) {
        const auto spread = static_cast<double>(most - least);
        const auto k = least + static_cast<std::int32_t>(spread * std::pow(uniform(generator), 3));
        const bool hot = i % 20 == 0;
        double sum = 0;
        for (std::int32_t d = 0; d < k; ++d) {
            const double a = f.values[generator() % n];
            sum += hot ? std::max(a, f.values[generator() % n]) : a;
        }
        f.neighbours.push_back(k);
        f.sums.push_back(sum);
    }
    return f;
}

void run(benchmark::State& state, const Features& f)
{
    for (auto _ : state) {
        benchmark::DoNotOptimize(vigil::subset_tails(f.values, f.neighbours, f.sums));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void counts_of_36_neighbours(benchmark::State& state)
{
    run(state, features(static_cast<std::size_t>(state.range(0)), 36, 36, 0));
}
BENCHMARK(counts_of_36_neighbours)
    ->RangeMultiplier(10)
    ->Range(10'000, 1'000'000)
    ->Unit(benchmark::kMillisecond);

void counts_of_up_to_400_neighbours(benchmark::State& state)
{
    run(state, features(static_cast<std::size_t>(state.range(0)), 1, 400, 0));
}
BENCHMARK(counts_of_up_to_400_neighbours)
    ->RangeMultiplier(10)
    ->Range(10'000, 1'000'000)
    ->Unit(benchmark::kMillisecond);

void rates_of_36_neighbours(benchmark::State& state)
{
    run(state, features(static_cast<std::size_t>(state.range(0)), 36, 36, .9));
}
BENCHMARK(rates_of_36_neighbours)->RangeMultiplier(10)->Range(1'000, 100'000)->Unit(benchmark::kMillisecond);

void rates_of_up_to_400_neighbours(benchmark::State& state)
{
    run(state, features(static_cast<std::size_t>(state.range(0)), 1, 400, .9));
}
BENCHMARK(rates_of_up_to_400_neighbours)
    ->RangeMultiplier(10)
    ->Range(1'000, 100'000)
    ->Unit(benchmark::kMillisecond);

} // namespace
