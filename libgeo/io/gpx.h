#pragma once

#include "libgeo/io/incident_source.h"

#include <string>
#include <string_view>
#include <vector>

namespace vigil::io {

/// Reads the points of a GPX file (1.0 or 1.1) as a table with the columns track, segment, lon, lat, ele,
/// time and name. `track` is the name of the track or route if each has one of its own, else its number
/// from 1. Read here and not by GDAL 3.6, which takes a latitude that is no number for 0 and drops points
/// without one.
///
/// Of the layers track_points, route_points and waypoints the first that is not empty is read, unless one is
/// named.
///
/// throws   Error when there is no such layer, no point, a document type, or the file is cut short or damaged
void read_gpx(const LayerFile& file, const ReadOptions& options, bool keep_text, RawIncidents& raw);

/// The names of its columns.
std::vector<std::string> gpx_columns();

/// The points that were rejected, as CSV with the reason.
std::string rejected_gpx(const LayerFile& file, const ReadOptions& options,
                         const std::vector<Rejection>& rejections);

} // namespace vigil::io
