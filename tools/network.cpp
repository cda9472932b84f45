#include "libgeo/error.h"
#include "libgeo/io/features_io.h"
#include "tools/commands.h"
#include "tools/network_file.h"
#include "tools/shared_options.h"

#include <memory>

namespace vigil::tools {

namespace {

struct Options {
    NetworkInput input;
    std::string output;
    io::WriteOptions write;
};

const char* word_of(Direction direction)
{
    switch (direction) {
    case Direction::forward:
        return "yes";
    case Direction::backward:
        return "-1";
    case Direction::both:
        break;
    }
    return "no";
}

template <typename T, typename Value>
std::vector<T> column(std::size_t n, const Value& value)
{
    std::vector<T> values;
    values.reserve(n);
    for (std::size_t i = 0; i < n; ++i) {
        values.push_back(static_cast<T>(value(i)));
    }
    return values;
}

Features edges_layer(const Network& network, bool in_seconds)
{
    Features layer;
    layer.name = "edges";
    layer.title = "Street network";
    layer.summary = "Edges of a routable network: stretches of line between two nodes.";
    layer.style = "network";
    layer.crs = network.crs;
    layer.geometry.kind = GeometryKind::line;
    for (const NetworkEdge& edge : network.edges) {
        layer.geometry.add(network.shape_of(edge));
    }
    const std::size_t n = network.edges.size();
    const auto& e = network.edges;
    using Integer = std::int64_t;
    layer.table.fields = {
        {"edge_id", "Edge", "", column<Integer>(n, [](std::size_t i) { return i + 1; })},
        {"from_node", "From node", "", column<Integer>(n, [&](std::size_t i) { return e[i].from + 1; })},
        {"to_node", "To node", "", column<Integer>(n, [&](std::size_t i) { return e[i].to + 1; })},
        {"length_m", "Length", "m", column<double>(n, [&](std::size_t i) { return e[i].length_m; })},
        {"cost", "Cost", in_seconds ? "s" : "m", column<double>(n, [&](std::size_t i) { return e[i].cost; })},
        {"name", "Name", "", column<std::string>(n, [&](std::size_t i) { return network.texts[e[i].name]; })},
        {"class", "Class", "",
         column<std::string>(n, [&](std::size_t i) { return network.texts[e[i].road_class]; })},
        {"oneway", "One-way", "",
         column<std::string>(n, [&](std::size_t i) { return word_of(e[i].direction); })},
        {"component", "Component", "", column<Integer>(n, [&](std::size_t i) { return e[i].component + 1; })},
    };
    return layer;
}

Features nodes_layer(const Network& network)
{
    Features layer;
    layer.name = "nodes";
    layer.title = "Network nodes";
    layer.summary = "Nodes of a routable network: where edges meet or end.";
    layer.style = "network_nodes";
    layer.crs = network.crs;
    layer.geometry.kind = GeometryKind::point;
    for (const XY& node : network.nodes) {
        layer.geometry.add({&node, 1});
    }
    const std::size_t n = network.nodes.size();
    const std::vector<std::uint32_t> degree = node_degrees(network);
    using Integer = std::int64_t;
    layer.table.fields = {
        {"node_id", "Node", "", column<Integer>(n, [](std::size_t i) { return i + 1; })},
        {"component", "Component", "",
         column<Integer>(n, [&](std::size_t i) { return network.node_component[i] + 1; })},
        {"degree", "Edges that meet here", "", column<Integer>(n, [&](std::size_t i) { return degree[i]; })},
    };
    return layer;
}

void add_notes(const Options& o, const BuiltNetwork& built, Provenance& provenance)
{
    const auto note = [&](const char* name, const auto& value) {
        provenance.notes.emplace_back(name, fmt::format("{}", value));
    };
    note("tolerance_m", o.input.options.tolerance_m);
    note("noded", o.input.options.node ? "yes" : "no");
    note("nodes", built.network.nodes.size());
    note("edges", built.network.edges.size());
    note("components", built.network.component_nodes.size());
    note("largest_component_nodes", built.network.component_nodes.front());
    note("dangling_ends", built.report.dangling_ends);
    provenance.notes.emplace_back("length_m", fmt::format("{:.3f}", built.report.length_m));
}

/// Formats of one layer get the edges alone, which name their nodes.
bool holds_layers(const Options& o)
{
    return o.output.ends_with(".gpkg") || o.write.format == "gpkg";
}

void run(Options o, const cli::Context& context)
{
    const LoadedNetwork loaded = load_network(o.input, context);
    tell_network(loaded, context);
    const Network& network = loaded.built.network;
    o.write.provenance = context.provenance();
    o.write.provenance.inputs.push_back(loaded.record);
    o.write.provenance.crs = network.crs.label();
    add_notes(o, loaded.built, o.write.provenance);

    const bool in_seconds = !o.input.columns.speed.empty() && o.input.columns.cost.empty();
    std::vector<Features> layers{edges_layer(network, in_seconds)};
    if (holds_layers(o)) {
        layers.push_back(nodes_layer(network));
    }
    io::write_features(o.output, layers, o.write);
}

} // namespace

void add_network(CLI::App& root, std::deque<cli::Command>& commands)
{
    auto o = std::make_shared<Options>();
    cli::Command& command =
        commands.emplace_back(root, "network", "Make a routable network of street lines.");
    command
        .file("LINES", o->input.path,
              "lines: GeoPackage, Shapefile, GeoJSON, FlatGeobuf, or - for GeoJSONSeq")
        .file("OUTPUT", o->output, "GeoPackage with the layers edges and nodes; other formats get the edges")
        .text("--layer", o->input.layer, "layer of lines in a GIS file")
        .text("--input-crs", o->input.crs_in, "CRS of the coordinates in the file, such as EPSG:27700")
        .text("--crs", o->input.crs, "projected CRS to work in; chosen for the extent unless given");
    add_network_options(command, o->input);
    command.flag("--allow-vsi", o->input.allow_vsi, "accept GDAL's virtual file paths (/vsizip/, /vsicurl/)");
    add_write_options(command, o->write);
    command.run([o](const cli::Context& context) { run(*o, context); });
}

} // namespace vigil::tools
