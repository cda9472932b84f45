#pragma once

#include "libgeo/features.h"

#include <cstdint>
#include <vector>

namespace vigil {

/// For each polygon the first one with the same geometry: its own number when there is none before
/// it. Where rings begin and which way they run does not matter, nor the order of parts and holes;
/// the numbers must be equal. Features without geometry are like nobody.
///
/// throws     Error when the geometries are not polygons
/// cost       O(n log n + v) time for n polygons, v the vertices of those with equal boxes and
///            counts
std::vector<std::uint32_t> first_alike(const Geometries& polygons);

} // namespace vigil
