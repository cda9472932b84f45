#pragma once

#include "libgeo/plane.h"
#include "libgeo/weights.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// A band is inclusive, and a hair wider than its number so that the rounding of coordinates does not decide:
/// places at a distance of at most band (1 + 1e-9) are neighbours.
inline double squared_reach_m2(double band_m)
{
    return band_m * band_m * (1 + 2e-9);
}

/// Everything within a distance is a neighbour, coincident places included.
///
/// places   n, metres
/// band_m   > 0; see squared_reach_m2
/// throws   Error when band_m is not positive, a coordinate is not finite, or n >= 2^32
/// cost     O(n log n + pairs within twice the band) time, 4 bytes for each link
Weights distance_band(std::span<const XY> places, double band_m);

/// The k nearest other places; of places equally far those first in `places`. Not symmetric.
///
/// throws   Error when k < 1 or k >= n, a coordinate is not finite, or n >= 2^32
/// cost     O(n k log n) time, 4 k n bytes
Weights nearest_neighbours(std::span<const XY> places, std::size_t k);

/// Distance from each place to the nearest other one, metres; 0 for coincident places.
///
/// throws   Error when there are fewer than two places
std::vector<double> nearest_distances(std::span<const XY> places);

} // namespace vigil
