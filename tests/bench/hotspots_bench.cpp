// What `vigil hotspots` computes between reading and writing: Gi*, permutations, exact tails, false discovery
// rate and bins. Places and cells are invented like those of script/bench-hotspots-peers.
#include "kernels/aggregate.h"
#include "kernels/fdr.h"
#include "kernels/getis_ord.h"
#include "kernels/inference/permutation.h"
#include "kernels/inference/permutation_p.h"
#include "kernels/inference/subset_tail.h"
#include "libgeo/random.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

using namespace vigil;

namespace {

/// Places, 40 to the square kilometre, 60 % of them in clusters of unequal size and spread.
std::vector<XY> clustered_places(std::size_t n)
{
    const double side_m = 1000 * std::sqrt(static_cast<double>(n) / 40);
    const double clusters = 20 + std::floor(static_cast<double>(n) / 500);
    std::vector<XY> places;
    for (std::uint64_t i = 0; places.size() < n; ++i) {
        const Random random(1, i);
        XY place{side_m * random.uniform(0), side_m * random.uniform(1)};
        if (random.uniform(2) > 0.4) {
            const Random cluster(
                2, static_cast<std::uint64_t>(clusters * random.uniform(3) * random.uniform(4)));
            const double spread_m = 250 * std::exp(1.8 * cluster.uniform(2));
            const double far_m = spread_m * std::sqrt(-2 * std::log(1 - random.uniform(5)));
            const double turn = 2 * std::numbers::pi * random.uniform(6);
            place = {side_m * cluster.uniform(0) + far_m * std::cos(turn),
                     side_m * cluster.uniform(1) + far_m * std::sin(turn)};
        }
        if (place.x >= 0 && place.x < side_m && place.y >= 0 && place.y < side_m) {
            places.push_back({std::round(10 * place.x) / 10, std::round(10 * place.y) / 10});
        }
    }
    return places;
}

/// Counts from 1, most of them small.
std::vector<double> skewed_counts(std::size_t n)
{
    std::vector<double> counts;
    for (std::size_t i = 0; i < n; ++i) {
        const Random random(3, i);
        counts.push_back(1 + std::floor(-6 * std::log(1 - random.uniform(0)) * random.uniform(1)));
    }
    return counts;
}

/// Counts in cells of 250 m, 0.7 to a cell on average, and more in 60 patches.
Raster<double> patchy_counts(std::int64_t side)
{
    Raster<double> counts(Grid{.left_x = 0, .top_y = 0, .cell_m = 250, .rows = side, .cols = side});
    std::vector<double> mean(counts.values.size(), 0.7);
    const auto cells = static_cast<double>(side);
    for (std::uint64_t k = 0; k < 60; ++k) {
        const Random patch(4, k);
        const double wide = 2 + patch.uniform(0) * (0.03 * cells + 1);
        const double row0 = cells * patch.uniform(1);
        const double col0 = cells * patch.uniform(2);
        for (std::size_t i = 0; i < mean.size(); ++i) {
            const double up = static_cast<double>(static_cast<std::int64_t>(i) / side) - row0;
            const double along = static_cast<double>(static_cast<std::int64_t>(i) % side) - col0;
            const double far = (up * up + along * along) / (2 * wide * wide);
            mean[i] += far < 4.5 ? (1 + 7 * patch.uniform(3)) * std::exp(-far) : 0;
        }
    }
    for (std::size_t i = 0; i < mean.size(); ++i) {
        const Random random(5, i);
        std::uint64_t draw = 0;
        for (double left = random.uniform(draw); left > std::exp(-mean[i]); left *= random.uniform(++draw)) {
            counts.values[i] += 1; // Poisson, by Knuth's products
        }
    }
    return counts;
}

/// All that follows the statistic; draws 0 leaves out the permutations.
std::int64_t hot_features(std::span<const double> values, const GetisOrd& found, std::uint32_t draws)
{
    std::vector<std::int32_t> others = found.neighbours;
    std::vector<double> sums = found.sum;
    for (std::size_t i = 0; i < values.size(); ++i) {
        --others[i]; // Gi* counts the feature itself, and permutation leaves it in its place
        sums[i] -= values[i];
    }
    if (draws > 0) {
        const PermutationCounts counts = permute_sums(values, others, sums, {.draws = draws});
        benchmark::DoNotOptimize(permutation_p(counts, draws));
    }
    benchmark::DoNotOptimize(subset_tails(values, others, sums));
    const std::vector<double> q = benjamini_hochberg(found.p);
    std::int64_t hot = 0;
    for (std::size_t i = 0; i < q.size(); ++i) {
        hot += confidence_bin(found.z[i], q[i]) > 0 ? 1 : 0;
    }
    return hot;
}

void describe(benchmark::State& state, const GetisOrd& found, std::int64_t hot)
{
    double neighbours = 0;
    for (const std::int32_t k : found.neighbours) {
        neighbours += k;
    }
    const auto n = static_cast<std::int64_t>(found.neighbours.size());
    state.counters["neighbours"] = neighbours / static_cast<double>(n);
    state.counters["hot"] = static_cast<double>(hot);
    state.SetItemsProcessed(state.iterations() * n);
}

/// places, draws; everything within 200 m is a neighbour
void hotspots_of_places(benchmark::State& state)
{
    const MergedPlaces merged =
        merge_coincident(clustered_places(static_cast<std::size_t>(state.range(0))), {});
    const std::vector<double> values = skewed_counts(merged.places.size());
    const auto draws = static_cast<std::uint32_t>(state.range(1));
    GetisOrd found;
    std::int64_t hot = 0;
    for (auto _ : state) {
        found = getis_ord_band(merged.places, values, 200.05, HotspotStatistic::gi_star);
        hot = hot_features(values, found, draws);
    }
    describe(state, found, hot);
}
BENCHMARK(hotspots_of_places)
    ->Args({10000, 999})
    ->Args({100000, 999})
    ->Args({1000000, 999})
    ->Args({1000000, 0})
    ->Args({1000000, 99999})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// side of the grid, draws; 37 cells within 800.5 m, itself among them
void hotspots_of_cells(benchmark::State& state)
{
    const Raster<double> counts = patchy_counts(state.range(0));
    const Stencil stencil = disc_stencil(counts.grid, 800.5);
    const auto draws = static_cast<std::uint32_t>(state.range(1));
    GetisOrd found;
    std::int64_t hot = 0;
    for (auto _ : state) {
        found = getis_ord_grid(counts, stencil, HotspotStatistic::gi_star);
        hot = hot_features(counts.values, found, draws);
    }
    describe(state, found, hot);
}
BENCHMARK(hotspots_of_cells)
    ->Args({100, 999})
    ->Args({316, 999})
    ->Args({1000, 999})
    ->Args({1000, 0})
    ->Args({1000, 99999})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

} // namespace
