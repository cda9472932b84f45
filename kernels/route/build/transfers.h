#pragma once

#include "kernels/route/build/lines.h"

#include <vector>

namespace vigil::route_build {

/// A link from a station or quay to a road or path.
struct Transfer {
    std::uint32_t station = 0; ///< points
    std::uint32_t land = 0;
    Vehicles vehicles = vehicle::foot;
    double length_m = 0;
};

/// Finds the links between modes, and makes nodes of the points they join.
///
/// A ferry's line that ends at a road's point, or stops there, is linked to it for all that it carries. A
/// station on a railway is linked to the nearest point open to people on foot within transfer_m; a ferry's
/// loose end to the nearest ones open to those it carries, on foot and by motor each. Ties: first by (lon,
/// lat), then lowest point.
std::vector<Transfer> find_transfers(Lines& lines, const std::vector<PointMark>& marks, double transfer_m,
                                     RouteReport& report);

} // namespace vigil::route_build
