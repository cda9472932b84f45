// Conditional permutation: fishnets, places with hundreds of different numbers of neighbours, general
// weights.
#include "kernels/getis_ord.h"
#include "kernels/inference/permutation.h"
#include "kernels/inference/permutation_p.h"
#include "libgeo/random.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <vector>

using namespace vigil;

namespace {

/// Mostly empty cells with a skewed tail, as incidents fall.
double skewed(std::size_t i, bool whole)
{
    const double u = Random(1, i).uniform(0);
    return u < 0.8 ? 0 : whole ? std::floor(1 / (1.0001 - u)) : 1 / (1.0001 - u);
}

struct Work {
    std::vector<double> values;
    std::vector<std::int32_t> neighbours;
    std::vector<double> sums;
};

/// Cells of a square fishnet with the 36 cells around them that lie within 3.3 cells.
Work fishnet(std::int64_t side, bool whole)
{
    Work work;
    for (std::int64_t i = 0; i < side * side; ++i) {
        work.values.push_back(skewed(static_cast<std::size_t>(i), whole));
    }
    for (std::int64_t row = 0; row < side; ++row) {
        for (std::int64_t col = 0; col < side; ++col) {
            std::int32_t k = 0;
            double sum = 0;
            for (std::int64_t r = row - 3; r <= row + 3; ++r) {
                for (std::int64_t c = col - 3; c <= col + 3; ++c) {
                    const std::int64_t far2 = (r - row) * (r - row) + (c - col) * (c - col);
                    if (r >= 0 && r < side && c >= 0 && c < side && far2 > 0 && far2 <= 10) {
                        sum += work.values[static_cast<std::size_t>(r * side + c)];
                        ++k;
                    }
                }
            }
            work.neighbours.push_back(k);
            work.sums.push_back(sum);
        }
    }
    return work;
}

/// Features with `different` numbers of neighbours, the commonest the smallest; sums as the null gives them.
Work places(std::size_t n, std::uint32_t different, bool whole)
{
    Work work;
    for (std::size_t i = 0; i < n; ++i) {
        work.values.push_back(skewed(i, whole));
        const double u = Random(2, i).uniform(0);
        work.neighbours.push_back(1 + static_cast<std::int32_t>(different * u * u));
    }
    for (std::size_t i = 0; i < n; ++i) {
        const auto from = static_cast<std::size_t>(Random(2, i).uniform(1) * static_cast<double>(n - 500));
        double sum = 0;
        for (std::size_t j = from; j < from + static_cast<std::size_t>(work.neighbours[i]); ++j) {
            sum += work.values[j];
        }
        work.sums.push_back(sum);
    }
    return work;
}

/// side of the fishnet, draws, counts (1) or weights (0)
void sums_of_fishnet(benchmark::State& state)
{
    const Work work = fishnet(state.range(0), state.range(2) == 1);
    const PermutationOptions options{.draws = static_cast<std::uint32_t>(state.range(1))};
    for (auto _ : state) {
        benchmark::DoNotOptimize(permute_sums(work.values, work.neighbours, work.sums, options));
    }
}
BENCHMARK(sums_of_fishnet)
    ->Args({316, 999, 1})
    ->Args({1000, 999, 1})
    ->Args({1000, 9999, 1})
    ->Args({1000, 99999, 1})
    ->Args({1000, 99999, 0})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// features, draws, counts (1) or weights (0); 402 different numbers of neighbours
void sums_of_places(benchmark::State& state)
{
    const Work work = places(static_cast<std::size_t>(state.range(0)), 402, state.range(2) == 1);
    const PermutationOptions options{.draws = static_cast<std::uint32_t>(state.range(1))};
    for (auto _ : state) {
        benchmark::DoNotOptimize(permute_sums(work.values, work.neighbours, work.sums, options));
    }
}
BENCHMARK(sums_of_places)
    ->Args({100000, 999, 1})
    ->Args({1000000, 999, 1})
    ->Args({1000000, 999, 0})
    ->Args({1000000, 99999, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// features, draws: weights that fall with distance, no two rows alike (0) or all (1); 36 neighbours
void weighted_sums_of(benchmark::State& state)
{
    const auto n = static_cast<std::size_t>(state.range(0));
    std::vector<double> values;
    Weights weights;
    for (std::size_t i = 0; i < n; ++i) {
        values.push_back(skewed(i, true));
        for (std::size_t j = 0; j < 36; ++j) {
            weights.neighbour.push_back(static_cast<std::uint32_t>((i + j + 1) % n));
            const double fall = std::exp(-0.05 * static_cast<double>(j));
            weights.weight.push_back(state.range(2) == 1 ? fall : fall * (0.5 + Random(3, i).uniform(j)));
        }
        weights.end.push_back(weights.neighbour.size());
    }
    const PermutationOptions options{.draws = static_cast<std::uint32_t>(state.range(1))};
    for (auto _ : state) {
        benchmark::DoNotOptimize(permute_weighted_sums(values, weights, options));
    }
}
BENCHMARK(weighted_sums_of)
    ->Args({10000, 999, 0})
    ->Args({100000, 999, 0})
    ->Args({100000, 999, 1})
    ->Args({100000, 9999, 0})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// features, draws, counts (1) or weights (0); 36 neighbours
void squared_differences_of(benchmark::State& state)
{
    const auto n = static_cast<std::size_t>(state.range(0));
    std::vector<double> values;
    for (std::size_t i = 0; i < n; ++i) {
        values.push_back(skewed(i, state.range(2) == 1) +
                         (state.range(2) == 1 ? 0 : Random(4, i).uniform(0)));
    }
    const std::vector<std::int32_t> neighbours(n, 36);
    std::vector<double> statistics(n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 1; j <= 36; ++j) {
            const double off = values[i] - values[(i + j) % n];
            statistics[i] += off * off;
        }
    }
    const PermutationOptions options{.draws = static_cast<std::uint32_t>(state.range(1))};
    for (auto _ : state) {
        benchmark::DoNotOptimize(permute_squared_differences(values, neighbours, statistics, options));
    }
}
BENCHMARK(squared_differences_of)
    ->Args({100000, 999, 1})
    ->Args({100000, 999, 0})
    ->Args({1000000, 9999, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// different counts of 99,999 draws
void intervals(benchmark::State& state)
{
    PermutationCounts counts;
    for (std::uint32_t k = 0; k < state.range(0); ++k) {
        counts.at_least.push_back(k);
        counts.at_most.push_back(99999 - k);
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(permutation_p_interval(counts, 99999));
    }
}
BENCHMARK(intervals)->Arg(1000)->Arg(50000)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace
