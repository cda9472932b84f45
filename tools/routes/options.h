#pragma once

#include "kernels/route/leg_finder.h"
#include "libgeo/io/output.h"
#include "tools/route_network/input.h"
#include "tools/routes/ends.h"
#include "tools/routes/scenarios.h"

#include <optional>
#include <string>

namespace vigil::tools {

enum class SnapTo { edge, node };

struct RoutesOptions {
    RouteNetworkInput network;
    RouteEndsInput ends;
    ScenarioInput scenarios;
    std::string output;
    std::string crs;
    bool nearest = false;
    bool table = false;
    bool largest = false;
    std::int64_t island_nodes = 100;
    SnapTo snap_to = SnapTo::edge;
    double max_snap_m = 10000;
    std::int64_t ways = 3;
    std::optional<double> theta;
    AlternativesOptions alternatives;
    io::WriteOptions write;
};

} // namespace vigil::tools
