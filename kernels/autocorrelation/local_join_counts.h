#pragma once

#include "kernels/weights.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Where do features that have something stand together? One entry per feature.
struct LocalJoinCounts {
    std::vector<double> count; ///< x_i sum_j w_ij x_j; NaN where there is no value or no neighbours
    std::vector<double> p;     ///< of a count as great or greater; NaN where x_i is not 1
    std::vector<std::int32_t> neighbours; ///< how many counted
};

/// Local join counts of a variable that is 0 or 1.
///
///     BB_i = x_i sum_j w_ij x_j
///     P(BB >= b) = sum_{m >= b} C(P - 1, m) C(n - P, k - m) / C(n - 1, k)
///
/// n features, P of them 1, k neighbours: given x_i = 1 the neighbours are k of the other n - 1,
/// of which P - 1 are 1. That p is exact, where all weights of a row are the same; elsewhere it is
/// NaN, and permutation is the way. Where two things occur together: give the product of two
/// variables.
///
/// values   n values, 0 or 1; NaN ones are left out with their links
/// weights  n rows; links to itself do not count
/// throws   Error when the sizes differ or a value is neither 0 nor 1
/// cost     O(n + links + the sum of the squares of the different k) time
/// source   Anselin & Li (2019), Journal of Geographical Systems 21, 189-210
LocalJoinCounts local_join_counts(std::span<const double> values, const Weights& weights);

/// P(X >= m) for m = 0 ... draws, when X of so many draws without replacement out of `all` are
/// among the `marked`. Tails are summed directly, so that small ones keep their digits; below
/// about 1e-300 they are 0.
///
/// all  marked <= all, draws <= all
std::vector<double> upper_hypergeometric(std::size_t all, std::size_t marked, std::size_t draws);

} // namespace vigil
