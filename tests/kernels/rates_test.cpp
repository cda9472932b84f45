#include "kernels/autocorrelation/incremental.h"
#include "kernels/rates/empirical_bayes.h"
#include "kernels/rates/probability_map.h"
#include "kernels/rates/rates.h"
#include "libgeo/error.h"
#include "tests/support/reference.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace vigil;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// North Carolina with the values of R's spdep (testdata/rates/README.md).
struct Sids {
    std::map<std::string, std::vector<std::string>> table =
        test::csv_columns(test::testdata("rates/sids.csv"));
    std::vector<double> counts = column("count");
    std::vector<double> people = column("people");
    std::vector<XY> places;
    Weights weights;

    Sids()
    {
        const auto x = column("x");
        const auto y = column("y");
        for (std::size_t i = 0; i < x.size(); ++i) {
            places.push_back({x[i], y[i]});
        }
        weights = distance_band(places, 80000);
    }
    [[nodiscard]] std::vector<double> column(const std::string& name) const
    {
        return test::numbers(table.at(name));
    }
};

/// The largest difference relative to the expected value, or to 1e-3 of the largest where that is greater.
double worst(const std::vector<double>& ours, const std::vector<double>& expected)
{
    REQUIRE(ours.size() == expected.size());
    double largest = 0;
    for (const double e : expected) {
        largest = std::max(largest, std::fabs(e));
    }
    double off = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const double scale = std::max(std::fabs(expected[i]), 1e-3 * largest);
        const double one = std::fabs(ours[i] - expected[i]) / scale;
        off = one <= off ? off : one; // NaN stays
    }
    return off;
}

Weights rows(const std::vector<std::vector<std::uint32_t>>& neighbours)
{
    Weights weights;
    for (const auto& row : neighbours) {
        weights.neighbour.insert(weights.neighbour.end(), row.begin(), row.end());
        weights.end.push_back(weights.neighbour.size());
    }
    return weights;
}

} // namespace

TEST_CASE("rates of North Carolina are spdep's", "[rates]")
{
    const Sids nc;
    const auto links = nc.column("links");
    for (std::size_t i = 0; i < links.size(); ++i) {
        REQUIRE(static_cast<double>(nc.weights.neighbours(i).size()) == links[i]);
    }
    CHECK(worst(raw_rates(nc.counts, nc.people), nc.column("raw")) < 1e-12);
    CHECK(worst(excess_risk(nc.counts, nc.people), nc.column("risk")) < 1e-12);
    CHECK(worst(smoothed_rates(nc.counts, nc.people, nc.weights), nc.column("smooth")) < 1e-12);

    const EmpiricalBayes global = empirical_bayes(nc.counts, nc.people);
    CHECK(worst(global.rate, nc.column("eb")) < 1e-12);
    CHECK(std::fabs(global.mean / nc.column("b")[0] - 1) < 1e-12);
    CHECK(std::fabs(global.spread / nc.column("a")[0] - 1) < 1e-12);

    const LocalEmpiricalBayes window = local_empirical_bayes(nc.counts, nc.people, nc.weights);
    CHECK(worst(window.rate, nc.column("eb_window")) < 1e-12);
    CHECK(worst(window.mean, nc.column("mean_window")) < 1e-12);
    CHECK(worst(window.spread, nc.column("a_window")) < 1e-12);
    const LocalEmpiricalBayes own = local_empirical_bayes(nc.counts, nc.people, nc.weights, LocalMean::own);
    CHECK(worst(own.rate, nc.column("eb_own")) < 1e-12);
    CHECK(worst(own.spread, nc.column("a_own")) < 1e-12);
}

TEST_CASE("Moran's I of standardised rates is the empirical Bayes index of spdep", "[rates]")
{
    const Sids nc;
    const auto z = standardised_rates(nc.counts, nc.people);
    CHECK(worst(z, nc.column("ebi_z")) < 1e-12);
    const double band[] = {80000};
    const auto moran = incremental_moran(nc.places, z, band);
    CHECK(std::fabs(moran.steps[0].i - nc.column("ebi_moran")[0]) < 1e-13);
}

TEST_CASE("the empirical Bayes index takes a negative spread as none, as spdep does", "[rates]")
{
    // R 4.2.2, spdep 1.2-7: EBImoran.mc(cases, people, nb2listw(chain of six)); a = -1.9e-4
    const std::vector<double> cases = {3, 1, 5, 2, 8, 1};
    const std::vector<double> people = {100, 50, 200, 80, 300, 50};
    const std::vector<XY> chain = {{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}};
    const double band[] = {1};
    const auto moran = incremental_moran(chain, standardised_rates(cases, people), band);
    CHECK(std::fabs(moran.steps[0].i + 0.678315479827425) < 1e-13);
}

TEST_CASE("the probability map of North Carolina is spdep's", "[rates]")
{
    const Sids nc;
    const ProbabilityMap map = probability_map(nc.counts, nc.people);
    CHECK(worst(map.expected, nc.column("expected")) < 1e-12);
    const auto less = nc.column("at_most");
    const auto greater = nc.column("at_least");
    for (std::size_t i = 0; i < less.size(); ++i) {
        CHECK(std::fabs(map.at_most[i] - less[i]) <= 1e-12 * less[i]);
        CHECK(std::fabs(map.at_least[i] - greater[i]) <= 1e-12 * greater[i]);
    }
}

TEST_CASE("Poisson tails are R's, near and far from the mean", "[rates]")
{
    // R 4.2.2: ppois(k, m), ppois(k - 1, m, lower = FALSE)
    struct Case {
        double k, mean, at_most, at_least;
    };
    const Case cases[] = {
        {0, 0.001, 0.99900049983337502, 1},
        {0, 5, 0.006737946999085467, 1},
        {3, 0.01, 0.99999999958665287, 1.6542165280748764e-07},
        {1, 2.2, 0.35457010675946843, 0.8891968416376661},
        {15, 15, 0.56808957560854401, 0.53434629105599041},
        {16, 15.5, 0.61544025510656475, 0.48298875273029174},
        {16, 40, 1.4184874380821869e-05, 0.99999453601928867},
        {40, 16, 0.99999987396465939, 3.2761306012522179e-07},
        {100, 100, 0.52656219852999886, 0.51329879827914882},
        {130, 100, 0.99829315962949849, 0.0022820930543169565},
        {70, 100, 0.00097144402827738794, 0.99933911686984267},
        {1000, 1000.5, 0.50210232422301759, 0.51051071092317901},
        {1200, 1000, 0.9999999996115061, 4.6842038558722563e-10},
        {800, 1000, 3.2298887227290205e-11, 0.99999999997428424},
        {5, 300, 1.0601197219852645e-120, 1},
        {100000, 100321.5, 0.1554159500073421, 0.84533730380834782},
        {30, 2, 1, 5.8553186093785776e-25},
        {17, 17.0, 0.56402291167225793, 0.53226171612618722},
    };
    for (const Case& c : cases) {
        CAPTURE(c.k, c.mean);
        CHECK(std::fabs(poisson_at_most(c.k, c.mean) - c.at_most) <= 2e-12 * c.at_most);
        CHECK(std::fabs(poisson_at_least(c.k, c.mean) - c.at_least) <= 2e-12 * c.at_least);
    }
    CHECK(poisson_at_most(0, 0) == 1);
    CHECK(poisson_at_least(0, 0) == 1);
    CHECK(poisson_at_least(1, 0) == 0);
}

TEST_CASE("features without people or data have no rate and change no other", "[rates]")
{
    const std::vector<double> counts = {2, 5, missing, 1, 7, 0};
    const std::vector<double> people = {10, 100, 50, missing, 0, 20};
    const RateCheck check = check_rates(counts, people);
    CHECK(check.usable == 3);
    CHECK(check.missing == 2);
    CHECK(check.no_population == 1);
    CHECK(check.cases_without == 1);
    CHECK(check.above_population == 1);
    CHECK(check.cases == 7);
    CHECK(check.population == 130);

    const Weights chain = rows({{1}, {0, 4}, {1}, {4}, {1, 5}, {4}});
    const std::vector<std::vector<double>> all = {raw_rates(counts, people),
                                                  excess_risk(counts, people),
                                                  empirical_bayes(counts, people).rate,
                                                  local_empirical_bayes(counts, people, chain).rate,
                                                  standardised_rates(counts, people),
                                                  probability_map(counts, people).at_least};
    for (const auto& rate : all) {
        for (const std::size_t i : {2U, 3U, 4U}) {
            CHECK(std::isnan(rate[i]));
        }
        for (const std::size_t i : {0U, 1U, 5U}) {
            CHECK(std::isfinite(rate[i]));
        }
    }
    const auto smooth = smoothed_rates(counts, people, chain);
    CHECK(smooth[0] == 7.0 / 110);
    CHECK(smooth[4] == 5.0 / 120); // nobody of its own: from its neighbours 1 and 5
    CHECK(std::isnan(smooth[2]));
    CHECK(excess_risk(counts, people)[0] == Approx(0.2 / (7.0 / 130)).epsilon(1e-14));
}

TEST_CASE("with little but chance in them rates are drawn to the mean entirely", "[rates]")
{
    // r = .02, .02, .04; b = 8 / 300, sum p (r - b)^2 / sum p = 8.9e-5 < b / 100 = 2.7e-4: a = 0
    const std::vector<double> counts = {2, 2, 4};
    const std::vector<double> people = {100, 100, 100};
    const EmpiricalBayes result = empirical_bayes(counts, people);
    CHECK(result.spread == 0);
    for (const double rate : result.rate) {
        CHECK(std::fabs(rate - 8.0 / 300) < 1e-17);
    }
    const auto z = standardised_rates(counts, people);
    CHECK(std::fabs(z[2] - (0.04 - 8.0 / 300) / std::sqrt(8.0 / 300 / 100)) < 1e-13);
}

TEST_CASE("without cases rates are 0 and nothing is unusual", "[rates]")
{
    const std::vector<double> counts = {0, 0};
    const std::vector<double> people = {5, 10};
    CHECK(empirical_bayes(counts, people).rate == std::vector<double>{0, 0});
    CHECK(local_empirical_bayes(counts, people, rows({{1}, {0}})).rate == std::vector<double>{0, 0});
    CHECK(standardised_rates(counts, people) == std::vector<double>{0, 0});
    CHECK(probability_map(counts, people).at_most == std::vector<double>{1, 1});
    CHECK(std::isnan(excess_risk(counts, people)[0]));
    const std::vector<double> nobody = {0, 0};
    CHECK(std::isnan(empirical_bayes(counts, nobody).mean));
    CHECK(std::isnan(standardised_rates(counts, nobody)[0]));
    CHECK(raw_rates({}, {}).empty());
}

TEST_CASE("impossible counts and populations are errors that name the row", "[rates]")
{
    const double infinite = std::numeric_limits<double>::infinity();
    const std::vector<double> good = {1, 2};
    CHECK_THROWS_WITH(raw_rates(good, std::vector<double>{1, -1}),
                      "row 2: the population is negative; it must be 0 or more");
    CHECK_THROWS_WITH(empirical_bayes(std::vector<double>{-1, 1}, good),
                      "row 1: the count is negative; it must be 0 or more");
    CHECK_THROWS_WITH(standardised_rates(std::vector<double>{1, infinite}, good),
                      "row 2: the count is infinite");
    CHECK_THROWS_WITH(excess_risk(good, std::vector<double>{1}), "2 counts and 1 populations");
    CHECK_THROWS_WITH(smoothed_rates(good, good, rows({{1}})), "2 features and 1 rows of weights");
    CHECK_THROWS_WITH(probability_map(std::vector<double>{1, 0.5}, good),
                      "row 2: the count is not whole; Poisson probabilities need whole counts");
}

TEST_CASE("a link of a feature to itself weighs in its window in place of 1", "[rates]")
{
    Weights weights = rows({{0, 1}, {0}});
    weights.weight = {3, 0.5, 1};
    const std::vector<double> counts = {1, 4};
    const std::vector<double> people = {10, 20};
    const auto smooth = smoothed_rates(counts, people, weights);
    CHECK(smooth[0] == 5.0 / 40); // (3 * 1 + .5 * 4) / (3 * 10 + .5 * 20)
    CHECK(smooth[1] == 5.0 / 30);
}
