#pragma once

#include "kernels/hexagon.h"
#include "libgeo/features.h"
#include "libgeo/grid.h"
#include "libgeo/incidents.h"
#include "tools/cli/context.h"
#include "tools/hotspots/options.h"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace vigil::tools {

/// The features that are compared with one another: cells, places or polygons.
struct Units {
    std::size_t n = 0;
    std::vector<std::uint8_t> part;        ///< n, 0 for those that are not part of the study; empty: all are
    std::vector<XY> centre;                ///< n, in `centre_crs`; empty for a fishnet
    Crs centre_crs;                        ///< metres, or degrees with --geodesic
    std::vector<double> time_days;         ///< n, or empty
    std::vector<double> population;        ///< n people at risk, or empty
    std::optional<Grid> fishnet;           ///< n cells row by row
    std::optional<HexGrid> hexagons;       ///< n cells row by row
    std::vector<std::int64_t> of_incident; ///< unit of each incident, -1 outside; empty without incidents
    Features layer;                        ///< CRS, and for places and polygons the geometry
    Table fields;                          ///< of the polygons, for weights by id
    double cell_m = 0;                     ///< of a fishnet or hexagons
    std::size_t outside = 0;               ///< incidents outside the extent, mask or polygons
    std::size_t undated = 0;               ///< incidents left out because their time is not known
    bool degrees = false;                  ///< centres are longitudes and latitudes

    [[nodiscard]] bool lattice() const { return fishnet || hexagons; }
    [[nodiscard]] bool places() const { return !lattice() && layer.geometry.kind == GeometryKind::point; }
    [[nodiscard]] bool present(std::size_t i) const { return part.empty() || part[i] != 0; }
    [[nodiscard]] std::size_t present() const;
    [[nodiscard]] XY centre_of(std::size_t i) const;
};

/// One value for each unit; NaN for those that are not part of the study.
struct Values {
    std::vector<double> value;
    std::vector<std::int64_t> count; ///< incidents, or empty for polygons with a value of their own
    std::vector<double> cases;       ///< what a rate was made of, where it is not the count
    bool weighted = false;           ///< value is a sum of weights, a field or a rate, not the count
};

/// Cells around the incidents, their places, or polygons, as the options say; and who is in which.
///
/// throws   Error when no cell size can be chosen, the grid is too large, or nothing lies inside the extent
Units units_of_incidents(const Incidents& incidents, const HotspotOptions& options,
                         const cli::Context& context);

/// The polygons of a layer, and one of their fields.
///
/// throws   Error when the layer does not hold polygons or the field is not there or not a number
std::pair<Units, Values> units_of_polygons(const HotspotOptions& options, const cli::Context& context);

/// The polygons of --polygons in `crs`.
Units polygon_units(const HotspotOptions& options, const Crs& crs, const cli::Context& context);

/// The unit that each place falls in: a cell that is part of the study or a polygon; -1 outside.
std::vector<std::int64_t> units_at(const Units& units, std::span<const XY> places);

/// Counts, or sums of weights unless `weights` is empty, by unit.
Values tallied(const Units& units, std::span<const std::int64_t> unit_of, std::span<const double> weights);

/// The polygons of --mask in `crs`; none when it is not given.
std::optional<Geometries> read_mask(const HotspotOptions& options, const Crs& crs);

} // namespace vigil::tools
