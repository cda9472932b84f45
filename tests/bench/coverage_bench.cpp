#include "kernels/coverage.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

namespace {

using vigil::XY;

/// Incidents around 300 centres of different pull in a square of 50 km, as in a large city.
std::vector<XY> city(std::size_t n)
{
    std::mt19937_64 generator(1);
    std::uniform_real_distribution<double> uniform(0, 50000);
    std::normal_distribution<double> spread(0, 900);
    std::vector<XY> centres(300);
    for (XY& centre : centres) {
        centre = {uniform(generator), uniform(generator)};
    }
    std::vector<XY> places(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double pull = uniform(generator) / 50000;
        const XY centre = centres[static_cast<std::size_t>(pull * pull * 300)];
        places[i] = {centre.x + spread(generator), centre.y + spread(generator)};
    }
    return places;
}

/// The worst case: nothing lies together, so every place has its own candidates.
std::vector<XY> scattered(std::size_t n)
{
    std::mt19937_64 generator(1);
    std::uniform_real_distribution<double> uniform(0, 1500 * std::sqrt(static_cast<double>(n)));
    std::vector<XY> places(n);
    for (XY& p : places) {
        p = {uniform(generator), uniform(generator)};
    }
    return places;
}

void cover(benchmark::State& state, const std::vector<XY>& places)
{
    for (auto _ : state) {
        benchmark::DoNotOptimize(vigil::max_coverage(places, {}, {}, {.max_circles = 200, .min_count = 5}));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void cover_city(benchmark::State& state)
{
    cover(state, city(static_cast<std::size_t>(state.range(0))));
}
BENCHMARK(cover_city)
    ->RangeMultiplier(10)
    ->Range(5'000, 500'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void cover_scattered(benchmark::State& state)
{
    cover(state, scattered(static_cast<std::size_t>(state.range(0))));
}
BENCHMARK(cover_scattered)
    ->RangeMultiplier(10)
    ->Range(1'000, 100'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

} // namespace
