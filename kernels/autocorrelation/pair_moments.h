#pragma once

#include "kernels/autocorrelation/link_sums.h"

namespace vigil {

/// Sums of a symmetric table y_ij (i != j) of how alike two features are, its mean already taken
/// out.
struct PairSums {
    double squares = 0;     ///< sum_ij y_ij^2
    double row_squares = 0; ///< sum_i (sum_j y_ij)^2
};

/// Takes the mean out of the sums of a table with plain counts.
///
/// total        sum_ij y_ij
/// squares      sum_ij y_ij^2
/// row_squares  sum_i (sum_j y_ij)^2
PairSums centred_pairs(double n, double total, double squares, double row_squares);

/// The variance of sum_ij w_ij y_ij when the features are laid on n places in random order.
///
///     Var = S1 q / n(2) + (S2 - 2 S1) (r - q) / n(3) + (S0^2 + S1 - S2) (2 q - 4 r) / n(4)
///     q = squares, r = row_squares, n(k) = n (n - 1) ... (n - k + 1)
///
/// Moran, Geary, General G and join counts differ only in y. 0 where every order gives the same
/// sum.
///
/// source   Mantel (1967), Cancer Research 27, 209-220; Cliff & Ord (1981), chapter 2
double permutation_variance(const LinkSums& weights, double n, const PairSums& pairs);

/// What is expected of a statistic when there is no spatial association, and how far it is from
/// that.
struct NullTest {
    double expected = 0;
    double variance = 0;
    double z = 0;         ///< positive: neighbours are alike; 0 where nothing can vary; NaN if variance < 0
    double p = 0;         ///< two-sided, normal
    double p_greater = 0; ///< of a z as great: neighbours are alike
    double p_less = 0;    ///< of a z as small: neighbours differ
};

/// alike  +1 when a large statistic says that neighbours are alike, -1 when a small one does
NullTest null_test(double value, double expected, double variance, double alike = 1);

} // namespace vigil
