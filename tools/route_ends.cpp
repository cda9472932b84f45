#include "tools/route_ends.h"

#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/io/source.h"
#include "tools/shared_options.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace vigil::tools {

namespace {

/// Names of the four columns of a table of pairs, and whether they are degrees by their names.
struct PairColumns {
    std::string from_x, from_y, to_x, to_y;
    bool degrees = false;
};

/// Lower case without spaces, underscores and dashes.
std::string plain(std::string_view name)
{
    std::string out;
    for (const char c : name) {
        if (c != ' ' && c != '_' && c != '-') {
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    return out;
}

std::vector<std::string> header_of(const io::Source& source, const std::string& shown)
{
    require(io::recognise(shown, source.bytes()) == io::InputFormat::csv,
            "{}: is not a table; pairs of places come as CSV", shown);
    const CsvDialect dialect = detect_dialect(source.bytes());
    CsvScanner scanner(source.bytes().substr(dialect.header_at), dialect.delimiter);
    require(scanner.next(), "{}: is empty", shown);
    std::vector<std::string> names;
    for (const std::string_view field : scanner.fields()) {
        names.emplace_back(without_formula_guard(trimmed(field)));
    }
    return names;
}

/// The column called one of `starts` followed by `end`; empty when there is none.
std::string column_named(const std::vector<std::string>& names, std::initializer_list<const char*> starts,
                         const char* end)
{
    for (const char* start : starts) {
        for (const std::string& name : names) {
            if (plain(name) == std::string(start) + end) {
                return name;
            }
        }
    }
    return {};
}

PairColumns pair_columns(const RouteEndsInput& input, const std::vector<std::string>& names,
                         const std::string& shown)
{
    PairColumns columns{input.from_x, input.from_y, input.to_x, input.to_y};
    const bool given = !(input.from_x + input.from_y + input.to_x + input.to_y).empty();
    if (given && (input.from_x.empty() || input.from_y.empty() || input.to_x.empty() || input.to_y.empty())) {
        throw UsageError("give all of --from-x, --from-y, --to-x and --to-y, or none");
    }
    struct Ending {
        const char* x;
        const char* y;
        bool degrees;
    };
    for (const Ending& ending : {Ending{"lon", "lat", true},
                                 {"lng", "lat", true},
                                 {"long", "lat", true},
                                 {"longitude", "latitude", true},
                                 {"x", "y", false}}) {
        if (!columns.from_x.empty()) {
            break;
        }
        PairColumns found;
        found.from_x = column_named(names, {"from", "origin", "orig", "start", "o"}, ending.x);
        found.from_y = column_named(names, {"from", "origin", "orig", "start", "o"}, ending.y);
        found.to_x = column_named(names, {"to", "destination", "dest", "end", "d"}, ending.x);
        found.to_y = column_named(names, {"to", "destination", "dest", "end", "d"}, ending.y);
        found.degrees = ending.degrees;
        if (!found.from_x.empty() && !found.from_y.empty() && !found.to_x.empty() && !found.to_y.empty()) {
            columns = found;
        }
    }
    require(!columns.from_x.empty(),
            "{}: no pair of places found; name the columns from_lon, from_lat, to_lon, to_lat, or give "
            "--from-x --from-y --to-x --to-y",
            shown);
    return columns;
}

/// Identifiers of a reading; its rows when `column` names none.
std::vector<std::string> ids_of(const Incidents& incidents, const std::string& column)
{
    if (!column.empty() && !incidents.id.empty()) {
        return incidents.id;
    }
    std::vector<std::string> rows;
    for (const std::uint64_t row : incidents.row) {
        rows.push_back(fmt::format("{}", row));
    }
    return rows;
}

/// Keeps the rows in which both places can be used.
void join_rows(const Incidents& from, const Incidents& to, const std::vector<std::string>& pair_id,
               const std::vector<std::string>& from_id, const std::vector<std::string>& to_id,
               RouteEnds& ends)
{
    std::size_t j = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
        while (j < to.size() && to.row[j] < from.row[i]) {
            ++j;
        }
        if (j < to.size() && to.row[j] == from.row[i]) {
            ends.from.push_back(from.xy[i]);
            ends.to.push_back(to.xy[j]);
            ends.pair_id.push_back(pair_id[i]);
            ends.from_id.push_back(from_id[i]);
            ends.to_id.push_back(to_id[j]);
        }
    }
}

/// Reads the table once for each side, and once more when the origins have identifiers of their own.
RouteEnds read_pairs(const RouteEndsInput& input, const Crs& crs, const cli::Context& context)
{
    const std::string shown = input.pairs == "-" ? "standard input" : input.pairs;
    const io::Source source(input.pairs, context.max_memory_bytes, input.allow_vsi); // keeps standard input
    const std::vector<std::string> names = header_of(source, shown);
    const PairColumns columns = pair_columns(input, names, shown);
    const auto column = [&](const std::string& asked, std::initializer_list<const char*> usual) {
        return asked.empty() ? column_named(names, usual, "") : asked;
    };
    const std::string id = column(input.id, {"caseid", "id"});
    const std::string from_id = column(input.from_id, {"fromid", "originid"});
    const std::string to_id = column(input.to_id, {"toid", "destinationid", "destid"});

    io::ReadOptions options;
    options.crs = crs.wkt;
    options.crs_in = columns.degrees && input.crs_in.empty() ? "EPSG:4326" : input.crs_in;
    options.allow_vsi = input.allow_vsi;
    options.max_memory_bytes = context.max_memory_bytes;
    options.x = columns.from_x;
    options.y = columns.from_y;
    options.id = id;
    const io::ReadIncidents from = read_incidents(input.pairs, options, context);
    std::vector<std::string> from_ids = ids_of(from.incidents, {});
    if (!from_id.empty()) {
        options.id = from_id;
        from_ids = ids_of(io::read_incidents(input.pairs, options).incidents, from_id);
    }
    options.x = columns.to_x;
    options.y = columns.to_y;
    options.id = to_id;
    const io::ReadIncidents to = read_incidents(input.pairs, options, context);

    RouteEnds ends;
    ends.records.push_back({from.report.name, from.report.sha256});
    join_rows(from.incidents, to.incidents, ids_of(from.incidents, id), from_ids, ids_of(to.incidents, to_id),
              ends);
    ends.skipped = static_cast<std::size_t>(from.report.records) - ends.from.size();
    require(!ends.from.empty(), "{}: no row has two usable places", shown);
    return ends;
}

struct Side {
    std::vector<XY> xy;
    std::vector<std::string> id;
};

Side read_side(const std::string& path, const std::string& x, const std::string& y, const std::string& id,
               const std::string& layer, const RouteEndsInput& input, const Crs& crs,
               const cli::Context& context, RouteEnds& ends)
{
    io::ReadOptions options;
    options.x = x;
    options.y = y;
    options.id = id;
    options.layer = layer;
    options.crs_in = input.crs_in;
    options.crs = crs.wkt;
    options.allow_vsi = input.allow_vsi;
    const io::ReadIncidents read = read_incidents(path, options, context);
    ends.records.push_back({read.report.name, read.report.sha256});
    ends.skipped += static_cast<std::size_t>(read.report.records - read.report.accepted);
    // an identifier column that is found by its name will do here
    return {read.incidents.xy, ids_of(read.incidents, "id")};
}

} // namespace

void add_route_ends_options(cli::Command& command, RouteEndsInput& input)
{
    command
        .file("--pairs", input.pairs,
              "CSV with an origin and a destination in each row (from_lon, from_lat, to_lon, to_lat)", false)
        .file("--from", input.from, "origins: CSV or any point layer", false)
        .file("--to", input.to, "destinations: CSV or any point layer", false)
        .text("--from-x", input.from_x, "column of the origins' longitudes or eastings")
        .text("--from-y", input.from_y, "column of the origins' latitudes or northings")
        .text("--to-x", input.to_x, "column of the destinations' longitudes or eastings")
        .text("--to-y", input.to_y, "column of the destinations' latitudes or northings")
        .text("--id", input.id, "column of identifiers of the pairs; the row number without")
        .text("--from-id", input.from_id, "column of identifiers of the origins")
        .text("--to-id", input.to_id, "column of identifiers of the destinations")
        .text("--from-layer", input.from_layer, "layer of origins in a GIS file")
        .text("--to-layer", input.to_layer, "layer of destinations in a GIS file");
}

RouteEnds read_route_ends(const RouteEndsInput& input, const Crs& crs, const cli::Context& context)
{
    const bool two_files = !input.from.empty() && !input.to.empty();
    if (input.pairs.empty() ? !two_files : !(input.from + input.to).empty()) {
        throw UsageError("give either --pairs FILE, or both --from FILE and --to FILE");
    }
    if (!input.pairs.empty()) {
        return read_pairs(input, crs, context);
    }
    RouteEnds ends;
    Side from = read_side(input.from, input.from_x, input.from_y, input.from_id, input.from_layer, input, crs,
                          context, ends);
    Side to =
        read_side(input.to, input.to_x, input.to_y, input.to_id, input.to_layer, input, crs, context, ends);
    ends.from = std::move(from.xy);
    ends.from_id = std::move(from.id);
    ends.to = std::move(to.xy);
    ends.to_id = std::move(to.id);
    return ends;
}

} // namespace vigil::tools
