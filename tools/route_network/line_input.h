#pragma once

#include "libgeo/features.h"
#include "libgeo/ways.h"
#include "tools/route_network/input.h"

#include <string>

namespace vigil::tools {

/// Reads one layer of lines and tells what was met in it; several layers do not share vertices. Adds its
/// record and, of the first layer, the CRS to `loaded`.
///
/// throws   Error naming the file
Ways read_line_ways(const std::string& path, const RouteNetworkInput& input, LoadedRouteNetwork& loaded,
                    const cli::Context& context);

/// Reads a layer of polygons in longitude and latitude.
/// throws   Error naming the file
Features read_polygons(const std::string& path, bool allow_vsi);

} // namespace vigil::tools
