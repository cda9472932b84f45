#pragma once

#include "libgeo/route_network.h"
#include "tools/routes/options.h"

#include <optional>
#include <span>
#include <vector>

namespace vigil::tools {

/// Places on the network, and how far they were from it.
struct SnappedPlaces {
    std::vector<std::optional<EdgePlace>> places; ///< nothing when farther than --max-snap
    std::vector<double> distance_m;               ///< NaN when nothing of the network is usable
};

/// Brings places to the nearest usable edge, or with --snap node to the nearest end of a line. A place whose
/// nearest edge lies on an island, a part of the network with few nodes, goes past it when a larger part is
/// near enough.
SnappedPlaces snap_places(const RoutesOptions& o, const RouteNetwork& network,
                          const LoadedScenarios& scenarios, std::span<const LonLat> places);

} // namespace vigil::tools
