// The difference of two densities against sums in long double, its p-values against the binomial distribution
// and against all permutations of a few incidents.

#include "kernels/density/difference.h"
#include "kernels/fdr.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

using vigil::DifferenceNull;
using vigil::DifferenceScale;
using vigil::Grid;
using vigil::KernelShape;
using vigil::XY;

namespace {

using Real = long double;

struct Incidents {
    std::vector<XY> points;
    std::vector<double> weights;
    [[nodiscard]] vigil::Group group() const { return {points, weights}; }
};

constexpr Grid town{.left_x = 421000, .top_y = 3699000, .cell_m = 25, .rows = 40, .cols = 50};

Incidents noise(std::size_t n, std::uint64_t seed, double clustered = 0)
{
    Incidents out;
    const vigil::Box box = town.box();
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(seed, i);
        const bool near = random.uniform(2) < clustered;
        const double u = near ? 0.65 + 0.1 * random.uniform(0) : random.uniform(0);
        const double v = near ? 0.25 + 0.1 * random.uniform(1) : random.uniform(1);
        out.points.push_back({box.min_x + u * box.width(), box.min_y + v * box.height()});
        out.weights.push_back(0.5 + 2 * random.uniform(3));
    }
    return out;
}

Real sum_at(const Incidents& in, KernelShape shape, double h, double x, double y)
{
    Real sum = 0;
    for (std::size_t i = 0; i < in.points.size(); ++i) {
        const double d = std::hypot(x - in.points[i].x, y - in.points[i].y);
        sum += static_cast<Real>(in.weights[i]) * static_cast<Real>(vigil::kernel_value(shape, h, d));
    }
    return sum;
}

Real total(const Incidents& in)
{
    return std::accumulate(in.weights.begin(), in.weights.end(), Real{0});
}

bool same_bytes(const std::vector<double>& a, const std::vector<double>& b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

double share_below(const std::vector<double>& p, double level)
{
    const auto tested = std::count_if(p.begin(), p.end(), [](double v) { return !std::isnan(v); });
    const auto below = std::count_if(p.begin(), p.end(), [&](double v) { return v <= level; });
    return static_cast<double>(below) / static_cast<double>(tested);
}

/// P(X >= k), X binomial of n and share.
double binomial_upper(int n, int k, double share)
{
    double sum = 0;
    for (int j = k; j <= n; ++j) {
        sum += std::exp(std::lgamma(n + 1.0) - std::lgamma(j + 1.0) - std::lgamma(n - j + 1.0) +
                        j * std::log(share) + (n - j) * std::log(1 - share));
    }
    return sum;
}

constexpr Grid one_cell{.left_x = -5, .top_y = 5, .cell_m = 10, .rows = 1, .cols = 1};

} // namespace

TEST_CASE("the difference of rates and of patterns equals sums in long double", "[density]")
{
    const Incidents a = noise(60, 1, 0.4);
    const Incidents b = noise(150, 2);
    std::vector<double> edge;
    for (std::size_t k = 0; k < 2000; ++k) {
        edge.push_back(k == 77 ? 0 : 0.5 + static_cast<double>(k % 100) / 200);
    }
    for (const auto shape : {KernelShape::quartic, KernelShape::triangular, KernelShape::gaussian}) {
        for (const auto scale : {DifferenceScale::rates, DifferenceScale::patterns}) {
            vigil::DifferenceOptions options;
            options.density.shape = shape;
            options.density.bandwidth_m = 130;
            options.scale = scale;
            options.exposure_a = 30;
            options.exposure_b = 90.5;
            options.edge_mass = edge;
            options.simulations = 0;
            const auto map = vigil::density_difference(a.group(), b.group(), town, options);
            const bool rates = scale == DifferenceScale::rates;
            const Real per_a = 1 / (rates ? Real{30} : total(a));
            const Real per_b = 1 / (rates ? Real{90.5} : total(b));
            Real worst = 0;
            Real highest = 0;
            for (std::int64_t row = 0; row < town.rows; ++row) {
                for (std::int64_t col = 0; col < town.cols; ++col) {
                    const auto k = static_cast<std::size_t>(row * town.cols + col);
                    const double x = town.centre_x(col);
                    const double y = town.centre_y(row);
                    const Real exact =
                        (per_a * sum_at(a, shape, 130, x, y) - per_b * sum_at(b, shape, 130, x, y)) / edge[k];
                    if (k != 77) {
                        worst = std::max(worst, std::abs(map.difference.values[k] - exact));
                        highest = std::max(highest, std::abs(exact));
                    }
                }
            }
            INFO(vigil::name_of(shape));
            CHECK(worst / highest < (shape == KernelShape::gaussian ? 1e-8L : 1e-11L));
            CHECK(std::isnan(map.difference.values[77]));
            CHECK(map.p.upper.values.empty());
            CHECK(map.untested_cells < 2000);
        }
    }
}

TEST_CASE("counts in one place are tested as two Poisson counts given their sum", "[density]")
{
    // 24 in 30 days against 25 in 60 days: P(X >= 24), X binomial(49, 1/3) = 0.0175; the labels alone do not
    // tell, since one place has no pattern
    const std::vector<XY> a(24, XY{1, 2});
    const std::vector<XY> b(25, XY{1, 2});
    vigil::DifferenceOptions options;
    options.density.bandwidth_m = 100;
    options.exposure_a = 30;
    options.exposure_b = 60;
    options.simulations = 20000;
    const auto map = vigil::density_difference({a, {}}, {b, {}}, one_cell, options);
    const double upper = binomial_upper(49, 24, 1.0 / 3);
    const double lower = 1 - binomial_upper(49, 25, 1.0 / 3);
    REQUIRE(upper == Approx(0.0175).margin(0.002));
    CHECK(std::abs(map.p.upper.values[0] - upper) < 4 * std::sqrt(upper / 20000));
    CHECK(std::abs(map.p.lower.values[0] - lower) < 4 * std::sqrt(upper / 20000));
    CHECK(vigil::two_sided(map.p).values[0] == 2 * map.p.upper.values[0]);
    // one place, 49 incidents: K(0) = 3 / (pi h^2), less (1 - 5 / 10000)^2 for sqrt(5) m
    const double peak = 3 / (3.14159265358979323846 * 10000) * 0.9995 * 0.9995;
    CHECK(map.difference.values[0] == Approx(peak * (24.0 / 30 - 25.0 / 60)));

    options.null = DifferenceNull::permuted;
    options.simulations = 99;
    const auto permuted = vigil::density_difference({a, {}}, {b, {}}, one_cell, options);
    CHECK(permuted.p.upper.values[0] == 1);
    CHECK(permuted.p.lower.values[0] == 1);
    CHECK(vigil::two_sided(permuted.p).values[0] == 1);
}

TEST_CASE("permuted p tends to the share of all labellings, weights moving with their incidents", "[density]")
{
    const Incidents all{{{-65, -20}, {-50, -20}, {-30, 10}, {0, 60}, {10, 0}, {25, 40}, {70, 5}},
                        {2, 1, 3, 0.5, 1.5, 1, 4}};
    constexpr unsigned chosen = 0b0110100; // 3, 5 and 6 of 1..7 belong to A
    Incidents a;
    Incidents b;
    for (unsigned i = 0; i < 7; ++i) {
        Incidents& to = (chosen >> i & 1U) != 0 ? a : b;
        to.points.push_back(all.points[i]);
        to.weights.push_back(all.weights[i]);
    }
    for (const auto scale : {DifferenceScale::rates, DifferenceScale::patterns}) {
        const auto statistic = [&](unsigned subset) {
            double sums[2] = {0, 0};
            double weights[2] = {0, 0};
            for (unsigned i = 0; i < 7; ++i) {
                const unsigned in_a = subset >> i & 1U;
                const double d = std::hypot(all.points[i].x, all.points[i].y);
                sums[in_a] += all.weights[i] * vigil::kernel_value(KernelShape::quartic, 100, d);
                weights[in_a] += all.weights[i];
            }
            return scale == DifferenceScale::rates ? sums[1] / 2 - sums[0] / 3
                                                   : sums[1] / weights[1] - sums[0] / weights[0];
        };
        double at_least = 0;
        double at_most = 0;
        for (unsigned subset = 0; subset < 128; ++subset) {
            if (std::popcount(subset) == 3) {
                at_least += statistic(subset) >= statistic(chosen) - 1e-12 ? 1 : 0;
                at_most += statistic(subset) <= statistic(chosen) + 1e-12 ? 1 : 0;
            }
        }
        vigil::DifferenceOptions options;
        options.density.bandwidth_m = 100;
        options.scale = scale;
        options.null = DifferenceNull::permuted;
        options.exposure_a = 2;
        options.exposure_b = 3;
        options.least_count = 0;
        options.simulations = 8000;
        const auto map = vigil::density_difference(a.group(), b.group(), one_cell, options);
        CHECK(map.p.upper.values[0] == Approx(at_least / 35).margin(0.022)); // 4 sqrt(.25 / 8000)
        CHECK(map.p.lower.values[0] == Approx(at_most / 35).margin(0.022));
    }
}

TEST_CASE("noise is rarely significant and a planted change is", "[density]")
{
    double found = 0;
    constexpr int trials = 40;
    for (std::uint64_t trial = 0; trial < trials; ++trial) {
        const Incidents a = noise(150, 300 + 2 * trial);
        const Incidents b = noise(300, 301 + 2 * trial);
        vigil::DifferenceOptions options;
        options.density.bandwidth_m = 250;
        options.exposure_b = 2; // the same rate
        options.simulations = 99;
        options.seed = trial;
        found +=
            share_below(vigil::density_difference(a.group(), b.group(), town, options).p.upper.values, 0.05);
    }
    // some 10 kernels side by side: s.e. sqrt(.05 .95 / 400) = 0.011, and the total varies as Poisson does
    // not
    CHECK(found / trials == Approx(0.05).margin(0.03));

    const Incidents before = noise(200, 7);
    const Incidents after = noise(260, 8, 0.25);
    vigil::DifferenceOptions options;
    options.density.bandwidth_m = 200;
    options.simulations = 999;
    for (const auto null : {DifferenceNull::by_exposure, DifferenceNull::permuted}) {
        options.null = null;
        const auto map = vigil::density_difference(after.group(), before.group(), town, options);
        const auto q = vigil::false_discovery_rate(vigil::two_sided(map.p));
        CHECK(map.difference.at(28, 35) > 0);
        CHECK(map.p.upper.at(28, 35) == Approx(0.001));
        CHECK(q.at(28, 35) < 0.05);
        CHECK(same_bytes(q.values, vigil::benjamini_hochberg(vigil::two_sided(map.p).values)));
    }
}

TEST_CASE("a rise everywhere is significant by exposure and not by permutation", "[density]")
{
    const Incidents a = noise(800, 17);
    const Incidents b = noise(200, 18);
    vigil::DifferenceOptions options;
    options.density.bandwidth_m = 200;
    options.simulations = 99;
    const auto rate = vigil::density_difference(a.group(), b.group(), town, options);
    options.null = DifferenceNull::permuted;
    const auto pattern = vigil::density_difference(a.group(), b.group(), town, options);
    CHECK(share_below(rate.p.upper.values, 0.05) > 0.9);
    CHECK(share_below(pattern.p.upper.values, 0.05) < 0.2);
}

TEST_CASE("the difference does not depend on the order of the rows nor on the number of threads", "[density]")
{
    Incidents a = noise(400, 11, 0.3);
    Incidents b = noise(700, 12);
    for (const auto null : {DifferenceNull::by_exposure, DifferenceNull::permuted}) {
        vigil::DifferenceOptions options;
        options.density.bandwidth_m = 140;
        options.null = null;
        options.simulations = 29;
        const auto first = vigil::density_difference(a.group(), b.group(), town, options);
        for (Incidents* group : {&a, &b}) {
            std::reverse(group->points.begin(), group->points.end());
            std::reverse(group->weights.begin(), group->weights.end());
        }
        for (const std::size_t threads : {1U, 3U}) {
            const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
            const auto again = vigil::density_difference(a.group(), b.group(), town, options);
            CHECK(same_bytes(again.difference.values, first.difference.values));
            CHECK(same_bytes(again.p.upper.values, first.p.upper.values));
            CHECK(same_bytes(again.p.lower.values, first.p.lower.values));
        }
    }
}

TEST_CASE("an empty period is a rate of 0, and nothing at all is refused", "[density]")
{
    const std::vector<XY> a(8, XY{0, 0});
    vigil::DifferenceOptions options;
    options.density.bandwidth_m = 100;
    options.simulations = 999;
    const auto map = vigil::density_difference({a, {}}, {{}, {}}, one_cell, options);
    // all 8 in A: 1 / 256
    CHECK(map.p.upper.values[0] == Approx(1.0 / 256).margin(0.006));
    CHECK(map.difference.values[0] == Approx(8 * 3 / (3.14159265358979323846 * 10000)));

    const auto text = [&](const vigil::Group& one, const vigil::Group& two) -> std::string {
        try {
            vigil::density_difference(one, two, one_cell, options);
        } catch (const vigil::Error& error) {
            return error.what();
        }
        return "accepted";
    };
    CHECK(text({{}, {}}, {{}, {}}) == "no incident has a weight above 0");
    options.exposure_b = 0;
    CHECK(text({a, {}}, {a, {}}) == "exposure 0 is not a positive number");
    options.exposure_b = 1;
    options.scale = DifferenceScale::patterns;
    CHECK(text({a, {}}, {a, {}}) ==
          "patterns have no totals that could be tested by exposure; permute the labels");
    options.null = DifferenceNull::permuted;
    CHECK(text({a, {}}, {{}, {}}) == "a group without incidents has no pattern to compare");
    CHECK(text({a, {}}, {a, {}}) == "accepted");
}
