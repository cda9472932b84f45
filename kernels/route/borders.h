#pragma once

#include "libgeo/features.h"
#include "libgeo/ways.h"

#include <cstddef>

namespace vigil {

/// Puts border posts where ways go from one country into another: new vertices. Vertices that are there
/// already stay as they are, so that a junction next to a border is no border for those who only turn there.
///
/// Looked at are the vertices and, on segments longer than 1 km, places at most about 1 km apart; the post
/// stands half-way between the two places that lie in different countries. What lies outside every polygon
/// (at sea, off the map) does not count, but a way that leaves one country and enters another crosses where
/// it enters. Where the way has a border post already within 2 km along it, that one is enough.
///
/// countries   polygons, longitude and latitude in degrees; of overlapping ones the first holds a place
/// returns     how many posts were added
/// throws      Error when countries are not polygons, or there would be 2^32 vertices
/// cost        that of polygon_of_places over all places looked at
std::size_t mark_borders(Ways& ways, const Geometries& countries);

/// The share of each edge that lies inside polygons: of each stretch of at most 50 m (or shorter segment)
/// the middle is looked at.
///
/// polygons  longitude and latitude in degrees
/// returns   edges values, 0 to 1
std::vector<double> share_inside(const RouteNetwork& network, const Geometries& polygons);

} // namespace vigil
