#pragma once

#include "kernels/hexagon.h"
#include "libgeo/features.h"
#include "libgeo/grid.h"
#include "libgeo/incidents.h"
#include "tools/cli/context.h"
#include "tools/hotspots/options.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace vigil::tools {

/// The features that are compared with one another: cells, places or polygons, each with a value.
struct Units {
    std::vector<double> value;       ///< n; NaN: left out of the statistic
    std::vector<std::int64_t> count; ///< n incidents, or empty for polygons
    bool weighted = false;           ///< value is a sum of weights or a field, not the count
    std::vector<XY> centre;          ///< n, metres in the analysis CRS; empty for a fishnet
    std::optional<Grid> fishnet;     ///< n cells row by row
    std::optional<HexGrid> hexagons; ///< n cells row by row
    Features layer;                  ///< CRS, and for places and polygons the geometry and fields to carry
    double cell_m = 0;               ///< of a fishnet or hexagons
    std::uint64_t outside = 0;       ///< incidents outside the extent or mask

    [[nodiscard]] bool lattice() const { return fishnet || hexagons; }
};

/// Cells with the incidents in them, or the places of incidents, as options.grid says.
///
/// throws   Error when no cell size can be chosen, the grid is too large, or nothing lies inside the extent
Units units_of_incidents(const Incidents& incidents, const HotspotOptions& options,
                         const cli::Context& context);

/// The polygons of a layer and one of their fields.
///
/// throws   Error when the layer does not hold polygons or the field is not there or not a number
Units units_of_polygons(const HotspotOptions& options, const cli::Context& context);

} // namespace vigil::tools
