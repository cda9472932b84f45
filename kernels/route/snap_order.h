#pragma once

#include "libgeo/plane.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// Numbers of the places in an order that keeps neighbours together: along a Z-curve through the cube around
/// the Earth (Morton 1966), in cells of some 6 m; places of one cell by number. Places that are not on Earth
/// come last.
std::vector<std::size_t> order_in_space(std::span<const LonLat> places);

} // namespace vigil
