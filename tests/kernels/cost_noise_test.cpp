#include "kernels/route/match/cost_noise.h"

#include "libgeo/random.h"
#include "tests/kernels/inverse_gaussian.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace vigil;
using namespace vigil::test;

namespace {

/// The greatest distance of the numbers' distribution function from that of the inverse Gaussian.
double kolmogorov(std::vector<double> x, double mean, double spread)
{
    std::sort(x.begin(), x.end());
    const auto n = static_cast<double>(x.size());
    double greatest = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double f = 1 - above(x[i], mean, spread);
        greatest = std::max({greatest, f - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - f});
    }
    return greatest;
}

constexpr double unit = 1.0 / 60000;

} // namespace

TEST_CASE("cost noise: costs are inverse Gaussian", "[cost_noise]")
{
    constexpr std::uint64_t draws = 200000;
    constexpr double k = 0.3;
    for (const double c : {0.05, 0.5, 4.0}) {
        const CostNoise noise(k, unit, 11);
        const auto mean = static_cast<Weight>(c / unit);
        std::vector<double> x;
        for (std::uint64_t draw = 0; draw < draws; ++draw) {
            x.push_back(noise.cost(42, mean, draw) * unit);
        }
        constexpr double n = draws;
        double m1 = 0, m2 = 0, m3 = 0;
        for (const double v : x) {
            m1 += v / n;
        }
        for (const double v : x) {
            m2 += (v - m1) * (v - m1) / n;
            m3 += (v - m1) * (v - m1) * (v - m1) / n;
        }
        // Cumulants (2 j - 3)!! k^(j - 1) c; standard errors of moments from those of twice the order.
        const double k2 = k * c, k3 = 3 * k * k2, k4 = 5 * k * k3, k6 = 63 * k * k * k4;
        const double mu4 = k4 + 3 * k2 * k2;
        const double mu6 = k6 + 15 * k4 * k2 + 10 * k3 * k3 + 15 * k2 * k2 * k2;
        CHECK(std::abs(m1 - c) < 4 * std::sqrt(k2 / n));
        CHECK(std::abs(m2 - k2) < 4 * std::sqrt((mu4 - k2 * k2) / n));
        CHECK(std::abs(m3 - k3) < 4 * std::sqrt((mu6 - k3 * k3 - 6 * mu4 * k2 + 9 * k2 * k2 * k2) / n));
        CHECK(kolmogorov(x, c, k) < 1.95 / std::sqrt(n)); // exceeded once in a thousand
    }
}

TEST_CASE("cost noise: it does not matter how roads are cut", "[cost_noise]")
{
    constexpr std::uint64_t draws = 100000;
    const CostNoise noise(0.3, unit, 5);
    std::vector<double> sums, other;
    for (std::uint64_t draw = 0; draw < draws; ++draw) {
        double sum = 0;
        for (EdgeSide side = 0; side < 5; ++side) { // 0.1 to 0.5 minutes
            sum += noise.cost(side, 6000 * (side + 1), draw) * unit;
        }
        sums.push_back(sum);
    }
    const double bound = 1.95 / std::sqrt(static_cast<double>(draws));
    CHECK(kolmogorov(sums, 1.5, 0.3) < bound);
    CHECK(kolmogorov(sums, 1.5, 0.33) > bound); // which is not lenient
    CHECK(kolmogorov(sums, 1.52, 0.3) > bound);
}

TEST_CASE("cost noise: the normal numbers are those of tables", "[cost_noise]")
{
    const auto magnitude = [](double p) {
        return normal_magnitude(static_cast<std::uint32_t>(p * 0x1p32));
    };
    // P(|Z| <= z): NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.1
    CHECK(magnitude(0) == Approx(0).margin(1e-9));
    CHECK(magnitude(0.5) == Approx(0.6744897502).epsilon(1e-6));
    CHECK(magnitude(0.95) == Approx(1.959963985).epsilon(1e-6));
    CHECK(magnitude(0.999) == Approx(3.290526731).epsilon(1e-6));
    for (const double z : {0.01, 0.5, 1.4, 1.45, 2.0, 3.0, 4.0}) {
        CHECK(magnitude(std::erf(z / std::sqrt(2.0))) == Approx(z).epsilon(4e-6));
    }
    // The last numbers are as coarse as 32 bits are.
    CHECK(magnitude(std::erf(5 / std::sqrt(2.0))) == Approx(5).epsilon(2e-4));
    CHECK(normal_magnitude(0xffffffff) > 6.0F);
    CHECK(normal_magnitude(0xffffffff) < 6.5F);
}

TEST_CASE("cost noise: sixteen draws at once are those one by one, of the numbers of Random", "[cost_noise]")
{
    constexpr std::uint64_t seed = 0x123456789abcdef;
    const CostNoise noise(0.3, unit, seed);
    for (const EdgeSide side : {0U, 77U, 0xfffffffeU}) {
        for (const Weight mean : {0U, 1U, 30000U, 100000000U}) {
            CostNoise::Draws draws;
            for (std::size_t l = 0; l < CostNoise::lanes; ++l) {
                draws.set(l, l * l * l * 0x123456789U);
            }
            CostNoise::Costs costs;
            noise.costs(side, mean, draws, costs);
            for (std::size_t l = 0; l < CostNoise::lanes; ++l) {
                const std::uint64_t draw = l * l * l * 0x123456789U;
                CHECK(costs.of[l] == noise.cost(side, mean, draw));
                const std::uint64_t bits = Random(seed ^ 0x636f73746e6f6973, side).bits(draw);
                const double normal = normal_magnitude(static_cast<std::uint32_t>(bits >> 32U));
                const double uniform = static_cast<double>(bits & 0xffffffffU) * 0x1p-32;
                const double exact =
                    mean == 0 ? 1
                              : std::max(1.0, inverse_gaussian<double>(mean, 0.3 / unit, normal, uniform));
                CHECK(costs.of[l] == Approx(exact).epsilon(1e-5).margin(1));
            }
        }
    }
}
