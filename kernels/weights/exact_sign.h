#pragma once

#include "libgeo/plane.h"

namespace vigil {

/// On which side of the line from a to b a place lies: > 0 left, < 0 right, 0 on it. The sign is
/// exact.
///
/// Plain arithmetic decides unless its error bound does not allow it; then the determinant is
/// summed without rounding. Numbers must be finite, their differences at most 1e70 and not under
/// 1e-70.
/// source  Shewchuk (1997), Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
///         Predicates, Discrete & Computational Geometry 18, 305-363
double side_of(XY a, XY b, XY place);

/// Whether a place lies inside (> 0), on (0) or outside (< 0) the circle through a, b, c, which
/// turn to the left; the other way about when they turn to the right. The sign is exact, as above.
double in_circle(XY a, XY b, XY c, XY place);

} // namespace vigil
