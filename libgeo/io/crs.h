#pragma once

#include "libgeo/crs.h"
#include "libgeo/plane.h"

#include <span>
#include <string>
#include <vector>

namespace vigil::io {

/// A CRS from "EPSG:26912", "26912", WKT or a PROJ string.
/// throws   Error when PROJ does not know it
Crs crs_from_user(const std::string& text);

/// WGS 84, longitude first.
Crs wgs84();

/// Whether two CRS mean the same (axis order aside).
bool same_crs(const Crs& a, const Crs& b);

/// A projected CRS in metres fit for measuring within a box of longitudes and latitudes: the UTM zone of its
/// centre when it spans at most about one zone, else an equal-area CRS for its continent (EPSG:5070, 3035,
/// ...).
///
/// throws   Error when the box is too wide for one plane (asks for --crs)
Crs analysis_crs(const Box& degrees);

/// The CRS for work on data in `data`: itself when projected in metres, the same projection in metres when it
/// is in feet, else analysis_crs of the box. `user` (from --crs), when not empty, wins; it must be projected.
Crs analysis_crs_for(const Crs& data, const Box& extent, const std::string& user);

/// Transforms coordinates in place between two CRS, longitude first for geographic ones, on all threads.
/// Places that cannot be transformed become NaN.
///
/// returns  how many could not be transformed
std::size_t transform(std::span<XY> places, const Crs& from, const Crs& to);

/// Places of a projected CRS as WGS 84 longitudes and latitudes.
std::vector<LonLat> to_lonlat(std::span<const XY> places, const Crs& from);

/// A geodesic circle on WGS 84 as a closed counter-clockwise ring of `corners` + 1 vertices.
std::vector<LonLat> geodesic_circle(LonLat centre, double radius_m, int corners = 72);

} // namespace vigil::io
