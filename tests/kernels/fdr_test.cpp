#include "kernels/fdr.h"

#include "tests/support/reference.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <cmath>

TEST_CASE("Benjamini-Hochberg adjusted p-values are those of R's p.adjust", "[fdr]")
{
    // R 4.2: p.adjust(c(.01, .02, .03, .04, NA, .5), "BH")  ->  .05 .05 .05 .05 NA .5
    const double p[] = {.01, .02, .03, .04, std::nan(""), .5};
    const auto q = vigil::benjamini_hochberg(p);
    for (int i = 0; i < 4; ++i) {
        CHECK(q[static_cast<std::size_t>(i)] == Approx(.05));
    }
    CHECK(std::isnan(q[4]));
    CHECK(q[5] == Approx(.5));
}

TEST_CASE("both adjustments are R's on ties, zeros, ones and absent values", "[fdr]")
{
    // testdata/autocorrelation/oracle.R, R 4.2.2: p.adjust(p, "BH") and p.adjust(p, "BY"), to 15 digits
    auto table = vigil::test::csv_columns(vigil::test::testdata("autocorrelation/p_adjust.csv"));
    const auto p = vigil::test::numbers(table["p"]);
    const auto check = [](const std::vector<double>& seen, const std::vector<double>& expected) {
        REQUIRE(seen.size() == expected.size());
        for (std::size_t i = 0; i < seen.size(); ++i) {
            if (std::isnan(expected[i])) {
                CHECK(std::isnan(seen[i]));
            } else {
                CHECK(std::fabs(seen[i] - expected[i]) <= 2e-14 * expected[i]);
            }
        }
    };
    check(vigil::benjamini_hochberg(p), vigil::test::numbers(table["bh"]));
    check(vigil::benjamini_yekutieli(p), vigil::test::numbers(table["by"]));
    CHECK(vigil::benjamini_yekutieli({}).empty());
}

TEST_CASE("a cutoff parts the p-values as the adjusted ones do", "[fdr]")
{
    // against the adjusted values themselves, whose oracle is R's p.adjust; an LCG of Knuth's
    std::uint64_t state = 7;
    for (int round = 0; round < 50; ++round) {
        std::vector<double> p;
        for (int i = 0; i < 40; ++i) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            const double u = static_cast<double>(state >> 11U) * 0x1p-53;
            p.push_back(i % 9 == 0 ? std::numeric_limits<double>::quiet_NaN() : std::pow(u, 1 + round % 5));
        }
        const std::vector<double> bh = vigil::benjamini_hochberg(p);
        const std::vector<double> by = vigil::benjamini_yekutieli(p);
        for (std::size_t i = 0; i < p.size(); ++i) {
            CHECK((p[i] <= vigil::benjamini_hochberg_cutoff(p, 0.05)) == (bh[i] <= 0.05));
            CHECK((p[i] <= vigil::benjamini_yekutieli_cutoff(p, 0.05)) == (by[i] <= 0.05));
        }
    }
    CHECK(vigil::benjamini_hochberg_cutoff(std::vector<double>{0.9, 0.8}, 0.05) < 0);
    CHECK(vigil::benjamini_hochberg_cutoff(std::vector<double>{}, 0.05) < 0);
}
