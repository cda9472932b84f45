#pragma once

#include "libgeo/io/osm_scan.h"

#include <functional>
#include <vector>

namespace vigil::io {

/// Turn bans of restrictions, in the order of their numbers; what shares a number is taken once.
///
/// ways    ordered by source; rails never take part
/// counts  in `report`: restrictions and restrictions_ignored
/// vertex  gives the vertex of an OpenStreetMap node, or no_index
std::vector<TurnBan> osm_bans(std::vector<OsmRestriction> restrictions, const Ways& ways,
                              const std::function<std::uint32_t(std::int64_t)>& vertex, OsmReport& report);

} // namespace vigil::io
