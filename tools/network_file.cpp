#include "tools/network_file.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/source.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace vigil::tools {

namespace {

/// The layer asked for; of a GeoPackage with several layers, the one called "edges".
Features read_lines(const NetworkInput& input)
{
    io::FeatureReadOptions options{input.layer, input.crs_in, input.allow_vsi};
    if (!input.layer.empty() || input.path == "-") {
        return io::read_features(input.path, options);
    }
    try {
        options.layer = "edges";
        return io::read_features(input.path, options);
    } catch (const Error&) {
        options.layer.clear(); // no such layer; any other trouble shows again
        return io::read_features(input.path, options);
    }
}

bool has_columns(const Table& table, std::initializer_list<const char*> names)
{
    return std::all_of(names.begin(), names.end(),
                       [&](const char* name) { return table.find(name) != nullptr; });
}

Box extent_of(const Features& lines)
{
    Box box;
    for (const XY p : lines.geometry.xy) {
        if (std::isfinite(p.x) && std::isfinite(p.y)) {
            box.add(p);
        }
    }
    return box;
}

/// Brings the lines to a projected CRS in metres.
void project(Features& lines, const NetworkInput& input)
{
    const Crs plane = io::analysis_crs_for(lines.crs, extent_of(lines), input.crs);
    const std::size_t lost = io::transform(lines.geometry.xy, lines.crs, plane);
    require(lost == 0,
            "{} vertices are not finite or cannot be brought to {}; mend them or choose another --crs", lost,
            plane.label());
    lines.crs = plane;
}

BuiltNetwork build(Features& lines, const NetworkInput& input, bool made_by_vigil)
{
    require(lines.geometry.kind == GeometryKind::line, "layer {} holds {}; a network is made of lines",
            lines.name, lines.geometry.kind == GeometryKind::point ? "points" : "polygons");
    project(lines, input);
    NetworkColumns columns = input.columns;
    NetworkOptions options = input.options;
    if (made_by_vigil) {
        columns = {.oneway = "oneway", .cost = "cost", .name = "name", .road_class = "class"};
        options.tolerance_m = 0; // its ends agree to the last bit
    }
    BuiltNetwork built = build_network(lines.geometry, line_attributes(lines.table, columns), options);
    built.network.crs = lines.crs;
    return built;
}

bool sets_columns(const NetworkColumns& columns)
{
    return !(columns.oneway + columns.speed + columns.cost + columns.name + columns.road_class).empty();
}

} // namespace

void add_network_options(cli::Command& command, NetworkInput& input)
{
    command
        .number("--tolerance", input.options.tolerance_m, cli::non_negative, "m",
                "line ends at most this far apart are one node")
        .flag(
            "--node", input.options.node,
            "cut lines where they cross or touch; without it lines that cross are not joined, as at a bridge")
        .text("--oneway", input.columns.oneway,
              "column that says which way a line may be travelled: yes, true, 1, F or FT (as drawn), -1, "
              "reverse, T or TF (against it), else both ways")
        .text("--speed", input.columns.speed,
              "column of speeds in km/h (or text such as 30 mph); the cost of an edge is then seconds")
        .number("--default-speed", input.columns.default_speed_kmh, cli::non_negative, "km/h",
                "speed where the --speed column has none; 0 refuses such lines")
        .text("--cost", input.columns.cost, "column of costs, 0 or more; wins over --speed")
        .text("--name", input.columns.name, "column of street names")
        .text("--class", input.columns.road_class, "column of road classes");
}

LoadedNetwork load_network(const NetworkInput& input, const cli::Context& context)
{
    std::optional<io::Source> held; // keeps standard input for the reader
    if (input.path == "-") {
        held.emplace("-", context.max_memory_bytes);
    }
    const std::string shown = held ? "standard input" : input.path;
    Features lines = read_lines(input);
    LoadedNetwork loaded;
    loaded.record = {io::base_name(input.path),
                     held ? io::sha256_hex(held->bytes()) : io::sha256_of_file(input.path)};
    context.require_memory(static_cast<double>(lines.geometry.xy.size()) * (input.options.node ? 400 : 200),
                           fmt::format("a network of {} vertices", lines.geometry.xy.size()),
                           "use a smaller extent");
    loaded.made_by_vigil = !sets_columns(input.columns) && !input.options.node &&
                           has_columns(lines.table, {"edge_id", "from_node", "to_node", "cost", "oneway",
                                                     "name", "class", "component"});
    try {
        loaded.built = build(lines, input, loaded.made_by_vigil);
    } catch (const UsageError&) {
        throw;
    } catch (const Error& error) {
        throw Error(fmt::format("{}: {}", shown, error.what()), error.code());
    }
    return loaded;
}

void tell_network(const LoadedNetwork& loaded, const cli::Context& context)
{
    const Network& network = loaded.built.network;
    const NetworkReport& report = loaded.built.report;
    const std::string& name = loaded.record.name;
    if (report.without_place > 0) {
        context.warn("{}: {} features without geometry skipped (first is feature {})", name,
                     report.without_place, report.first_without_place);
    }
    if (report.zero_length > 0) {
        context.warn("{}: {} lines without length dropped (first is feature {})", name, report.zero_length,
                     report.first_zero_length);
    }
    context.tell("{}: {} lines, {} nodes, {} edges of {:.3f} km in {}; {} one-way", name, report.lines,
                 network.nodes.size(), network.edges.size(), report.length_m / 1000, network.crs.label(),
                 report.one_way);
    context.tell(
        "{}: {} components, the largest with {} nodes; {} dangling ends, {} loops, {} parallel edges; "
        "{} cuts, {} ends moved, {} pieces shorter than the tolerance dropped",
        name, network.component_nodes.size(), network.component_nodes.front(), report.dangling_ends,
        report.loops, report.parallel, report.splits, report.moved_ends, report.collapsed);
}

} // namespace vigil::tools
