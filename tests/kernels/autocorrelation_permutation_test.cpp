#include "kernels/autocorrelation/global_permutation.h"
#include "kernels/autocorrelation/join_counts.h"
#include "kernels/autocorrelation/local_geary.h"
#include "kernels/autocorrelation/local_moran.h"
#include "kernels/contiguity.h"
#include "kernels/rates/empirical_bayes.h"
#include "libgeo/random.h"
#include "tests/kernels/autocorrelation_data.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <limits>
#include <numeric>

using namespace vigil;
using test::autocorrelation_case;
using test::close;

namespace {

constexpr double absent = std::numeric_limits<double>::quiet_NaN();

GlobalAutocorrelation analytic(GlobalStatistic statistic, std::span<const double> values,
                               const Weights& weights)
{
    return statistic == GlobalStatistic::moran   ? moran(values, weights, Islands::keep)
           : statistic == GlobalStatistic::geary ? geary(values, weights, Islands::keep)
                                                 : general_g(values, weights, Islands::keep);
}

} // namespace

TEST_CASE("permutation sees the statistic, and draws have its moments", "[autocorrelation]")
{
    // the moments over all orders are known: 9,999 draws must agree with them to 4 standard errors
    for (const auto statistic :
         {GlobalStatistic::moran, GlobalStatistic::geary, GlobalStatistic::general_g}) {
        for (const char* params : {"counts knn W", "counts inverse B"}) {
            const auto one = autocorrelation_case("points", params);
            const auto seen = permute_global(one.values, one.weights, statistic, {.draws = 9999});
            const auto known = analytic(statistic, one.values, one.weights);
            CHECK(close(seen.value, known.value));
            const double sd = std::sqrt(known.randomisation.variance);
            CHECK(std::fabs(seen.mean - known.randomisation.expected) < 4 * sd / 100);
            CHECK(std::fabs(seen.variance / (sd * sd) - 1) < 4 * 2 / 100.0); // kurtosis up to 5
            CHECK(seen.at_least + seen.at_most >= 9999);
        }
    }
}

TEST_CASE("permutation p is that of all orders, ties counted in both tails", "[autocorrelation]")
{
    // seven places on an asymmetric graph, values with ties: 5,040 orders, against 200,000 draws
    const Weights weights = test::weights_of({{{1, 1}, {2, 1}},
                                              {{0, 1}},
                                              {{3, 1}, {5, 1}},
                                              {{2, 1}},
                                              {{0, 1}, {3, 1}},
                                              {{4, 1}, {6, 1}},
                                              {{5, 1}}});
    const std::vector<double> values = {3, 1, 1, 0, 0, 1, 0};
    for (const auto statistic :
         {GlobalStatistic::moran, GlobalStatistic::geary, GlobalStatistic::general_g}) {
        const double seen = analytic(statistic, values, weights).value;
        std::vector<std::size_t> order(7);
        std::iota(order.begin(), order.end(), std::size_t{0});
        double high = 0;
        double low = 0;
        double all = 0;
        do {
            std::vector<double> laid;
            for (const std::size_t i : order) {
                laid.push_back(values[i]);
            }
            const double value = analytic(statistic, laid, weights).value;
            high += value >= seen - 1e-9 ? 1 : 0;
            low += value <= seen + 1e-9 ? 1 : 0;
            all += 1;
        } while (std::next_permutation(order.begin(), order.end()));
        CHECK(high + low > all); // there are ties
        const std::uint32_t draws = 200000;
        const auto drawn = permute_global(values, weights, statistic, {.draws = draws, .seed = 3});
        const auto far = [&](double count, double share) {
            return std::fabs(count / draws - share) / std::sqrt(share * (1 - share) / draws);
        };
        CHECK(far(drawn.at_least, high / all) < 4);
        CHECK(far(drawn.at_most, low / all) < 4);
        const bool geary = statistic == GlobalStatistic::geary;
        CHECK(drawn.p_greater == ((geary ? drawn.at_most : drawn.at_least) + 1.0) / (draws + 1.0));
        CHECK(drawn.p == std::min(1.0, 2 * (std::min(drawn.at_least, drawn.at_most) + 1.0) / (draws + 1.0)));
    }
}

TEST_CASE("draws depend on the seed, not on the threads", "[autocorrelation]")
{
    const auto one = autocorrelation_case("columbus", "CRIME queen W");
    const auto first = permute_global(one.values, one.weights, GlobalStatistic::moran);
    for (const std::size_t threads : {1U, 2U, 8U}) {
        const tbb::global_control control(tbb::global_control::max_allowed_parallelism, threads);
        const auto again = permute_global(one.values, one.weights, GlobalStatistic::moran);
        CHECK(again.mean == first.mean);
        CHECK(again.variance == first.variance);
        CHECK(again.at_least == first.at_least);
        CHECK(moran(one.values, one.weights).randomisation.z ==
              moran(one.values, one.weights).randomisation.z);
    }
    CHECK(permute_global(one.values, one.weights, GlobalStatistic::moran, {.seed = 2}).mean != first.mean);
    CHECK(first.p == 2 / 1000.0); // I = .50, z = 5.6: beyond all draws
}

TEST_CASE("sums over many chunks do not depend on the threads", "[autocorrelation]")
{
    const Weights weights =
        grid_contiguity({.left_x = 0, .top_y = 0, .cell_m = 1, .rows = 110, .cols = 110}, Contiguity::queen);
    std::vector<double> values;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        values.push_back(1 / (1.0001 - Random(9, i).uniform(0)));
    }
    const auto all = [&](std::size_t threads) {
        const tbb::global_control control(tbb::global_control::max_allowed_parallelism, threads);
        const auto local = local_moran(values, weights);
        std::vector<double> bytes = local.z;
        const auto c = local_geary(values, weights);
        bytes.insert(bytes.end(), c.z.begin(), c.z.end());
        for (const auto& global :
             {moran(values, weights), geary(values, weights), general_g(values, weights)}) {
            bytes.push_back(global.value);
            bytes.push_back(global.randomisation.z);
        }
        return bytes;
    };
    const auto first = all(1);
    CHECK(all(2) == first);
    CHECK(all(8) == first);
}

TEST_CASE("General G of zeros and ones tests the join count BB", "[autocorrelation]")
{
    const auto one = autocorrelation_case("points", "counts knn B");
    std::vector<double> marked;
    std::vector<std::int32_t> colour;
    for (const double v : one.values) {
        colour.push_back(static_cast<std::int32_t>(v > 1));
        marked.push_back(colour.back());
    }
    const auto drawn = permute_global(marked, one.weights, GlobalStatistic::general_g, {.draws = 4999});
    const JoinCount black = join_counts(colour, one.weights).pairs[2];
    const auto ones = static_cast<double>(std::count(marked.begin(), marked.end(), 1.0));
    CHECK(close(drawn.value * ones * (ones - 1) / 2, black.count)); // G = 2 BB / (P (P - 1))
    const double z = (drawn.value - drawn.mean) / std::sqrt(drawn.variance);
    CHECK(std::fabs(z - black.randomisation.z) < 0.1);
}

TEST_CASE("permutation has an answer where there is nothing to move", "[autocorrelation]")
{
    const Weights path = test::weights_of({{{1, 1}}, {{0, 1}, {2, 1}}, {{1, 1}}});
    const auto equal = permute_global(std::vector<double>{2, 2, 2}, path, GlobalStatistic::moran);
    CHECK(equal.p == 1);
    CHECK(std::isnan(equal.value));
    const auto lone = permute_global(std::vector<double>{2, absent, 3}, path, GlobalStatistic::moran);
    CHECK(std::isnan(lone.p));
    const auto single = permute_global(std::vector<double>{0, 0, 5}, path, GlobalStatistic::general_g);
    CHECK(single.p == 1); // one value that is not 0: no product of two ever is
    CHECK_THROWS_WITH(
        permute_global(std::vector<double>{1, 2, 3}, path, GlobalStatistic::moran, {.draws = 0}),
        Catch::Contains("at least one draw"));
    CHECK_THROWS_WITH(permute_global(std::vector<double>{1, -2, 3}, path, GlobalStatistic::general_g),
                      Catch::Contains("row 2"));
}

TEST_CASE("Moran of empirical-Bayes rates is spdep's", "[autocorrelation]")
{
    // testdata/autocorrelation/oracle.R: EBImoran.mc and EBest of R spdep 1.2-7
    auto table = test::csv_columns(test::testdata("autocorrelation/rates.csv"));
    for (std::size_t row = 0; row < table["value"].size(); ++row) {
        const std::string params = table["params"][row]; // SID74 BIR74 queen B
        const std::string tail = params.substr(11);
        const auto cases = autocorrelation_case("sids2", params.substr(0, 5) + tail);
        const auto births = autocorrelation_case("sids2", params.substr(6, 5) + tail);
        const auto rates = empirical_bayes(cases.values, births.values);
        const auto scores = standardised_rates(cases.values, births.values);
        CHECK(close(moran(scores, cases.weights).value, std::stod(table["value"][row])));
        if (row == 0) {
            CHECK(close(rates.mean,
                        test::expected_value("sids2", "EB prior mean b", "SID74/BIR74 Marshall global"),
                        5e-8));
            CHECK(close(rates.spread,
                        test::expected_value("sids2", "EB prior variance a", "SID74/BIR74 Marshall global"),
                        5e-8, 0));
            auto smoothed =
                test::numbers(test::csv_columns(test::testdata("autocorrelation/smoothed.csv"))["sid74"]);
            for (std::size_t i = 0; i < smoothed.size(); ++i) {
                CHECK(close(rates.rate[i], smoothed[i], 1e-9, 0));
            }
        }
    }
    const auto one = autocorrelation_case("sids2", "SID74 queen W");
    const auto births = autocorrelation_case("sids2", "BIR74 queen W");
    CHECK(close(moran(standardised_rates(one.values, births.values), one.weights).value,
                test::expected_value("sids2", "EB Moran I (Assuncao-Reis)", "SID74/BIR74 queen row-std"),
                5e-8));
}
