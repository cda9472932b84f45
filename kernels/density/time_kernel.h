#pragma once

#include "libgeo/time.h"

#include <array>

namespace vigil {

/// How an incident's weight is spread over time. Each integrates to 1; u is in bandwidths:
///
///     uniform       1 / 2                  |u| <= 1
///     triangular    1 - |u|                |u| < 1
///     epanechnikov  3 / 4 (1 - u^2)        |u| < 1
///     quartic       15 / 16 (1 - u^2)^2    |u| < 1
enum class TimeShape { uniform, triangular, epanechnikov, quartic };

/// "uniform", ...
const char* name_of(TimeShape shape);

/// K1(u).
double time_kernel_value(TimeShape shape, double u);

/// Integral of K1 over [a, b] and [-1, 1]: exact but for rounding, and without cancellation. 0 if a >= b.
double time_kernel_mass(TimeShape shape, double a, double b);

/// Density in time of one incident, per second.
///
///     K1((t - start) / h) / h                                an instant
///     mean of K1((t - s) / h) / h over s in [start, end)     an interval, nothing being known of where in it
///     0                                                      unknown
///
/// h > 0, seconds; its integral over all t is 1 for whatever interval.
double time_density(TimeShape shape, double h, const TimeSpan& when, Seconds t);

/// How many moments of time (powers 0, 1, ...) give the kernel: 1 uniform, 3 Epanechnikov, 5 quartic; 0 for
/// the triangular one, which is not one polynomial.
int time_moments(TimeShape shape);

/// Mean of tau^m, m = 0..4, over [from, to] (both may be equal), exact but for rounding.
std::array<double, 5> mean_powers(double from, double to);

/// c_m with K1(t - tau) = sum_m c_m tau^m while |t - tau| <= 1; those from time_moments on are 0.
std::array<double, 5> moment_factors(TimeShape shape, double t);

} // namespace vigil
