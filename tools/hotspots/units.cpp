#include "tools/hotspots/units.h"

#include "kernels/aggregate.h"
#include "kernels/cell_size.h"
#include "kernels/inside.h"
#include "kernels/optimise/snap_places.h"
#include "kernels/polygon_mask.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"

#include <algorithm>
#include <limits>

namespace vigil::tools {

namespace {

constexpr double bytes_per_cell = 400; // values, results, table and geometry together
constexpr double seconds_per_day = 86400;

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

void lay_fishnet(Units& units, const Box& extent, const std::optional<Geometries>& mask,
                 const cli::Context& context)
{
    const Grid grid = grid_covering(extent, units.cell_m);
    require_cells(context, grid.rows, grid.cols);
    units.part = mask ? polygon_mask(*mask, grid) : std::vector<std::uint8_t>();
    units.fishnet = grid;
    units.n = static_cast<std::size_t>(grid.cells());
}

void lay_hexagons(Units& units, const Box& extent, bool pointy, const std::optional<Geometries>& mask,
                  const cli::Context& context)
{
    const HexGrid grid = hexagons_covering(extent, units.cell_m, pointy);
    require_cells(context, grid.rows, grid.cols);
    for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
        units.centre.push_back(grid.centre(cell));
    }
    if (mask) {
        units.part = inside_polygons(units.centre, *mask);
    } else {
        for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
            units.part.push_back(grid.meets(cell, extent) ? 1 : 0);
        }
    }
    units.hexagons = grid;
    units.n = units.centre.size();
}

/// Which incidents are examined when their places are the features.
std::vector<std::uint8_t> examined(const Incidents& incidents, const Box& extent,
                                   const std::optional<Geometries>& mask)
{
    std::vector<std::uint8_t> inside =
        mask ? inside_polygons(incidents.xy, *mask) : std::vector<std::uint8_t>(incidents.size(), 1);
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        if (!extent.contains(incidents.xy[i])) {
            inside[i] = 0;
        }
    }
    return inside;
}

double middle_day(TimeSpan span)
{
    const double start = static_cast<double>(span.start);
    return (start + (static_cast<double>(span.end) - start) / 2) / seconds_per_day;
}

/// Each incident of known time is a feature of its own: when it happened counts as much as where.
void take_moments(Units& units, const Incidents& incidents, const std::vector<std::uint8_t>& inside)
{
    require(!incidents.time.empty(), "no column of dates or times was found; name it with --time");
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        if (inside[i] != 0 && incidents.time[i].known()) {
            order.push_back(i);
        }
        units.undated += inside[i] != 0 && !incidents.time[i].known() ? 1U : 0U;
    }
    const auto key = [&](std::size_t i) {
        return std::tuple(incidents.xy[i].x, incidents.xy[i].y, incidents.time[i].start,
                          incidents.time[i].end, incidents.weight_of(i));
    };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    units.of_incident.assign(incidents.size(), -1);
    for (const std::size_t i : order) {
        const XY place = incidents.xy[i];
        const double day = middle_day(incidents.time[i]);
        const bool same =
            !units.centre.empty() && units.centre.back() == place && units.time_days.back() == day;
        if (!same) {
            units.centre.push_back(place);
            units.time_days.push_back(day);
        }
        units.of_incident[i] = static_cast<std::int64_t>(units.centre.size()) - 1;
    }
    require(!units.centre.empty(), "no incident inside the extent or mask has a known time");
}

void take_places(Units& units, const Incidents& incidents, const std::vector<std::uint8_t>& inside)
{
    struct Numbered {
        XY place;
        std::size_t row;
    };
    std::vector<Numbered> sorted;
    sorted.reserve(incidents.size());
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        if (inside[i] != 0) {
            sorted.push_back({incidents.xy[i], i});
        }
    }
    std::sort(sorted.begin(), sorted.end(), [](const Numbered& a, const Numbered& b) {
        return a.place.x != b.place.x ? a.place.x < b.place.x : a.place.y < b.place.y;
    });
    units.of_incident.assign(incidents.size(), -1);
    for (const Numbered& one : sorted) {
        if (units.centre.empty() || !(units.centre.back() == one.place)) {
            units.centre.push_back(one.place);
        }
        units.of_incident[one.row] = static_cast<std::int64_t>(units.centre.size()) - 1;
    }
}

/// Near incidents are brought together at the places where most are.
void snap_incidents(Units& units, const Incidents& incidents, const std::vector<std::uint8_t>& inside,
                    const HotspotOptions& o, const cli::Context& context)
{
    std::vector<XY> places;
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        if (inside[i] != 0) {
            places.push_back(incidents.xy[i]);
            rows.push_back(i);
        }
    }
    require(!places.empty(), "no incident lies inside the extent or mask");
    double distance_m = 0;
    if (o.snap_m) {
        distance_m = *o.snap_m;
    } else {
        distance_m = choose_snap_distance(places).distance_m;
        context.tell("incidents within {:.1f} m of each other are one place; --snap-distance overrides",
                     distance_m);
    }
    SnappedPlaces snapped = snap_places(places, {}, distance_m);
    units.centre = std::move(snapped.places);
    units.of_incident.assign(incidents.size(), -1);
    for (std::size_t k = 0; k < rows.size(); ++k) {
        units.of_incident[rows[k]] = snapped.of[k];
    }
}

void add_points(Units& units)
{
    units.n = units.centre.size();
    units.layer.geometry.kind = GeometryKind::point;
    for (const XY& place : units.centre) {
        units.layer.geometry.add(std::span(&place, 1));
    }
}

Units empty_units(const Incidents& incidents, const HotspotOptions& o, const cli::Context& context)
{
    if (!o.polygons.empty()) {
        return polygon_units(o, incidents.crs, context);
    }
    Units units;
    const std::optional<Geometries> mask = read_mask(o, incidents.crs);
    const Box extent = extent_of(incidents, o, mask);
    units.layer.crs = incidents.crs;
    units.centre_crs = incidents.crs;
    if (o.grid == HotspotGrid::points || o.grid == HotspotGrid::snap) {
        const std::vector<std::uint8_t> inside = examined(incidents, extent, mask);
        if (o.weights == HotspotWeights::space_time) {
            take_moments(units, incidents, inside);
        } else if (o.grid == HotspotGrid::snap) {
            snap_incidents(units, incidents, inside, o, context);
        } else {
            take_places(units, incidents, inside);
        }
        add_points(units);
        return units;
    }
    units.cell_m = cell_of(incidents, o, context);
    if (o.grid == HotspotGrid::fishnet) {
        lay_fishnet(units, extent, mask, context);
    } else {
        lay_hexagons(units, extent, o.grid == HotspotGrid::hexagon_pointy, mask, context);
    }
    return units;
}

} // namespace

XY Units::centre_of(std::size_t i) const
{
    if (!fishnet) {
        return centre[i];
    }
    const auto cell = static_cast<std::int64_t>(i);
    return {fishnet->centre_x(cell % fishnet->cols), fishnet->centre_y(cell / fishnet->cols)};
}

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

std::size_t Units::present() const
{
    return part.empty() ? n
                        : static_cast<std::size_t>(
                              n - static_cast<std::size_t>(std::count(part.begin(), part.end(), 0)));
}

std::vector<std::int64_t> units_at(const Units& units, std::span<const XY> places)
{
    std::vector<std::int64_t> at;
    if (units.fishnet) {
        at = fishnet_cells(places, *units.fishnet);
    } else if (units.hexagons) {
        at = hexagon_cells(places, *units.hexagons);
    } else {
        at = polygon_of_places(places, units.layer.geometry).polygon;
    }
    for (std::int64_t& unit : at) {
        if (unit >= 0 && !units.present(static_cast<std::size_t>(unit))) {
            unit = -1;
        }
    }
    return at;
}

Values tallied(const Units& units, std::span<const std::int64_t> unit_of, std::span<const double> weights)
{
    Tally gathered = tally(unit_of, weights, units.n);
    Values values;
    values.weighted = !weights.empty();
    values.value = values.weighted ? std::move(gathered.sum)
                                   : std::vector<double>(gathered.count.begin(), gathered.count.end());
    values.count = std::move(gathered.count);
    for (std::size_t i = 0; i < units.n; ++i) {
        if (!units.present(i)) {
            values.value[i] = std::numeric_limits<double>::quiet_NaN();
        }
    }
    return values;
}

Units units_of_incidents(const Incidents& incidents, const HotspotOptions& options,
                         const cli::Context& context)
{
    Units units = empty_units(incidents, options, context);
    units.degrees = options.geodesic;
    if (units.of_incident.empty()) {
        units.of_incident = units_at(units, incidents.xy);
    }
    units.outside = static_cast<std::size_t>(std::count_if(units.of_incident.begin(), units.of_incident.end(),
                                                           [](auto unit) { return unit < 0; }));
    units.outside -= units.undated;
    require(units.outside + units.undated < incidents.size(),
            "no incident lies inside {}; the CRS of the analysis is {}",
            options.polygons.empty() ? "the extent or mask (--extent, --mask)" : "the polygons",
            incidents.crs.label());
    if (options.drop_empty) {
        const Tally all = tally(units.of_incident, {}, units.n);
        units.part.resize(units.n);
        std::transform(all.count.begin(), all.count.end(), units.part.begin(),
                       [](std::int64_t count) { return count > 0 ? 1 : 0; });
    }
    return units;
}

} // namespace vigil::tools
