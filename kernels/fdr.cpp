#include "kernels/fdr.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace vigil {

namespace {

/// The step-up procedure with p_(j) factor(m) / j, m being the number of tests.
template <typename Factor>
std::vector<double> step_up(std::span<const double> p, Factor factor)
{
    std::vector<std::pair<double, std::size_t>> ascending;
    ascending.reserve(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (!std::isnan(p[i])) {
            ascending.emplace_back(p[i], i);
        }
    }
    std::sort(ascending.begin(), ascending.end());
    std::vector<double> adjusted(p.size(), std::numeric_limits<double>::quiet_NaN());
    const double m = factor(ascending.size());
    double least = 1;
    for (std::size_t rank = ascending.size(); rank > 0; --rank) {
        least = std::min(least, ascending[rank - 1].first * m / static_cast<double>(rank));
        adjusted[ascending[rank - 1].second] = least;
    }
    return adjusted;
}

} // namespace

std::vector<double> benjamini_hochberg(std::span<const double> p)
{
    return step_up(p, [](std::size_t tests) { return static_cast<double>(tests); });
}

std::vector<double> benjamini_yekutieli(std::span<const double> p)
{
    return step_up(p, [](std::size_t tests) {
        double harmonic = 0;
        for (std::size_t i = tests; i > 0; --i) { // small terms first
            harmonic += 1 / static_cast<double>(i);
        }
        return static_cast<double>(tests) * harmonic;
    });
}

} // namespace vigil
