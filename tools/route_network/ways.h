#pragma once

#include "kernels/route/route_way.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vigil::tools {

/// What somebody passes who takes ways one after the other.
struct Passed {
    std::string modes; ///< in the order in which they are first used; transfers are not told
    std::int64_t ferries = 0;
    std::int64_t borders = 0;
    double length_m = 0;
};
Passed passed_by(const RouteNetwork& network, std::span<const RouteWay> ways);

/// The drawing of ways that follow one another as one line, of two vertices at least.
std::vector<LonLat> joined_drawing(const RouteNetwork& network, std::span<const RouteWay> ways);

} // namespace vigil::tools
