#include "kernels/inference/permutation.h"

#include "kernels/inference/draws.h"
#include "kernels/inference/fixed_point.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

using namespace vigil;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// P(sum >= observed) and P(sum <= observed) over all k-subsets of `others`, ties within 1e-9.
struct Tails {
    double at_least = 0;
    double at_most = 0;
};
Tails enumerate(const std::vector<double>& others, int k, double observed)
{
    Tails tails;
    double subsets = 0;
    for (std::uint32_t subset = 0; subset < (1U << others.size()); ++subset) {
        if (std::popcount(subset) == k) {
            double sum = 0;
            for (std::size_t j = 0; j < others.size(); ++j) {
                sum += (subset >> j & 1U) != 0 ? others[j] : 0;
            }
            subsets += 1;
            tails.at_least += sum >= observed - 1e-9 ? 1 : 0;
            tails.at_most += sum <= observed + 1e-9 ? 1 : 0;
        }
    }
    return {tails.at_least / subsets, tails.at_most / subsets};
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

/// How many standard errors a count lies off its expectation; 0 against certain things, unless it is wrong.
double z_of(std::uint32_t count, double p, std::uint32_t draws)
{
    const double off = count - p * draws;
    const double variance = draws * p * (1 - p);
    return variance > 1e-9 * draws ? off / std::sqrt(variance) : std::fabs(off) < 0.5 ? 0 : 1e9;
}

/// Cells of a grid that touch, corners included.
Weights queen(std::size_t rows, std::size_t cols)
{
    Weights weights;
    for (std::size_t i = 0; i < rows * cols; ++i) {
        for (std::size_t j = 0; j < rows * cols; ++j) {
            const auto apart = [](std::size_t a, std::size_t b) {
                return a < b ? b - a : a - b;
            };
            if (i != j && apart(i / cols, j / cols) <= 1 && apart(i % cols, j % cols) <= 1) {
                weights.neighbour.push_back(static_cast<std::uint32_t>(j));
            }
        }
        weights.end.push_back(weights.neighbour.size());
    }
    return weights;
}

std::vector<double> skewed_counts(std::size_t n, std::uint64_t seed)
{
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double u = Random(seed, i).uniform(0);
        values[i] = u < 0.5 ? 0 : std::floor(1 / (1.1 - u));
    }
    return values;
}

PermutationCounts permute(const std::vector<double>& values, const NeighbourSums& around,
                          const PermutationOptions& options)
{
    return permute_sums(values, around.neighbours, around.sums, options);
}

/// Tails of the sum of k values drawn from counts: ways[c][s] = sets of c values with sum s.
class SubsetSums {
  public:
    SubsetSums(const std::vector<double>& counts, std::size_t most) : ways_(most + 1)
    {
        const auto total = static_cast<std::size_t>(std::accumulate(counts.begin(), counts.end(), 0.0));
        for (std::vector<double>& row : ways_) {
            row.resize(total + 1);
        }
        ways_[0][0] = 1;
        std::size_t reached = 0;
        for (const double x : counts) {
            const auto value = static_cast<std::size_t>(x);
            reached += value;
            for (std::size_t c = most; c >= 1; --c) {
                for (std::size_t s = reached + 1; s-- > value;) {
                    ways_[c][s] += ways_[c - 1][s - value];
                }
            }
        }
    }
    [[nodiscard]] Tails of(std::size_t k, double observed) const
    {
        Tails tails;
        double all = 0;
        for (std::size_t s = 0; s < ways_[k].size(); ++s) {
            all += ways_[k][s];
            tails.at_least += static_cast<double>(s) >= observed ? ways_[k][s] : 0;
            tails.at_most += static_cast<double>(s) <= observed ? ways_[k][s] : 0;
        }
        return {tails.at_least / all, tails.at_most / all};
    }

  private:
    std::vector<std::vector<double>> ways_;
};

} // namespace

TEST_CASE("a draw is a sequence of distinct ids, every one as likely at every place", "[permutation]")
{
    for (const std::uint32_t population : {9U, 40U}) { // shuffled, and repeats rejected
        const std::uint32_t length = 9;
        Draws draws(3, population, length);
        std::vector<double> seen(std::size_t{population} * length);
        const std::uint32_t times = 40000;
        for (std::uint32_t r = 0; r < times; ++r) {
            const std::span<const std::uint32_t> ids = draws.of(r);
            REQUIRE(std::set(ids.begin(), ids.end()).size() == length);
            for (std::size_t place = 0; place < length; ++place) {
                REQUIRE(ids[place] < population);
                seen[place * population + ids[place]] += 1;
            }
        }
        double chi2 = 0; // each place: population - 1 degrees of freedom
        const double expected = double{times} / population;
        for (const double count : seen) {
            chi2 += (count - expected) * (count - expected) / expected;
        }
        const double freedom = length * (population - 1.0);
        CHECK(std::fabs(chi2 - freedom) < 4 * std::sqrt(2 * freedom));
    }
}

TEST_CASE("a draw does not depend on those made before it", "[permutation]")
{
    for (const std::uint32_t population : {12U, 1000U}) {
        Draws forward(7, population, 10);
        Draws backward(7, population, 10);
        std::map<std::uint64_t, std::vector<std::uint32_t>> drawn;
        for (std::uint64_t r = 0; r < 20; ++r) {
            const auto ids = forward.of(r);
            drawn[r] = {ids.begin(), ids.end()};
        }
        for (std::uint64_t r = 20; r-- > 0;) {
            const auto ids = backward.of(r);
            CHECK(drawn[r] == std::vector<std::uint32_t>(ids.begin(), ids.end()));
        }
        Draws other(8, population, 10);
        const auto ids = other.of(0);
        CHECK(drawn[0] != std::vector<std::uint32_t>(ids.begin(), ids.end()));
    }
    CHECK_THROWS_AS(Draws(1, 5, 6), Error);
}

TEST_CASE("fixed-point numbers keep whole numbers and know when sums are exact", "[permutation]")
{
    const std::vector<double> counts = {0, 3, -2, not_a_number, 1e15};
    CHECK(FixedPoint(counts).of(-2) == -2);
    CHECK(FixedPoint(counts).of(not_a_number) == 0);
    CHECK(FixedPoint(counts).slack() == 0);
    CHECK(FixedPoint(std::vector<double>{0.5, 0.25, 7}).slack() == 0);
    CHECK(FixedPoint(std::vector<double>{}).slack() == 0);
    CHECK(FixedPoint(std::vector<double>{0, 0}).per_unit() == 1);
    const std::vector<double> tenths = {0.1, 0.2, 0.3, 5};
    const FixedPoint steps(tenths); // total 5.6 < 2^3, so 2^58 steps in a unit
    CHECK(steps.per_unit() == 0x1.0p58);
    CHECK(steps.slack() > 0);
    CHECK(std::abs(steps.of(0.1) + steps.of(0.2) - steps.of(0.3)) <= 2 * steps.slack());
    const std::vector<double> huge = {1.5e308, -1.5e308, 1};
    CHECK(std::abs(FixedPoint(huge).of(1.5e308)) < (std::int64_t{1} << 61));
    CHECK(FixedPoint(huge).of(1.5e308) > (std::int64_t{1} << 58));
    const std::vector<double> tiny = {1e-300, 3e-300};
    CHECK(FixedPoint(tiny).of(3e-300) > 2 * FixedPoint(tiny).of(1e-300));
}

TEST_CASE("frequencies of permutation are those of all subsets of the others", "[permutation]")
{
    // Every k for every feature of seven, whole and broken values; the probabilities by going through all
    // subsets.
    const std::uint32_t draws = 40000;
    for (const std::vector<double>& values :
         {std::vector<double>{0, 0, 1, 1, 3, 7, 2}, std::vector<double>{0.1, 0.2, 0.3, -1.7, 0.1, 4, 0.6},
          std::vector<double>{5, not_a_number, -5, 0, 2, 2, 9}}) {
        for (int k = 1; k <= (std::isnan(values[1]) ? 5 : 6); ++k) {
            std::vector<double> sums;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const std::vector<double> others = without(values, i);
                sums.push_back(std::accumulate(others.begin(), others.begin() + k, 0.0));
            }
            const std::vector<std::int32_t> neighbours(values.size(), k);
            const PermutationCounts counts = permute_sums(values, neighbours, sums, {.draws = draws});
            for (std::size_t i = 0; i < values.size(); ++i) {
                if (std::isnan(values[i])) {
                    CHECK(counts.at_least[i] + counts.at_most[i] == 0);
                    continue;
                }
                const Tails exact = enumerate(without(values, i), k, sums[i]);
                CHECK(std::fabs(z_of(counts.at_least[i], exact.at_least, draws)) < 4.5);
                CHECK(std::fabs(z_of(counts.at_most[i], exact.at_most, draws)) < 4.5);
            }
        }
    }
}

TEST_CASE("errors of permutation are those of independent draws, seed by seed", "[permutation]")
{
    // 20 x 20 counts with queen neighbours against a dynamic programme over the 399 others.
    const std::vector<double> values = skewed_counts(400, 11);
    const NeighbourSums around = neighbour_sums(values, queen(20, 20));
    std::map<double, SubsetSums> others;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!others.contains(values[i])) {
            others.emplace(values[i], SubsetSums(without(values, i), 8));
        }
    }
    std::vector<Tails> exact;
    for (std::size_t i = 0; i < values.size(); ++i) {
        exact.push_back(
            others.at(values[i]).of(static_cast<std::size_t>(around.neighbours[i]), around.sums[i]));
    }
    const std::uint32_t draws = 99999;
    std::vector<std::vector<double>> errors;
    double all = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        const PermutationCounts counts = permute(values, around, {.draws = draws, .seed = seed});
        std::vector<double> z;
        for (std::size_t i = 0; i < values.size(); ++i) {
            z.push_back(z_of(counts.at_least[i], exact[i].at_least, draws));
            z.push_back(z_of(counts.at_most[i], exact[i].at_most, draws));
        }
        const double rms =
            std::sqrt(std::inner_product(z.begin(), z.end(), z.begin(), 0.0) / static_cast<double>(z.size()));
        INFO("seed " << seed << ": rms " << rms);
        CHECK(rms > 0.5);
        CHECK(rms < 1.5);
        all += rms * rms / 8;
        errors.push_back(z);
    }
    CHECK(std::fabs(std::sqrt(all) - 1) < 0.25);
    double together = 0; // mean of the correlations between seeds
    for (std::size_t a = 0; a < errors.size(); ++a) {
        for (std::size_t b = a + 1; b < errors.size(); ++b) {
            const auto dot = [&](std::size_t p, std::size_t q) {
                return std::inner_product(errors[p].begin(), errors[p].end(), errors[q].begin(), 0.0);
            };
            together += dot(a, b) / std::sqrt(dot(a, a) * dot(b, b)) / 28;
        }
    }
    INFO("mean correlation " << together);
    CHECK(std::fabs(together) < 0.3);
}

TEST_CASE("permutation counts do not depend on the number of threads", "[permutation]")
{
    const std::vector<double> values = skewed_counts(3000, 5);
    const NeighbourSums around = neighbour_sums(values, queen(60, 50));
    const PermutationCounts all = permute(values, around, {.draws = 2000});
    for (const std::size_t threads : {1U, 2U, 8U}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
        const PermutationCounts some = permute(values, around, {.draws = 2000});
        CHECK(some.at_least == all.at_least);
        CHECK(some.at_most == all.at_most);
    }
    CHECK(permute(values, around, {.draws = 2000, .seed = 2}).at_least != all.at_least);
}

TEST_CASE("more draws begin with the same ones, in whatever batches", "[permutation]")
{
    // 300 different numbers of neighbours are drawn in batches of 2^20 / 300 = 3495.
    const std::size_t n = 400;
    const std::vector<double> values = skewed_counts(n, 6);
    std::vector<std::int32_t> neighbours(n);
    std::vector<double> sums(n);
    for (std::size_t i = 0; i < n; ++i) {
        neighbours[i] = static_cast<std::int32_t>(i % 300);
        sums[i] = std::round(neighbours[i] * 1.1);
    }
    const PermutationCounts whole = permute_sums(values, neighbours, sums, {.draws = 4000});
    const PermutationCounts fewer = permute_sums(values, neighbours, sums, {.draws = 3400});
    std::uint32_t most = 0;
    for (std::size_t i = 0; i < n; ++i) {
        CHECK(whole.at_least[i] >= fewer.at_least[i]);
        most = std::max(most, whole.at_least[i] - fewer.at_least[i]);
        if (neighbours[i] > 0) {
            CHECK(whole.at_least[i] + whole.at_most[i] >= 4000);
        }
    }
    CHECK(most <= 600);
}

TEST_CASE("sums that are equal but for rounding are ties", "[permutation]")
{
    // Three tenths in every order, and by one number: all sums of 0.1 + 0.2 tie with 0.3 + 0.
    const std::vector<double> values = {9, 0.1, 0.2, 0.3, 0};
    const std::vector<std::int32_t> neighbours = {2, 0, 0, 0, 0};
    const std::vector<double> sums = {0.1 + 0.2, 0, 0, 0, 0};
    REQUIRE(0.1 + 0.2 != 0.3);
    const std::uint32_t draws = 10000;
    const PermutationCounts counts = permute_sums(values, neighbours, sums, {.draws = draws});
    // pairs of 0.1 0.2 0.3 0: .3 .4 .1 .5 .2 .3, of which four are >= .3 and four <= .3
    CHECK(std::fabs(z_of(counts.at_least[0], 4.0 / 6, draws)) < 4);
    CHECK(std::fabs(z_of(counts.at_most[0], 4.0 / 6, draws)) < 4);
}

TEST_CASE("permutation has an answer where nothing can vary", "[permutation]")
{
    SECTION("all others are neighbours: every draw is a tie")
    {
        const std::vector<double> values = {1, 2, 4, 8.5, 0.1};
        std::vector<double> sums;
        for (const double x : values) {
            sums.push_back(15.6 - x);
        }
        const std::vector<std::int32_t> neighbours(5, 4);
        const PermutationCounts counts = permute_sums(values, neighbours, sums, {.draws = 500});
        CHECK(counts.at_least == std::vector<std::uint32_t>(5, 500));
        CHECK(counts.at_most == std::vector<std::uint32_t>(5, 500));
    }
    SECTION("all values are equal")
    {
        const std::vector<double> values(20, 0.7);
        const NeighbourSums around = neighbour_sums(values, queen(4, 5));
        const PermutationCounts counts = permute(values, around, {.draws = 99});
        CHECK(counts.at_least == std::vector<std::uint32_t>(20, 99));
        CHECK(counts.at_most == std::vector<std::uint32_t>(20, 99));
    }
    SECTION("islands and missing values are not tested, and only the latter leave the null")
    {
        Weights weights{.end = {1, 1, 3, 4}, .neighbour = {2, 0, 3, 2}, .weight = {}};
        const std::vector<double> values = {1, 5, 2, not_a_number};
        const NeighbourSums around = neighbour_sums(values, weights);
        CHECK(around.neighbours == std::vector<std::int32_t>{1, 0, 1, 0});
        const PermutationCounts counts = permute(values, around, {.draws = 1000});
        CHECK(counts.at_least[1] + counts.at_most[1] + counts.at_least[3] + counts.at_most[3] == 0);
        CHECK(counts.at_least[0] == 1000);                        // 5 and 2 are both >= 2
        CHECK(std::fabs(z_of(counts.at_most[0], 0.5, 1000)) < 4); // 2 is <= 2
        CHECK(counts.at_least[2] == 1000);                        // 1 and 5 are both >= 1
    }
    SECTION("nothing, and one feature")
    {
        CHECK(permute_sums({}, {}, {}).at_least.empty());
        const std::vector<double> one = {3};
        const std::vector<std::int32_t> none = {0};
        CHECK(permute_sums(one, none, one).at_least == std::vector<std::uint32_t>{0});
    }
}

TEST_CASE("permutation refuses what does not fit together", "[permutation]")
{
    const std::vector<double> values = {1, 2, 3};
    const std::vector<double> sums = {2, 3, 1};
    const std::vector<std::int32_t> one(3, 1);
    CHECK_THROWS_AS(permute_sums(values, std::vector<std::int32_t>(2, 1), sums), Error);
    CHECK_THROWS_AS(permute_sums(values, std::vector<std::int32_t>(3, 3), sums), Error);
    CHECK_THROWS_AS(permute_sums(values, std::vector<std::int32_t>(3, -1), sums), Error);
    CHECK_THROWS_AS(permute_sums(values, one, sums, {.draws = 0}), Error);
    CHECK_THROWS_AS(permute_sums(std::vector<double>{1, 2, INFINITY}, one, sums), Error);
    CHECK_THROWS_AS(neighbour_sums(values, Weights{}), Error);
}
