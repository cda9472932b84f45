#include "kernels/inference/subset_tail.h"

#include "libgeo/error.h"
#include "libgeo/random.h"
#include "tests/kernels/subset_brute.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

using namespace vigil::test;
using vigil::SubsetTails;
using vigil::TailMethod;

TEST_CASE("tails of two of four values can be counted on paper", "[subset_tail]")
{
    // feature 0 leaves {1, 2, 3}: pairs 3, 4, 5. Its sum 4: {4, 5} at least, {3, 4} at most, {4} equal, of 3
    // feature 1 leaves {0, 2, 3}: pairs 2, 3, 5. Its sum 5: {5} at least, all at most
    // feature 2 leaves {0, 1, 3}: one neighbour, sum 0: all at least, one at most
    // feature 3 has all others as neighbours: the sum is always 3
    const Questions q{{0, 1, 2, 3}, {2, 2, 1, 3}, {4, 5, 0, 3}};
    const SubsetTails t = tails(q);
    const double at_least[] = {2. / 3, 1. / 3, 1, 1};
    const double at_most[] = {2. / 3, 1, 1. / 3, 1};
    const double equal[] = {1. / 3, 1. / 3, 1. / 3, 1};
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(std::fabs(t.at_least[i] - at_least[i]) < 1e-15);
        CHECK(std::fabs(t.at_most[i] - at_most[i]) < 1e-15);
        CHECK(std::fabs(t.equal[i] - equal[i]) < 1e-15);
        CHECK(t.method[i] == TailMethod::exact);
    }
}

TEST_CASE("counted tails equal those of all subsets counted one by one", "[subset_tail]")
{
    // sparse, dense, few and many different values, ties, any subset size up to all but one
    struct Case {
        std::size_t n;
        double power, scale;
        std::vector<std::int32_t> draws;
    };
    const Case cases[] = {
        {9, 1, 4, {1, 2, 3, 4, 5, 6, 7, 8}}, {40, 8, 6, {8}},          {60, 3, 12, {5, 8, 3}},
        {25, 1, 2, {12, 11, 24, 23, 13}},    {40, 1, 40, {4, 20, 35}}, {120, 20, 9, {8, 30}}};
    std::uint64_t seed = 1;
    for (const Case& c : cases) {
        const Questions q = random_neighbours(counts(c.n, c.power, c.scale, seed), c.draws, seed + 100);
        const SubsetTails t = tails(q);
        CHECK(all_exact(t));
        CHECK(worst_error(q, t) < 1e-12);
        ++seed;
    }
}

TEST_CASE("tails of hot and cold features are exact however small", "[subset_tail]")
{
    // feature i's neighbours are the 10 next to it in order: the greatest and the least sums there are
    std::vector<double> values = counts(300, 4, 15, 5);
    std::sort(values.begin(), values.end());
    Questions q{values, {}, {}};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t from = std::min(i < 5 ? 0 : i - 5, values.size() - 11);
        double sum = -values[i];
        for (std::size_t j = from; j < from + 11; ++j) {
            sum += values[j];
        }
        q.neighbours.push_back(10);
        q.sums.push_back(sum);
    }
    const SubsetTails t = tails(q);
    CHECK(all_exact(t));
    CHECK(*std::min_element(t.at_least.begin(), t.at_least.end()) < 1e-10);
    CHECK(worst_error(q, t) < 1e-12);
}

TEST_CASE("negative values, large steps, halves and reflections are counted too", "[subset_tail]")
{
    const std::vector<double> base = counts(50, 3, 10, 7);
    for (const auto& [factor, shift] : {std::pair{1., -5.}, {-1., 3.}, {700., 1e6}, {.125, -.5}}) {
        std::vector<double> values;
        for (const double x : base) {
            values.push_back(factor * x + shift);
        }
        values[17] = none;
        Questions q = random_neighbours(values, {6, 9}, 11);
        for (std::size_t i = 0; i < q.sums.size();
             ++i) { // a sum over the missing value is no sum: ask another
            if (std::isnan(q.sums[i])) {
                q.sums[i] = q.neighbours[i] * (factor * 2 + shift);
            }
        }
        const SubsetTails t = tails(q);
        CHECK(all_exact(t));
        CHECK(t.method[17] == TailMethod::none);
        CHECK(worst_error(q, t) < 1e-12);
    }
}

TEST_CASE("with nothing left out the feature is drawn with its neighbours", "[subset_tail]")
{
    // all subsets of all ten values, counted one member after the other
    const std::vector<double> values = {0, 0, 0, 1, 1, 2, 3, 3, 5, 8};
    const Ways ways = ways_without(values, values.size(), 4);
    Questions q{values, std::vector<std::int32_t>(values.size(), 4), {}};
    for (std::size_t i = 0; i < values.size(); ++i) { // itself and three of the others
        q.sums.push_back(values[i] + values[(i + 1) % 10] + values[(i + 4) % 10] + values[(i + 7) % 10]);
    }
    const SubsetTails t =
        vigil::subset_tails(q.values, q.neighbours, q.sums, {.left_out = vigil::LeftOut::nothing});
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Slow slow = slow_tail(ways[4], q.sums[i]);
        CHECK(std::fabs(t.at_least[i] / slow.at_least - 1) < 1e-13);
        CHECK(std::fabs(t.at_most[i] / slow.at_most - 1) < 1e-13);
        CHECK(std::fabs(t.equal[i] / slow.equal - 1) < 1e-13);
    }
    const SubsetTails all =
        vigil::subset_tails(values, std::vector<std::int32_t>(10, 10), std::vector<double>(10, 23),
                            {.left_out = vigil::LeftOut::nothing});
    CHECK(all.at_least[0] == 1);
    CHECK(all.at_most[9] == 1);
}

TEST_CASE("sums that no subset has get tails of zero and one", "[subset_tail]")
{
    for (const double limit : {2e8, 0.}) {
        const SubsetTails t =
            tails({{0, 1, 2, 3, 4, 5, 6, 7}, {3, 3, 3, 3, 3, 3, 3, 0}, {-1, 100, 12, 5, 3, 18, 6, 0}}, limit);
        CHECK(t.at_least[0] == 1);
        CHECK(t.at_most[0] == 0);
        CHECK(t.at_least[1] == 0);
        CHECK(t.at_most[1] == 1);
        CHECK(t.equal[1] == 0);
        // feature 4 leaves 0 1 2 3 5 6 7: the least sum 3 is one of 35; feature 5's greatest 17 is below 18
        CHECK(std::fabs(t.at_most[4] - 1. / 35) < 1e-15);
        CHECK(std::fabs(t.equal[4] - 1. / 35) < 1e-15);
        CHECK(t.at_least[5] == 0);
        CHECK(std::isnan(t.at_least[7]));
        CHECK(t.method[7] == TailMethod::none);
    }
}

TEST_CASE("the saddlepoint is within 5 % of the count", "[subset_tail]")
{
    const std::vector<double> values = counts(2000, 3, 12, 21);
    const Questions q = random_neighbours(values, {20, 36, 60}, 22);
    const SubsetTails exact = tails(q);
    const SubsetTails near = tails(q, 0);
    REQUIRE(all_exact(exact));
    double worst = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        CHECK(near.method[i] == TailMethod::saddlepoint);
        worst = std::max({worst, std::fabs(near.at_least[i] / exact.at_least[i] - 1),
                          std::fabs(near.at_most[i] / exact.at_most[i] - 1)});
    }
    CHECK(worst < .01);
}

TEST_CASE("equal values and sums that cannot vary have tails of one", "[subset_tail]")
{
    for (const double x : {3., .3}) {
        const SubsetTails t = tails({{x, x, x, x, x}, {2, 3, 4, 1, 2}, {2 * x, 3 * x, 4 * x, x, x + x}});
        for (std::size_t i = 0; i < 5; ++i) {
            CHECK(t.at_least[i] == 1);
            CHECK(t.at_most[i] == 1);
            CHECK(t.equal[i] == 1);
        }
    }
    CHECK(tails({{}, {}, {}}).at_least.empty());
    CHECK(std::isnan(tails({{4}, {0}, {0}}).at_least[0]));
}

TEST_CASE("impossible questions about subsets are refused", "[subset_tail]")
{
    CHECK_THROWS_AS(tails({{1, 2, 3}, {1, 1}, {1, 1, 1}}), vigil::Error);
    CHECK_THROWS_AS(tails({{1, 2, 3}, {1, 1, 3}, {1, 1, 1}}), vigil::Error);
    CHECK_THROWS_AS(tails({{1, 2, 3}, {1, 1, -1}, {1, 1, 1}}), vigil::Error);
    CHECK_THROWS_AS(tails({{1, 2, 3}, {1, 1, 1}, {1, 1, none}}), vigil::Error);
    CHECK_THROWS_AS(tails({{1, 2, 3}, {1, 1, 1}, {1, 1, 1.5}}), vigil::Error);
    CHECK_THROWS_AS(tails({{1, 2, INFINITY}, {1, 1, 1}, {1, 1, 1}}), vigil::Error);
}

namespace {

/// Sums spread over what random neighbourhoods with some pull give: of d draws each the larger
/// (smaller) of `pull`.
Questions pulled(const std::vector<double>& values, std::int32_t draws, std::uint64_t seed)
{
    Questions q{values, {}, {}};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const vigil::Random random(seed, i);
        std::vector<char> used(values.size(), 0);
        used[i] = 1;
        double sum = 0;
        std::uint64_t next = 1;
        const auto pull = static_cast<std::int64_t>(random.uniform(0) * 8) - 3;
        for (std::int32_t d = 0; d < draws; ++d) {
            std::size_t best = values.size();
            for (std::int64_t r = 0; r <= std::abs(pull); ++r) {
                std::size_t j = i;
                while (used[j] != 0) {
                    j = static_cast<std::size_t>(random.uniform(next++) * static_cast<double>(values.size()));
                }
                const bool better =
                    best == values.size() || (pull > 0 ? values[j] > values[best] : values[j] < values[best]);
                best = better ? j : best;
            }
            used[best] = 1;
            sum += values[best];
        }
        q.neighbours.push_back(draws);
        q.sums.push_back(sum);
    }
    return q;
}

Questions times(const Questions& q, double factor)
{
    Questions scaled = q;
    for (double& x : scaled.values) {
        x *= factor;
    }
    for (double& s : scaled.sums) {
        s *= factor;
    }
    return scaled;
}

/// The largest relative difference of tails above 1e-8. On a grid about half of a tie counts.
double worst_difference(const SubsetTails& t, const SubsetTails& exact)
{
    double worst = 0;
    for (std::size_t i = 0; i < t.at_least.size(); ++i) {
        const double tie = t.method[i] == TailMethod::rounded ? exact.equal[i] / 2 : 0;
        for (const auto& [p, truth] :
             {std::pair{t.at_least[i], exact.at_least[i] - tie}, {t.at_most[i], exact.at_most[i] - tie}}) {
            worst = truth > 1e-8 ? std::max(worst, std::fabs(p / truth - 1)) : worst;
        }
    }
    return worst;
}

} // namespace

TEST_CASE("few subsets of values that are not whole are looked at one by one", "[subset_tail]")
{
    // thirds of whole numbers have the tails of the whole numbers, ties included; most of them are zero
    const Questions whole = random_neighbours(counts(60, 4, 9, 31), {2, 3, 4, 57}, 32);
    const SubsetTails t = tails(times(whole, 1. / 3));
    CHECK(all_exact(t));
    CHECK(worst_error(whole, t) < 1e-12);
    const Questions sparse = random_neighbours(counts(150, 60, 9, 33), {9, 140}, 34);
    const SubsetTails u = tails(times(sparse, 1. / 3));
    CHECK(all_exact(u));
    CHECK(worst_error(sparse, u) < 1e-12);
}

TEST_CASE("values that are not whole are counted on a grid, whatever their shape", "[subset_tail]")
{
    // the truth is that of whole numbers up to 3000 (ties are rare); tenths of them are not whole
    struct Case {
        const char* shape;
        std::vector<double> values;
        std::int32_t draws;
    };
    std::vector<double> outlier = counts(250, 2, 900, 44);
    outlier[3] = 9000;
    std::vector<double> zeros = counts(250, 1, 1000, 45);
    for (std::size_t i = 0; i < zeros.size(); ++i) {
        zeros[i] = i % 5 < 3 ? 0 : zeros[i];
    }
    const Case cases[] = {{"even", counts(250, 1, 1000, 41), 6},
                          {"skewed", counts(250, 4, 3000, 42), 8},
                          {"an outlier", outlier, 7},
                          {"zeros", zeros, 9}};
    for (const Case& c : cases) {
        INFO(c.shape);
        const Questions q = pulled(c.values, c.draws, 46);
        const SubsetTails exact = vigil::subset_tails(q.values, q.neighbours, q.sums, {.work_limit = 1e12});
        REQUIRE(all_exact(exact));
        const SubsetTails t = tails(times(q, .1));
        CHECK(std::count(t.method.begin(), t.method.end(), TailMethod::rounded) > 150);
        CHECK(worst_difference(t, exact) < .05);
    }
}

TEST_CASE("the tails of random neighbourhoods are evenly spread", "[subset_tail]")
{
    // mid-p of 2000 random neighbourhoods: mean 1/2, variance 1/12 (a little less for ties)
    const Questions q = random_neighbours(counts(2000, 3, 30, 51), {5, 17, 36}, 52);
    for (const double factor : {1., .1}) {
        const SubsetTails t = tails(times(q, factor));
        double sum = 0;
        for (std::size_t i = 0; i < q.values.size(); ++i) {
            sum += t.at_least[i] - .5 * t.equal[i];
        }
        CHECK(std::fabs(sum / 2000 - .5) < 4 * std::sqrt(1. / 12 / 2000));
    }
}

TEST_CASE("subset tails are the same bytes for any number of threads", "[subset_tail]")
{
    for (const double factor : {1., .1}) {
        for (const double limit : {5e8, 0.}) {
            const Questions q = times(random_neighbours(counts(3000, 3, 30, 61), {4, 20}, 62), factor);
            const auto with = [&](std::size_t threads) {
                const tbb::global_control control(tbb::global_control::max_allowed_parallelism, threads);
                return tails(q, limit);
            };
            const SubsetTails one = with(1);
            const SubsetTails four = with(4);
            CHECK(one.at_least == four.at_least);
            CHECK(one.at_most == four.at_most);
            CHECK(one.equal == four.equal);
        }
    }
}
