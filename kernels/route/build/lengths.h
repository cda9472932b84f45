#pragma once

#include "kernels/earth.h"
#include "libgeo/route_network.h"

#include <span>

namespace vigil::route_build {

/// Length of the geodesic between two places on WGS 84, the same from both sides.
///
/// Up to 5 km it is the chord c turned into the arc c (1 + c^2 / 24 R^2) of a sphere; the curvature of the
/// ellipsoid differs from that of the sphere by less than 1 %, so the relative error is below 1e-9. Farther
/// it is geodesic_length_m of kernels/density/geodesic_distance.h.
///
/// returns  NaN when they are more than 15 000 km apart
double stretch_length_m(FixedLonLat a, const XYZ& a_in_space, FixedLonLat b, const XYZ& b_in_space);

/// Lengths from the first vertex to each vertex of a drawing; the first is 0.
/// length_m   as many as there are vertices
void lengths_along(std::span<const FixedLonLat> shape, std::span<double> length_m);

} // namespace vigil::route_build
