#pragma once

#include "libgeo/route_network.h"

#include <string_view>

namespace vigil::io {

/// What is wrong with a network that a search could stumble over: an index that leads nowhere, ranges that
/// overlap, arcs that do not lie on their edges, a rank given twice, a length that
/// is no number or longer than 10^9 m, minutes above 10^9, a speed above 10^6 km/h. Empty when
/// it is sound. The first thing wrong in the order of the arrays, whatever the number of threads.
std::string_view flaw_of(const RouteNetwork& network);

} // namespace vigil::io
