#pragma once

#include "libgeo/plane.h"

#include <limits>

namespace vigil {

/// Where and when somebody was seen.
struct Sighting {
    static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

    LonLat at;
    double sigma_m = unknown; ///< standard deviation of the place in each direction, > 0; or unknown
    double begin_s = unknown; ///< seen at some time from begin_s to end_s, seconds since any epoch; both are
    double end_s = unknown;   ///< the same for an instant, and unknown when the time is not known
    /// Bounds on its place in the order: a sighting comes before another when its order_end is below the
    /// other's order_begin. Where bounds overlap the order is not known.
    double order_begin = -std::numeric_limits<double>::infinity();
    double order_end = std::numeric_limits<double>::infinity();
};

} // namespace vigil
