// Bootstrap standard errors against closed forms, sums in long double and resampling itself.

#include "kernels/density/bootstrap.h"
#include "kernels/density/kernel_square.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <string>
#include <vector>

using vigil::Grid;
using vigil::KernelShape;
using vigil::Resampling;
using vigil::XY;

namespace {

using Real = long double;

constexpr KernelShape shapes[] = {KernelShape::quartic, KernelShape::epanechnikov, KernelShape::triweight,
                                  KernelShape::uniform, KernelShape::triangular,   KernelShape::gaussian};
constexpr Grid town{.left_x = 421000, .top_y = 3699000, .cell_m = 25, .rows = 40, .cols = 50};
constexpr Grid one_cell{.left_x = -5, .top_y = 5, .cell_m = 10, .rows = 1, .cols = 1};

struct Incidents {
    std::vector<XY> points;
    std::vector<double> weights;
};

Incidents noise(std::size_t n, std::uint64_t seed)
{
    Incidents out;
    const vigil::Box box = town.box();
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(seed, i);
        const double u = random.uniform(0) * 1.3 - 0.15;
        const double v = random.uniform(1) * 1.3 - 0.15;
        out.points.push_back({box.min_x + u * box.width(), box.min_y + v * box.height()});
        if (random.uniform(2) < 0.2 && i > 0) {
            out.points.back() = out.points[i / 2]; // coincident rows are drawn apart
        }
        out.weights.push_back(0.5 + 2 * random.uniform(3));
    }
    return out;
}

/// K in long double; u2 = d^2 / h^2.
Real formula(KernelShape shape, Real h, Real u2)
{
    const Real pi = std::numbers::pi_v<Real>;
    if (shape == KernelShape::gaussian) {
        return std::exp(-u2 / 2) / (2 * pi * h * h);
    }
    if (u2 > 1) {
        return 0;
    }
    switch (shape) {
    case KernelShape::uniform:
        return 1 / (pi * h * h);
    case KernelShape::triangular:
        return 3 * (1 - std::sqrt(u2)) / (pi * h * h);
    case KernelShape::epanechnikov:
        return 2 * (1 - u2) / (pi * h * h);
    case KernelShape::quartic:
        return 3 * (1 - u2) * (1 - u2) / (pi * h * h);
    default:
        return 4 * (1 - u2) * (1 - u2) * (1 - u2) / (pi * h * h);
    }
}

/// Sums of w K and (w K)^2 over incidents.
struct Sums {
    Real first = 0, second = 0;
};

Sums sums_at(const Incidents& in, KernelShape shape, Real h, Real x, Real y)
{
    Sums sums;
    for (std::size_t i = 0; i < in.points.size(); ++i) {
        const Real dx = x - in.points[i].x;
        const Real dy = y - in.points[i].y;
        const Real term = in.weights[i] * formula(shape, h, (dx * dx + dy * dy) / (h * h));
        sums.first += term;
        sums.second += term * term;
    }
    return sums;
}

bool same_bytes(const std::vector<double>& a, const std::vector<double>& b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

} // namespace

TEST_CASE("standard errors of one and two incidents follow the formula", "[density]")
{
    // at 30 m and 50 m of a quartic of 100 m: K = 3 / (pi 10^4) times 0.91^2 and 0.75^2
    const std::vector<XY> points = {{30, 0}, {0, -50}};
    const std::vector<double> weights = {2, 3};
    const double peak = 3 / (std::numbers::pi * 1e4);
    const double k1 = 2 * peak * 0.91 * 0.91;
    const double k2 = 3 * peak * 0.75 * 0.75;
    const vigil::DensityOptions options{.shape = KernelShape::quartic, .bandwidth_m = 100};
    const auto two = vigil::standard_error(points, weights, one_cell, options);
    CHECK(two.values[0] == Approx(std::hypot(k1, k2)).epsilon(1e-14));
    // two draws of two: f is 2 k1, k1 + k2 or 2 k2 with chances 1/4, 1/2, 1/4; s.d. |k1 - k2| / sqrt(2)
    const auto drawn = vigil::standard_error(points, weights, one_cell, options, Resampling::multinomial);
    // a difference of two terms, one of them a density that is right to 1e-12 of itself
    CHECK(drawn.values[0] == Approx(std::abs(k1 - k2) / std::numbers::sqrt2).epsilon(1e-10));

    const std::vector<XY> one = {{30, 0}};
    CHECK(vigil::standard_error(one, {}, one_cell, options).values[0] == Approx(k1 / 2).epsilon(1e-14));
    // one draw of one is always the same
    CHECK(vigil::standard_error(one, {}, one_cell, options, Resampling::multinomial).values[0] == 0);
    CHECK(vigil::standard_error({}, {}, one_cell, options).values[0] == 0);
    // 4 rows in one place vary as a count of 4 does; one row of weight 4 varies as a whole
    const std::vector<XY> four(4, XY{0, 0});
    const std::vector<double> heavy = {4};
    CHECK(vigil::standard_error(four, {}, one_cell, options).values[0] == Approx(2 * peak).epsilon(1e-14));
    CHECK(vigil::standard_error(std::span(four).first(1), heavy, one_cell, options).values[0] ==
          Approx(4 * peak).epsilon(1e-14));
}

TEST_CASE("standard errors equal sums in long double in every cell, with the density's zeros", "[density]")
{
    const Incidents in = noise(150, 1);
    for (const KernelShape shape : shapes) {
        for (const double h : {20.0, 90.0, 333.0}) {
            const vigil::DensityOptions options{.shape = shape, .bandwidth_m = h};
            const auto error = vigil::standard_error(in.points, in.weights, town, options);
            const auto drawn =
                vigil::standard_error(in.points, in.weights, town, options, Resampling::multinomial);
            const auto map = vigil::density(in.points, in.weights, town, options);
            const bool gaussian = shape == KernelShape::gaussian;
            Real highest = 0;
            Real worst = 0;        // relative
            Real worst_of_max = 0; // as a share of the highest
            Real worst_drawn = 0;
            std::size_t zeros_differ = 0;
            std::vector<Sums> exact;
            for (std::int64_t row = 0; row < town.rows; ++row) {
                for (std::int64_t col = 0; col < town.cols; ++col) {
                    exact.push_back(sums_at(in, shape, h, town.centre_x(col), town.centre_y(row)));
                    highest = std::max(highest, std::sqrt(exact.back().second));
                }
            }
            for (std::size_t k = 0; k < exact.size(); ++k) {
                const Real want = std::sqrt(exact[k].second);
                const Real off = std::abs(error.values[k] - want);
                worst_of_max = std::max(worst_of_max, off / highest);
                if (want > highest * Real{1e-4}) {
                    worst = std::max(worst, off / want);
                }
                const Real variance = exact[k].second - exact[k].first * exact[k].first / 150;
                worst_drawn = std::max(
                    worst_drawn, std::abs(static_cast<Real>(drawn.values[k]) * drawn.values[k] - variance));
                zeros_differ +=
                    static_cast<std::size_t>((error.values[k] == 0) != (map.raster.values[k] == 0));
            }
            INFO(vigil::name_of(shape) << ", " << h << " m");
            CHECK(worst < (gaussian ? 1e-7L : 1e-12L));
            CHECK(worst_of_max < (gaussian ? 3.2e-8L : 1e-13L));
            CHECK(worst_drawn / (highest * highest) < (gaussian ? 1e-8L : 1e-11L));
            CHECK((gaussian || zeros_differ == 0));
        }
    }
}

TEST_CASE("resampling agrees with the closed form within its own error", "[density]")
{
    const Incidents in = noise(200, 3);
    for (const auto resampling : {Resampling::poisson, Resampling::multinomial}) {
        vigil::BootstrapOptions options;
        options.density.bandwidth_m = 250;
        options.resampling = resampling;
        options.resamples = 800;
        const auto map = vigil::bootstrap(in.points, in.weights, town, options);
        const auto error = vigil::standard_error(in.points, in.weights, town, options.density, resampling);
        const auto mean = vigil::density(in.points, in.weights, town, options.density).raster;
        double sum = 0;
        double worst = 0;
        std::size_t inside = 0;
        for (std::size_t k = 0; k < 2000; ++k) {
            const double ratio = map.standard_error.values[k] / error.values[k];
            sum += ratio / 2000;
            worst = std::max(worst, std::abs(ratio - 1));
            inside += static_cast<std::size_t>(map.low.values[k] < mean.values[k] &&
                                               mean.values[k] < map.high.values[k]);
        }
        // s.d. of a standard error from B normal values: 1 / sqrt(2 B) = 0.025; cells of few incidents have
        // heavier tails
        CHECK(sum == Approx(1).margin(0.02));
        CHECK(worst < 0.15);
        CHECK(inside == 2000);
    }
}

TEST_CASE("the percentile band of a count is that of the Poisson distribution", "[density]")
{
    // 100 rows in one place: f / K(0) of a resample is Poisson(100): 2.5 % at 81, 97.5 % at 120 (R qpois)
    const std::vector<XY> hundred(100, XY{0, 0});
    vigil::BootstrapOptions options;
    options.density.bandwidth_m = 100;
    options.resamples = 1999;
    const auto map = vigil::bootstrap(hundred, {}, one_cell, options);
    const double peak = 3 / (std::numbers::pi * 1e4);
    CHECK(map.low.values[0] / peak == Approx(81).margin(1.5));
    CHECK(map.high.values[0] / peak == Approx(120).margin(1.5));
    CHECK(map.standard_error.values[0] / peak == Approx(10).margin(0.7)); // 4 / sqrt(2 B) of 10
    // 100 of 100 rows in the same place: the number does not vary
    options.resampling = Resampling::multinomial;
    const auto fixed = vigil::bootstrap(hundred, {}, one_cell, options);
    CHECK(fixed.low.values[0] == fixed.high.values[0]);
    CHECK(fixed.standard_error.values[0] == 0);
}

TEST_CASE("bootstrap does not depend on row order, threads or strips", "[density]")
{
    Incidents in = noise(300, 5);
    vigil::BootstrapOptions options;
    options.density.bandwidth_m = 140;
    options.resamples = 19;
    const auto first = vigil::bootstrap(in.points, in.weights, town, options);
    const auto error = vigil::standard_error(in.points, in.weights, town, options.density);
    const auto drawn =
        vigil::standard_error(in.points, in.weights, town, options.density, Resampling::multinomial);
    std::reverse(in.points.begin(), in.points.end());
    std::reverse(in.weights.begin(), in.weights.end());
    for (const std::size_t threads : {1U, 3U}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
        const auto again = vigil::bootstrap(in.points, in.weights, town, options);
        CHECK(same_bytes(again.standard_error.values, first.standard_error.values));
        CHECK(same_bytes(again.low.values, first.low.values));
        CHECK(same_bytes(again.high.values, first.high.values));
        CHECK(same_bytes(vigil::standard_error(in.points, in.weights, town, options.density).values,
                         error.values));
        CHECK(same_bytes(
            vigil::standard_error(in.points, in.weights, town, options.density, Resampling::multinomial)
                .values,
            drawn.values));
    }
    options.work_bytes = 53200; // strips of 7 rows: 19 * 50 * 8 * 7
    const auto strips = vigil::bootstrap(in.points, in.weights, town, options);
    const double highest = *std::max_element(first.high.values.begin(), first.high.values.end());
    for (std::size_t k = 0; k < 2000; ++k) {
        CHECK(strips.high.values[k] == Approx(first.high.values[k]).margin(1e-12 * highest));
        CHECK(strips.standard_error.values[k] ==
              Approx(first.standard_error.values[k]).epsilon(1e-9).margin(1e-12 * highest));
    }
}

TEST_CASE("unusable bootstrap input is refused with one clear line", "[density]")
{
    const std::vector<XY> one = {{0, 0}};
    vigil::BootstrapOptions options;
    const auto text = [&](std::span<const double> weights) -> std::string {
        try {
            vigil::bootstrap(one, weights, one_cell, options);
            vigil::standard_error(one, weights, one_cell, options.density);
        } catch (const vigil::Error& error) {
            return error.what();
        }
        return "accepted";
    };
    const std::vector<double> negative = {-1};
    const std::vector<double> huge = {1e200};
    CHECK(text({}) == "accepted");
    CHECK(text(negative) == "incident 1 has a weight that is negative or not finite; weights are 0 or more");
    CHECK(text(huge) == "a weight is too large to be squared");
    options.resamples = 1;
    CHECK(text({}) == "1 resamples: give a number from 2 to 100000 (199 and 999 are usual)");
    options.resamples = 9;
    options.confidence = 1;
    CHECK(text({}) == "confidence 1 is not between 0 and 1");
    options.confidence = 0.9;
    options.density.bandwidth_m = 0;
    CHECK(text({}) == "bandwidth 0 m is not a positive number");
}
