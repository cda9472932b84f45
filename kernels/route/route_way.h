#pragma once

#include "libgeo/route_network.h"

#include <cstddef>
#include <vector>

namespace vigil {

/// A way between two places of a network: edge sides one after the other, the first and last in part.
struct RouteWay {
    std::vector<EdgeSide> sides;
    double start_m = 0; ///< offset along the drawing of the first edge at which the way begins
    double end_m = 0;   ///< offset along the drawing of the last edge at which it ends
    bool stays = false; ///< nobody moves: both places are one; `sides` then only says where
    bool operator==(const RouteWay&) const = default;
};

/// What a way travels of one edge: from one offset along its drawing to another, metres.
struct TravelledPart {
    double from_m = 0, to_m = 0;
};
TravelledPart travelled_part(const RouteNetwork& network, const RouteWay& way, std::size_t i);

/// Length of each side of a way, metres: all of it, or the part that is travelled.
std::vector<double> side_lengths_m(const RouteNetwork& network, const RouteWay& way);
double way_length_m(const RouteNetwork& network, const RouteWay& way);

/// The drawing of a way, from start to end; one place twice when it has no length, nothing without sides.
std::vector<LonLat> drawing_of(const RouteNetwork& network, const RouteWay& way);

} // namespace vigil
