#include "tools/route_network/line_input.h"

#include "kernels/route/noded_lines.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"
#include "libgeo/io/source.h"
#include "tools/route_network/report.h"

#include <algorithm>
#include <cmath>

namespace vigil::tools {

namespace {

/// The layer asked for; of a GeoPackage with several layers, the one called "edges".
Features read_lines(const std::string& path, const RouteNetworkInput& input)
{
    io::FeatureReadOptions options{input.layer, input.crs_in, input.allow_vsi};
    if (!input.layer.empty() || path == "-") {
        return io::read_features(path, options);
    }
    try {
        options.layer = "edges";
        return io::read_features(path, options);
    } catch (const Error&) {
        options.layer.clear(); // no such layer; any other trouble shows again
        return io::read_features(path, options);
    }
}

bool has_columns(const Table& table, std::initializer_list<const char*> names)
{
    return std::all_of(names.begin(), names.end(),
                       [&](const char* name) { return table.find(name) != nullptr; });
}

/// The columns asked for, or those that `vigil network` writes.
LineColumns columns_for(const Table& table, const LineColumns& asked)
{
    if (!asked.any() && has_columns(table, {"edge_id", "from_node", "to_node", "speed_kmh", "oneway", "class",
                                            "mode", "border"})) {
        LineColumns columns = asked; // the speed where the column has none
        columns.oneway = "oneway";
        columns.speed = "speed_kmh";
        columns.name = "name";
        columns.road_class = "class";
        columns.mode = "mode";
        columns.border = "border";
        return columns;
    }
    return asked;
}

/// Leaves out the links between modes of a layer that `vigil network` wrote: they are no lines of travel, and
/// are made anew where modes meet. returns how many there were
std::size_t drop_links(Features& layer, const std::string& mode_column)
{
    const Field* const mode = mode_column.empty() ? nullptr : layer.table.find(mode_column);
    const auto* const words =
        mode == nullptr ? nullptr : std::get_if<std::vector<std::string>>(&mode->values);
    if (words == nullptr ||
        std::find(words->begin(), words->end(), name_of(Mode::transfer)) == words->end()) {
        return 0;
    }
    std::vector<std::size_t> kept;
    for (std::size_t row = 0; row < words->size(); ++row) {
        if ((*words)[row] != name_of(Mode::transfer)) {
            kept.push_back(row);
        }
    }
    const std::size_t dropped = words->size() - kept.size();
    Geometries lines;
    lines.kind = layer.geometry.kind;
    for (const std::size_t row : kept) {
        for (std::size_t part = layer.geometry.first_part(row); part < layer.geometry.feature_end[row];
             ++part) {
            lines.add_ring(layer.geometry.ring(layer.geometry.first_ring(part)));
            lines.end_part();
        }
        lines.end_feature();
    }
    layer.geometry = std::move(lines);
    for (Field& field : layer.table.fields) {
        std::visit(
            [&](auto& values) {
                for (std::size_t i = 0; i < kept.size(); ++i) {
                    values[i] = values[kept[i]];
                }
                values.resize(kept.size());
            },
            field.values);
    }
    return dropped;
}

Box extent_of(const Geometries& lines)
{
    Box box;
    for (const XY p : lines.xy) {
        if (std::isfinite(p.x) && std::isfinite(p.y)) {
            box.add(p);
        }
    }
    return box;
}

std::vector<double> lengths_m(const Geometries& lines)
{
    std::vector<double> length_m;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        double sum_m = 0;
        const std::span<const XY> line = lines.ring(i); // single lines
        for (std::size_t v = 1; v < line.size(); ++v) {
            sum_m += distance_m(line[v - 1], line[v]);
        }
        length_m.push_back(sum_m);
    }
    return length_m;
}

struct Noding {
    std::vector<std::size_t> source; ///< of the lines that are left; empty: as they were
    std::size_t cuts = 0;
};

/// Cuts lines on the plane in which they are measured, and puts the pieces in their place.
Noding cut_at_crossings(Features& lines, LineKinds& kinds, double tolerance_m)
{
    const Crs plane = io::analysis_crs_for(lines.crs, extent_of(lines.geometry), {});
    const std::size_t lost = io::transform(lines.geometry.xy, lines.crs, plane);
    require(lost == 0, "{} vertices are not finite or cannot be brought to {}; mend them", lost,
            plane.label());
    NodedLines noded = node_by_level(lines.geometry, kinds.level, tolerance_m);
    kinds = kinds_of_cut(kinds, noded.source, lengths_m(noded.lines));
    lines.geometry = std::move(noded.lines);
    lines.crs = plane;
    return {std::move(noded.source), noded.splits};
}

/// Brings a layer to longitude and latitude.
void to_wgs84(Features& lines)
{
    const std::size_t lost = io::transform(lines.geometry.xy, lines.crs, io::wgs84());
    require(lost == 0, "{} vertices are not finite or are no places on Earth in {}; mend them", lost,
            lines.crs.label());
    lines.crs = io::wgs84();
}

/// Ways of a layer, whose sources are features of the file.
Ways ways_of(Features lines, const RouteNetworkInput& input, LineLayerReport& report)
{
    require(lines.geometry.kind == GeometryKind::line, "layer {} holds {}; a network is made of lines",
            lines.name, lines.geometry.kind == GeometryKind::point ? "points" : "polygons");
    const LineColumns columns = columns_for(lines.table, input.columns);
    report.links = drop_links(lines, columns.mode);
    LineKinds kinds = line_kinds(lines.table, columns);
    report.features = lines.table.rows();
    report.speeds = not_understood_speeds(lines.table, columns);
    Noding noding;
    if (input.node) {
        noding = cut_at_crossings(lines, kinds, input.tolerance_m);
        report.cuts = noding.cuts;
    }
    to_wgs84(lines);
    LineWays made = line_ways(lines.geometry, kinds, {input.tolerance_m});
    for (Way& way : made.ways.ways) { // pieces tell the feature of the file, not of the cut
        if (!noding.source.empty()) {
            way.source =
                static_cast<std::int64_t>(noding.source[static_cast<std::size_t>(way.source - 1)]) + 1;
        }
    }
    report.lines = made.report;
    return std::move(made.ways);
}

} // namespace

Features read_polygons(const std::string& path, bool allow_vsi)
{
    Features layer = io::read_features(path, {{}, {}, allow_vsi});
    require(layer.geometry.kind == GeometryKind::polygon, "{}: holds no polygons", path);
    const std::size_t lost = io::transform(layer.geometry.xy, layer.crs, io::wgs84());
    require(lost == 0, "{}: {} vertices are no places on Earth", path, lost);
    layer.crs = io::wgs84();
    return layer;
}

Ways read_line_ways(const std::string& path, const RouteNetworkInput& input, LoadedRouteNetwork& loaded,
                    const cli::Context& context)
{
    std::optional<io::Source> held; // keeps standard input for the reader
    if (path == "-") {
        held.emplace("-", context.max_memory_bytes);
    }
    Features lines = read_lines(path, input);
    loaded.records.push_back(
        {io::base_name(path), held ? io::sha256_hex(held->bytes()) : io::sha256_of_file(path)});
    context.require_memory(static_cast<double>(lines.geometry.xy.size()) * (input.node ? 400 : 200),
                           fmt::format("a network of {} vertices", lines.geometry.xy.size()),
                           "use a smaller extent");
    if (loaded.crs.wkt.empty()) {
        loaded.crs = lines.crs;
    }
    try {
        LineLayerReport report;
        Ways ways = ways_of(std::move(lines), input, report);
        tell_line_layer(loaded.records.back().name, report, context);
        return ways;
    } catch (const UsageError&) {
        throw;
    } catch (const Error& error) {
        throw Error(fmt::format("{}: {}", held ? "standard input" : path, error.what()), error.code());
    }
}

} // namespace vigil::tools
