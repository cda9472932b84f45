#include "tools/target/demand.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"
#include "libgeo/io/source.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace vigil::tools {

namespace {

/// The value of a numeric field, NaN when missing.
double number_at(const Field& field, std::size_t row)
{
    if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&field.values)) {
        return (*whole)[row] == missing_integer ? std::nan("") : static_cast<double>((*whole)[row]);
    }
    const auto* real = std::get_if<std::vector<double>>(&field.values);
    return real == nullptr ? std::nan("") : (*real)[row];
}

struct Area {
    XY centroid;
    double area_m2 = 0;
};

/// Centroid and area of a feature's rings by the shoelace sums; holes are taken off.
Area area_of(const Geometries& shapes, std::size_t feature)
{
    const std::size_t first = shapes.first_part(feature);
    const std::size_t last = shapes.feature_end[feature];
    const XY origin = shapes.ring(shapes.first_ring(first)).front(); // keeps the sums small
    double twice = 0;
    XY moment;
    for (std::size_t part = first; part < last; ++part) {
        for (std::size_t r = shapes.first_ring(part); r < shapes.part_end[part]; ++r) {
            const auto ring = shapes.ring(r);
            double ring_twice = 0;
            XY ring_moment;
            for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
                const XY a{ring[k].x - origin.x, ring[k].y - origin.y};
                const XY b{ring[k + 1].x - origin.x, ring[k + 1].y - origin.y};
                const double cross = a.x * b.y - b.x * a.y;
                ring_twice += cross;
                ring_moment.x += (a.x + b.x) * cross;
                ring_moment.y += (a.y + b.y) * cross;
            }
            const bool shell = r == shapes.first_ring(part);
            const double sign = (ring_twice < 0) == shell ? -1 : 1;
            twice += sign * ring_twice;
            moment.x += sign * ring_moment.x;
            moment.y += sign * ring_moment.y;
        }
    }
    if (!(twice > 0)) {
        return {origin, 0};
    }
    return {{origin.x + moment.x / (3 * twice), origin.y + moment.y / (3 * twice)}, twice / 2};
}

/// Where a feature counts: a point, or the centroid of a polygon. NaN when it has no shape.
Area place_of(const Geometries& shapes, std::size_t feature)
{
    const std::size_t first = shapes.first_part(feature);
    if (first == shapes.feature_end[feature]) {
        return {{std::nan(""), std::nan("")}, 0};
    }
    return shapes.kind == GeometryKind::polygon ? area_of(shapes, feature)
                                                : Area{shapes.ring(shapes.first_ring(first)).front(), 0};
}

/// Moves a layer to metres by way of longitudes and latitudes with 7 decimals.
void to_metres(io::ReadOptions read, Features& layer)
{
    require(layer.crs.known(), "the areas have no CRS; add --input-crs with the code the file was made in");
    const Crs degrees = io::wgs84();
    io::transform(layer.geometry.xy, layer.crs, degrees);
    Box extent;
    for (XY& p : layer.geometry.xy) {
        p = {std::round(p.x * 1e7) / 1e7, std::round(p.y * 1e7) / 1e7};
        require(std::isfinite(p.x) && std::isfinite(p.y),
                "an area cannot be placed on the globe; is {} its right CRS?", layer.crs.label());
        extent.add(p);
    }
    layer.crs = io::analysis_crs_for(degrees, extent, read.crs);
    io::transform(layer.geometry.xy, degrees, layer.crs);
}

const Field& weight_field(const Features& layer, const std::string& asked, const std::string& name)
{
    for (const std::string& field :
         asked.empty() ? std::vector<std::string>{"n", "value"} : std::vector<std::string>{asked}) {
        if (const Field* found = layer.table.find(field)) {
            require(!std::holds_alternative<std::vector<std::string>>(found->values),
                    "{}: field {} is text, not a number", name, field);
            return *found;
        }
    }
    fail(ExitCode::input, "{}: no field {}; name the one to cover with --weight", name,
         asked.empty() ? "n or value" : asked);
}

TargetDemand demand_of(Features layer, const std::string& name, const DemandOptions& options,
                       const cli::Context& context)
{
    require(layer.geometry.kind != GeometryKind::line, "{}: holds lines; give incidents or hot spots", name);
    to_metres(options.read, layer);
    const Field* bin = layer.table.find("gi_bin");
    require(bin != nullptr || options.min_bin <= -3,
            "{}: no field gi_bin; give an output of vigil hotspots, or add --min-bin -3 to cover all areas",
            name);
    const Field& weight = weight_field(layer, options.read.weight, name);
    const Field* n = layer.table.find("n");
    TargetDemand demand;
    demand.crs = layer.crs;
    demand.areas = layer.geometry.kind == GeometryKind::polygon;
    const std::int64_t otherwise = demand.areas ? options.min_count : 1; // incidents, when not told
    std::size_t unusable = 0;
    std::size_t hot = 0;
    for (std::size_t i = 0; i < layer.geometry.size(); ++i) {
        if (options.min_bin > -3 && !(number_at(*bin, i) >= static_cast<double>(options.min_bin))) {
            continue;
        }
        ++hot;
        const Area area = place_of(layer.geometry, i);
        const double w = number_at(weight, i);
        if (!std::isfinite(w) || w < 0 || !std::isfinite(area.centroid.x) ||
            !std::isfinite(area.centroid.y)) {
            ++unusable;
            continue;
        }
        const double incidents = n == nullptr ? std::nan("") : number_at(*n, i);
        demand.xy.push_back(area.centroid);
        demand.weight.push_back(w);
        demand.count.push_back(incidents >= 0 && incidents < 1e15 ? std::llround(incidents) : otherwise);
        demand.widest_m = std::max(demand.widest_m, std::sqrt(area.area_m2));
    }
    require(hot > 0, "{}: none of the {} areas has a gi_bin of {} or more; lower --min-bin", name,
            layer.geometry.size(), options.min_bin);
    require(!demand.xy.empty(), "{}: no area has a usable {}", name, weight.name);
    if (unusable > 0) {
        context.warn("{}: {} of {} areas skipped: {} is missing, negative or not finite, or no shape", name,
                     unusable, hot, weight.name);
    }
    context.tell("{}: read {} areas, {} with gi_bin >= {}; weight {}; CRS {}", name, layer.geometry.size(),
                 hot, options.min_bin, weight.name, demand.crs.label());
    return demand;
}

TargetDemand from_incidents(const std::string& path, const DemandOptions& options,
                            const cli::Context& context)
{
    io::ReadIncidents read = read_incidents(path, options.read, context);
    TargetDemand demand;
    demand.crs = read.incidents.crs;
    demand.provenance = provenance_of(context, read.report, read.incidents.crs);
    demand.xy = std::move(read.incidents.xy);
    demand.weight = std::move(read.incidents.weight);
    return demand;
}

} // namespace

TargetDemand read_demand(const std::string& path, const DemandOptions& options, const cli::Context& context)
{
    std::optional<io::Source> piped; // keeps standard input for the reader that it is for
    if (path == "-") {
        piped.emplace(path, context.max_memory_bytes);
    }
    const io::InputFormat format = piped ? io::recognise(path, piped->bytes().substr(0, 1U << 16U))
                                         : io::format_of_file(path, options.read.allow_vsi);
    TargetDemand demand;
    bool incidents = format == io::InputFormat::csv;
    if (!incidents) {
        Features layer = io::read_features(
            path,
            {.layer = options.read.layer, .crs = options.read.crs_in, .allow_vsi = options.read.allow_vsi});
        incidents = layer.geometry.kind == GeometryKind::point && layer.table.find("gi_bin") == nullptr;
        if (!incidents) {
            const std::string name = io::base_name(path);
            demand = demand_of(std::move(layer), name, options, context);
            demand.provenance = context.provenance();
            demand.provenance.inputs.push_back(
                {name, piped ? io::sha256_hex(piped->bytes()) : io::sha256_of_file(path)});
            demand.provenance.crs = demand.crs.label();
        }
    }
    if (incidents) {
        demand = from_incidents(path, options, context);
    }
    demand.lonlat = io::to_lonlat(demand.xy, demand.crs);
    return demand;
}

} // namespace vigil::tools
