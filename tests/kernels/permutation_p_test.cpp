#include "kernels/inference/permutation_p.h"

#include "libgeo/error.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace vigil;

namespace {

bool same(double a, double b)
{
    return std::isnan(a) ? std::isnan(b) : std::fabs(a - b) <= 1e-15;
}

} // namespace

TEST_CASE("p-values count the observed arrangement and double the smaller tail", "[permutation]")
{
    // Counts of R = 9 draws: far out, in the middle with 3 ties, all ties, not tested.
    const PermutationCounts counts{{0, 6, 9, 0}, {9, 6, 9, 0}};
    const auto check = [&](Tail tail, Ties ties, const std::vector<double>& expected) {
        const std::vector<double> p = permutation_p(counts, 9, tail, ties);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            CHECK(same(p[i], expected[i]));
        }
    };
    check(Tail::greater, Ties::whole, {0.1, 0.7, 1, NAN});
    check(Tail::less, Ties::whole, {1, 0.7, 1, NAN});
    check(Tail::two_sided, Ties::whole, {0.2, 1, 1, NAN});
    // T = 0, 3, 9: K+ - T/2 + 1/2 = 0.5 (cut at 1), 5, 5
    check(Tail::greater, Ties::half, {0.1, 0.5, 0.5, NAN});
    check(Tail::less, Ties::half, {0.95, 0.5, 0.5, NAN});
    check(Tail::two_sided, Ties::half, {0.2, 1, 1, NAN});
}

TEST_CASE("p-values refuse counts that do not fit the draws", "[permutation]")
{
    CHECK_THROWS_AS(permutation_p({{1}, {1, 2}}, 9), Error);
    CHECK_THROWS_AS(permutation_p({{10}, {0}}, 9), Error);
    CHECK_THROWS_AS(permutation_p_interval({{3}, {12}}, 9), Error);
    CHECK(permutation_p({}, 9).empty());
}

TEST_CASE("Clopper-Pearson intervals are those of R's binom.test", "[permutation]")
{
    // R 4.2.2: b <- binom.test(k, n)$conf.int; sprintf("%.15g, %.15g", b[1], b[2])
    const struct {
        std::uint32_t k, n;
        double low, high;
    } cases[] = {
        {0, 999, 0, 0.00368576286573938},
        {1, 999, 2.53428300004834e-05, 0.00556447604071408},
        {4, 999, 0.00109200103414406, 0.0102198526185281},
        {49, 999, 0.036503783490458, 0.0643298644277164},
        {500, 999, 0.469032262414597, 0.531965781190956},
        {998, 999, 0.994435523959286, 0.99997465717},
        {999, 999, 0.996314237134261, 1},
        {1, 1, 0.025, 1},
        {3, 10, 0.0667395111777345, 0.652452850059997},
        {16, 17, 0.713110603332779, 0.998511825608733},
        {7, 99999, 2.81443602531223e-05, 0.000144222843097253},
        {2500, 99999, 0.0240413813399174, 0.0259868024623958},
        {99998, 99999, 0.999944284282508, 0.99999974681942},
        {1, 1000000, 2.53178076637942e-08, 5.57163065517224e-06},
        {25000, 1000000, 0.0246948770265967, 0.0253078785177676},
        {500000, 1000000, 0.499019519195312, 0.500980480804688},
        {10, 10000000, 4.79538970427011e-07, 1.83903483269364e-06},
    };
    for (const auto& expected : cases) {
        const Interval found = clopper_pearson(expected.k, expected.n);
        INFO(expected.k << " of " << expected.n << ": " << found.low << " to " << found.high);
        CHECK(std::fabs(found.low - expected.low) <= 1e-12 * expected.low);
        CHECK(std::fabs(found.high - expected.high) <= 1e-12 * expected.high);
    }
    // conf.level = .99 and .5
    CHECK(std::fabs(clopper_pearson(4, 999, 0.99).low - 0.000673664737842169) < 1e-15);
    CHECK(std::fabs(clopper_pearson(4, 999, 0.99).high - 0.0125525759830265) < 1e-14);
    CHECK(std::fabs(clopper_pearson(49, 99999, 0.5).low - 0.000441160254346015) < 1e-15);
    CHECK(std::fabs(clopper_pearson(49, 99999, 0.5).high - 0.000545696461194788) < 1e-15);
}

TEST_CASE("Clopper-Pearson bounds grow with the count and mirror each other", "[permutation]")
{
    for (const std::uint32_t n : {1U, 2U, 30U, 140U, 9999U}) {
        double low = -1;
        double high = 0;
        for (std::uint32_t k = 0; k <= n; ++k) {
            const Interval here = clopper_pearson(k, n);
            const Interval mirrored = clopper_pearson(n - k, n);
            const double share = static_cast<double>(k) / n;
            REQUIRE(here.low > low);
            REQUIRE(here.high > high);
            REQUIRE((here.low <= share && share <= here.high));
            REQUIRE(std::fabs(here.low - (1 - mirrored.high)) < 1e-14);
            low = here.low;
            high = here.high;
        }
        CHECK(high == 1);
    }
    CHECK_THROWS_AS(clopper_pearson(0, 0), Error);
    CHECK_THROWS_AS(clopper_pearson(3, 2), Error);
    CHECK_THROWS_AS(clopper_pearson(1, 2, 1), Error);
}

TEST_CASE("the interval of a two-sided p is twice that of its tail", "[permutation]")
{
    const PermutationCounts counts{{4, 999, 700, 0}, {997, 0, 299, 0}};
    const Interval four = clopper_pearson(4, 999);
    const Interval none = clopper_pearson(0, 999);
    const PIntervals two = permutation_p_interval(counts, 999);
    CHECK(same(two.low[0], 2 * four.low));
    CHECK(same(two.high[0], 2 * four.high));
    CHECK(two.low[1] == 0);
    CHECK(same(two.high[1], 2 * none.high));
    CHECK(same(two.low[2], 2 * clopper_pearson(299, 999).low));
    CHECK(std::isnan(two.low[3]));
    CHECK(std::isnan(two.high[3]));
    const PIntervals less = permutation_p_interval(counts, 999, Tail::less);
    CHECK(same(less.low[0], clopper_pearson(997, 999).low));
    CHECK(permutation_p_interval({{500}, {510}}, 999).high[0] == 1); // twice 0.53, cut
}
