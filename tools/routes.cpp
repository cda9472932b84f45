#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"
#include "tools/commands.h"
#include "tools/other_file.h"
#include "tools/route_network/layers.h"
#include "tools/routes/find.h"
#include "tools/routes/layer.h"
#include "tools/routes/options.h"
#include "tools/routes/snapping.h"
#include "tools/routes/table.h"
#include "tools/shared_options.h"

#include <algorithm>
#include <array>
#include <memory>

namespace vigil::tools {

namespace {

/// Whether the output is asked for in a format that a table of costs is not written in.
bool names_gis_file(const RoutesOptions& o)
{
    const std::array<const char*, 5> formats = {"gpkg", "shp", "fgb", "geojson", "geojsonl"};
    return (!o.write.format.empty() && o.write.format != "csv") ||
           std::any_of(formats.begin(), formats.end(),
                       [&](const char* format) { return o.output.ends_with(std::string(".") + format); });
}

Joining joining_of(const RoutesOptions& o)
{
    const bool two_files = o.ends.pairs.empty() && o.ends.stops.empty();
    if (o.nearest && !two_files) {
        throw UsageError("--nearest goes with --from and --to");
    }
    if (o.table && (!two_files || o.nearest)) {
        throw UsageError("--table goes with --from and --to, without --nearest");
    }
    if (o.table && o.scenarios.scenarios.size() > 1) {
        throw UsageError("--table is for one --profile or --scenario");
    }
    if (o.table && names_gis_file(o)) {
        throw UsageError("--table writes CSV; name the output .csv");
    }
    if (!two_files) {
        return o.ends.pairs.empty() ? Joining::stops : Joining::pairs;
    }
    return o.nearest ? Joining::nearest : Joining::all;
}

/// Below this many ways a search on the plain graph is done before the order of a hierarchy would be.
bool wants_hierarchy(const RoutesOptions& o, Joining joining, const RouteEnds& ends)
{
    const std::size_t searches =
        joining == Joining::all ? ends.from.size() * ends.to.size() : ends.from.size();
    return o.table || joining == Joining::nearest ||
           (o.ways == 1 && o.scenarios.scenarios.size() < 2 && searches >= 500);
}

void require_room(const RouteEnds& ends, Joining joining, const RoutesOptions& o, const cli::Context& context)
{
    const double cases = static_cast<double>(ends.from.size()) *
                         (joining == Joining::all ? static_cast<double>(ends.to.size()) : 1.0);
    if (!o.table) { // a table is written row by row
        context.require_memory(cases * 2000 * static_cast<double>(o.ways),
                               fmt::format("{:.0f} routes", cases),
                               "use --nearest, or fewer origins or destinations");
    }
}

LegOptions leg_options(const RoutesOptions& o)
{
    LegOptions options;
    options.most = static_cast<std::size_t>(o.ways);
    options.theta = o.theta;
    options.alternatives = o.alternatives;
    return options;
}

void tell_counts(const RoutesOptions& o, const std::vector<RouteCase>& cases,
                 const std::vector<std::vector<Journey>>& found, const SnappedPlaces& snapped,
                 Provenance& provenance, const cli::Context& context)
{
    std::size_t ok = 0;
    std::size_t no_path = 0;
    std::size_t ways = 0;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const std::string_view status = status_of(cases[i], found[i], snapped);
        ok += status == "ok" ? 1U : 0U;
        no_path += status == "no_path" ? 1U : 0U;
        ways += found[i].size();
    }
    const std::size_t off = cases.size() - ok - no_path;
    if (no_path > 0) {
        context.warn("{} of {} cases have no path along the network; they are listed with status no_path",
                     no_path, cases.size());
    }
    if (off > 0) {
        context.warn("{} cases have a place farther than {:g} m from the network (--max-snap); they are "
                     "listed with status "
                     "off_network",
                     off, o.max_snap_m);
    }
    context.tell("{} routes of {} cases found", ways, ok);
    provenance.notes.emplace_back("cases", fmt::format("{}", ok));
    provenance.notes.emplace_back("routes", fmt::format("{}", ways));
    provenance.notes.emplace_back("no_path", fmt::format("{}", no_path));
    provenance.notes.emplace_back("off_network", fmt::format("{}", off));
}

void run(RoutesOptions o, const cli::Context& context)
{
    const Joining joining = joining_of(o);
    require_one_standard_input({o.network.paths.front(), o.ends.pairs, o.ends.stops, o.ends.from, o.ends.to});
    o.ends.allow_vsi = o.scenarios.allow_vsi = o.network.allow_vsi;
    require_other_file(o.output, {o.network.paths.front(), o.ends.pairs, o.ends.stops, o.ends.from, o.ends.to,
                                  o.scenarios.profile});
    static_cast<void>(io::PendingOutput(o.output, o.write.overwrite)); // refuse now what could not be written
    const RouteEnds ends = read_route_ends(o.ends, context);
    if (ends.lone_stops > 0) {
        context.warn("{} cases have a single stop, so nothing to join; they are listed with status no_path",
                     ends.lone_stops);
    }
    require_room(ends, joining, o, context);
    const bool hierarchy = wants_hierarchy(o, joining, ends);
    const LoadedRouteNetwork loaded = load_route_network(o.network, hierarchy, context);
    tell_route_network(loaded, context);
    LoadedScenarios scenarios = load_scenarios(o.scenarios, loaded.network, context);

    std::vector<LonLat> places = ends.from;
    places.insert(places.end(), ends.to.begin(), ends.to.end());
    const SnappedPlaces snapped = snap_places(o, loaded.network, scenarios, places);
    LegNetwork network(loaded.network, std::move(scenarios.scenarios));
    if (hierarchy) {
        network.make_hierarchy();
    }
    const std::span all(snapped.places);
    const auto from = all.first(ends.from.size());
    const auto to = all.subspan(ends.from.size());

    o.write.provenance = context.provenance();
    o.write.provenance.inputs = loaded.records;
    for (const std::vector<InputRecord>& records : {ends.records, scenarios.records}) {
        o.write.provenance.inputs.insert(o.write.provenance.inputs.end(), records.begin(), records.end());
    }
    o.write.provenance.notes.emplace_back("travel", scenarios.text);
    if (o.table) {
        write_cost_table(o, ends, snapped, network, context);
        return;
    }
    const auto nearest_to = joining == Joining::nearest ? nearest_ends(network, from, to)
                                                        : std::vector<std::optional<std::size_t>>();
    const std::vector<RouteCase> cases = cases_of(ends, joining, nearest_to);
    const std::vector<std::vector<Journey>> found =
        find_journeys(network, cases, snapped.places, leg_options(o), context.progress);
    tell_counts(o, cases, found, snapped, o.write.provenance, context);
    std::vector<Features> layers{routes_layer(network, cases, found, snapped)};
    const Crs crs = o.crs.empty() ? loaded.crs : io::crs_from_user(o.crs);
    bring_to(layers, crs);
    o.write.provenance.crs = crs.label();
    io::write_features(o.output, layers, o.write);
}

} // namespace

void add_routes(CLI::App& root, std::deque<cli::Command>& commands)
{
    auto o = std::make_shared<RoutesOptions>();
    o->network.paths.resize(1);
    cli::Command& command = commands.emplace_back(
        root, "routes",
        "Likely ways along a network between places, with probabilities, or a table of costs.");
    command
        .file("NETWORK", o->network.paths.front(),
              "what vigil network wrote, an OpenStreetMap extract, or lines")
        .file("OUTPUT", o->output,
              "lines: GeoPackage, Shapefile, GeoJSON, CSV, or - for GeoJSONSeq; a CSV with --table");
    add_route_ends_options(command, o->ends);
    add_scenario_options(command, o->scenarios);
    command.integer("--ways", o->ways, 1, 100, "ways listed for each case at most, the cheapest among them")
        .number("--theta", o->theta, cli::non_negative, "per min", "10 / cheapest cost",
                "how strongly cost matters: a way is e times less likely for each 1 / theta minutes")
        .number("--path-size", o->alternatives.path_size_beta, cli::non_negative, "",
                "weight of ln PS, by which ways that overlap share their probability")
        .number("--stretch", o->alternatives.most_stretch, cli::Range{.min = 1, .max = 10}, "",
                "ways that cost more than this many times the cheapest are not listed")
        .number("--sharing", o->alternatives.most_sharing, cli::Range{.min = 0, .max = 1, .min_open = true},
                "", "most of the cheapest cost that a way may share with one listed before")
        .flag("--nearest", o->nearest, "only the destination that is cheapest to reach from each origin")
        .flag("--table", o->table, "write the costs from every origin to every destination, no lines")
        .choice<SnapTo>("--snap", o->snap_to, {{"edge", SnapTo::edge}, {"node", SnapTo::node}},
                        "places go to the nearest point of an edge, or to the nearest end of a line")
        .number("--max-snap", o->max_snap_m, cli::non_negative, "m",
                "places farther from the network are listed as off_network")
        .integer("--island", o->island_nodes, 0, 1000000,
                 "a part of the network with fewer nodes, and fewer than 1/100 of the largest's, is an "
                 "island: places "
                 "go past it when a larger part is at most 1 km farther")
        .flag("--largest", o->largest, "snap to the largest part of the network only, however far")
        .text("--network-layer", o->network.layer, "layer of lines in a GIS file")
        .text("--input-crs", o->ends.crs_in, "CRS of points that do not say theirs, such as EPSG:27700");
    add_network_options(command, o->network, o->crs);
    add_write_options(command, o->write);
    command.run([o](const cli::Context& context) { run(*o, context); });
}

} // namespace vigil::tools
