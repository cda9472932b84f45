#pragma once

#include "kernels/contours/scan.h"
#include "libgeo/features.h"

#include <vector>

namespace vigil::contour_detail {

/// Joins segments to rings and rings to polygons with holes: one feature, of as many parts as needed.
///
/// No geometry is asked. On a line through a row of centres the westernmost vertex of a ring has the outside
/// of that ring to its west, so the ring is a shell when the area lies to its east. The vertex before it on
/// that line belongs to the ring that surrounds the same area: the hole's shell, or another hole of it. Every
/// hole surrounds a centre, hence meets such a line.
///
/// cost  O(v log v) for v segments
Geometries joined_rings(std::vector<Segment> segments, const Surface& surface, const Band& band, double gap);

} // namespace vigil::contour_detail
