#pragma once

#include "kernels/weights.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// How often a statistic under conditional permutation reached the observed one, for each feature.
/// Both are 0 where there was nothing to test: no value, or no neighbour. A tie counts in both.
struct PermutationCounts {
    std::vector<std::uint32_t> at_least; ///< K+ = #{simulated >= observed}
    std::vector<std::uint32_t> at_most;  ///< K- = #{simulated <= observed}
};

struct PermutationOptions {
    std::uint32_t draws = 999; ///< R >= 1
    std::uint64_t seed = 1;
};

/// Who counts around each feature: how many others have a value, and what these come to.
struct NeighbourSums {
    std::vector<std::int32_t> neighbours; ///< n, the feature itself not among them
    std::vector<double> sums;             ///< n; NaN where the feature has no value
};

/// Number and sum of the neighbours other than the feature itself, every link counting 1.
///
/// throws   Error when the sizes differ
NeighbourSums neighbour_sums(std::span<const double> values, const Weights& weights);

/// Conditional permutation of sums over neighbours that count 1 each.
///
/// Null hypothesis for feature i: its own value stays, and k_i of the n - 1 others, drawn without
/// replacement, fall on its neighbours. Draw r is the beginning of one random permutation of all
/// features, and every feature reads its own null from it: the sum of the first k_i other than
/// itself. So the draws of one feature are independent of each other, and those of two features
/// share their random numbers. Gi, Gi*, local Moran and join counts with equal weights in each row
/// are increasing (or, for a Moran of a low value, decreasing) functions of this sum and need no
/// other counts.
///
/// values      n; NaN ones are left out of everything
/// neighbours  n, k_i >= 0 without i itself and without missing ones; 0 is not tested
/// sums        n, over those neighbours. Compared exactly when the values are whole numbers or
///             halves and the like; otherwise sums that rounding cannot tell apart are ties (see
///             FixedPoint)
/// throws      Error when sizes differ, a value is infinite, k_i is negative or more than the
///             others
/// cost        O(draws (max k + different k log draws) + n (1 + draws different k / 2^20)) time,
///             40 n + 32 M bytes
/// source      Anselin (1995), Geographical Analysis 27, 93-115 (conditional randomisation);
///             Ord & Getis (1995), Geographical Analysis 27, 286-306
PermutationCounts permute_sums(std::span<const double> values, std::span<const std::int32_t> neighbours,
                               std::span<const double> sums, const PermutationOptions& options = {});

/// Conditional permutation of local Geary with neighbours that count 1 each.
///
///     statistic_i = sum over neighbours j of (x_i - x_j)^2 = k x_i^2 - 2 x_i sum x_j + sum x_j^2
///
/// statistics  n, as above; a mean over the neighbours has to be multiplied by k_i
/// returns     and takes the rest as permute_sums; whole numbers are compared exactly, others are
///             ties when closer than 1e-12 of k x_i^2 + statistic (x from its mean)
/// cost        as permute_sums, and O(draws) for each different pair (k_i, x_i)
/// source      Anselin (1995), eq. 22; (2019), Geographical Analysis 51, 133-150
PermutationCounts permute_squared_differences(std::span<const double> values,
                                              std::span<const std::int32_t> neighbours,
                                              std::span<const double> statistics,
                                              const PermutationOptions& options = {});

/// Conditional permutation of sum_j w_ij x_j with any weights, over the links of row i other than
/// i itself.
///
/// The first k_i of a draw other than i fall on the links in their order. Rows whose weights are
/// all one positive number are taken as permute_sums takes them; rows with equal weights share
/// their simulated sums. Simulated and observed sums are ties when closer than 1e-12 of sum_j
/// |w_ij| (|x_j| + mean |x|).
///
/// values   n; NaN ones are left out of everything, and so are links to them
/// throws   Error when the sizes differ, a value or weight is not finite
/// cost     O(draws sum k_i) time for rows that are all different, about 60 n + 32 M bytes
PermutationCounts permute_weighted_sums(std::span<const double> values, const Weights& weights,
                                        const PermutationOptions& options = {});

} // namespace vigil
