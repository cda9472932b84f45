#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace vigil {

/// ln sum of exp(term(i)) for i < n, of terms of any size; -infinity when all are, or there is none.
template <typename Term>
double ln_sum(std::size_t n, const Term& term)
{
    constexpr double infinity = std::numeric_limits<double>::infinity();
    double greatest = -infinity;
    for (std::size_t i = 0; i < n; ++i) {
        greatest = std::max(greatest, term(i));
    }
    if (greatest == -infinity) {
        return -infinity;
    }
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
        sum += std::exp(term(i) - greatest);
    }
    return greatest + std::log(sum);
}

/// ln (exp(a) + exp(b))
inline double ln_add(double a, double b)
{
    const double greater = std::max(a, b);
    const double less = std::min(a, b);
    return less == -std::numeric_limits<double>::infinity() ? greater
                                                            : greater + std::log1p(std::exp(less - greater));
}

/// Takes the greatest off all, unless all are -infinity; returns it.
inline double take_greatest(std::span<double> values)
{
    const double greatest = *std::max_element(values.begin(), values.end());
    if (greatest > -std::numeric_limits<double>::infinity()) {
        for (double& value : values) {
            value -= greatest;
        }
    }
    return greatest;
}

} // namespace vigil
