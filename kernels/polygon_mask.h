#pragma once

#include "libgeo/features.h"
#include "libgeo/grid.h"

#include <cstdint>
#include <vector>

namespace vigil {

/// Which cells have their centre inside any of the polygons.
///
/// Even-odd within a polygon (its shell and holes), so rings may run either way; a centre exactly on a border
/// belongs to the polygon east or north of it, so that neighbours neither share a cell nor leave one out.
///
/// polygons  kind polygon, in the CRS of `grid`
/// returns   rows x cols values, 1 inside and 0 outside
/// throws    Error when the features are not polygons or a coordinate is not finite
/// cost      O(vertices + rows crossed by edges), and 16 bytes for each crossing of the largest polygon
std::vector<std::uint8_t> polygon_mask(const Geometries& polygons, const Grid& grid);

} // namespace vigil
