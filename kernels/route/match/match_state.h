#pragma once

#include "libgeo/route_network.h"

namespace vigil {

/// Somebody on an edge, heading one way.
struct MatchState {
    EdgeSide side = 0;
    double offset_m = 0; ///< along the drawing of the edge, whatever the heading
    bool operator==(const MatchState&) const = default;
};

} // namespace vigil
