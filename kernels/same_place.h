#pragma once

#include "libgeo/plane.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Numbers places so that equal ones share a number.
///
/// places     n
/// tolerance  places no farther apart than this are one, and so are chains of them; 0 asks for equality
/// returns    n numbers below n, the same whatever the threads
/// throws     Error when tolerance is negative or a coordinate is not finite
/// cost       O(n log n)
std::vector<std::uint32_t> same_places(std::span<const XY> places, double tolerance);

} // namespace vigil
