// Relative risk tested by simulation: against all permutations of a few incidents, label noise and a planted
// excess.

#include "kernels/density/relative_risk.h"
#include "tests/kernels/density_risk_noise.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

using vigil::Grid;
using vigil::KernelShape;
using vigil::RiskTest;
using vigil::XY;
using vigil::test::Incidents;
using vigil::test::noise;
using vigil::test::same_bytes;
using vigil::test::shapes;
using vigil::test::share_below;
using vigil::test::town;

TEST_CASE("simulated p tends to the share of all permutations, weights moving with their incidents",
          "[density]")
{
    // 3 of A among 7 incidents about one cell: 35 labellings, each tried, with one bandwidth and with two
    const Incidents all{{{10, 0}, {-30, 10}, {25, 40}, {-50, -20}, {0, 60}, {70, 5}, {-20, -65}},
                        {2, 1, 3, 0.5, 1.5, 1, 6}};
    const Grid one_cell{.left_x = -5, .top_y = 5, .cell_m = 10, .rows = 1, .cols = 1};
    for (const double other : {100.0, 140.0}) {
        const auto ratio = [&](unsigned subset) {
            double sums[2] = {0, 0};
            double totals[2] = {0, 0};
            for (std::size_t i = 0; i < 7; ++i) {
                const unsigned in_a = subset >> i & 1U;
                const double d = std::hypot(all.points[i].x, all.points[i].y);
                sums[in_a] +=
                    all.weights[i] * vigil::kernel_value(KernelShape::quartic, in_a != 0 ? 100 : other, d);
                totals[in_a] += all.weights[i];
            }
            return sums[1] / totals[1] / (sums[0] / totals[0]);
        };
        for (const unsigned chosen :
             {0b0000111U, 0b1000011U, 0b0101010U, 0b1010001U, 0b0110100U, 0b1001100U}) {
            Incidents a;
            Incidents b;
            for (std::size_t i = 0; i < 7; ++i) {
                Incidents& to = (chosen >> i & 1U) != 0 ? a : b;
                to.points.push_back(all.points[i]);
                to.weights.push_back(all.weights[i]);
            }
            double at_least = 0;
            for (unsigned subset = 0; subset < 128; ++subset) {
                at_least +=
                    std::popcount(subset) == 3 && ratio(subset) >= ratio(chosen) * (1 - 1e-12) ? 1 : 0;
            }
            const double exact = at_least / 35;

            vigil::RiskOptions options;
            options.density.bandwidth_m = 100;
            options.other_bandwidth_m = other;
            options.least_count = 0;
            options.test = RiskTest::monte_carlo;
            options.simulations = 5000;
            const auto map =
                vigil::relative_risk({a.points, a.weights}, {b.points, b.weights}, one_cell, options);
            CHECK(std::exp(map.log_ratio.values[0]) == Approx(ratio(chosen)));
            CHECK(map.p.upper.values[0] ==
                  Approx(exact).margin(0.027)); // one labelling more or less is 0.029
        }
    }
}

TEST_CASE("values that rounding cannot tell apart count as equal", "[density]")
{
    // Lone incidents: at each, A's surface is K(0) or 0, so that every simulation ties with what was seen or
    // differs by all of it. A heavy incident to the west, out of reach, leaves residue in the sweep that
    // depends on its own label; ties must be found all the same.
    const Grid strip{.left_x = 0, .top_y = 100, .cell_m = 10, .rows = 10, .cols = 2400};
    Incidents a;
    Incidents b;
    for (std::size_t i = 0; i < 40; ++i) { // in canonical order: heavy 3 i, 3 i + 1; lone 3 i + 2
        const double west = 600 * static_cast<double>(i);
        Incidents& heavy = i % 2 == 0 ? a : b;
        heavy.points.push_back({west + 50.3, 41.7});
        heavy.weights.push_back(1000 + static_cast<double>(i) / 7);
        a.points.push_back({west + 77.9, 52.6});
        a.weights.push_back(3000 + static_cast<double>(i) / 3);
        Incidents& lone = i < 12 ? a : b;
        lone.points.push_back({west + 295.3, 47.1});
        lone.weights.push_back(1);
    }
    for (const KernelShape shape : shapes) {
        vigil::RiskOptions options;
        options.density.shape = shape;
        options.density.bandwidth_m = shape == KernelShape::gaussian ? 15 : 120;
        options.least_count = 0;
        options.test = RiskTest::monte_carlo;
        options.simulations = 150;
        options.seed = 5;
        const auto map = vigil::relative_risk({a.points, a.weights}, {b.points, b.weights}, strip, options);
        INFO(vigil::name_of(shape));
        for (std::size_t i = 0; i < 40; ++i) {
            double in_a = 0;
            for (std::uint64_t simulation = 1; simulation <= 150; ++simulation) {
                in_a += vigil::relabelling::permuted(120, 72, {5, simulation})[3 * i + 2];
            }
            const auto col = static_cast<std::int64_t>((600 * static_cast<double>(i) + 295.3) / 10);
            const bool first = i < 12;
            CHECK(map.p.upper.at(5, col) == Approx(first ? (in_a + 1) / 151 : 1));
            CHECK(map.p.lower.at(5, col) == Approx(first ? 1 : (151 - in_a) / 151));
        }
    }
}

TEST_CASE("under random labels a twentieth of the cells is below 0.05", "[density]")
{
    const Grid coarse{.left_x = 421000, .top_y = 3699000, .cell_m = 100, .rows = 10, .cols = 12};
    double simulated = 0;
    double asymptotic = 0;
    constexpr int trials = 60;
    for (std::uint64_t trial = 0; trial < trials; ++trial) {
        const Incidents all = noise(coarse, 300, 100 + trial, 0.3);
        const std::vector<XY> a(all.points.begin(), all.points.begin() + 120);
        const std::vector<XY> b(all.points.begin() + 120, all.points.end());
        vigil::RiskOptions options;
        options.density.bandwidth_m = 350;
        options.least_count = 15;
        asymptotic +=
            share_below(vigil::relative_risk({a, {}}, {b, {}}, coarse, options).p.upper.values, 0.05);
        options.test = RiskTest::monte_carlo;
        options.simulations = 199; // 5 of 200 on either side are exactly 0.05
        options.seed = trial;
        const auto p = vigil::relative_risk({a, {}}, {b, {}}, coarse, options).p;
        simulated += share_below(vigil::two_sided(p).values, 0.05);
    }
    // About 10 kernels fit side by side, so that a trial is worth some 10 cells: s.e. sqrt(.05 .95 / 600) =
    // 0.009
    CHECK(simulated / trials == Approx(0.05).margin(0.025));
    CHECK(asymptotic / trials == Approx(0.05).margin(0.03));
}

TEST_CASE("a planted excess is found where it is", "[density]")
{
    const Incidents cases = noise(town, 200, 7, 0.25);
    const Incidents controls = noise(town, 400, 8, 0);
    vigil::RiskOptions options;
    options.density.bandwidth_m = 200;
    for (const RiskTest test : {RiskTest::asymptotic, RiskTest::monte_carlo}) {
        options.test = test;
        const auto map = vigil::relative_risk({cases.points, {}}, {controls.points, {}}, town, options);
        // the cluster's middle: 0.65 + 0.05 of the width, 0.25 + 0.05 from the south
        CHECK(map.log_ratio.at(28, 35) > std::log(3));
        CHECK(map.p.upper.at(28, 35) <= 0.005);
        CHECK(map.p.lower.at(28, 35) > 0.99);
        CHECK(share_below(map.p.upper.values, 0.005) < 0.15);
    }
}

TEST_CASE("relative risk does not depend on the order of the rows nor on the number of threads", "[density]")
{
    Incidents a = noise(town, 500, 11, 0.3);
    Incidents b = noise(town, 900, 12, 0.1);
    a.points[5] = a.points[6]; // coincident, with weights of their own
    for (const double other : {0.0, 90.0}) {
        vigil::RiskOptions options;
        options.density.bandwidth_m = 140;
        options.other_bandwidth_m = other;
        options.test = RiskTest::monte_carlo;
        options.simulations = 29;
        const auto run = [&] {
            return vigil::relative_risk({a.points, a.weights}, {b.points, b.weights}, town, options);
        };
        const auto all_threads = run();
        for (Incidents* group : {&a, &b}) {
            std::reverse(group->points.begin(), group->points.end());
            std::reverse(group->weights.begin(), group->weights.end());
        }
        for (const std::size_t threads : {1U, 3U}) {
            const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
            const auto again = run();
            CHECK(same_bytes(again.log_ratio.values, all_threads.log_ratio.values));
            CHECK(same_bytes(again.p.upper.values, all_threads.p.upper.values));
            CHECK(same_bytes(again.p.lower.values, all_threads.p.lower.values));
        }
        options.seed = 2;
        CHECK(!same_bytes(run().p.upper.values, all_threads.p.upper.values));
    }
}

TEST_CASE("every subset of incidents is drawn equally often", "[density]")
{
    // 10 subsets of 2 in 5, and of 3 in 5 (drawn by their complement), 1000 times each on average
    for (const std::size_t count : {2U, 3U}) {
        std::map<unsigned, double> times; // by the subset as bits
        for (std::uint64_t simulation = 0; simulation < 10000; ++simulation) {
            unsigned subset = 0;
            for (const unsigned char label : vigil::relabelling::permuted(5, count, {3, simulation})) {
                subset = 2 * subset + label;
            }
            times[subset] += 1;
        }
        REQUIRE(times.size() == 10);
        double chi2 = 0;
        for (const auto& [subset, n] : times) {
            CHECK(static_cast<std::size_t>(std::popcount(subset)) == count);
            chi2 += (n - 1000) * (n - 1000) / 1000;
        }
        CHECK(chi2 < 27.9); // 99.9 % of chi-square with 9 degrees of freedom
    }
    // far from a power of two: 64 bits taken mod m would fall below 2^62 twice as often as it should
    vigil::relabelling::Draws draws(1, 1);
    const std::uint64_t m = 3ULL << 62U;
    int low = 0;
    for (int k = 0; k < 6000; ++k) {
        const std::uint64_t drawn = draws.below(m);
        REQUIRE(drawn < m);
        low += drawn < (1ULL << 62U) ? 1 : 0;
    }
    CHECK(low == Approx(2000).margin(150)); // s.d. 36; with bias 3000
    CHECK(draws.below(1) == 0);
}
