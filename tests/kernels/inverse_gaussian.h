#pragma once

#include <cmath>

namespace vigil::test {

/// 1 - F of the inverse Gaussian: Chhikara & Folks (1989), eq. 2.14.
inline double above(double x, double mean, double spread)
{
    const auto phi = [](double z) {
        return 0.5 * std::erfc(-z / std::sqrt(2.0));
    };
    const double lambda = mean * mean / spread;
    const double root = std::sqrt(lambda / x);
    return phi(-root * (x / mean - 1)) - std::exp(2 * lambda / mean) * phi(-root * (x / mean + 1));
}

/// Its density.
inline double density(double x, double mean, double spread)
{
    const double lambda = mean * mean / spread;
    return std::sqrt(lambda / (2 * std::acos(-1.0) * x * x * x)) *
           std::exp(-lambda * (x - mean) * (x - mean) / (2 * mean * mean * x));
}

} // namespace vigil::test
