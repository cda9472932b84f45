#pragma once

#include "kernels/weights.h"
#include "libgeo/plane.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// Weights on the globe: distances are lengths of geodesics on the WGS 84 ellipsoid, so no
/// projection is needed and neither the antimeridian nor a pole is a border.
///
/// Candidates are found by the straight line through the Earth (chord c) in a k-d tree. For a
/// geodesic of length s, 2 R sin(s / 2R) <= c <= s with R = b^2 / a, the smallest radius of
/// curvature there is (Schur's comparison theorem for the left side), so only places between these
/// limits are measured.
inline constexpr double most_geodesic_m = 15e6; ///< farther, lengths are not measured

/// Everything within a distance is a neighbour, coincident places included.
///
/// lonlat_deg  n, WGS 84, degrees; any longitude, latitudes in -90..90
/// band_m      in (0, most_geodesic_m], inclusive; lengths up to band_m (1 + 1e-9) count
/// returns     symmetric weights, all 1
/// throws      Error when the band or a place is out of range
/// cost        O(n log n + pairs within the band) time and 1 us for each pair near the limit
Weights geodesic_band(std::span<const LonLat> lonlat_deg, double band_m);

/// The k nearest other places. Lengths are compared in whole millimetres, so that rounding does
/// not decide on a regular grid; of places equally far those first in `lonlat_deg`. Not symmetric.
///
/// throws      Error when k < 1 or k >= n, a place is out of range, or which of two places is
///             nearer turns on lengths beyond most_geodesic_m
/// cost        O(n k log n) time
Weights geodesic_nearest(std::span<const LonLat> lonlat_deg, std::size_t k);

/// The length of every link, metres. throws  Error when one is longer than most_geodesic_m
std::vector<double> geodesic_link_lengths(std::span<const LonLat> lonlat_deg, const Weights& weights);

/// With this band every place has a neighbour: the longest geodesic to a nearest other place.
///
/// throws      as geodesic_nearest with k = 1
double geodesic_widest_gap_m(std::span<const LonLat> lonlat_deg);

} // namespace vigil
