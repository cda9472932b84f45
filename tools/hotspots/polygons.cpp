#include "kernels/inside.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"
#include "libgeo/io/repair.h"
#include "libgeo/style.h"
#include "tools/hotspots/units.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace vigil::tools {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

std::vector<double> numbers_of(const Field& field, const std::string& option, const std::string& path)
{
    require(!std::holds_alternative<std::vector<std::string>>(field.values),
            "{}: the field {} holds text; {} needs a number", path, field.name, option);
    return vigil::numbers_of(field);
}

const Field& field_of(const Table& table, const std::string& name, const std::string& path)
{
    const Field* field = table.find(name);
    std::vector<std::string> names;
    for (const Field& one : table.fields) {
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

/// The direction of the area's integral over the sphere, which is that of its centroid; degrees.
XY spherical_centroid(const Geometries& polygons, std::size_t feature)
{
    constexpr double degree = std::numbers::pi / 180;
    const auto unit = [](XY p) {
        const double lon = p.x * degree;
        const double lat = p.y * degree;
        return std::array{std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)};
    };
    std::array<double, 3> sum{};
    for (std::size_t part = polygons.first_part(feature); part < polygons.feature_end[feature]; ++part) {
        for (std::size_t r = polygons.first_ring(part); r < polygons.part_end[part]; ++r) {
            std::array<double, 3> area{};
            std::array<double, 3> mean{};
            const auto xy = polygons.ring(r);
            for (std::size_t v = 0; v + 1 < xy.size(); ++v) {
                const auto a = unit(xy[v]);
                const auto b = unit(xy[v + 1]);
                const std::array normal{a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
                                        a[0] * b[1] - a[1] * b[0]};
                const double sine = std::hypot(normal[0], normal[1], normal[2]);
                const double cosine = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
                const double factor = sine > 0 ? std::atan2(sine, cosine) / sine : 0;
                for (std::size_t k = 0; k < 3; ++k) {
                    area[k] += factor * normal[k] / 2;
                    mean[k] += a[k];
                }
            }
            const bool hole = r != polygons.first_ring(part);
            const double outward = area[0] * mean[0] + area[1] * mean[1] + area[2] * mean[2];
            const double sign = (outward < 0) != hole ? -1 : 1;
            for (std::size_t k = 0; k < 3; ++k) {
                sum[k] += sign * area[k];
            }
        }
    }
    if (!(std::hypot(sum[0], sum[1], sum[2]) > 0)) {
        return {missing, missing};
    }
    return {std::atan2(sum[1], sum[0]) / degree, std::atan2(sum[2], std::hypot(sum[0], sum[1])) / degree};
}

/// Repairs invalid polygons, and says how many they were.
void mend(Units& units, const std::string& path, const cli::Context& context)
{
    const std::vector<std::size_t> repaired = io::make_valid(units.layer.geometry);
    if (!repaired.empty()) {
        context.warn("{}: {} invalid polygons were repaired, the first in row {}", path, repaired.size(),
                     repaired.front() + 1);
    }
}

/// Features whose centre lies in another feature too: copies, or polygons that overlap for the most part.
void warn_of_overlaps(const Units& units, const std::string& path, const cli::Context& context)
{
    const Geometries& polygons = units.layer.geometry;
    std::vector<XY> centre; // in the CRS of the layer, which need not be that of the analysis
    for (std::size_t f = 0; f < polygons.size(); ++f) {
        centre.push_back(centroid(polygons, f));
    }
    const std::size_t doubled = polygon_of_places(centre, polygons).in_several;
    if (doubled > 0) {
        context.warn("{}: {} of {} polygons are copies of others or overlap them; what they share counts "
                     "more than once",
                     path, doubled, polygons.size());
    }
}

/// The layer's polygons, whole, in the CRS of `wanted` when one is given.
Units read_polygons(const std::string& path, const HotspotOptions& o, const Crs* wanted,
                    const cli::Context& context)
{
    Units units;
    const bool second = wanted != nullptr;
    units.layer = io::read_features(path, {.layer = second ? std::string() : o.read.layer,
                                           .crs = second ? std::string() : o.read.crs_in,
                                           .allow_vsi = o.read.allow_vsi});
    require(units.layer.geometry.kind == GeometryKind::polygon, "{}: {} reads polygons, these are not", path,
            second ? "--polygons" : "--value");
    if (second) {
        const std::size_t lost = io::transform(units.layer.geometry.xy, units.layer.crs, *wanted);
        require(lost == 0, "{}: {} vertices cannot be brought to {}", path, lost, wanted->label());
        units.layer.crs = *wanted;
    }
    units.fields = std::move(units.layer.table);
    if (!o.polygon_id.empty()) {
        field_of(units.fields, o.polygon_id, path);
    }
    units.layer.table = {};
    mend(units, path, context);
    return units;
}

/// Centres in metres, or degrees; features without area are not part of the study.
std::size_t place_centres(Units& units, const HotspotOptions& o)
{
    Geometries& polygons = units.layer.geometry;
    units.degrees = o.geodesic;
    const Crs crs = o.geodesic ? io::wgs84()
                               : io::analysis_crs_for(units.layer.crs, bounding_box(polygons.xy), o.read.crs);
    units.centre_crs = crs;
    Geometries there = polygons;
    io::transform(there.xy, units.layer.crs, crs);
    std::size_t without = 0;
    for (std::size_t f = 0; f < polygons.size(); ++f) {
        const XY c = o.geodesic ? spherical_centroid(there, f) : centroid(there, f);
        units.centre.push_back(c);
        const bool has_area = std::isfinite(c.x) && std::isfinite(c.y);
        units.part.push_back(has_area ? 1 : 0);
        without += has_area ? 0U : 1U;
    }
    units.n = units.centre.size();
    return without;
}

void take_population(Units& units, const HotspotOptions& o, const std::string& path,
                     const cli::Context& context)
{
    if (o.population.empty()) {
        return;
    }
    units.population = numbers_of(field_of(units.fields, o.population, path), "--population", path);
    std::size_t nobody = 0;
    for (std::size_t i = 0; i < units.n; ++i) {
        require(!(units.population[i] < 0), "{}: row {}: the population in {} is negative", path, i + 1,
                o.population);
        if (!(units.population[i] > 0)) {
            units.part[i] = 0;
            ++nobody;
        }
    }
    if (nobody > 0) {
        context.warn("{}: {} polygons have no population in {} and therefore no rate; they are left out",
                     path, nobody, o.population);
    }
    require(nobody < units.n, "{}: no polygon has a population in {}", path, o.population);
}

} // namespace

Units polygon_units(const HotspotOptions& o, const Crs& crs, const cli::Context& context)
{
    Units units = read_polygons(o.polygons, o, &crs, context);
    const std::size_t without = place_centres(units, o);
    context.tell("{}: {} polygons, {} without area", o.polygons, units.centre.size(), without);
    require(without < units.centre.size(), "{}: no polygon has an area", o.polygons);
    warn_of_overlaps(units, o.polygons, context);
    take_population(units, o, o.polygons, context);
    return units;
}

std::pair<Units, Values> units_of_polygons(const HotspotOptions& o, const cli::Context& context)
{
    Units units = read_polygons(o.input, o, nullptr, context);
    Values values;
    values.value = numbers_of(field_of(units.fields, o.value, o.input), "--value", o.input);
    values.weighted = true;
    place_centres(units, o);
    warn_of_overlaps(units, o.input, context);
    take_population(units, o, o.input, context);
    std::size_t without = 0;
    for (std::size_t f = 0; f < units.n; ++f) {
        if (units.part[f] == 0 || !std::isfinite(values.value[f])) {
            values.value[f] = missing;
            units.part[f] = 0;
            ++without;
        }
    }
    context.tell("{}: {} polygons, {} without a value or area", o.input, units.n, without);
    require(without < units.n, "{}: no polygon has both a value in {} and an area", o.input, o.value);
    return {std::move(units), std::move(values)};
}

} // namespace vigil::tools
