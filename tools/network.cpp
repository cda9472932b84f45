#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"
#include "libgeo/io/output.h"
#include "libgeo/io/route_network_io.h"
#include "libgeo/io/source.h"
#include "tools/cli/terminal.h"
#include "tools/commands.h"
#include "tools/other_file.h"
#include "tools/route_network/input.h"
#include "tools/route_network/layers.h"
#include "tools/shared_options.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>

namespace vigil::tools {

namespace {

struct Options {
    RouteNetworkInput input;
    std::string output; ///< empty with --info
    std::string layers; ///< GIS file to look at, beside an engine file
    std::string crs;
    bool info = false;
    io::WriteOptions write;
};

using Note = std::pair<std::string, std::string>;

std::vector<Note> notes_of(const Options& o, const LoadedRouteNetwork& loaded)
{
    const RouteNetwork& network = loaded.network;
    std::vector<Note> notes;
    const auto note = [&](const char* name, const auto& value) {
        notes.emplace_back(name, fmt::format("{}", value));
    };
    note("nodes", network.place_nodes);
    note("edges", network.edges());
    note("directed_edges", network.arcs());
    note("strong_components", network.components);
    if (loaded.report) {
        const RouteReport& report = *loaded.report;
        note("tolerance_m", o.input.tolerance_m);
        note("noded", o.input.node ? "yes" : "no");
        note("dangling_ends", report.dangling_ends);
        note("turn_bans", report.bans);
        note("transfers", report.transfers);
        note("borders", report.borders);
        notes.emplace_back("length_m", fmt::format("{:.3f}", report.length_m));
    }
    if (loaded.osm && !loaded.osm->newest.empty()) {
        note("data_of", loaded.osm->newest);
    }
    return notes;
}

/// How an engine file was made, as JSON.
std::string info_text(const Provenance& provenance)
{
    nlohmann::ordered_json json;
    json["version"] = provenance.version;
    json["command"] = provenance.command;
    for (const InputRecord& input : provenance.inputs) {
        json["inputs"].push_back({{"name", input.name}, {"sha256", input.sha256}});
    }
    json["crs"] = provenance.crs;
    for (const auto& [name, value] : provenance.notes) {
        json["notes"][name] = value;
    }
    return json.dump(1);
}

/// Refuses what could not be written afterwards, so that not one of two outputs is left.
void require_writable(const Options& o)
{
    const io::PendingOutput output(o.output, o.write.overwrite);
    if (!o.layers.empty()) {
        const io::PendingOutput layers(o.layers, o.write.overwrite);
    }
}

void write_layers(const std::string& path, const LoadedRouteNetwork& loaded, const Options& o,
                  const cli::Context& context)
{
    context.require_memory(static_cast<double>(loaded.network.edges()) * 500,
                           fmt::format("a layer of {} edges", loaded.network.edges()),
                           "write an engine file (.vnet) without layers");
    const bool several = path.ends_with(".gpkg") || o.write.format == "gpkg";
    std::vector<Features> layers = network_layers(loaded.network, several);
    const Crs crs = o.crs.empty() ? loaded.crs : io::crs_from_user(o.crs);
    bring_to(layers, crs);
    io::WriteOptions write = o.write;
    write.provenance.crs = crs.label();
    io::write_features(path, layers, write);
}

/// What an engine file holds, one line each, and how it was made.
void show_info(const std::string& path)
{
    const io::RouteNetworkFile file = io::read_route_network(path);
    const RouteNetwork& network = file.network;
    std::array<double, mode_count> length_m{};
    std::size_t main_nodes = 0;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        length_m[static_cast<std::size_t>(network.kind_of(e).mode)] += network.edge[e].length_m;
    }
    for (std::uint32_t v = 0; v < network.place_nodes; ++v) {
        main_nodes += network.component[v] == 0 ? 1U : 0U;
    }
    std::string text;
    const auto line = [&](const char* what, const std::string& value) {
        text += fmt::format("{:<22}{}\n", what, value);
    };
    line("engine file version", fmt::format("{}", io::route_network_version));
    line("nodes",
         fmt::format("{}, of them {} in the largest strong component", network.place_nodes, main_nodes));
    line("strong components", fmt::format("{}", network.components));
    line("edges", fmt::format("{}", network.edges()));
    line("directed edges", fmt::format("{}", network.arcs()));
    line("approaches with a ban", fmt::format("{}", network.nodes() - network.place_nodes));
    for (std::size_t mode = 0; mode < mode_count; ++mode) {
        if (length_m[mode] > 0) {
            line(fmt::format("{} km", name_of(static_cast<Mode>(mode))).c_str(),
                 fmt::format("{:.3f}", length_m[mode] / 1000));
        }
    }
    line("bytes", fmt::format("{}, {:.1f} for a directed edge", file.bytes,
                              static_cast<double>(file.bytes) / network.arcs()));
    cli::print(text + file.info + "\n");
}

void make(Options o, const cli::Context& context)
{
    if (o.output.empty()) {
        throw UsageError("give at least one input and an output; --info shows what an engine file holds");
    }
    const bool engine = io::is_route_network_name(o.output);
    if (!o.layers.empty() && !engine) {
        throw UsageError("--layers goes with an engine file (.vnet) as output");
    }
    require_one_standard_input(o.input.paths);
    require_other_file(o.output, o.input.paths);
    require_other_file(o.layers, o.input.paths);
    require_writable(o);
    const LoadedRouteNetwork loaded = load_route_network(o.input, engine, context);
    tell_route_network(loaded, context);
    o.write.provenance = context.provenance();
    o.write.provenance.inputs = loaded.records;
    o.write.provenance.crs = loaded.crs.label();
    o.write.provenance.notes = notes_of(o, loaded);
    if (!engine) {
        write_layers(o.output, loaded, o, context);
        return;
    }
    if (!o.layers.empty()) {
        write_layers(o.layers, loaded, o, context);
    }
    io::write_route_network(o.output, loaded.network,
                            o.write.drop_provenance ? "{}" : info_text(o.write.provenance),
                            o.write.overwrite);
}

void run(const Options& o, const cli::Context& context)
{
    if (!o.info) {
        make(o, context);
        return;
    }
    if (o.input.paths.size() != 1 || !(o.output + o.layers).empty()) {
        throw UsageError("--info takes one engine file and writes nothing; leave out OUTPUT and --layers");
    }
    show_info(o.input.paths.front());
}

} // namespace

void add_network(CLI::App& root, std::deque<cli::Command>& commands)
{
    auto o = std::make_shared<Options>();
    cli::Command& command = commands.emplace_back(
        root, "network", "Make a routable network of OpenStreetMap extracts or layers of lines.");
    command
        .files(
            "INPUT", o->input.paths,
            "OpenStreetMap (.osm.pbf, .osm, .osm.gz, .osm.bz2), lines in GeoPackage, Shapefile, GeoJSON or "
            "FlatGeobuf, or - for GeoJSONSeq; with --info an engine file")
        .file("OUTPUT", o->output,
              "engine file (.vnet) for vigil routes, or a GIS file to look at: a GeoPackage holds the layers "
              "edges "
              "and nodes, other formats the edges",
              false)
        .flag("--info", o->info, "show what an engine file (.vnet) holds and how it was made")
        .file("--layers", o->layers, "beside an engine file, write edges and nodes to this GIS file too",
              false)
        .text("--layer", o->input.layer, "layer of lines in a GIS file")
        .text("--input-crs", o->input.crs_in, "CRS of the coordinates in the file, such as EPSG:27700")
        .text("--crs", o->crs,
              "CRS in which layers are written; that of the lines unless given, WGS 84 for OpenStreetMap");
    add_line_options(command, o->input);
    command.flag("--allow-vsi", o->input.allow_vsi, "accept GDAL's virtual file paths (/vsizip/, /vsicurl/)");
    add_write_options(command, o->write);
    command.run([o](const cli::Context& context) { run(*o, context); });
}

} // namespace vigil::tools
