#include "tools/hotspots/units.h"

#include "kernels/aggregate.h"
#include "kernels/cell_size.h"
#include "kernels/inside.h"
#include "kernels/polygon_mask.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"

#include <algorithm>
#include <limits>

namespace vigil::tools {

namespace {

constexpr double bytes_per_cell = 400; // values, results, table and geometry together

/// The polygons of --mask in the CRS of the incidents; none when it is not given.
std::optional<Geometries> read_mask(const HotspotOptions& o, const Crs& crs)
{
    if (o.mask.empty()) {
        return {};
    }
    Features mask = io::read_features(o.mask, {.layer = {}, .crs = {}, .allow_vsi = o.read.allow_vsi});
    require(mask.geometry.kind == GeometryKind::polygon, "{}: holds no polygons; a mask needs them", o.mask);
    const std::size_t lost = io::transform(mask.geometry.xy, mask.crs, crs);
    require(lost == 0, "{}: {} vertices cannot be brought to {}", o.mask, lost, crs.label());
    return std::move(mask.geometry);
}

/// What is examined: --extent, else the mask, else the incidents.
Box extent_of(const Incidents& incidents, const HotspotOptions& o, const std::optional<Geometries>& mask)
{
    if (!o.extent.empty()) {
        return {o.extent[0], o.extent[1], o.extent[2], o.extent[3]};
    }
    return mask ? bounding_box(mask->xy) : bounding_box(incidents.xy);
}

double cell_of(const Incidents& incidents, const HotspotOptions& options, const cli::Context& context)
{
    if (options.cell_m) {
        return *options.cell_m;
    }
    const MergedPlaces merged = merge_coincident(incidents.xy, {});
    require(merged.places.size() > 1, "all incidents are at one place; give the cell size with --cell");
    const double cell_m = sensible_cell_m(merged.places);
    context.tell("cell size {} m, from the distances between neighbouring places; --cell overrides", cell_m);
    return cell_m;
}

void require_cells(const cli::Context& context, std::int64_t rows, std::int64_t cols)
{
    context.require_memory(static_cast<double>(rows) * static_cast<double>(cols) * bytes_per_cell,
                           fmt::format("a grid of {} x {} cells", rows, cols), "use a larger --cell");
}

/// Values of all cells from the incidents in them; NaN for cells that are not `part` of the study.
template <typename IsPart>
void fill(Units& units, const Incidents& incidents, std::vector<std::int64_t> cell, std::int64_t cells,
          IsPart part)
{
    for (std::int64_t& c : cell) {
        if (c >= 0 && !part(static_cast<std::size_t>(c))) {
            c = -1;
        }
    }
    Tally gathered = tally(cell, incidents.weight, static_cast<std::size_t>(cells));
    units.weighted = !incidents.weight.empty();
    units.value = units.weighted ? std::move(gathered.sum)
                                 : std::vector<double>(gathered.count.begin(), gathered.count.end());
    units.count = std::move(gathered.count);
    for (std::size_t i = 0; i < units.value.size(); ++i) {
        if (!part(i)) {
            units.value[i] = std::numeric_limits<double>::quiet_NaN();
        }
    }
    units.outside =
        static_cast<std::uint64_t>(std::count_if(cell.begin(), cell.end(), [](auto c) { return c < 0; }));
}

void lay_fishnet(Units& units, const Incidents& incidents, const Box& extent,
                 const std::optional<Geometries>& mask, const cli::Context& context)
{
    const Grid grid = grid_covering(extent, units.cell_m);
    require_cells(context, grid.rows, grid.cols);
    const std::vector<std::uint8_t> inside = mask ? polygon_mask(*mask, grid) : std::vector<std::uint8_t>();
    fill(units, incidents, fishnet_cells(incidents.xy, grid), grid.cells(),
         [&](std::size_t i) { return !mask || inside[i] != 0; });
    units.fishnet = grid;
}

void lay_hexagons(Units& units, const Incidents& incidents, const Box& extent, bool pointy,
                  const std::optional<Geometries>& mask, const cli::Context& context)
{
    const HexGrid grid = hexagons_covering(extent, units.cell_m, pointy);
    require_cells(context, grid.rows, grid.cols);
    for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
        units.centre.push_back(grid.centre(cell));
    }
    const std::vector<std::uint8_t> inside =
        mask ? inside_polygons(units.centre, *mask) : std::vector<std::uint8_t>();
    fill(units, incidents, hexagon_cells(incidents.xy, grid), grid.cells(), [&](std::size_t i) {
        return mask ? inside[i] != 0 : grid.meets(static_cast<std::int64_t>(i), extent);
    });
    units.hexagons = grid;
}

void take_places(Units& units, const Incidents& incidents, const Box& extent,
                 const std::optional<Geometries>& mask)
{
    const std::vector<std::uint8_t> in_mask =
        mask ? inside_polygons(incidents.xy, *mask) : std::vector<std::uint8_t>(incidents.size(), 1);
    std::vector<XY> inside;
    std::vector<double> weights;
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        if (in_mask[i] != 0 && extent.contains(incidents.xy[i])) {
            inside.push_back(incidents.xy[i]);
            if (!incidents.weight.empty()) {
                weights.push_back(incidents.weight[i]);
            }
        }
    }
    MergedPlaces merged = merge_coincident(inside, weights);
    units.outside = incidents.size() - inside.size();
    units.weighted = !weights.empty();
    units.value = units.weighted ? std::move(merged.tally.sum)
                                 : std::vector<double>(merged.tally.count.begin(), merged.tally.count.end());
    units.count = std::move(merged.tally.count);
    units.centre = std::move(merged.places);
    units.layer.geometry.kind = GeometryKind::point;
    for (const XY& place : units.centre) {
        units.layer.geometry.add(std::span(&place, 1));
    }
}

} // namespace

Units units_of_incidents(const Incidents& incidents, const HotspotOptions& options,
                         const cli::Context& context)
{
    const std::optional<Geometries> mask = read_mask(options, incidents.crs);
    const Box extent = extent_of(incidents, options, mask);
    Units units;
    units.layer.crs = incidents.crs;
    if (options.grid == HotspotGrid::points) {
        take_places(units, incidents, extent, mask);
    } else {
        units.cell_m = cell_of(incidents, options, context);
        if (options.grid == HotspotGrid::fishnet) {
            lay_fishnet(units, incidents, extent, mask, context);
        } else {
            lay_hexagons(units, incidents, extent, options.grid == HotspotGrid::hexagon_pointy, mask,
                         context);
        }
    }
    require(units.outside < incidents.size(),
            "no incident lies inside the extent or mask; --extent is in the CRS of the analysis, {}",
            incidents.crs.label());
    return units;
}

} // namespace vigil::tools
