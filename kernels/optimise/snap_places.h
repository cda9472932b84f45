#pragma once

#include "kernels/optimise/choice.h"
#include "kernels/optimise/spacing.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Incidents brought together at fewer places.
struct SnappedPlaces {
    std::vector<XY> places;          ///< m, from west to east, then south to north
    std::vector<double> weight;      ///< m, sums of weights
    std::vector<std::int64_t> count; ///< m, incidents
    std::vector<std::uint32_t> of;   ///< n, the place each incident came to
    std::int64_t moved = 0;          ///< incidents that left their place
    double farthest_m = 0;           ///< the longest move
};

/// Merges incidents that coincide or are near each other into weighted places.
///
/// The heaviest place (of equal ones the westernmost, then southernmost) draws in every place
/// within the distance; then the heaviest of those left, and so on. No incident moves farther than
/// the distance, and the places kept are farther than it from each other, so dense streets do not
/// run together into one.
///
/// weights      n values >= 0, or empty for all 1
/// distance_m   >= 0, inclusive (squared_reach_m2); 0 merges only what coincides
/// returns      the same whatever the order of the rows
/// throws       Error when sizes differ, or a number is not finite, or a weight or the distance <
///              0
/// cost         O(n log n)
SnappedPlaces snap_places(std::span<const XY> incidents, std::span<const double> weights, double distance_m);

/// A distance for it: the smaller of the mean and the median distance to the nearest other place.
struct SnapChoice {
    double distance_m = 0;
    std::vector<Choice> choices = {};
};
SnapChoice choose_snap_distance(std::span<const XY> incidents);

} // namespace vigil
