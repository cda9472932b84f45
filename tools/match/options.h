#pragma once

#include "kernels/route/match/matcher.h"
#include "libgeo/io/output.h"
#include "tools/match/layers.h"
#include "tools/match/sightings.h"
#include "tools/route_network/input.h"
#include "tools/routes/scenarios.h"

#include <cstdint>
#include <optional>
#include <string>

namespace vigil::tools {

struct MatchCommandOptions {
    RouteNetworkInput network;
    SightingsInput sightings;
    ScenarioInput travel; ///< one profile
    std::string output;
    std::string crs;
    std::string only; ///< one layer; empty: all
    std::optional<double> sigma_m;
    std::int64_t draws = 100;
    std::int64_t ways = 5;
    std::int64_t seed = 1;
    MatchOptions match;
    io::WriteOptions write;
};

} // namespace vigil::tools
