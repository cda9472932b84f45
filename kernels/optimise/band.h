#pragma once

#include "kernels/autocorrelation/incremental.h"
#include "kernels/optimise/choice.h"
#include "kernels/optimise/spacing.h"

#include <optional>

namespace vigil {

struct BandOptions {
    std::optional<double> band_m = {};  ///< set by the user: nothing is looked at
    std::optional<double> first_m = {}; ///< first distance to try, else the widest gap, strays left out
    std::optional<double> step_m = {}; ///< between distances, else the mean distance to the nearest neighbour
    std::size_t steps = 30;            ///< distances to try, at most
    IncrementalOptions moran = {};
    bool highest_peak = false;              ///< of several peaks the highest, else the first
    std::int64_t too_many_neighbours = 500; ///< no curve where a feature has so many at the first distance
    double most_pairs = 5e8; ///< of places, about, at the largest distance tried: a few seconds of work
    std::optional<std::size_t> neighbours = {}; ///< K of the fallback, else 5 % of the features, 3 to 30
};

/// By which rule a band was chosen.
enum class BandRule {
    given,             ///< by the user
    peak,              ///< a peak of incremental Moran
    dense,             ///< distance to the 30th neighbour, as features are too dense for a curve
    neighbours,        ///< distance to the K-th neighbour, as no peak was found
    standard_distance, ///< the standard distance, as the distance to the K-th neighbour is longer
};

/// A distance band for Gi*, with the curve it came from and its reasons.
struct BandChoice {
    double band_m = 0;
    BandRule rule = BandRule::given;
    Spacing spacing = {};        ///< empty when the user set the band
    IncrementalMoran curve = {}; ///< empty when the band was given or the features are too dense
    std::vector<Choice> choices = {};
};

/// Chooses the band at which clustering is most pronounced.
///
///     1. distances d0 + k step, d0 = widest gap between neighbours, step = mean distance to the
///        nearest one, both without strays; none beyond half the longer side of the box around
///        the features, nor where the pairs, estimated from those at d0, would be more than
///        `most_pairs`
///     2. the first significant peak of Moran's z over them
///     3. else the mean distance to the K-th neighbour, K = 5 % of the features, at least 3 and
///        at most 30, but no longer than the standard distance
///
/// Where a feature has 500 neighbours or more at d0 it is the mean distance to the 30th neighbour.
///
/// places   n, metres
/// values   n; NaN ones are left out
/// returns  the same whatever the order of the rows or the number of threads
/// throws   Error when sizes differ, there are fewer than three values, they are all equal, or
///          fewer than two places are distinct
/// cost     that of incremental_moran
BandChoice choose_band(std::span<const XY> places, std::span<const double> values,
                       const BandOptions& options = {});

/// The same for a fishnet, NaN cells absent.
BandChoice choose_band(const Raster<double>& values, const BandOptions& options = {});

} // namespace vigil
