#pragma once

#include "kernels/autocorrelation/pair_moments.h"
#include "kernels/weights.h"

#include <cstddef>
#include <span>

namespace vigil {

/// What becomes of islands: features with a value, but no link from or to another with one.
///
/// reduce_n mixes two numbers of features. Where one value outweighs all others its variance can
/// come out negative, and z is NaN; drop and keep have no such trouble.
enum class Islands {
    reduce_n, ///< not counted in n, but their values stay in means and sums (spdep's adjust.n)
    drop,     ///< left out of everything, as if they were not there
    keep,     ///< they count like all others
};

/// One number for the whole map: are neighbours alike?
struct GlobalAutocorrelation {
    double value = 0;
    NullTest randomisation;   ///< the values that are there, in random order over the places
    NullTest normality;       ///< values drawn from a normal distribution; NaN for General G
    std::size_t features = 0; ///< n of the moments
    std::size_t islands = 0;
    std::size_t links = 0;
};

/// Moran's I: the correlation of values with those of their neighbours.
///
///     I = n / S0 * sum_ij w_ij z_i z_j / sum_i z_i^2,   z = x - mean,   E(I) = -1 / (n - 1)
///
///     normality:  Var = (n^2 S1 - n S2 + 3 S0^2) / (S0^2 (n^2 - 1)) - E^2
///     randomisation: see permutation_variance
///
/// values   n values; NaN ones are left out with their links
/// weights  n rows; links to itself do not count. With rows of sum 1 each feature counts alike
/// returns  value NaN without links, and where all values are equal (then z = 0, p = 1)
/// throws   Error when the sizes differ, a value is infinite or a weight is not finite
/// cost     O(n + links) time, about 40 bytes for each feature
/// source   Moran (1950), Biometrika 37, 17-23; Cliff & Ord (1981), Spatial Processes, chapters
///          1-2
GlobalAutocorrelation moran(std::span<const double> values, const Weights& weights,
                            Islands islands = Islands::reduce_n);

/// Geary's C: the squared difference of neighbours, against that of any two.
///
///     C = (n - 1) / (2 S0) * sum_ij w_ij (x_i - x_j)^2 / sum_i z_i^2,   E(C) = 1
///
///     normality:  Var = ((2 S1 + S2) (n - 1) - 4 S0^2) / (2 (n + 1) S0^2)
///
/// Below 1 neighbours are alike, and z is positive. Otherwise as `moran`. With islands and
/// reduce_n the variance is not spdep 1.2-7's, which takes n with the islands beside n - 1 without
/// them.
/// source   Geary (1954), The Incorporated Statistician 5, 115-145; Cliff & Ord (1981)
GlobalAutocorrelation geary(std::span<const double> values, const Weights& weights,
                            Islands islands = Islands::reduce_n);

/// Getis-Ord General G: do high values (z > 0) or low ones (z < 0) lie together?
///
///     G = sum_ij w_ij x_i x_j / sum_{i != j} x_i x_j,   E(G) = S0 / (n (n - 1))
///
/// Binary weights are advised: it is the nearness of high values that is meant. Otherwise as
/// `moran`.
///
/// islands  drop (reduce_n is the same here, and spdep's default) or keep
/// returns  no moments under normality (NaN)
/// throws   Error also when a value is negative
/// source   Getis & Ord (1992), Geographical Analysis 24, 189-206
GlobalAutocorrelation general_g(std::span<const double> values, const Weights& weights,
                                Islands islands = Islands::drop);

} // namespace vigil
