#include "kernels/density/time_kernel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace vigil {

namespace {

/// Mean of f over [a, b] by Gauss and Legendre's three points: exact for polynomials up to degree 5.
template <typename F>
double mean_over(double a, double b, const F& f)
{
    const double middle = 0.5 * a + 0.5 * b;
    const double off = (b - a) * 0.5 * std::sqrt(0.6);
    return (5 * f(middle - off) + 8 * f(middle) + 5 * f(middle + off)) / 18;
}

/// Integral of K1(s / h) / h over s in [a, b]. The length is taken before the division by h, which would cost
/// the digits of a second among months.
double mass_within(TimeShape shape, double h, double a, double b)
{
    const double from = std::fmax(a, -h);
    const double to = std::fmin(b, h);
    if (!(from < to)) {
        return 0;
    }
    if (shape == TimeShape::triangular && from < 0 && to > 0) {
        return mass_within(shape, h, from, 0) + mass_within(shape, h, 0, to);
    }
    return (to - from) / h *
           mean_over(from / h, to / h, [&](double u) { return time_kernel_value(shape, u); });
}

} // namespace

const char* name_of(TimeShape shape)
{
    switch (shape) {
    case TimeShape::uniform:
        return "uniform";
    case TimeShape::triangular:
        return "triangular";
    case TimeShape::epanechnikov:
        return "epanechnikov";
    case TimeShape::quartic:
        break;
    }
    return "quartic";
}

double time_kernel_value(TimeShape shape, double u)
{
    const double away = std::fabs(u);
    if (shape == TimeShape::uniform) {
        return away <= 1 ? 0.5 : 0;
    }
    if (!(away < 1)) {
        return 0;
    }
    const double rest = (1 - away) * (1 + away);
    switch (shape) {
    case TimeShape::triangular:
        return 1 - away;
    case TimeShape::epanechnikov:
        return 0.75 * rest;
    default:
        return 0.9375 * rest * rest;
    }
}

double time_kernel_mass(TimeShape shape, double a, double b)
{
    return mass_within(shape, 1, a, b);
}

double time_density(TimeShape shape, double h, const TimeSpan& when, Seconds t)
{
    if (!when.known()) {
        return 0;
    }
    const auto start = static_cast<double>(when.start) - static_cast<double>(t);
    const auto end = static_cast<double>(when.end) - static_cast<double>(t);
    if (when.instant()) {
        return time_kernel_value(shape, start / h) / h;
    }
    // the kernel is even, so times before and after t need no change of sign
    return mass_within(shape, h, start, end) / (end - start);
}

int time_moments(TimeShape shape)
{
    switch (shape) {
    case TimeShape::uniform:
        return 1;
    case TimeShape::triangular:
        return 0;
    case TimeShape::epanechnikov:
        return 3;
    case TimeShape::quartic:
        break;
    }
    return 5;
}

std::array<double, 5> mean_powers(double from, double to)
{
    std::array<double, 5> means{};
    for (std::size_t m = 0; m < means.size(); ++m) {
        means[m] = mean_over(from, to, [m](double tau) {
            double power = 1;
            for (std::size_t k = 0; k < m; ++k) {
                power *= tau;
            }
            return power;
        });
    }
    return means;
}

std::array<double, 5> moment_factors(TimeShape shape, double t)
{
    // 1 - (t - tau)^2 = a + b tau - tau^2
    const double a = (1 - t) * (1 + t);
    const double b = 2 * t;
    switch (shape) {
    case TimeShape::uniform:
        return {0.5, 0, 0, 0, 0};
    case TimeShape::triangular:
        return {};
    case TimeShape::epanechnikov:
        return {0.75 * a, 0.75 * b, -0.75, 0, 0};
    case TimeShape::quartic:
        break;
    }
    constexpr double c = 0.9375;
    return {c * a * a, c * 2 * a * b, c * (b * b - 2 * a), c * -2 * b, c};
}

} // namespace vigil
