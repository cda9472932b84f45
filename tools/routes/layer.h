#pragma once

#include "libgeo/features.h"
#include "tools/routes/find.h"

#include <string_view>
#include <vector>

namespace vigil::tools {

/// "ok"; "no_path": no way, or none that rules allow; "off_network": a place is farther than --max-snap.
std::string_view status_of(const RouteCase& one, const std::vector<Journey>& found,
                           const SnappedPlaces& snapped);

/// One line per way and one row per case without any, in longitude and latitude.
Features routes_layer(const LegNetwork& network, const std::vector<RouteCase>& cases,
                      const std::vector<std::vector<Journey>>& found, const SnappedPlaces& snapped);

} // namespace vigil::tools
