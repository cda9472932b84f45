#include "kernels/autocorrelation/global.h"

#include "kernels/autocorrelation/prepared.h"

#include <cmath>

namespace vigil {

namespace {

/// sum z_i z_j over pairs, centred. sum2 and sum4 are those of n values.
PairSums moran_pairs(double n, double sum2, double sum4)
{
    return {sum2 * sum2 - sum4 - sum2 * sum2 / (n * (n - 1)), sum4 - sum2 * sum2 / n};
}

/// sum (z_i - z_j)^2 over pairs, centred.
PairSums geary_pairs(double n, double sum2, double sum4)
{
    return {2 * n * sum4 + 6 * sum2 * sum2 - 4 * n * sum2 * sum2 / (n - 1), n * n * (sum4 - sum2 * sum2 / n)};
}

} // namespace

GlobalAutocorrelation moran(std::span<const double> values, const Weights& weights, Islands islands)
{
    Prepared p = prepared(values, weights, islands);
    if (p.undefined()) {
        return p.result;
    }
    if (p.values.constant) {
        return p.equal();
    }
    const double n = p.n;
    const double s0 = p.links.s0;
    const double cross = sum_over_links(p.values.z, weights, [](double a, double b) { return a * b; });
    p.result.value = n / s0 * (cross / p.values.sum2);
    // values scaled so that n of them have a variance of 1: then I = cross / s0
    const double kurtosis =
        static_cast<double>(p.values.present) * p.values.sum4 / p.values.sum2 / p.values.sum2;
    const double expected = -1 / (n - 1);
    const double variance = permutation_variance(p.links, n, moran_pairs(n, n, n * kurtosis)) / (s0 * s0);
    p.result.randomisation = null_test(p.result.value, expected, variance);
    const double normal =
        (n * n * p.links.s1 - n * p.links.s2 + 3 * s0 * s0) / (s0 * s0 * (n * n - 1)) - expected * expected;
    p.result.normality = null_test(p.result.value, expected, normal > 1e-13 / n ? normal : 0);
    return p.result;
}

GlobalAutocorrelation geary(std::span<const double> values, const Weights& weights, Islands islands)
{
    Prepared p = prepared(values, weights, islands);
    if (p.undefined()) {
        return p.result;
    }
    if (p.values.constant) {
        return p.equal();
    }
    const double n = p.n;
    const double s0 = p.links.s0;
    const double squares =
        sum_over_links(p.values.z, weights, [](double a, double b) { return (a - b) * (a - b); });
    p.result.value = (n - 1) / (2 * s0) * (squares / p.values.sum2);
    const double kurtosis =
        static_cast<double>(p.values.present) * p.values.sum4 / p.values.sum2 / p.values.sum2;
    const double scale = (n - 1) / (2 * s0 * n);
    const double variance = scale * scale * permutation_variance(p.links, n, geary_pairs(n, n, n * kurtosis));
    p.result.randomisation = null_test(p.result.value, 1, variance, -1);
    const double normal = ((2 * p.links.s1 + p.links.s2) * (n - 1) - 4 * s0 * s0) / (2 * (n + 1) * s0 * s0);
    p.result.normality = null_test(p.result.value, 1, normal > 1e-13 / n ? normal : 0, -1);
    return p.result;
}

} // namespace vigil
