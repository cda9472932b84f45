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

/// What p_(j) / j is multiplied by, for so many tests.
double plain_factor(std::size_t tests)
{
    return static_cast<double>(tests);
}

double harmonic_factor(std::size_t tests)
{
    double harmonic = 0;
    for (std::size_t i = tests; i > 0; --i) { // small terms first
        harmonic += 1 / static_cast<double>(i);
    }
    return static_cast<double>(tests) * harmonic;
}

template <typename Factor>
double step_up_cutoff(std::span<const double> p, double alpha, Factor factor)
{
    const auto count_up_to = [p](double limit) {
        return std::count_if(p.begin(), p.end(), [limit](double one) { return one <= limit; });
    };
    auto rejected = std::count_if(p.begin(), p.end(), [](double one) { return !std::isnan(one); });
    const double m = factor(static_cast<std::size_t>(rejected));
    while (rejected > 0) {
        const double limit = alpha * static_cast<double>(rejected) / m;
        const auto still = count_up_to(limit);
        if (still == rejected) {
            return limit;
        }
        rejected = still;
    }
    return -1;
}

} // namespace

std::vector<double> benjamini_hochberg(std::span<const double> p)
{
    return step_up(p, plain_factor);
}

std::vector<double> benjamini_yekutieli(std::span<const double> p)
{
    return step_up(p, harmonic_factor);
}

double benjamini_hochberg_cutoff(std::span<const double> p, double alpha)
{
    return step_up_cutoff(p, alpha, plain_factor);
}

double benjamini_yekutieli_cutoff(std::span<const double> p, double alpha)
{
    return step_up_cutoff(p, alpha, harmonic_factor);
}

} // namespace vigil
