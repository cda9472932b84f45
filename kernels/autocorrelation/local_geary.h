#pragma once

#include "kernels/weights.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// How a feature is like its neighbours, or unlike.
enum class GearyType : std::uint8_t {
    none = 0,           ///< no value, no neighbours, or exactly as expected
    high_high = 1,      ///< alike: a value above the mean among neighbours above it
    low_low = 2,        ///< alike: below and below
    other_positive = 3, ///< alike across the mean, or in several variables
    negative = 4,       ///< unlike
};

/// Is a feature like its neighbours? One entry per feature; NaN (0, none) where it has no value or
/// no neighbours with one, and value NaN, z 0 and p 1 where all values are equal.
struct LocalGeary {
    std::vector<double> value; ///< c_i: small where neighbours are alike
    std::vector<double> expected;
    std::vector<double> variance;
    std::vector<double> z; ///< (c - expected) / sd: negative where alike; 0 where c cannot vary
    std::vector<double> p; ///< two-sided, normal
    std::vector<GearyType> type;
    std::vector<std::int32_t> neighbours; ///< how many counted
};

/// Local Geary's c, of one variable.
///
///     c_i = sum_j w_ij (x_i - x_j)^2 / s^2,   s^2 = sum (x - mean)^2 / (n - 1)
///
/// Its moments are those of a sum over neighbours of y_j = (x_i - x_j)^2 / s^2 when the feature
/// keeps its value and the other N = n - 1 are in random order, as for Gi:
///
///     E = W my,   Var = sy^2 (N S - W^2) / (N - 1),   W = sum_j w_ij,  S = sum_j w_ij^2
///
/// with my and sy^2 the mean and the variance (divided by N) of y over the others. c is far from
/// normal when neighbours are few: p is a first guide, and permutation decides.
///
/// values   n values; NaN ones are left out with their links
/// weights  n rows; links to itself do not count
/// throws   Error when the sizes differ or a value is infinite
/// cost     O(n + links) time
/// source   Anselin (1995), Geographical Analysis 27, 93-115; Anselin (2019), the same 51,
///          133-150. s^2 divides by n - 1 as spdep's localC does
LocalGeary local_geary(std::span<const double> values, const Weights& weights);

/// The same of several variables: the mean of their c_i. A feature without one of the values is
/// absent; constant variables are left out.
///
/// variables  at least one, each n values
/// cost       O((n v + links) v) time, 8 v bytes for each feature
/// source     Anselin (2019), Geographical Analysis 51, 133-150
LocalGeary local_geary(std::span<const std::vector<double>> variables, const Weights& weights);

} // namespace vigil
