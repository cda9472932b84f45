#pragma once

#include "kernels/weights.h"
#include "libgeo/plane.h"

#include <span>

namespace vigil {

/// Neighbours in space and in time: at most a distance and at most a span apart, both inclusive.
///
/// places      n, metres
/// times_days  n, days since any epoch; of an interval the caller gives the middle
/// band_m      > 0; places count up to band_m (1 + 1e-9), see squared_reach_m2
/// band_days   >= 0; times count up to a hundred-thousandth of a second further, the rounding of
///             days
/// returns     symmetric weights, all 1
/// throws      Error when a band is out of range, the sizes differ, or a number is not finite
/// cost        O(n log n + pairs within twice band_m, whatever their times) time, 4 bytes a link
Weights space_time_band(std::span<const XY> places, std::span<const double> times_days, double band_m,
                        double band_days);

} // namespace vigil
