#include "kernels/rates/probability_map.h"

#include "kernels/rates/rates.h"
#include "kernels/rates/window.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace vigil {

namespace {

/// x log(x / m) + m - x without cancellation where x is near m.
double deviance(double x, double m)
{
    const double v = (x - m) / (x + m);
    if (std::fabs(v) >= 0.1) {
        return x * std::log(x / m) + m - x;
    }
    // log(x / m) = 2 (v + v^3 / 3 + v^5 / 5 ...), and (x - m) = v (x + m)
    double sum = (x - m) * v;
    double power = 2 * x * v;
    for (int j = 3; j < 40; j += 2) {
        power *= v * v;
        sum += power / j;
    }
    return sum;
}

/// log k! - log(sqrt(2 pi k) (k / e)^k) for k >= 16.
double stirling_rest(double k)
{
    const double k2 = k * k;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / k2) / k2) / k2) / k2) / k;
}

/// P(X = k); mean > 0.
double poisson_at(double k, double mean)
{
    if (k < 16) {
        double p = std::exp(-mean);
        for (int j = 1; j <= static_cast<int>(k); ++j) {
            p *= mean / j;
        }
        return p;
    }
    return std::exp(-stirling_rest(k) - deviance(k, mean)) / std::sqrt(2 * std::numbers::pi * k);
}

/// P(X <= k) by adding downwards from k; good where k is below the mean.
double lower_tail(double k, double mean)
{
    double term = 1;
    double sum = 1;
    for (double j = k; j > 0 && term > 1e-18 * sum; --j) {
        term *= j / mean;
        sum += term;
    }
    return poisson_at(k, mean) * sum;
}

/// P(X >= k) by adding upwards from k; good where k is above the mean.
double upper_tail(double k, double mean)
{
    double term = 1;
    double sum = 1;
    for (double j = k + 1; term > 1e-18 * sum; ++j) {
        term *= mean / j;
        sum += term;
    }
    return poisson_at(k, mean) * sum;
}

} // namespace

double poisson_at_most(double k, double mean)
{
    if (mean <= 0) {
        return 1;
    }
    return k < mean ? lower_tail(k, mean) : 1 - upper_tail(k + 1, mean);
}

double poisson_at_least(double k, double mean)
{
    if (k <= 0) {
        return 1;
    }
    if (mean <= 0) {
        return 0;
    }
    return k > mean ? upper_tail(k, mean) : 1 - lower_tail(k - 1, mean);
}

ProbabilityMap probability_map(std::span<const double> counts, std::span<const double> populations)
{
    const RateCheck check = check_rates(counts, populations);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        require(std::isnan(counts[i]) || counts[i] == std::trunc(counts[i]),
                "row {}: the count is not whole; Poisson probabilities need whole counts", i + 1);
    }
    const std::vector<double> none(counts.size(), std::numeric_limits<double>::quiet_NaN());
    ProbabilityMap map{none, none, none};
    parallel_chunks(counts.size(), 256, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            if (rates::usable(counts[i], populations[i])) {
                map.expected[i] = populations[i] * check.rate();
                map.at_most[i] = poisson_at_most(counts[i], map.expected[i]);
                map.at_least[i] = poisson_at_least(counts[i], map.expected[i]);
            }
        }
    });
    return map;
}

} // namespace vigil
