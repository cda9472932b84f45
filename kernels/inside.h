#pragma once

#include "libgeo/features.h"
#include "libgeo/plane.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Which places lie inside any of the polygons: even-odd within a polygon, a place on a border belongs to
/// the polygon east or north of it (as in polygon_mask, for places that are not on a grid).
///
/// polygons  kind polygon, in the CRS of the places
/// returns   n values, 1 inside and 0 outside; 0 for a place that is not finite
/// throws    Error when the features are not polygons
/// cost      O(n log n + for each edge the places in its range of y)
std::vector<std::uint8_t> inside_polygons(std::span<const XY> places, const Geometries& polygons);

/// The polygon each place lies in.
struct PolygonOfPlaces {
    std::vector<std::int64_t> polygon; ///< n; the first that holds the place, or -1
    std::size_t in_several = 0;        ///< places that more than one polygon holds: polygons overlap there
};

/// The same rules as inside_polygons, telling which polygon it is.
PolygonOfPlaces polygon_of_places(std::span<const XY> places, const Geometries& polygons);

} // namespace vigil
