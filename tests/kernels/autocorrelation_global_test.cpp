#include "kernels/autocorrelation/global.h"
#include "kernels/autocorrelation/join_counts.h"
#include "tests/kernels/autocorrelation_data.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <numeric>

using namespace vigil;
using test::autocorrelation_case;
using test::close;
using test::expected_value;
using test::numbers;

namespace {

GlobalAutocorrelation statistic(const std::string& name, const test::AutocorrelationCase& one,
                                Islands islands)
{
    return name == "moran"   ? moran(one.values, one.weights, islands)
           : name == "geary" ? geary(one.values, one.weights, islands)
                             : general_g(one.values, one.weights, islands);
}

/// A path of n places, 1 2 3 ... n.
Weights path(std::size_t n)
{
    std::vector<std::map<std::uint32_t, double>> rows(n);
    for (std::uint32_t i = 0; i + 1 < n; ++i) {
        rows[i][i + 1] = 1;
        rows[i + 1][i] = 1;
    }
    return test::weights_of(rows);
}

/// Mean and variance of f over all orders of the values.
template <typename Statistic>
std::pair<double, double> over_all_orders(std::vector<double> values, Statistic f)
{
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<double> results;
    do {
        std::vector<double> laid;
        for (const std::size_t i : order) {
            laid.push_back(values[i]);
        }
        results.push_back(f(laid));
    } while (std::next_permutation(order.begin(), order.end()));
    const double mean =
        std::accumulate(results.begin(), results.end(), 0.0) / static_cast<double>(results.size());
    double variance = 0;
    for (const double r : results) {
        variance += (r - mean) * (r - mean) / static_cast<double>(results.size());
    }
    return {mean, variance};
}

} // namespace

TEST_CASE("Moran, Geary and General G with their moments are spdep's", "[autocorrelation]")
{
    // testdata/autocorrelation/oracle.R, R spdep 1.2-7; without "all in n" as spdep does by default
    auto table = test::csv_columns(test::testdata("autocorrelation/global.csv"));
    const auto value = numbers(table["value"]);
    const auto expected = numbers(table["expected"]);
    const auto variance = numbers(table["variance"]);
    const auto z = numbers(table["z"]);
    std::map<std::string, test::AutocorrelationCase> cases;
    for (std::size_t row = 0; row < value.size(); ++row) {
        const std::string null = table["null"][row];
        const std::string name = table["stat"][row];
        const bool all = null.find("all in n") != std::string::npos;
        CAPTURE(table["data"][row], table["params"][row], name, null);
        auto [at, fresh] = cases.try_emplace(table["data"][row] + table["params"][row]);
        if (fresh) {
            at->second = autocorrelation_case(table["data"][row], table["params"][row]);
        }
        const auto result = statistic(name, at->second, all ? Islands::keep : Islands::reduce_n);
        const NullTest& test = null.substr(0, 4) == "rand" ? result.randomisation : result.normality;
        CHECK(close(result.value, value[row]));
        CHECK(close(test.expected, expected[row]));
        if (name == "geary" && result.islands > 0 && !all) {
            continue; // spdep 1.2-7 takes n - 1, n - 2 and n^2 without islands, but n with them
        }
        CHECK(close(test.variance, variance[row]));
        CHECK(close(test.z, z[row]));
    }
}

TEST_CASE("islands can be left out from the start", "[autocorrelation]")
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const std::string field : {"signed", "counts"}) {
        const auto one = autocorrelation_case("points", field + " band B");
        const auto linked = autocorrelation_case("points", field + " band-linked B");
        auto absent = one.values;
        for (std::size_t i = 0; i < absent.size(); ++i) {
            absent[i] = one.weights.neighbours(i).empty() ? nan : absent[i];
        }
        for (const auto f : {moran, geary}) {
            const auto expected = f(linked.values, linked.weights, Islands::keep);
            const auto dropped = f(one.values, one.weights, Islands::drop);
            CHECK(close(dropped.value, expected.value));
            CHECK(close(dropped.randomisation.z, expected.randomisation.z));
            CHECK(close(dropped.normality.z, expected.normality.z));
            CHECK(close(f(absent, one.weights, Islands::keep).randomisation.z, expected.randomisation.z));
            CHECK(dropped.islands == 11);
            CHECK(dropped.features == 49);
        }
    }
}

TEST_CASE("Moran, Geary and General G of the reference sets are those of expected.csv", "[autocorrelation]")
{
    // R spdep 1.2-7, to eight digits
    const auto check = [](const std::string& data, const std::string& stat, const std::string& params,
                          double value) {
        CAPTURE(data, stat, params);
        CHECK(value == Approx(expected_value(data, stat, params)).epsilon(5e-8));
    };
    const auto african = autocorrelation_case("afcon", "totcon W");
    const auto african_moran = moran(african.values, african.weights);
    check("afcon", "Moran I", "paper weights, row-standardised", african_moran.value);
    check("afcon", "Moran z", "randomisation", african_moran.randomisation.z);
    check("afcon", "Geary C", "paper weights, row-standardised",
          geary(african.values, african.weights).value);
    const std::map<std::string, std::vector<std::string>> fields = {
        {"columbus", {"CRIME"}},
        {"sids2", {"SIDR74", "SIDR79"}},
        {"stl_hom", {"HR7984", "HR8488", "HR8893"}}};
    for (const auto& [data, names] : fields) {
        for (const std::string& field : names) {
            const auto queen = autocorrelation_case(data, field + " queen W");
            const auto queen_moran = moran(queen.values, queen.weights);
            check(data, "Moran I", field + " queen row-std", queen_moran.value);
            check(data, "Moran z", field + " queen randomisation", queen_moran.randomisation.z);
            check(data, "Geary C", field + " queen row-std", geary(queen.values, queen.weights).value);
            const auto rook = autocorrelation_case(data, field + " rook W");
            const auto rook_moran = moran(rook.values, rook.weights);
            check(data, "Moran I", field + " rook row-std", rook_moran.value);
            check(data, "Moran z", field + " rook randomisation", rook_moran.randomisation.z);
            const auto binary = autocorrelation_case(data, field + " queen B");
            const auto g = general_g(binary.values, binary.weights);
            check(data, "General G", field + " queen binary", g.value);
            check(data, "General G z", field + " queen binary", g.randomisation.z);
        }
    }
}

TEST_CASE("the randomisation moments are those over all orders of the values", "[autocorrelation]")
{
    // all 720 orders of six values on an asymmetric, unevenly weighted graph
    const Weights weights = test::weights_of(
        {{{1, 2}, {2, 1}}, {{0, 1}}, {{3, 0.5}, {5, 1}}, {{2, 3}}, {{0, 1}, {3, 1}}, {{4, 2}}});
    for (const std::vector<double>& values : {std::vector<double>{1, 2, 4, 8, 9, 0},
                                              {0, 0, 0, 0, 7, 1},
                                              {1e6 + 1, 1e6 + 2, 1e6, 1e6, 1e6, 1e6 + 5},
                                              {1e7, 0, 1, 3, 0, 2}}) {
        const auto compare = [&](auto f, const GlobalAutocorrelation& seen) {
            const auto [mean, variance] = over_all_orders(values, f);
            CHECK(close(seen.randomisation.expected, mean, 1e-9));
            CHECK(close(seen.randomisation.variance, variance, 1e-9, 0));
        };
        compare([&](const auto& v) { return moran(v, weights).value; }, moran(values, weights));
        compare([&](const auto& v) { return geary(v, weights).value; }, geary(values, weights));
        compare([&](const auto& v) { return general_g(v, weights).value; }, general_g(values, weights));
    }
}

TEST_CASE("far from zero General G loses no digits", "[autocorrelation]")
{
    // With x = 1e8 + y, y small whole numbers: the z of G tends to that of the linear part sum_i d_i y_i,
    // which for row sums d is (sum d y - mean d sum y) / sqrt(sum (d - mean d)^2 sum (y - mean y)^2 / (n -
    // 1)).
    const Weights weights = path(6); // d = 2 4 4 4 4 2
    const double y[] = {0, 3, 1, 2, 5, 1};
    std::vector<double> values;
    for (const double one : y) {
        values.push_back(1e8 + one);
    }
    // sum d y = 12 + 4 + 8 + 20 + 2 = 46, mean d = 10/3, sum y = 12: 46 - 40 = 6
    // sum (d - 10/3)^2 = 4 (2/3)^2 + 2 (4/3)^2 = 48/9, sum (y - 2)^2 = 4 + 1 + 1 + 0 + 9 + 1 = 16: sd =
    // sqrt(48/9 * 16/5)
    CHECK(close(general_g(values, weights).randomisation.z, 6 / std::sqrt(48.0 / 9 * 16 / 5), 3e-8));
}

TEST_CASE("Moran of a path of four is what one gets on paper", "[autocorrelation]")
{
    // z = -1.5 -.5 .5 1.5, sum z^2 = 5; pairs .75 - .25 + .75 = 1.25 both ways 2.5; S0 = 6: I = 4/6 * 2.5/5 =
    // 1/3 sum of squared differences 3 * 1 both ways = 6: C = 3 / 12 * 6 / 5 = .3 S1 = 1/2 * 6 * 4 = 12, S2 =
    // 4 + 16 + 16 + 4 = 40 normality: (16 * 12 - 4 * 40 + 3 * 36) / (36 * 15) - 1/9 = 140/540 - 60/540 = 4/27
    const double values[] = {1, 2, 3, 4};
    const auto result = moran(values, path(4));
    CHECK(close(result.value, 1.0 / 3));
    CHECK(close(result.randomisation.expected, -1.0 / 3));
    CHECK(close(result.normality.variance, 4.0 / 27));
    CHECK(close(geary(values, path(4)).value, 0.3));
    CHECK(result.features == 4);
    CHECK(result.links == 6);
    // one-sided p: 1 - Phi(z) with z = (2/3) / sqrt(4/27) = sqrt 3: R pnorm(-sqrt(3)) = 0.0416322583317752
    CHECK(close(result.normality.z, std::sqrt(3.0)));
    CHECK(close(result.normality.p_greater, 0.0416322583317752));
    CHECK(close(result.normality.p, 2 * 0.0416322583317752));
    CHECK(close(result.normality.p_less, 1 - 0.0416322583317752));
}

TEST_CASE("global statistics have an answer where there is nothing to say", "[autocorrelation]")
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    SECTION("all values equal: no value, z 0, p 1")
    {
        const double values[] = {.1, .1, .1, .1, .1};
        for (const auto& r : {moran(values, path(5)), geary(values, path(5)), general_g(values, path(5))}) {
            CHECK(std::isnan(r.value));
            CHECK(r.randomisation.z == 0);
            CHECK(r.randomisation.p == 1);
        }
    }
    SECTION("every pair neighbours: the statistic is the same in every order")
    {
        std::vector<std::map<std::uint32_t, double>> rows(5);
        for (std::uint32_t i = 0; i < 5; ++i) {
            for (std::uint32_t j = 0; j < 5; ++j) {
                if (i != j) {
                    rows[i][j] = 1;
                }
            }
        }
        const double values[] = {3, 1, 4, 1, 5};
        const auto full = test::weights_of(rows);
        CHECK(close(moran(values, full).value, -0.25));
        for (const auto& r : {moran(values, full), geary(values, full), general_g(values, full)}) {
            CHECK(r.randomisation.z == 0);
            CHECK(r.randomisation.p == 1);
        }
    }
    SECTION("no links, no values, one value: NaN")
    {
        const double values[] = {3, 1, 4};
        const auto alone = test::weights_of({{}, {}, {}});
        CHECK(std::isnan(moran(values, alone).randomisation.z));
        CHECK(moran(values, alone).islands == 3);
        const double absent[] = {nan, nan, 4};
        CHECK(std::isnan(geary(absent, path(3)).value));
        CHECK(std::isnan(moran({}, {}).value));
    }
    SECTION("absent values go with their links")
    {
        const double with[] = {3, 1, 4, nan, 5, 9};
        const double without[] = {3, 1, 4, 5, 9};
        // the path 0-1-2 and 4-5 is left
        const auto rest = test::weights_of({{{1, 1}}, {{0, 1}, {2, 1}}, {{1, 1}}, {{4, 1}}, {{3, 1}}});
        CHECK(close(moran(with, path(6)).randomisation.z, moran(without, rest).randomisation.z));
        CHECK(close(general_g(with, path(6)).randomisation.z, general_g(without, rest).randomisation.z));
    }
    SECTION("links to oneself do not count")
    {
        const double values[] = {1, 2, 4};
        const auto self = test::weights_of({{{0, 9}, {1, 1}}, {{0, 1}, {2, 1}}, {{1, 1}, {2, 5}}});
        CHECK(close(moran(values, self).randomisation.z, moran(values, path(3)).randomisation.z));
    }
    SECTION("negative values are refused by General G, infinite ones by all")
    {
        const double negative[] = {1, -2, 4};
        CHECK_THROWS_WITH(general_g(negative, path(3)), Catch::Contains("row 2: a negative value"));
        const double infinite[] = {1, std::numeric_limits<double>::infinity(), 4};
        CHECK_THROWS_WITH(moran(infinite, path(3)), Catch::Contains("infinite"));
        CHECK_THROWS_WITH(moran(infinite, path(4)), Catch::Contains("3 values and 4 rows"));
    }
}

namespace {

const JoinCount& pair_of(const JoinCounts& counts, std::int32_t a, std::int32_t b)
{
    return *std::find_if(counts.pairs.begin(), counts.pairs.end(), [&](const JoinCount& one) {
        return one.first == std::min(a, b) && one.second == std::max(a, b);
    });
}

std::int32_t number(const std::string& text)
{
    return static_cast<std::int32_t>(std::stoi(text));
}

} // namespace

TEST_CASE("join counts are spdep's", "[autocorrelation]")
{
    // testdata/autocorrelation/oracle.R, R spdep 1.2-7 (joincount.multi; joincount.test for free sampling)
    auto table = test::csv_columns(test::testdata("autocorrelation/joins.csv"));
    const auto count = numbers(table["count"]);
    const auto expected = numbers(table["expected"]);
    const auto variance = numbers(table["variance"]);
    const auto z = numbers(table["z"]);
    for (std::size_t row = 0; row < count.size(); ++row) {
        const std::string params = table["params"][row];
        const std::string pair = table["pair"][row];
        CAPTURE(table["data"][row], params, pair, table["sampling"][row]);
        const bool without = params.find("without islands") != std::string::npos;
        auto one = autocorrelation_case(
            table["data"][row], params.substr(0, params.find(' ')) == "CRIME"
                                    ? "CRIME queen " + params.substr(params.size() - 1)
                                    : "colour " + std::string(params.find("knn") < 99 ? "knn " : "band ") +
                                          params.substr(params.size() - 1));
        std::vector<std::int32_t> colour;
        for (const double v : one.values) {
            colour.push_back(table["data"][row] == "columbus" ? static_cast<std::int32_t>(v > 35)
                                                              : static_cast<std::int32_t>(v));
        }
        const JoinCounts counts =
            join_counts(colour, one.weights, without ? Islands::drop : Islands::reduce_n);
        const JoinCount& seen = pair == "Jtot"
                                    ? counts.different
                                    : pair_of(counts, number(pair.substr(0, 1)), number(pair.substr(2)));
        if (pair == "Jtot" && counts.islands > 0) {
            continue; // the same mixture of n
        }
        const NullTest& test = table["sampling"][row] == "free" ? seen.free_sampling : seen.randomisation;
        CHECK(close(seen.count, count[row]));
        CHECK(close(test.expected, expected[row]));
        CHECK(close(test.variance, variance[row]));
        CHECK(close(test.z, z[row]));
    }
}

TEST_CASE("the moments of join counts are those over all orders, and over all colourings",
          "[autocorrelation]")
{
    const Weights weights = test::weights_of(
        {{{1, 2}, {2, 1}}, {{0, 1}}, {{3, 0.5}, {5, 1}}, {{2, 3}}, {{0, 1}, {3, 1}}, {{4, 2}}});
    const auto coloured = [](const std::vector<double>& v) {
        return std::vector<std::int32_t>(v.begin(), v.end());
    };
    const std::vector<double> colours = {0, 1, 1, 2, 0, 1};
    const JoinCounts seen = join_counts(coloured(colours), weights);
    for (std::size_t k = 0; k < seen.pairs.size(); ++k) {
        const auto [mean, variance] = over_all_orders(
            colours, [&](const auto& v) { return join_counts(coloured(v), weights).pairs[k].count; });
        CHECK(close(seen.pairs[k].randomisation.expected, mean));
        CHECK(close(seen.pairs[k].randomisation.variance, variance));
    }
    const auto [mean, variance] = over_all_orders(
        colours, [&](const auto& v) { return join_counts(coloured(v), weights).different.count; });
    CHECK(close(seen.different.randomisation.expected, mean));
    CHECK(close(seen.different.randomisation.variance, variance));

    // free sampling of 0 0 1 0 0 1: each place is 1 with chance 1/3; all 64 maps with their chances
    const JoinCounts free = join_counts(std::vector<std::int32_t>{0, 0, 1, 0, 0, 1}, weights);
    for (std::size_t k = 0; k < 3; ++k) {
        double first = 0;
        double second = 0;
        for (unsigned map = 0; map < 64; ++map) {
            std::vector<std::int32_t> colour;
            double chance = 1;
            for (unsigned i = 0; i < 6; ++i) {
                colour.push_back(static_cast<std::int32_t>(map >> i & 1U));
                chance *= colour.back() == 1 ? 1.0 / 3 : 2.0 / 3;
            }
            const auto pairs = join_counts(colour, weights).pairs;
            const double count = k < pairs.size() ? pairs[k].count : 0;
            first += chance * count;
            second += chance * count * count;
        }
        CHECK(close(free.pairs[k].free_sampling.expected, first));
        CHECK(close(free.pairs[k].free_sampling.variance, second - first * first));
    }
}
