#pragma once

#include "libgeo/plane.h"
#include "libgeo/raster.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vigil {

struct IncrementalOptions {
    bool row_standardised = true; ///< each row of weights adds up to 1; else every neighbour counts 1
    double peak_z = 1.96;         ///< a peak counts as significant above this z
};

/// Moran's I where everything within one distance is a neighbour.
struct MoranStep {
    double distance_m = 0;
    double i = 0;           ///< Moran's I
    double expectation = 0; ///< -1 / (n - 1), n = features with a neighbour
    double variance = 0;    ///< of I when the values are shuffled over the places (randomisation)
    double z = 0;           ///< NaN where the variance is 0 or fewer than four features have a neighbour
    double p = 0;           ///< two-sided, normal; NaN like z
    double mean_neighbours = 0;
    std::int64_t most_neighbours = 0;
    std::int64_t islands = 0; ///< features without a neighbour: not in n, as in spdep's adjust.n
};

/// Moran's I at growing distances, and where it peaks.
struct IncrementalMoran {
    std::vector<MoranStep> steps;
    std::vector<std::size_t> peaks;        ///< significant steps whose z is above that of both sides
    std::optional<std::size_t> first_peak; ///< the first of `peaks`
    std::optional<std::size_t> max_peak;   ///< the highest of `peaks`; of equal ones the first
};

/// Moran's I of places at growing distances, from two passes over the pairs within the largest
/// one. No list of neighbours is kept.
///
///     I(d)  = (n / S0) sum_ij w_ij z_i z_j / sum_i z_i^2,   z = x - mean,   E = -1 / (n - 1)
///     V(d)  = [n ((n^2 - 3n + 3) S1 - n S2 + 3 S0^2) - b2 ((n^2 - n) S1 - 2n S2 + 6 S0^2)]
///             / ((n - 1)(n - 2)(n - 3) S0^2) - E^2
///     S0    = sum w_ij,  S1 = sum (w_ij + w_ji)^2 / 2,  S2 = sum_i (w_i. + w_.i)^2
///     b2    = kurtosis of x
///     w_ij  = 1 / k_i(d), or 1, for the k_i(d) others within d
///
/// Neighbour counts by ring give k_i(d) for every d at once; the column sums w_.i are the sums of
/// 1 / k_j(d).
///
/// places        n, metres
/// values        n; NaN ones are left out of everything
/// distances_m   ascending, > 0, inclusive (squared_reach_m2), at most 1000
/// returns       one step per distance; the same whatever the order of the rows or the number of
///               threads
/// throws        Error when sizes differ, a value is infinite, all are equal, or a distance is
///               unfit
/// cost          O(n log n + pairs * distances) time; 8 bytes per place and distance, 128 MiB at
///               most
/// source        Cliff & Ord (1981), Spatial Processes, chapters 1 and 2
IncrementalMoran incremental_moran(std::span<const XY> places, std::span<const double> values,
                                   std::span<const double> distances_m,
                                   const IncrementalOptions& options = {});

/// The same on a fishnet, from the sums over discs that Gi* takes; NaN cells are absent.
///
/// Sums over neighbourhoods are whole numbers (values in steps of about 2^-61 of their total), so
/// they do not depend on an order. A distance below one cell gives islands only.
///
/// cost     O(cells * min(rows of the disc, log cells)) time for each distance, some 24 bytes for
///          each cell
IncrementalMoran incremental_moran(const Raster<double>& values, std::span<const double> distances_m,
                                   const IncrementalOptions& options = {});

} // namespace vigil
