#pragma once

#include "kernels/weights.h"
#include "libgeo/plane.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

struct InverseDistance {
    double band_m = 0;    ///< farther places do not count, inclusive (see squared_reach_m2); 0: all count
    double power = 1;     ///< > 0; 1 inverse distance, 2 inverse distance squared
    double nearest_m = 1; ///< > 0; nearer places, coincident ones too, count as if they were this far
};

/// The nearer, the heavier.
///
///     w_ij = max(d_ij, nearest_m)^-power,   d_ij <= band_m, j != i
///
/// places   n, metres
/// returns  symmetric weights
/// throws   Error when an option is out of range or a coordinate is not finite; with code limit
///          when everything is to count and there are more than most_places_without_band places
/// cost     O(n log n + pairs within twice the band) time, 12 bytes a link
Weights inverse_distance(std::span<const XY> places, const InverseDistance& options);

/// n (n - 1) links of 12 bytes are then 3.2 GB.
inline constexpr std::size_t most_places_without_band = 16384;

/// The length of every link, metres, on the plane.
std::vector<double> link_lengths(std::span<const XY> places, const Weights& weights);

/// The same links, weighted by lengths found elsewhere (on the ellipsoid, along a network).
///
/// length_m  one per link, >= 0
/// throws    Error when the sizes differ, a length is negative or NaN, or an option is out of
///           range; links longer than a band that is not 0 are left out
Weights inverse_distance(const Weights& links, std::span<const double> length_m,
                         const InverseDistance& options);

} // namespace vigil
