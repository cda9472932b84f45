#pragma once

#include "kernels/weights.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Where a feature and its neighbours lie against the mean. The numbers are GeoDa's.
enum class Quadrant : std::uint8_t {
    none = 0,      ///< no value, no neighbours, or exactly at the mean
    high_high = 1, ///< a high value among high ones
    low_low = 2,
    low_high = 3, ///< a low value among high ones: an outlier
    high_low = 4,
};

enum class LocalNull {
    conditional, ///< the feature keeps its value, the others are in random order
    total,       ///< all values are in random order
};

/// Does a feature resemble its neighbours? One entry per feature; NaN (0, none) where it has no
/// value or no neighbours with one, and value NaN, z 0 and p 1 where all values are equal.
struct LocalMoran {
    std::vector<double> value; ///< I_i
    std::vector<double> lag;   ///< sum_j w_ij (x_j - mean)
    std::vector<double> expected;
    std::vector<double> variance;
    std::vector<double> z;                ///< 0 where I_i cannot vary
    std::vector<double> p;                ///< two-sided, normal
    std::vector<Quadrant> quadrant;       ///< by the signs of x_i - mean and of the lag
    std::vector<std::int32_t> neighbours; ///< how many counted
};

/// Local Moran's I.
///
///     I_i = z_i / m2 * sum_j w_ij z_j,   z = x - mean,   m2 = sum z^2 / n
///
///     conditional:  E = -z_i^2 W / ((n - 1) m2)
///                   Var = (z_i / m2)^2 n / (n - 2) (S - W^2 / (n - 1)) (m2 - z_i^2 / (n - 1))
///     total:        E = -W / (n - 1),   b = m4 / m2^2
///                   Var = S (n - b) / (n - 1) + (W^2 - S) (2 b - n) / ((n - 1) (n - 2)) - E^2
///     W = sum_j w_ij,  S = sum_j w_ij^2
///
/// m2 divides by n as spdep does; esda divides by n - 1, which makes every I_i (n - 1) / n times
/// as great and leaves z. The conditional z is that of Gi, its sign turned where the feature
/// itself lies below the mean.
///
/// values   n values; NaN ones are left out with their links
/// weights  n rows; links to itself do not count
/// throws   Error when the sizes differ or a value is infinite
/// cost     O(n + links) time
/// source   Anselin (1995), Geographical Analysis 27, 93-115; Sokal, Oden & Thomson (1998),
///          Geographical Analysis 30, 331-354, eqs. A3-A4 and A7-A8
LocalMoran local_moran(std::span<const double> values, const Weights& weights,
                       LocalNull null = LocalNull::conditional);

/// Which tail of the neighbours' sum holds the orders where I_i is as great as seen or greater.
/// The two-sided p of I_i is that of the sum wherever there is a tail at all.
enum class SumTail {
    upper, ///< the feature lies above the mean
    lower, ///< below it
    both,  ///< at the mean: I_i is 0 in every order, so each is as great and as small
};
SumTail tail_of_sum(double value, double mean);

} // namespace vigil
