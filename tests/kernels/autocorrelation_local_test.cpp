#include "kernels/autocorrelation/local_geary.h"
#include "kernels/autocorrelation/local_join_counts.h"
#include "kernels/autocorrelation/local_moran.h"
#include "kernels/getis_ord.h"
#include "tests/kernels/autocorrelation_data.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

using namespace vigil;
using test::autocorrelation_case;
using test::close;
using test::numbers;

namespace {

const double absent = std::numeric_limits<double>::quiet_NaN();

/// The rows of testdata/autocorrelation/local.csv for one case.
std::map<std::string, std::vector<std::string>> local_rows(const std::string& data, const std::string& params)
{
    auto table = test::csv_columns(test::testdata("autocorrelation/local.csv"));
    std::map<std::string, std::vector<std::string>> rows;
    for (std::size_t i = 0; i < table["data"].size(); ++i) {
        if (table["data"][i] == data && table["params"][i] == params) {
            for (const auto& [name, column] : table) {
                rows[name].push_back(column[i]);
            }
        }
    }
    return rows;
}

std::string name_of(Quadrant quadrant)
{
    const char* names[] = {"", "Low-Low", "Low-High", "High-Low", "High-High"};
    switch (quadrant) {
    case Quadrant::none:
        return names[0];
    case Quadrant::low_low:
        return names[1];
    case Quadrant::low_high:
        return names[2];
    case Quadrant::high_low:
        return names[3];
    case Quadrant::high_high:
        return names[4];
    }
    return {};
}

/// An uneven, asymmetric graph of six.
Weights uneven()
{
    return test::weights_of(
        {{{1, 2}, {2, 1}}, {{0, 1}}, {{3, 0.5}, {5, 1}}, {{2, 3}}, {{0, 1}, {1, .5}, {3, 1}}, {{4, 2}}});
}

/// Mean and variance of f(values) over the orders of all values but number `fixed`.
std::pair<double, double> with_one_fixed(std::vector<double> values, std::size_t fixed,
                                         const std::function<double(const std::vector<double>&)>& f)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i != fixed) {
            order.push_back(i);
        }
    }
    const std::vector<std::size_t> places = order;
    std::vector<double> results;
    do {
        std::vector<double> laid = values;
        for (std::size_t k = 0; k < places.size(); ++k) {
            laid[places[k]] = values[order[k]];
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

TEST_CASE("local Moran, its moments and quadrants, and local Geary are spdep's", "[autocorrelation]")
{
    // testdata/autocorrelation/oracle.R, R spdep 1.2-7: localmoran (conditional, and not), localC
    for (const auto& [data, params] : {std::pair<std::string, std::string>{"afcon", "totcon W"},
                                       {"columbus", "CRIME queen W"},
                                       {"points", "signed band W"},
                                       {"points", "counts knn B"},
                                       {"points", "signed inverse B"}}) {
        auto rows = local_rows(data, params);
        const auto one = autocorrelation_case(data, params);
        REQUIRE(rows["i"].size() == one.values.size());
        const auto conditional = local_moran(one.values, one.weights);
        const auto total = local_moran(one.values, one.weights, LocalNull::total);
        const auto geary = local_geary(one.values, one.weights);
        const auto column = [&](const char* name, std::size_t i) {
            return std::stod(rows[name][i]);
        };
        for (std::size_t i = 0; i < one.values.size(); ++i) {
            CAPTURE(data, params, i);
            CHECK(conditional.neighbours[i] == static_cast<std::int32_t>(column("neighbours", i)));
            if (conditional.neighbours[i] ==
                0) { // spdep says 0 of an island's I and c; here they are not known
                CHECK(std::isnan(conditional.value[i]));
                CHECK(std::isnan(conditional.p[i]));
                CHECK(std::isnan(geary.value[i]));
                CHECK(conditional.quadrant[i] == Quadrant::none);
                continue;
            }
            CHECK(close(conditional.value[i], column("moran", i)));
            CHECK(close(conditional.expected[i], column("e", i)));
            CHECK(close(conditional.variance[i], column("var", i)));
            CHECK(close(conditional.z[i], column("z", i)));
            CHECK(close(total.expected[i], column("e_total", i)));
            CHECK(close(total.variance[i], column("var_total", i)));
            CHECK(close(total.z[i], column("z_total", i)));
            CHECK(name_of(conditional.quadrant[i]) == rows["quadrant"][i]);
            CHECK(close(geary.value[i], column("geary", i)));
        }
    }
}

TEST_CASE("local Geary of several variables is spdep's", "[autocorrelation]")
{
    auto rows = local_rows("columbus", "CRIME INC HOVAL queen W");
    std::vector<std::vector<double>> variables;
    Weights weights;
    for (const char* field : {"CRIME", "INC", "HOVAL"}) {
        auto one = autocorrelation_case("columbus", std::string(field) + " queen W");
        variables.push_back(one.values);
        weights = one.weights;
    }
    const auto seen = local_geary(variables, weights);
    const auto expected = numbers(rows["geary"]);
    REQUIRE(expected.size() == seen.value.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(close(seen.value[i], expected[i]));
    }
}

TEST_CASE("the conditional z of local Moran is that of Gi, turned below the mean", "[autocorrelation]")
{
    const auto one = autocorrelation_case("columbus", "CRIME queen W");
    const auto local = local_moran(one.values, one.weights);
    const auto gi = getis_ord(one.values, one.weights, HotspotStatistic::gi);
    const double mean = std::accumulate(one.values.begin(), one.values.end(), 0.0) / 49;
    for (std::size_t i = 0; i < one.values.size(); ++i) {
        CHECK(close(local.z[i], one.values[i] < mean ? -gi.z[i] : gi.z[i], 1e-11));
    }
}

TEST_CASE("local moments are those over all orders of the others", "[autocorrelation]")
{
    // 120 orders of the five others for every feature; 7 among zeros is a value that outweighs all others
    for (const std::vector<double>& values :
         {std::vector<double>{1, 2, 4, 8, 9, 0}, {0, 1, 0, 0, 1e6, 2}, {3, -3, 3, -3, 0, 3}}) {
        const Weights weights = uneven();
        const auto moran = local_moran(values, weights);
        const auto total = local_moran(values, weights, LocalNull::total);
        const auto geary = local_geary(values, weights);
        for (std::size_t i = 0; i < 6; ++i) {
            CAPTURE(i, values);
            const auto m =
                with_one_fixed(values, i, [&](const auto& v) { return local_moran(v, weights).value[i]; });
            CHECK(close(moran.expected[i], m.first));
            CHECK(close(moran.variance[i], m.second, 1e-9, 1e-14 * m.first * m.first));
            const auto c =
                with_one_fixed(values, i, [&](const auto& v) { return local_geary(v, weights).value[i]; });
            CHECK(close(geary.expected[i], c.first));
            CHECK(close(geary.variance[i], c.second, 1e-9, 1e-14 * c.first * c.first));
            const auto all =
                with_one_fixed(values, 99, [&](const auto& v) { return local_moran(v, weights).value[i]; });
            CHECK(close(total.expected[i], all.first));
            CHECK(close(total.variance[i], all.second));
        }
    }
}

TEST_CASE("moments of several variables are those over all orders of the others", "[autocorrelation]")
{
    const std::vector<std::vector<double>> variables = {
        {1, 2, 4, 8, 9, 0}, {5, 5, 1, 0, 2, 2}, {7, 7, 7, 7, 7, 7}};
    const std::vector<double> number = {0, 1, 2, 3, 4, 5};
    const auto laid = [&](const std::vector<double>& order) {
        auto result = variables;
        for (std::size_t v = 0; v < 3; ++v) {
            for (std::size_t i = 0; i < 6; ++i) {
                result[v][i] = variables[v][static_cast<std::size_t>(order[i])];
            }
        }
        return result;
    };
    const auto seen = local_geary(variables, uneven());
    for (std::size_t i = 0; i < 6; ++i) {
        const auto c =
            with_one_fixed(number, i, [&](const auto& v) { return local_geary(laid(v), uneven()).value[i]; });
        CHECK(close(seen.expected[i], c.first));
        CHECK(close(seen.variance[i], c.second));
        CHECK(seen.type[i] != GearyType::high_high);
    }
}

TEST_CASE("local statistics have an answer where there is nothing to say", "[autocorrelation]")
{
    SECTION("all equal: z 0 and p 1")
    {
        const std::vector<double> values(6, .3);
        const auto moran = local_moran(values, uneven());
        const auto geary = local_geary(values, uneven());
        for (std::size_t i = 0; i < 6; ++i) {
            CHECK(std::isnan(moran.value[i]));
            CHECK(moran.z[i] == 0);
            CHECK(moran.p[i] == 1);
            CHECK(moran.quadrant[i] == Quadrant::none);
            CHECK(geary.z[i] == 0);
            CHECK(geary.p[i] == 1);
            CHECK(geary.type[i] == GearyType::none);
        }
    }
    SECTION("all others equal: they cannot vary")
    {
        const std::vector<double> values = {0.1, 0.1, 0.1, 0.1, 7, 0.1};
        CHECK(local_moran(values, uneven()).z[4] == 0);
        CHECK(local_geary(values, uneven()).z[4] == 0);
        CHECK(local_moran(values, uneven()).z[0] != 0);
    }
    SECTION("all others are neighbours with the same weight")
    {
        const Weights star = test::weights_of({{{1, .1}, {2, .1}, {3, .1}}, {{0, 1}}, {{0, 1}}, {{0, 1}}});
        const std::vector<double> values = {4, 1, 2, 9};
        CHECK(local_moran(values, star).z[0] == 0);
        CHECK(local_moran(values, star).p[0] == 1);
        CHECK(local_geary(values, star).z[0] == 0);
    }
    SECTION("absent values, two values, none")
    {
        const std::vector<double> values = {1, absent, 4, 8, 9, 0};
        const auto moran = local_moran(values, uneven());
        CHECK(std::isnan(moran.value[1]));
        CHECK(moran.neighbours[1] == 0);
        CHECK(moran.neighbours[0] == 1);
        CHECK(std::isnan(local_geary(values, uneven()).p[1]));
        const Weights two = test::weights_of({{{1, 1}}, {{0, 1}}});
        CHECK(local_moran(std::vector<double>{1, 2}, two).z[0] == 0);
        CHECK(local_geary(std::vector<double>{1, 2}, two).z[0] == 0);
        CHECK(local_moran({}, {}).z.empty());
        CHECK(local_geary(std::vector<double>{}, {}).z.empty());
    }
    SECTION("wrong sizes")
    {
        const std::vector<double> values = {1, 2};
        CHECK_THROWS_WITH(local_moran(values, uneven()), Catch::Contains("2 values and 6 rows"));
        CHECK_THROWS_WITH(local_geary(values, uneven()), Catch::Contains("2 values and 6 rows"));
        CHECK_THROWS_WITH(local_join_counts(values, uneven()), Catch::Contains("2 values and 6 rows"));
        CHECK_THROWS_WITH(local_join_counts(std::vector<double>{0, 1, 0, 1, 2, 0}, uneven()),
                          Catch::Contains("row 5"));
    }
}

TEST_CASE("types of local Geary follow the values", "[autocorrelation]")
{
    // a path: 9 9 8 . 0 1 0 . 9 0 . 5 5, neighbours side by side
    const std::vector<double> values = {9, 9, 8, absent, 0, 1, 0, absent, 9, 0};
    std::vector<std::map<std::uint32_t, double>> rows(values.size());
    for (std::uint32_t i = 0; i + 1 < values.size(); ++i) {
        rows[i][i + 1] = rows[i + 1][i] = 1;
    }
    const auto type = local_geary(values, test::weights_of(rows)).type;
    CHECK(type[0] == GearyType::high_high);
    CHECK(type[1] == GearyType::high_high);
    CHECK(type[5] == GearyType::low_low);
    CHECK(type[8] == GearyType::negative);
    CHECK(type[9] == GearyType::negative);
    CHECK(type[3] == GearyType::none);
}

TEST_CASE("permutation gets the right tail", "[autocorrelation]")
{
    CHECK(tail_of_sum(3, 2) == SumTail::upper);
    CHECK(tail_of_sum(1, 2) == SumTail::lower);
    CHECK(tail_of_sum(2, 2) == SumTail::both);
}

TEST_CASE("the chance of a local join count is R's phyper", "[autocorrelation]")
{
    // R 4.2: phyper(m - 1, marked, all - marked, draws, lower.tail = FALSE)
    CHECK(close(upper_hypergeometric(9, 4, 3)[2], 34.0 / 84)); // (C(4,2) 5 + C(4,3)) / C(9,3) = (30 + 4) / 84
    CHECK(close(upper_hypergeometric(99855, 4992, 36)[8], 0.000333089499391673, 1e-11, 0));
    CHECK(close(upper_hypergeometric(99855, 4992, 36)[36], 1.28343108079786e-47, 1e-11, 0));
    CHECK(close(upper_hypergeometric(1000, 900, 950)[870], 6.38038905168971e-09, 1e-11, 0));
    CHECK(upper_hypergeometric(1000, 900, 950)[850] == 1); // 850 at least
    CHECK(upper_hypergeometric(5, 5, 3)[3] == 1);
    CHECK(upper_hypergeometric(5, 0, 3)[1] == 0);
    CHECK(upper_hypergeometric(5, 0, 3)[0] == 1);
}

TEST_CASE("local join counts and their chances are those over all orders of the others", "[autocorrelation]")
{
    const std::vector<double> values = {1, 1, 0, 1, 1, 0};
    Weights weights = uneven();
    weights.weight.clear();
    const auto seen = local_join_counts(values, weights);
    CHECK(seen.count == std::vector<double>{1, 1, 0, 0, 3, 0});
    CHECK(std::isnan(seen.p[2]));
    CHECK(std::isnan(seen.p[5]));
    for (const std::size_t i : {0U, 1U, 3U, 4U}) {
        const auto share = with_one_fixed(values, i, [&](const auto& v) {
            return local_join_counts(v, weights).count[i] >= seen.count[i] ? 1.0 : 0.0;
        });
        CHECK(close(seen.p[i], share.first));
    }
    const auto mixed = local_join_counts(values, uneven());
    CHECK(mixed.count == std::vector<double>{2, 1, 0, 0, 2.5, 0});
    CHECK(std::isnan(mixed.p[0]));
    CHECK(close(mixed.p[1], seen.p[1])); // one neighbour: its weight does not matter
}
