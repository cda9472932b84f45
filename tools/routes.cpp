#include "kernels/routes.h"

#include "kernels/snap.h"
#include "libgeo/error.h"
#include "libgeo/io/features_io.h"
#include "libgeo/parallel.h"
#include "tools/commands.h"
#include "tools/network_file.h"
#include "tools/route_ends.h"
#include "tools/shared_options.h"

#include <limits>
#include <memory>

namespace vigil::tools {

namespace {

enum class SnapTo { edge, node };

struct Options {
    NetworkInput network;
    RouteEndsInput ends;
    std::string output;
    bool nearest = false;
    bool largest = false;
    SnapTo snap_to = SnapTo::edge;
    std::optional<double> max_snap_m;
    io::WriteOptions write;
};

/// Places of one side on the network, and how far they were from it.
struct SnappedSide {
    std::vector<std::optional<NetworkPlace>> places; ///< nothing when farther than --max-snap
    std::vector<double> distance_m;
};

template <typename Finder>
SnappedSide snap_all(const Finder& finder, std::span<const XY> places, double max_snap_m)
{
    SnappedSide side;
    side.places.resize(places.size());
    side.distance_m.resize(places.size());
    parallel_chunks(places.size(), 256, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const Snapped snapped = finder.snap(places[i]).value();
            side.distance_m[i] = snapped.distance_m;
            if (snapped.distance_m <= max_snap_m) {
                side.places[i] = snapped.place;
            }
        }
    });
    return side;
}

struct SnappedEnds {
    SnappedSide from, to;
};

SnappedEnds snap_ends(const Options& o, const Network& network, const RouteEnds& ends)
{
    const double max_snap_m = o.max_snap_m.value_or(std::numeric_limits<double>::infinity());
    const auto both = [&](const auto& finder) {
        return SnappedEnds{snap_all(finder, ends.from, max_snap_m), snap_all(finder, ends.to, max_snap_m)};
    };
    std::vector<std::uint32_t> allowed;
    if (o.snap_to == SnapTo::node) {
        for (std::uint32_t v = 0; v < network.nodes.size() && o.largest; ++v) {
            if (network.node_component[v] == 0) {
                allowed.push_back(v);
            }
        }
        return both(NodeSnapper(network, allowed));
    }
    for (std::uint32_t e = 0; e < network.edges.size() && o.largest; ++e) {
        if (network.edges[e].component == 0) {
            allowed.push_back(e);
        }
    }
    return both(Snapper(network, allowed));
}

const char* status_of(const Route& route, const SnappedEnds& snapped)
{
    if (route.path) {
        return "ok";
    }
    const bool off = !snapped.from.places[route.from] || (route.to && !snapped.to.places[*route.to]);
    return off ? "off_network" : "no_path";
}

/// The columns of the output, filled row by row.
struct Columns {
    std::vector<std::string> case_id, from_id, to_id, status;
    std::vector<double> length_m, cost, snap_from_m, snap_to_m;
};

Features routes_layer(const Network& network, const std::vector<Route>& routes, const RouteEnds& ends,
                      const SnappedEnds& snapped)
{
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    Features layer;
    layer.name = "routes";
    layer.title = "Routes along the network";
    layer.summary = "Shortest paths between origins and destinations. A shortest path is what the network "
                    "offers, not evidence of the way that was taken.";
    layer.style = "routes";
    layer.crs = network.crs;
    layer.geometry.kind = GeometryKind::line;
    Columns c;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const Route& route = routes[i];
        if (route.path) {
            layer.geometry.add(path_shape(network, *route.path, *snapped.from.places[route.from]));
        } else {
            layer.geometry.end_feature();
        }
        c.case_id.push_back(ends.pair_id.empty() ? fmt::format("{}", i + 1) : ends.pair_id[i]);
        c.from_id.push_back(ends.from_id[route.from]);
        c.to_id.push_back(route.to ? ends.to_id[*route.to] : std::string());
        c.length_m.push_back(route.path ? route.path->length_m : unknown);
        c.cost.push_back(route.path ? route.path->cost : unknown);
        c.snap_from_m.push_back(snapped.from.distance_m[route.from]);
        c.snap_to_m.push_back(route.to ? snapped.to.distance_m[*route.to] : unknown);
        c.status.emplace_back(status_of(route, snapped));
    }
    layer.table.fields = {{"case_id", "Case", "", std::move(c.case_id)},
                          {"from_id", "Origin", "", std::move(c.from_id)},
                          {"to_id", "Destination", "", std::move(c.to_id)},
                          {"length_m", "Length", "m", std::move(c.length_m)},
                          {"cost", "Cost", "", std::move(c.cost)},
                          {"snapfrom_m", "Origin to network", "m", std::move(c.snap_from_m)},
                          {"snapto_m", "Destination to network", "m", std::move(c.snap_to_m)},
                          {"status", "Status", "", std::move(c.status)}};
    return layer;
}

struct Counts {
    std::size_t ok = 0, no_path = 0, off_network = 0;
};

Counts count(const std::vector<Route>& routes, const SnappedEnds& snapped)
{
    Counts counts;
    for (const Route& route : routes) {
        const std::string_view status = status_of(route, snapped);
        ++(status == "ok" ? counts.ok : status == "no_path" ? counts.no_path : counts.off_network);
    }
    return counts;
}

Joining joining_of(const Options& o)
{
    if (o.nearest && !o.ends.pairs.empty()) {
        throw UsageError("--nearest goes with --from and --to, not with --pairs");
    }
    return o.ends.pairs.empty() ? (o.nearest ? Joining::nearest : Joining::all) : Joining::pairs;
}

void tell_counts(const Options& o, const Counts& counts, const RouteEnds& ends, const cli::Context& context)
{
    if (!o.ends.pairs.empty() && ends.skipped > 0) {
        context.warn("{}: {} rows skipped that do not hold two usable places", o.ends.pairs, ends.skipped);
    }
    if (counts.no_path > 0) {
        context.warn("{} of {} routes have no path along the network; they are listed with status no_path",
                     counts.no_path, counts.ok + counts.no_path + counts.off_network);
    }
    if (counts.off_network > 0) {
        context.warn(
            "{} routes have an end farther than {:g} m from the network; they are listed with status "
            "off_network",
            counts.off_network, o.max_snap_m.value_or(0));
    }
    context.tell("{} routes found", counts.ok);
}

void run(Options o, const cli::Context& context)
{
    const Joining joining = joining_of(o);
    const LoadedNetwork loaded = load_network(o.network, context);
    tell_network(loaded, context);
    const Network& network = loaded.built.network;
    o.ends.allow_vsi = o.network.allow_vsi;
    const RouteEnds ends = read_route_ends(o.ends, network.crs, context);
    const double count_of_routes = static_cast<double>(ends.from.size()) *
                                   (joining == Joining::all ? static_cast<double>(ends.to.size()) : 1.0);
    context.require_memory(count_of_routes * 2000 + static_cast<double>(network.nodes.size()) * 32,
                           fmt::format("{:.0f} routes", count_of_routes),
                           "use --nearest, or fewer origins or destinations");

    const SnappedEnds snapped = snap_ends(o, network, ends);
    const std::vector<Route> routes =
        find_routes(network, snapped.from.places, snapped.to.places, joining, context.progress);
    const Counts counts = count(routes, snapped);
    tell_counts(o, counts, ends, context);

    o.write.provenance = context.provenance();
    o.write.provenance.inputs.push_back(loaded.record);
    for (const InputRecord& record : ends.records) {
        o.write.provenance.inputs.push_back(record);
    }
    o.write.provenance.crs = network.crs.label();
    o.write.provenance.notes = {{"routes", fmt::format("{}", counts.ok)},
                                {"no_path", fmt::format("{}", counts.no_path)},
                                {"off_network", fmt::format("{}", counts.off_network)}};
    const Features layers[] = {routes_layer(network, routes, ends, snapped)};
    io::write_features(o.output, layers, o.write);
}

} // namespace

void add_routes(CLI::App& root, std::deque<cli::Command>& commands)
{
    auto o = std::make_shared<Options>();
    cli::Command& command = commands.emplace_back(
        root, "routes", "Shortest paths along a network between origins and destinations.");
    command.file("NETWORK", o->network.path, "what vigil network wrote, or a layer of lines")
        .file("OUTPUT", o->output, "lines: GeoPackage, Shapefile, GeoJSON, CSV, or - for GeoJSONSeq");
    add_route_ends_options(command, o->ends);
    command.flag("--nearest", o->nearest, "only the destination that is cheapest to reach from each origin")
        .choice<SnapTo>("--snap", o->snap_to, {{"edge", SnapTo::edge}, {"node", SnapTo::node}},
                        "places go to the nearest point of an edge, or to the nearest node")
        .number("--max-snap", o->max_snap_m, cli::non_negative, "m", "no limit",
                "places farther from the network are listed as off_network")
        .flag("--largest", o->largest, "snap to the largest component only, past islands")
        .text("--network-layer", o->network.layer, "layer of lines in a GIS file")
        .text("--input-crs", o->ends.crs_in, "CRS of points that do not say theirs, such as EPSG:27700")
        .text("--network-crs", o->network.crs_in, "CRS of lines that do not say theirs")
        .text("--crs", o->network.crs, "projected CRS to work in; that of the network unless given");
    add_network_options(command, o->network);
    command.flag("--allow-vsi", o->network.allow_vsi,
                 "accept GDAL's virtual file paths (/vsizip/, /vsicurl/)");
    add_write_options(command, o->write);
    command.run([o](const cli::Context& context) { run(*o, context); });
}

} // namespace vigil::tools
