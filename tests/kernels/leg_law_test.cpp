#include "kernels/route/match/leg_law.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace vigil;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// 0.001 minutes a metre; sigmas of 10 and 30 m.
const LegLikelihood law({}, 0.001);

LegFacts facts(double straight_m, double elapsed_s = unknown, double most_elapsed_s = unknown)
{
    LegFacts leg;
    leg.straight_m = straight_m;
    leg.sigma_from_m = 10;
    leg.sigma_to_m = 30;
    leg.elapsed_s = elapsed_s;
    leg.most_elapsed_s = most_elapsed_s;
    return leg;
}

/// P(Z <= z) of a standard normal Z by Simpson's rule.
double normal_below(double z)
{
    constexpr int steps = 4000;
    const double h = (z + 12) / steps;
    double sum = 0;
    for (int i = 0; i <= steps; ++i) {
        const double x = -12 + h * i;
        sum += std::exp(-x * x / 2) * (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2);
    }
    return sum * h / 3 / std::sqrt(2 * std::acos(-1.0));
}

} // namespace

TEST_CASE("leg law: beta grows with the cost and with what is not known of the places", "[leg_law]")
{
    CHECK(law.beta_minutes(facts(0), 0, 20) == Approx(0.02 + 0.04).epsilon(1e-14));
    CHECK(law.beta_minutes(facts(0), 10, 20) == Approx(0.02 + 0.5 + 0.04).epsilon(1e-14));
    CHECK(law.beta_minutes(facts(0), 10, 5) == Approx(0.02 + 2 + 0.04).epsilon(1e-14));
}

TEST_CASE("leg law: near legs go by how much longer or shorter than the straight line they are", "[leg_law]")
{
    // 200 m: 0.2 minutes, beta = 0.02 + 0.2 / 20 + 40 * 0.001 = 0.07
    CHECK(law.near(facts(200), 0.2) == 0);
    CHECK(law.near(facts(200), 0.34) == Approx(-2).epsilon(1e-12));
    CHECK(law.near(facts(200), 0.06) == Approx(-2).epsilon(1e-12));          // shorter ways as well
    CHECK(law.near(facts(200, 10, 12), 0.34) == law.near(facts(200), 0.34)); // times do not count
}

TEST_CASE("leg law: far legs go by how much dearer than the cheapest they are", "[leg_law]")
{
    // least 30: beta = 0.02 + 1.5 + 0.04 = 1.56
    CHECK(law.far(facts(5000), 30, 30) == 0);
    CHECK(law.far(facts(5000), 33.12, 30) == Approx(-2).epsilon(1e-12));
    CHECK(LegLikelihood::any_order(33.12, 1.56) == Approx(-33.12 / 1.56).epsilon(1e-14));
    const LegFacts timed = facts(5000, 2400, 2500);
    CHECK(law.far(timed, 33.12, 30) == Approx(-2 + law.elapsed(timed, 33.12)).epsilon(1e-12));
}

TEST_CASE("leg law: elapsed times have a log-normal density, and stays", "[leg_law]")
{
    for (const double dwell : {0.0, 0.5, 1.0}) {
        LegLaw options;
        options.dwell = dwell;
        const LegLikelihood one(options, 0.001);
        for (const double cost : {5.0, 20.0, 60.0}) {
            for (const double t : {4.0, 20.0, 90.0}) {
                for (const double more : {0.0, 7.0}) {
                    const double z = std::log(t / cost) / 0.7;
                    const double f = std::exp(-z * z / 2) / (t * 0.7 * std::sqrt(2 * std::acos(-1.0)));
                    const double all = normal_below(std::log((t + more) / cost) / 0.7);
                    const double expected = (1 - dwell) * f + dwell * all / 600;
                    CHECK(one.elapsed(facts(1, 60 * t, 60 * (t + more)), cost) ==
                          Approx(std::log(expected)).epsilon(1e-9));
                }
            }
        }
    }
}

TEST_CASE("leg law: without stays the density of elapsed times sums to one", "[leg_law]")
{
    LegLaw options;
    options.dwell = 0;
    const LegLikelihood one(options, 0.001);
    double sum = 0;
    for (double t = 0.05; t < 2000; t += 0.1) {
        sum += 0.1 * std::exp(one.elapsed(facts(1, 60 * t, 60 * t), 20));
    }
    CHECK(sum == Approx(1).epsilon(1e-4));
}

TEST_CASE("leg law: a journey may take longer than its cost, and hardly much shorter", "[leg_law]")
{
    const auto at = [](double minutes) {
        return law.elapsed(facts(1, 60 * minutes, 60 * minutes), 60);
    };
    CHECK(at(3000) > at(60) - 6); // days later: somebody stayed somewhere
    CHECK(at(3) < at(60) - 5);
    CHECK(at(3) < at(3000) - 3);
    CHECK(at(1e9) == Approx(std::log(0.5 / 600)).epsilon(1e-6)); // as likely as any time so long
}

TEST_CASE("leg law: unknown times say nothing, and a way that costs nothing may take any time", "[leg_law]")
{
    CHECK(law.elapsed(facts(1), 60) == 0);
    CHECK(law.elapsed(facts(1, 0, 0), 60) == 0);
    CHECK(std::isfinite(law.elapsed(facts(1, 0, 10), 60)));
    CHECK(std::isfinite(law.elapsed(facts(1, 600, 600), 0)));
    CHECK(std::isfinite(law.elapsed(facts(1, 1e-9, 1e-9), 0)));
}

TEST_CASE("leg law: nobody moves faster than 250 km/h, what is not known of the places taken off",
          "[leg_law]")
{
    // 2.5 (10 + 30) = 100 m are taken off; 10 s and one of the clock at 69.4 m/s are 763.9 m
    CHECK(!law.impossible(facts(863.8, 10, 10)));
    CHECK(law.impossible(facts(864.0, 10, 10)));
    CHECK(!law.impossible(facts(864.0, 9, 11))); // as long as it may have taken
    CHECK(!law.impossible(facts(1e7)));
    CHECK(!law.impossible(facts(169.4, 0, 0)));
    CHECK(law.impossible(facts(169.5, 0, 0)));
    CHECK(law.impossible(facts(169.5, -5, -5))); // clocks that run backward are as none
}
