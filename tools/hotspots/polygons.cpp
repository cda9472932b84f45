#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"
#include "tools/hotspots/units.h"

#include <fmt/ranges.h>

#include <cmath>
#include <limits>

namespace vigil::tools {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

std::vector<double> numbers_of(const Field& field, const std::string& path)
{
    if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&field.values)) {
        std::vector<double> values;
        values.reserve(whole->size());
        for (const std::int64_t v : *whole) {
            values.push_back(v == missing_integer ? missing : static_cast<double>(v));
        }
        return values;
    }
    const auto* values = std::get_if<std::vector<double>>(&field.values);
    require(values != nullptr, "{}: the field {} holds text; --value needs a number", path, field.name);
    return *values;
}

const Field& field_of(const Features& layer, const std::string& name, const std::string& path)
{
    const Field* field = layer.table.find(name);
    std::vector<std::string> names;
    for (const Field& one : layer.table.fields) {
        names.push_back(one.name);
    }
    require(field != nullptr, "{}: no field {}; its fields are {}", path, name, fmt::join(names, ", "));
    return *field;
}

/// Area-weighted centre of a feature, its holes left out; NaN when it has no area.
XY centroid(const Geometries& polygons, std::size_t feature)
{
    double area = 0;
    XY moment;
    XY origin;
    bool first_vertex = true;
    for (std::size_t part = polygons.first_part(feature); part < polygons.feature_end[feature]; ++part) {
        for (std::size_t ring = polygons.first_ring(part); ring < polygons.part_end[part]; ++ring) {
            const auto xy = polygons.ring(ring);
            if (first_vertex && !xy.empty()) { // near the shape, so that nothing is lost to large numbers
                origin = xy.front();
                first_vertex = false;
            }
            double ring_area = 0;
            XY ring_moment;
            for (std::size_t v = 0; v + 1 < xy.size(); ++v) {
                const XY a{xy[v].x - origin.x, xy[v].y - origin.y};
                const XY b{xy[v + 1].x - origin.x, xy[v + 1].y - origin.y};
                const double cross = a.x * b.y - b.x * a.y;
                ring_area += cross / 2;
                ring_moment.x += (a.x + b.x) * cross / 6;
                ring_moment.y += (a.y + b.y) * cross / 6;
            }
            const bool hole = ring != polygons.first_ring(part);
            const double sign = (ring_area < 0) != hole ? -1 : 1;
            area += sign * ring_area;
            moment.x += sign * ring_moment.x;
            moment.y += sign * ring_moment.y;
        }
    }
    return {origin.x + moment.x / area, origin.y + moment.y / area};
}

} // namespace

Units units_of_polygons(const HotspotOptions& options, const cli::Context& context)
{
    Units units;
    units.layer = io::read_features(
        options.input,
        {.layer = options.read.layer, .crs = options.read.crs_in, .allow_vsi = options.read.allow_vsi});
    Geometries& polygons = units.layer.geometry;
    require(polygons.kind == GeometryKind::polygon,
            "{}: --value reads polygons, these are not; leave it out for incidents", options.input);
    units.value = numbers_of(field_of(units.layer, options.value, options.input), options.input);
    units.weighted = true;
    const Crs crs = io::analysis_crs_for(units.layer.crs, bounding_box(polygons.xy), options.read.crs);
    Geometries metric = polygons;
    io::transform(metric.xy, units.layer.crs, crs);
    std::size_t without = 0;
    for (std::size_t f = 0; f < polygons.size(); ++f) {
        const XY c = centroid(metric, f);
        units.centre.push_back(c);
        if (!std::isfinite(c.x) || !std::isfinite(c.y) || !std::isfinite(units.value[f])) {
            units.value[f] = missing;
            ++without;
        }
    }
    context.tell("{}: {} polygons, {} without a value or area", options.input, polygons.size(), without);
    require(without < polygons.size(), "{}: no polygon has both a value in {} and an area", options.input,
            options.value);
    return units;
}

} // namespace vigil::tools
