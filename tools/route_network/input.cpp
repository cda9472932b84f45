#include "tools/route_network/input.h"

#include "kernels/route/borders.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"
#include "libgeo/io/route_network_io.h"
#include "libgeo/io/source.h"
#include "tools/route_network/line_input.h"
#include "tools/route_network/report.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace vigil::tools {

namespace {

/// The ways of several inputs in one.
void append(Ways& all, Ways more)
{
    const auto vertices = static_cast<std::uint32_t>(all.vertex.size());
    const auto kinds = static_cast<std::uint32_t>(all.kinds.size());
    const auto names = static_cast<std::uint32_t>(all.names.size());
    const std::size_t along = all.along.size();
    const std::size_t ways = all.ways.size();
    all.vertex.insert(all.vertex.end(), more.vertex.begin(), more.vertex.end());
    for (const std::uint32_t vertex : more.along) {
        all.along.push_back(vertex + vertices);
    }
    for (Way& way : more.ways) {
        way.kind += kinds;
        way.name = way.name == 0 ? 0 : way.name + names - 1;
        way.vertex_begin += along;
        way.vertex_end += along;
        all.ways.push_back(way);
    }
    std::move(more.kinds.begin(), more.kinds.end(), std::back_inserter(all.kinds));
    std::move(more.names.begin() + 1, more.names.end(), std::back_inserter(all.names));
    for (VertexMark& mark : more.marks) {
        mark.vertex += vertices;
        all.marks.push_back(std::move(mark));
    }
    for (TurnBan& ban : more.bans) {
        ban.from_way += ways;
        ban.to_way += ways;
        ban.via_vertex += ban.via_vertex == no_index ? 0 : vertices;
        for (std::size_t& way : ban.via_ways) {
            way += ways;
        }
        all.bans.push_back(std::move(ban));
    }
}

/// One input by its name, several by their number.
std::string name_of_inputs(const std::vector<std::string>& paths)
{
    return paths.size() == 1 ? io::base_name(paths.front()) : fmt::format("{} inputs", paths.size());
}

/// Bytes of memory that reading takes for each byte of an extract, as measured; packed data is denser.
double memory_for_byte(const std::string& path)
{
    return path.ends_with(".osm") ? 2 : (path.ends_with(".pbf") ? 20 : 12);
}

void require_room_to_read(const std::vector<std::string>& extracts, const cli::Context& context)
{
    double bytes = 0;
    for (const std::string& path : extracts) {
        std::error_code error; // the reader tells of it better
        const std::uintmax_t size = std::filesystem::file_size(path, error);
        bytes += error ? 0 : static_cast<double>(size) * memory_for_byte(path);
    }
    context.require_memory(bytes, extracts.size() == 1 ? extracts.front() : "all extracts together",
                           "use a smaller extract, or allow more with --max-memory");
}

/// Options that would be passed over in silence are a mistake.
void require_use_of_line_options(const RouteNetworkInput& input, const char* what)
{
    if (input.columns.any() || input.columns.default_speed_kmh > 0 || input.node || !input.layer.empty() ||
        !input.crs_in.empty()) {
        throw UsageError(
            fmt::format("columns, --default-speed, layers, CRS and --node are of lines; {}", what));
    }
}

Ways read_ways(const RouteNetworkInput& input, LoadedRouteNetwork& loaded, const cli::Context& context)
{
    std::vector<std::string> extracts;
    std::copy_if(input.paths.begin(), input.paths.end(), std::back_inserter(extracts), io::is_osm_name);
    Ways ways;
    if (extracts.size() == input.paths.size()) {
        require_use_of_line_options(input, "OpenStreetMap extracts have none of these");
    }
    if (!extracts.empty()) {
        require_room_to_read(extracts, context);
        io::OsmWays read = io::read_osm(extracts, context.progress);
        context.require_memory(static_cast<double>(read.ways.along.size()) * 300,
                               fmt::format("a network of {} vertices", read.ways.along.size()),
                               "use a smaller extract");
        tell_osm(name_of_inputs(extracts), read.report, context);
        loaded.osm = std::move(read.report);
        append(ways, std::move(read.ways));
        for (const std::string& path : extracts) {
            loaded.records.push_back({io::base_name(path), io::sha256_of_file(path)});
        }
        loaded.crs = io::wgs84();
    }
    for (const std::string& path : input.paths) {
        if (!io::is_osm_name(path)) {
            append(ways, read_line_ways(path, input, loaded, context));
        }
    }
    return ways;
}

/// The CRS of the lines an engine file was made of, where it tells; else WGS 84.
Crs crs_of(const std::string& info)
{
    const nlohmann::json json = nlohmann::json::parse(info, nullptr, false);
    if (json.is_object() && json.contains("crs") && json["crs"].is_string()) {
        try {
            return io::crs_from_user(json["crs"].get<std::string>());
        } catch (const Error&) { // a CRS without a code is not kept
            return io::wgs84();
        }
    }
    return io::wgs84();
}

LoadedRouteNetwork open_engine_file(const std::string& path)
{
    LoadedRouteNetwork loaded;
    loaded.name = io::base_name(path);
    io::RouteNetworkFile file = io::read_route_network(path);
    loaded.network = std::move(file.network);
    loaded.crs = crs_of(file.info);
    loaded.records.push_back({io::base_name(path), io::sha256_of_file(path)});
    return loaded;
}

} // namespace

void add_line_options(cli::Command& command, RouteNetworkInput& input)
{
    command
        .number("--tolerance", input.tolerance_m, cli::non_negative, "m",
                "line ends at most this far apart are one node")
        .flag(
            "--node", input.node,
            "cut lines where they cross or touch; without it lines that cross are not joined, as at a bridge")
        .text("--oneway", input.columns.oneway,
              "column that says which way a line may be driven: yes, true, 1, F or FT (as drawn), -1, "
              "reverse, T or TF (against it), else both ways")
        .text("--speed", input.columns.speed, "column of speeds in km/h (or text such as 30 mph)")
        .number("--default-speed", input.columns.default_speed_kmh, cli::non_negative, "km/h",
                "speed of lines that have none; 0 leaves it to the profile")
        .text("--cost", input.columns.cost, "column of minutes that a whole line takes; wins over speeds")
        .text("--name", input.columns.name, "column of street names")
        .text("--class", input.columns.road_class, "column of road classes, as profiles name them")
        .text("--mode", input.columns.mode, "column of modes: road, walk, rail or ferry")
        .text("--surface", input.columns.surface, "column of surfaces, as profiles name them")
        .text("--border", input.columns.border,
              "column that marks lines which cross a border: yes, or a number above 0")
        .text("--level", input.columns.level,
              "column of levels (bridges above 0, tunnels below): --node joins lines of one level only")
        .file("--borders", input.borders,
              "polygons of countries: ways that go from one to another cross a border", false)
        .number("--transfer", input.transfer_m, cli::non_negative, "m",
                "stations and quays are linked to the nearest road or path at most this far away");
}

void add_network_options(cli::Command& command, RouteNetworkInput& input, std::string& crs)
{
    command.text("--network-crs", input.crs_in, "CRS of lines that do not say theirs")
        .text("--crs", crs, "CRS in which routes are written; that of the lines unless given, else WGS 84");
    add_line_options(command, input);
    command.flag("--allow-vsi", input.allow_vsi, "accept GDAL's virtual file paths (/vsizip/, /vsicurl/)");
}

LoadedRouteNetwork load_route_network(const RouteNetworkInput& input, bool order, const cli::Context& context)
{
    if (std::any_of(input.paths.begin(), input.paths.end(), io::is_route_network_name)) {
        require(input.paths.size() == 1,
                "{}: an engine file is a whole network; it goes without other inputs", input.paths.front());
        require_use_of_line_options(input, "an engine file is a network already");
        if (!input.borders.empty()) {
            throw UsageError("--borders goes with what a network is made of; an engine file is one already");
        }
        return open_engine_file(input.paths.front());
    }
    LoadedRouteNetwork loaded;
    loaded.name = name_of_inputs(input.paths);
    Ways ways = read_ways(input, loaded, context);
    if (!input.borders.empty()) {
        const std::string name = io::base_name(input.borders);
        const std::size_t crossings =
            mark_borders(ways, read_polygons(input.borders, input.allow_vsi).geometry);
        context.tell("{}: {} crossings of borders found", name, crossings);
        loaded.records.push_back({name, io::sha256_of_file(input.borders)});
    }
    try {
        BuiltRouteNetwork built = build_route_network(
            std::move(ways), {.transfer_m = input.transfer_m, .order = order}, context.progress);
        loaded.network = std::move(built.network);
        loaded.report = built.report;
    } catch (const Error& error) {
        throw Error(fmt::format("{}: {}", loaded.name, error.what()), error.code());
    }
    return loaded;
}

void require_one_standard_input(const std::vector<std::string>& inputs)
{
    if (std::count(inputs.begin(), inputs.end(), "-") > 1) {
        throw UsageError(
            "- is standard input, which can be one of the inputs only; name files for the others");
    }
}

} // namespace vigil::tools
