#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace vigil {

/// Nodes and weights of Gauss-Legendre quadrature on [-1, 1]: exact for polynomials of degree 2 N - 1.
///
/// source   Abramowitz and Stegun (1964), 25.4.29; the nodes by Newton from cos(pi (i + 3/4) / (N + 1/2))
template <std::size_t N>
struct GaussLegendre {
    std::array<double, N> node{};
    std::array<double, N> weight{};

    GaussLegendre()
    {
        for (std::size_t i = 0; i < N; ++i) {
            double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (N + 0.5));
            double slope = 1;
            for (int step = 0; step < 8; ++step) {
                double before = 1;
                double legendre = x;
                for (std::size_t k = 2; k <= N; ++k) {
                    const auto n = static_cast<double>(k);
                    const double next = ((2 * n - 1) * x * legendre - (n - 1) * before) / n;
                    before = legendre;
                    legendre = next;
                }
                slope = N * (before - x * legendre) / (1 - x * x);
                x -= legendre / slope;
            }
            node[i] = x;
            weight[i] = 2 / ((1 - x * x) * slope * slope);
        }
    }
};

} // namespace vigil
