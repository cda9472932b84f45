#include "kernels/autocorrelation/pair_moments.h"

#include "kernels/null_moments.h"

#include <cmath>
#include <numbers>

namespace vigil {

PairSums centred_pairs(double n, double total, double squares, double row_squares)
{
    if (n < 2) {
        return {};
    }
    const double mean = total / (n * (n - 1));
    return {squares - mean * total, row_squares - (n - 1) * mean * total};
}

double permutation_variance(const LinkSums& weights, double n, const PairSums& pairs)
{
    if (n < 2) {
        return 0;
    }
    const double s0 = weights.s0;
    const double s1 = weights.s1;
    const double s2 = weights.s2;
    const double q = pairs.squares;
    const double r = pairs.row_squares;
    // two links share both ends, one end or none; with three features there is no none
    const double both = s1 * q / (n * (n - 1));
    const double one = n < 3 ? 0 : (s2 - 2 * s1) * (r - q) / (n * (n - 1) * (n - 2));
    const double none = n < 4 ? 0 : (s0 * s0 + s1 - s2) * (2 * q - 4 * r) / (n * (n - 1) * (n - 2) * (n - 3));
    const double variance = both + one + none;
    const double rounding = 1e-13 * (std::fabs(both) + std::fabs(one) + std::fabs(none));
    return std::fabs(variance) > rounding ? variance : 0;
}

NullTest null_test(double value, double expected, double variance, double alike)
{
    if (variance == 0) {
        return {expected, variance, 0, 1, 1, 1};
    }
    const double z = alike * (value - expected) / std::sqrt(variance); // NaN when there is no such null
    return {expected,
            variance,
            z,
            two_sided_p(z),
            std::erfc(z / std::numbers::sqrt2) / 2,
            std::erfc(-z / std::numbers::sqrt2) / 2};
}

} // namespace vigil
