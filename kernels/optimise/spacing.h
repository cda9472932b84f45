#pragma once

#include "libgeo/plane.h"
#include "libgeo/raster.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// How far places are from each other. A stray is a place farther from its nearest neighbour than
/// the mean plus three standard deviations of these distances; strays are left out of the numbers
/// below.
struct Spacing {
    std::size_t distinct = 0; ///< different places
    std::size_t strays = 0;   ///< of them
    double stray_m = 0;       ///< farther than this from the nearest other place is a stray
    double mean_m = 0;        ///< mean distance to the nearest other place
    double median_m = 0;      ///< median of the same
    double widest_m = 0;      ///< the longest: with this band every place but strays has a neighbour
    std::vector<std::uint8_t> is_stray = {}; ///< n, 1 for a stray (and for all features at its place)
};

/// places   n, metres; coincident ones count once
/// throws   Error when fewer than two places are distinct or a coordinate is not finite
/// cost     O(n log n)
Spacing spacing_of(std::span<const XY> places);

/// Root mean square distance from the mean centre, metres.
double standard_distance_m(std::span<const XY> places);

/// Mean over the places, strays left out, of the distance to the k-th nearest other one
/// (coincident ones are at distance 0).
///
/// skip     n flags: places that do not count in the mean, though they are neighbours; or empty
/// throws   Error when k < 1 or k >= n, or all are skipped
/// cost     O(n k log n) time, 4 k n bytes
double mean_distance_to_kth_m(std::span<const XY> places, std::size_t k, std::span<const std::uint8_t> skip);

/// Centres of the cells that are not NaN, row by row.
std::vector<XY> present_centres(const Raster<double>& values);

/// Spacing of the cells that are not NaN; quick where each has one at its side.
Spacing spacing_of(const Raster<double>& values);

} // namespace vigil
