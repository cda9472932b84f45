// The pilot against all pairs in long double, Abramson's bandwidths against cases by hand.

#include "kernels/density.h"
#include "kernels/density/adaptive.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using vigil::KernelShape;
using vigil::XY;

namespace {

constexpr KernelShape shapes[] = {KernelShape::quartic, KernelShape::epanechnikov, KernelShape::triweight,
                                  KernelShape::uniform, KernelShape::triangular,   KernelShape::cosine,
                                  KernelShape::gaussian};

struct Noise {
    std::vector<XY> points;
    std::vector<double> weights;
};

/// A cluster and scatter over 10 km, a fifth of the places repeated, a few weights 0.
Noise noise(std::size_t n, std::uint64_t seed)
{
    Noise noise;
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(seed, i);
        const double wide = random.uniform(2) < 0.5 ? 10000 : 700;
        XY p{431000 + wide * random.uniform(0), 5431000 + wide * random.uniform(1)};
        if (i > 0 && random.uniform(3) < 0.2) {
            p = noise.points[i / 2];
        }
        noise.points.push_back(p);
        noise.weights.push_back(random.uniform(4) < 0.05 ? 0 : 0.2 + 3 * random.uniform(5));
    }
    return noise;
}

std::vector<double> all_pairs(const Noise& noise, KernelShape shape, double h)
{
    std::vector<double> out;
    for (const XY p : noise.points) {
        long double sum = 0;
        for (std::size_t j = 0; j < noise.points.size(); ++j) {
            sum += noise.weights[j] * vigil::kernel_value(shape, h, vigil::distance_m(p, noise.points[j]));
        }
        out.push_back(static_cast<double>(sum));
    }
    return out;
}

} // namespace

TEST_CASE("the density at the incidents is the sum over all pairs", "[density]")
{
    const Noise scattered = noise(900, 5);
    for (const KernelShape shape : shapes) {
        for (const double h : {0.5, 40.0, 400.0, 3000.0, 60000.0}) {
            const auto fast = vigil::density_at_points(scattered.points, scattered.weights, shape, h);
            const auto slow = all_pairs(scattered, shape, h);
            INFO(vigil::name_of(shape) << ", h = " << h);
            double most = 0;
            for (std::size_t i = 0; i < slow.size(); ++i) {
                most = std::fmax(most, std::fabs(fast[i] - slow[i]) / vigil::kernel_peak(shape, h));
            }
            CHECK(most < 1e-11); // of sums up to some 1000 peaks
        }
    }
}

TEST_CASE("the pilot depends neither on the order of the rows nor on the threads", "[density]")
{
    Noise scattered = noise(2000, 6);
    for (const KernelShape shape : {KernelShape::quartic, KernelShape::gaussian}) {
        const auto first = vigil::density_at_points(scattered.points, scattered.weights, shape, 300);
        const auto bandwidths = vigil::abramson(scattered.weights, first, 300);
        Noise turned = scattered;
        std::reverse(turned.points.begin(), turned.points.end());
        std::reverse(turned.weights.begin(), turned.weights.end());
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        auto second = vigil::density_at_points(turned.points, turned.weights, shape, 300);
        auto others = vigil::abramson(turned.weights, second, 300);
        std::reverse(second.begin(), second.end());
        std::reverse(others.bandwidths_m.begin(), others.bandwidths_m.end());
        CHECK(first == second);
        CHECK(bandwidths.bandwidths_m == others.bandwidths_m);
    }
}

TEST_CASE("incidents at one place count as one of their weight, and a lone one sees its own peak",
          "[density]")
{
    const std::vector<XY> points{{0, 0}, {0, 0}, {900, 0}};
    for (const KernelShape shape : shapes) {
        const double h = vigil::bandwidth_for_sigma(shape, 20);
        const auto f = vigil::density_at_points(points, std::vector<double>{2, 3, 1}, shape, h);
        const double peak = vigil::kernel_peak(shape, h);
        CHECK(f[0] == Approx(5 * peak));
        CHECK(f[1] == f[0]);
        CHECK(f[2] == Approx(peak));
    }
    CHECK(vigil::density_at_points({}, {}, KernelShape::quartic, 5).empty());
}

TEST_CASE("bandwidths go as the pilot to the power -1/2, about their geometric mean", "[density]")
{
    // f^(-1/2) = 1, 2, 4: the geometric mean is 2
    const std::vector<double> pilot{1, 0.25, 0.0625};
    const auto plain = vigil::abramson({}, pilot, 100);
    CHECK(plain.gamma_m == Approx(2));
    CHECK(plain.trimmed == 0);
    CHECK(plain.bandwidths_m[0] == Approx(50));
    CHECK(plain.bandwidths_m[1] == Approx(100));
    CHECK(plain.bandwidths_m[2] == Approx(200));

    // trimmed at 1.5 times: 4 > 1.5 * 2, gamma as before
    const auto trimmed = vigil::abramson({}, pilot, 100, 1.5);
    CHECK(trimmed.trimmed == 1);
    CHECK(trimmed.bandwidths_m[0] == Approx(50));
    CHECK(trimmed.bandwidths_m[2] == Approx(150));

    // weights 3, 0, 1: ln gamma = (3 ln 1 + ln 4) / 4, gamma = sqrt(2)
    const auto weighted = vigil::abramson(std::vector<double>{3, 0, 1}, pilot, 100);
    CHECK(weighted.gamma_m == Approx(std::numbers::sqrt2));
    CHECK(weighted.bandwidths_m[0] == Approx(100 / std::numbers::sqrt2));
    CHECK(weighted.bandwidths_m[2] == Approx(400 / std::numbers::sqrt2));

    // nothing counted there, and nothing seen: as wide as allowed
    CHECK(vigil::abramson(std::vector<double>{1, 0}, std::vector<double>{1, 0}, 10).bandwidths_m[1] == 50);
}

TEST_CASE("without trimming the weighted geometric mean of the bandwidths is h0, whatever the pilot's unit",
          "[density]")
{
    const Noise scattered = noise(1500, 7);
    auto pilot = vigil::density_at_points(scattered.points, scattered.weights, KernelShape::gaussian, 250);
    const auto result = vigil::abramson(scattered.weights, pilot, 400, 1e9);
    double sum = 0;
    double weight = 0;
    for (std::size_t i = 0; i < pilot.size(); ++i) {
        sum += scattered.weights[i] * std::log(result.bandwidths_m[i]);
        weight += scattered.weights[i];
        pilot[i] *= 1e6; // per square kilometre
    }
    CHECK(std::exp(sum / weight) == Approx(400).epsilon(1e-12));
    const auto other = vigil::abramson(scattered.weights, pilot, 400, 1e9);
    for (std::size_t i = 0; i < pilot.size(); ++i) {
        REQUIRE(other.bandwidths_m[i] == Approx(result.bandwidths_m[i]).epsilon(1e-12));
    }
}

TEST_CASE("an adaptive density keeps its mass and is sharper in the cluster than a fixed one", "[density]")
{
    const Noise scattered = noise(1500, 8);
    const vigil::Grid grid{.left_x = 426000, .top_y = 5446000, .cell_m = 50, .rows = 400, .cols = 400};
    const auto pilot =
        vigil::density_at_points(scattered.points, scattered.weights, KernelShape::quartic, 900);
    const auto h = vigil::abramson(scattered.weights, pilot, 900);
    const auto adaptive =
        vigil::density(scattered.points, scattered.weights, h.bandwidths_m, grid, {.bandwidth_m = 900});
    const auto fixed = vigil::density(scattered.points, scattered.weights, grid, {.bandwidth_m = 900});
    double mass = 0;
    double most = 0;
    double most_fixed = 0;
    for (std::size_t i = 0; i < fixed.raster.values.size(); ++i) {
        mass += adaptive.raster.values[i] * 2500;
        most = std::fmax(most, adaptive.raster.values[i]);
        most_fixed = std::fmax(most_fixed, fixed.raster.values[i]);
    }
    CHECK(mass == Approx(adaptive.weight_sum).epsilon(2e-3));
    CHECK(most > 1.2 * most_fixed);
}

TEST_CASE("unusable pilots are refused", "[density]")
{
    using Catch::Matchers::Contains;
    const std::vector<double> one{1};
    CHECK_THROWS_WITH(vigil::abramson({}, std::vector<double>{1, 0}, 10), Contains("incident 2"));
    CHECK_THROWS_WITH(vigil::abramson({}, std::vector<double>{NAN}, 10), Contains("incident 1"));
    CHECK_THROWS_WITH(vigil::abramson(std::vector<double>{-1}, one, 10), Contains("weight"));
    CHECK_THROWS_WITH(vigil::abramson({}, one, 0), Contains("bandwidth"));
    CHECK_THROWS_WITH(vigil::abramson({}, one, 10, 0.5), Contains("trimming"));
    CHECK_THROWS_WITH(vigil::abramson(std::vector<double>{1, 2}, one, 10), Contains("2 weights"));
    CHECK_THROWS_WITH(vigil::density_at_points({}, {}, KernelShape::quartic, -1), Contains("bandwidth"));
}
