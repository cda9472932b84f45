#pragma once

#include "libgeo/io/osm_scan.h"

namespace vigil::io {

inline constexpr double station_beside_m = 200; ///< how far a station may stand beside its line

/// Takes the station from marks where no train or boat passes, drops those that say nothing more, and gives
/// stations drawn beside the tracks to the nearest vertex of a railway (a tie: the first) within
/// station_beside_m; those without one are counted.
///
/// ways.marks  sorted by vertex, before and after
void settle_stations(Ways& ways, std::vector<OsmPlace> elsewhere, OsmReport& report);

} // namespace vigil::io
