#pragma once

#include "libgeo/plane.h"

namespace vigil::io {

/// Length of the shortest line on the WGS 84 ellipsoid; NaN when a place is not finite. Safe on any thread.
///
/// source   Karney (2013), Algorithms for geodesics, J. Geod. 87, 43-55, in PROJ
double geodesic_distance_m(LonLat a, LonLat b);

} // namespace vigil::io
