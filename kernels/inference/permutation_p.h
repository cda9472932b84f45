#pragma once

#include "kernels/inference/permutation.h"

#include <cstdint>
#include <vector>

namespace vigil {

/// Which deviations count as evidence.
enum class Tail {
    two_sided, ///< high or low
    greater,   ///< high
    less,      ///< low
};

/// How a simulated statistic counts that equals the observed one.
enum class Ties {
    whole, ///< in full, in both tails: the p-value is valid, and conservative for sparse counts
    half,  ///< half in each tail (mid-p): closer to the nominal level on average, but it may exceed it
};

/// p-values from the counts of R draws.
///
///     greater  (K+ + 1) / (R + 1)          less  (K- + 1) / (R + 1)
///     two-sided  min(1, 2 (min(K+, K-) + 1) / (R + 1))
///
/// The observed arrangement counts as one of the R + 1. With ties counted half, K+ + 1 becomes K+
/// - T/2 + 1/2 with T = K+ + K- - R ties (the observed one being half a tie with itself), and
/// likewise K- + 1, neither less than 1; where neither is cut, the two tails add up to 1.
///
/// returns  n; NaN where nothing was tested (K+ = K- = 0)
/// throws   Error when the sizes differ or a count is more than `draws`
/// source   Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9, 39 (why + 1);
///          Lancaster (1961), J. Am. Stat. Assoc. 56, 223-234 (mid-p)
std::vector<double> permutation_p(const PermutationCounts& counts, std::uint32_t draws,
                                  Tail tail = Tail::two_sided, Ties ties = Ties::whole);

struct Interval {
    double low = 0;
    double high = 1;
};

/// Probabilities that k successes in n trials leave possible (Clopper-Pearson, never too narrow).
///
///     low:   P(X >= k | low) = (1 - confidence) / 2
///     high:  P(X <= k | high) = (1 - confidence) / 2
///
/// n        >= 1
/// returns  relative error below 1e-11 for n <= 10^7
/// throws   Error when k > n, n == 0, or confidence is not inside (0, 1)
/// cost     about a microsecond
/// source   Clopper & Pearson (1934), Biometrika 26, 404-413; Loader (2000), binomial
///          probabilities by deviances; Abramowitz & Stegun 26.5.8 (continued fraction)
Interval clopper_pearson(std::uint32_t k, std::uint32_t n, double confidence = 0.95);

/// Bounds of each p-value, n each; NaN where the p-value is.
struct PIntervals {
    std::vector<double> low;
    std::vector<double> high;
};

/// Where the p-value of endless draws lies, given these: Clopper-Pearson of the tail's K among R
/// draws, for two-sided p of min(K+, K-), twice that and at most 1. Ties count in full.
///
/// throws   as permutation_p
/// cost     O(n + different counts)
PIntervals permutation_p_interval(const PermutationCounts& counts, std::uint32_t draws,
                                  Tail tail = Tail::two_sided, double confidence = 0.95);

} // namespace vigil
