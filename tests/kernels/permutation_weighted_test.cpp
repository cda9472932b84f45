#include "kernels/inference/permutation.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

using namespace vigil;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// How often a statistic of the first k of all orders of `others` is >= and <= the observed one, within 1e-9.
struct Tails {
    double at_least = 0;
    double at_most = 0;
};
using Statistic = std::function<double(const std::vector<double>&)>;
Tails of_all_orders(std::vector<double> others, const Statistic& statistic, double observed)
{
    std::vector<std::size_t> order(others.size());
    std::iota(order.begin(), order.end(), 0U);
    Tails tails;
    double orders = 0;
    do {
        std::vector<double> arranged;
        for (const std::size_t j : order) {
            arranged.push_back(others[j]);
        }
        const double simulated = statistic(arranged);
        orders += 1;
        tails.at_least += simulated >= observed - 1e-9 ? 1 : 0;
        tails.at_most += simulated <= observed + 1e-9 ? 1 : 0;
    } while (std::next_permutation(order.begin(), order.end()));
    return {tails.at_least / orders, tails.at_most / orders};
}

std::vector<double> without(const std::vector<double>& values, std::size_t i)
{
    std::vector<double> others;
    for (std::size_t j = 0; j < values.size(); ++j) {
        if (j != i && !std::isnan(values[j])) {
            others.push_back(values[j]);
        }
    }
    return others;
}

double z_of(std::uint32_t count, double p, std::uint32_t draws)
{
    const double variance = draws * p * (1 - p);
    const double off = count - p * draws;
    return variance > 1e-9 * draws ? off / std::sqrt(variance) : std::fabs(off) < 0.5 ? 0 : 1e9;
}

/// Feature i is linked to the next `links` after it, round the end, with weights that depend on the link
/// only.
Weights ring(std::size_t n, const std::vector<double>& weights)
{
    Weights ring;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t l = 0; l < weights.size(); ++l) {
            ring.neighbour.push_back(static_cast<std::uint32_t>((i + l + 1) % n));
            ring.weight.push_back(weights[l]);
        }
        ring.end.push_back(ring.neighbour.size());
    }
    return ring;
}

/// The same with weights that are all different.
Weights uneven_ring(std::size_t n, std::size_t links)
{
    Weights weights = ring(n, std::vector<double>(links, 1));
    for (std::size_t l = 0; l < weights.links(); ++l) {
        weights.weight[l] = 0.1 + Random(21, l).uniform(0);
    }
    return weights;
}

std::vector<double> noise(std::size_t n, bool whole)
{
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double u = Random(17, i).uniform(0);
        values[i] = whole ? std::floor(1 / (1.05 - u)) - 1 : u;
    }
    return values;
}

/// Counts with a feature's own draws made one by one and every sum written out.
PermutationCounts slowly(const std::vector<double>& values, const Weights& weights, std::uint32_t draws)
{
    const std::size_t n = values.size();
    PermutationCounts counts{std::vector<std::uint32_t>(n), std::vector<std::uint32_t>(n)};
    for (std::size_t i = 0; i < n; ++i) {
        double observed = 0;
        std::vector<double> row;
        for (std::size_t link = weights.begin_of(i); link < weights.end[i]; ++link) {
            observed += weights.weight_of(link) * values[weights.neighbour[link]];
            row.push_back(weights.weight_of(link));
        }
        std::vector<double> others = without(values, i);
        for (std::uint32_t r = 0; r < draws; ++r) {
            double simulated = 0;
            for (std::size_t j = 0; j < row.size(); ++j) {
                const double u = Random(99, i * 100 + j).uniform(r);
                std::swap(others[j],
                          others[j + static_cast<std::size_t>(u * static_cast<double>(others.size() - j))]);
                simulated += row[j] * others[j];
            }
            counts.at_least[i] += simulated >= observed - 1e-12 ? 1U : 0U;
            counts.at_most[i] += simulated <= observed + 1e-12 ? 1U : 0U;
        }
    }
    return counts;
}

} // namespace

TEST_CASE("weighted sums are permuted as all orders of the others would be", "[permutation]")
{
    // 7 features, 720 orders of the other six.
    const std::uint32_t draws = 40000;
    for (const std::vector<double>& values :
         {std::vector<double>{0, 0, 1, 1, 3, 7, 2}, std::vector<double>{0.1, 0.2, 0.3, -1.7, 0.1, 4, 0.6}}) {
        for (const std::vector<double>& row :
             {std::vector<double>{1, 0.5}, std::vector<double>{3, 2, 1, 1, 2, 1},
              std::vector<double>{0.2, 0.2, 0.2}, std::vector<double>{-1, 2}, std::vector<double>{-1, -1}}) {
            const Statistic statistic = [&](const std::vector<double>& arranged) {
                return std::inner_product(row.begin(), row.end(), arranged.begin(), 0.0);
            };
            const Weights weights = ring(values.size(), row);
            const PermutationCounts counts = permute_weighted_sums(values, weights, {.draws = draws});
            for (std::size_t i = 0; i < values.size(); ++i) {
                std::vector<double> neighbours;
                for (const std::uint32_t j : weights.neighbours(i)) {
                    neighbours.push_back(values[j]);
                }
                const Tails exact = of_all_orders(without(values, i), statistic, statistic(neighbours));
                CHECK(std::fabs(z_of(counts.at_least[i], exact.at_least, draws)) < 4.5);
                CHECK(std::fabs(z_of(counts.at_most[i], exact.at_most, draws)) < 4.5);
            }
        }
    }
}

TEST_CASE("rows that share weights, and rows that do not, agree with draws made for each feature alone",
          "[permutation]")
{
    const std::uint32_t draws = 3000;
    const std::vector<double> values = noise(400, true);
    for (const Weights& weights : {ring(400, {1, 0.7, 0.7, 0.2, 0.1}), uneven_ring(400, 5)}) {
        const PermutationCounts alone = slowly(values, weights, draws);
        double squares = 0; // features share the draws of a seed, and so their luck: several seeds
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            const PermutationCounts pooled =
                permute_weighted_sums(values, weights, {.draws = draws, .seed = seed});
            for (std::size_t i = 0; i < values.size(); ++i) {
                const double p = (pooled.at_least[i] + alone.at_least[i] + 1.0) / (2.0 * draws + 2);
                const double off = static_cast<double>(pooled.at_least[i]) - alone.at_least[i];
                squares += off * off / (2 * draws * p * (1 - p)) / (8 * 400);
                CHECK(pooled.at_least[i] + pooled.at_most[i] >= draws);
            }
        }
        INFO("rms " << std::sqrt(squares)); // 1 if both err as draws do
        CHECK(std::sqrt(squares) > 0.85);
        CHECK(std::sqrt(squares) < 1.15);
    }
}

TEST_CASE("sharing the sums of equal rows changes no count", "[permutation]")
{
    // A hair on one weight in each row keeps the row from being shared, and moves no sum of these values past
    // another by more than the tolerance.
    const std::vector<double> values = noise(1000, true);
    const Weights alike = ring(1000, {1, 0.5, 0.25});
    Weights different = alike;
    for (std::size_t i = 0; i < 1000; ++i) {
        different.weight[3 * i] *= 1 + 2e-16 * static_cast<double>(i % 300);
    }
    const PermutationCounts shared = permute_weighted_sums(values, alike);
    const PermutationCounts each = permute_weighted_sums(values, different);
    CHECK(shared.at_least == each.at_least);
    CHECK(shared.at_most == each.at_most);
}

TEST_CASE("rows of one weight are counted as sums over neighbours", "[permutation]")
{
    const std::vector<double> values = noise(300, false);
    const Weights weights = ring(300, {0.25, 0.25, 0.25, 0.25});
    const NeighbourSums sums = neighbour_sums(values, weights);
    const PermutationCounts even = permute_weighted_sums(values, weights, {.draws = 500});
    const PermutationCounts binary = permute_sums(values, sums.neighbours, sums.sums, {.draws = 500});
    CHECK(even.at_least == binary.at_least);
    CHECK(even.at_most == binary.at_most);
}

TEST_CASE("weighted permutation leaves out the feature itself, missing values and islands", "[permutation]")
{
    const std::vector<double> values = {1, 5, 2, not_a_number, 4, 0};
    //          0: itself, 1, 2       1: 3 only  2: none  3      4: 0, 5, 3   5: 4
    const Weights weights{.end = {3, 4, 4, 5, 8, 9},
                          .neighbour = {0, 1, 2, 3, 0, 0, 3, 5, 4},
                          .weight = {9, 2, 1, 1, 1, 2, 1, 1, 1}};
    const std::uint32_t draws = 20000;
    const PermutationCounts counts = permute_weighted_sums(values, weights, {.draws = draws});
    for (const std::size_t i : {1U, 2U, 3U}) {
        CHECK(counts.at_least[i] + counts.at_most[i] == 0);
    }
    // 0: 2 * 5 + 1 * 2 = 12 against 2 a + b over ordered pairs of 5 2 4 0: 12 14 10, 9 8 4, 13 10 8, 5 2 4
    CHECK(std::fabs(z_of(counts.at_least[0], 3.0 / 12, draws)) < 4);
    CHECK(std::fabs(z_of(counts.at_most[0], 10.0 / 12, draws)) < 4);
    // 4: 2 * 1 + 0 = 2 against pairs of 1 5 2 0: 7 4 2, 11 12 10, 5 9 4, 1 5 2
    CHECK(std::fabs(z_of(counts.at_least[4], 11.0 / 12, draws)) < 4);
    CHECK(std::fabs(z_of(counts.at_most[4], 3.0 / 12, draws)) < 4);
}

TEST_CASE("weighted permutation gives the same counts for any number of threads", "[permutation]")
{
    const std::vector<double> values = noise(3000, false);
    Weights weights = uneven_ring(3000, 6);
    for (std::size_t l = 0; l < 6000; ++l) { // a thousand rows alike
        weights.weight[l] = 1.0 / static_cast<double>(1 + l % 6);
    }
    const PermutationCounts all = permute_weighted_sums(values, weights);
    for (const std::size_t threads : {1U, 2U, 8U}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
        const PermutationCounts some = permute_weighted_sums(values, weights);
        CHECK(some.at_least == all.at_least);
        CHECK(some.at_most == all.at_most);
    }
}

TEST_CASE("weighted permutation has an answer where nothing can vary", "[permutation]")
{
    const PermutationCounts equal =
        permute_weighted_sums(std::vector<double>(50, 0.3), uneven_ring(50, 7), {.draws = 200});
    CHECK(equal.at_least == std::vector<std::uint32_t>(50, 200));
    CHECK(equal.at_most == std::vector<std::uint32_t>(50, 200));
    CHECK(permute_weighted_sums({}, Weights{}).at_least.empty());
}

TEST_CASE("weighted permutation refuses what does not fit together", "[permutation]")
{
    const std::vector<double> values = noise(5, false);
    Weights weights = ring(5, {1, 2});
    CHECK_THROWS_AS(permute_weighted_sums(values, ring(4, {1, 2})), Error);
    weights.weight.pop_back();
    CHECK_THROWS_AS(permute_weighted_sums(values, weights), Error);
    weights.weight.push_back(not_a_number);
    CHECK_THROWS_AS(permute_weighted_sums(values, weights), Error);
    CHECK_THROWS_AS(permute_weighted_sums(values, ring(5, {1, 2}), {.draws = 0}), Error);
}

TEST_CASE("squared differences are permuted as all orders of the others would be", "[permutation]")
{
    const std::uint32_t draws = 40000;
    for (const std::vector<double>& values :
         {std::vector<double>{0, 0, 1, 1, 3, 7, 2}, std::vector<double>{0.1, 0.2, 0.3, -1.7, 0.1, 4, 0.6},
          std::vector<double>{1e9, 1e9 + 0.1, 1e9 + 0.2, 1e9 + 0.3, 1e9, 1e9, 1e9 + 5}}) {
        for (const std::size_t k : {1U, 3U, 6U}) {
            std::vector<double> statistics;
            for (std::size_t i = 0; i < values.size(); ++i) {
                double sum = 0;
                for (std::size_t j = 1; j <= k; ++j) {
                    const double off = values[i] - values[(i + j) % values.size()];
                    sum += off * off;
                }
                statistics.push_back(sum);
            }
            const std::vector<std::int32_t> neighbours(values.size(), static_cast<std::int32_t>(k));
            const PermutationCounts counts =
                permute_squared_differences(values, neighbours, statistics, {.draws = draws});
            for (std::size_t i = 0; i < values.size(); ++i) {
                const Statistic statistic = [&](const std::vector<double>& arranged) {
                    double sum = 0;
                    for (std::size_t j = 0; j < k; ++j) {
                        sum += (values[i] - arranged[j]) * (values[i] - arranged[j]);
                    }
                    return sum;
                };
                const Tails exact = of_all_orders(without(values, i), statistic, statistics[i]);
                CHECK(std::fabs(z_of(counts.at_least[i], exact.at_least, draws)) < 4.5);
                CHECK(std::fabs(z_of(counts.at_most[i], exact.at_most, draws)) < 4.5);
            }
        }
    }
}

TEST_CASE("squared differences give the same counts for any number of threads, alike or not", "[permutation]")
{
    for (const bool whole : {true, false}) {
        const std::vector<double> values = noise(2000, whole);
        std::vector<std::int32_t> neighbours;
        std::vector<double> statistics;
        for (std::size_t i = 0; i < values.size(); ++i) {
            neighbours.push_back(static_cast<std::int32_t>(i % 5));
            statistics.push_back(0);
            for (std::size_t j = 1; j <= i % 5; ++j) {
                const double off = values[i] - values[(i + j) % values.size()];
                statistics.back() += off * off;
            }
        }
        const PermutationCounts all = permute_squared_differences(values, neighbours, statistics);
        CHECK(all.at_least[5] + all.at_most[5] == 0);
        for (const std::size_t threads : {1U, 8U}) {
            const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
            const PermutationCounts some = permute_squared_differences(values, neighbours, statistics);
            CHECK(some.at_least == all.at_least);
            CHECK(some.at_most == all.at_most);
        }
        // Sums of two values that do not vary are all ties.
        const std::vector<double> same(10, 0.1);
        const std::vector<std::int32_t> two(10, 2);
        const PermutationCounts ties = permute_squared_differences(same, two, std::vector<double>(10, 0));
        CHECK(ties.at_least == std::vector<std::uint32_t>(10, 999));
        CHECK(ties.at_most == std::vector<std::uint32_t>(10, 999));
    }
}
