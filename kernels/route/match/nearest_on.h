#pragma once

#include "kernels/route/match/match_state.h"
#include "kernels/route/route_way.h"

namespace vigil::match {

struct PlaceOnWay {
    MatchState state;
    LonLat at;
    double distance_m = 0;
};

/// The place of a way that is nearest to a point a few hundred metres from it at most; of equals the
/// first that is travelled. Distances are measured on a plane that touches the Earth at the point.
PlaceOnWay nearest_on(const RouteNetwork& network, const RouteWay& way, LonLat point);

} // namespace vigil::match
