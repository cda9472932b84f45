#include "tools/routes/ends.h"

#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/io/source.h"
#include "tools/shared_options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

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

LonLat to_place(XY degrees)
{
    return {degrees.x, degrees.y};
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
            ends.from.push_back(to_place(from.xy[i]));
            ends.to.push_back(to_place(to.xy[j]));
            ends.case_id.push_back(pair_id[i]);
            ends.from_id.push_back(from_id[i]);
            ends.to_id.push_back(to_id[j]);
        }
    }
}

/// Why rows have no usable place on one side.
std::string flaws_of(const io::ReadReport& report, const char* side)
{
    std::string text;
    for (const auto& rejected : report.rejected) {
        text += fmt::format("{}{}: {} ({}, first at {} {})", text.empty() ? "" : "; ", side, rejected.reason,
                            rejected.count, report.row_word, rejected.first_row);
    }
    return text;
}

/// Warns once of rows that are skipped, though both sides were read.
void tell_pairs(const io::ReadReport& from, const io::ReadReport& to, std::uint64_t joined,
                const cli::Context& context)
{
    if (joined < from.records) {
        const std::string origins = flaws_of(from, "origin");
        const std::string destinations = flaws_of(to, "destination");
        context.warn("{}: {} of {} rows skipped: {}{}{}", from.name, from.records - joined, from.records,
                     origins, origins.empty() || destinations.empty() ? "" : "; ", destinations);
    }
    io::ReadReport both = from; // what is left to tell
    both.rejected.clear();
    for (const std::string& warning : to.warnings) {
        if (std::find(both.warnings.begin(), both.warnings.end(), warning) == both.warnings.end()) {
            both.warnings.push_back(warning);
        }
    }
    tell_report(both, context, Rejects::none);
}

/// Reads the table once for each side, and once more when the origins have identifiers of their own.
RouteEnds read_pairs(const RouteEndsInput& input, const cli::Context& context)
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
    options.degrees = true;
    options.crs_in = columns.degrees && input.crs_in.empty() ? "EPSG:4326" : input.crs_in;
    options.allow_vsi = input.allow_vsi;
    options.max_memory_bytes = context.max_memory_bytes;
    const auto read = [&](const std::string& x, const std::string& y, const std::string& id_column,
                          io::OptionNames names_here) {
        options.x = x;
        options.y = y;
        options.id = id_column;
        options.names = std::move(names_here);
        return io::read_incidents(input.pairs, options);
    };
    const io::ReadIncidents from =
        read(columns.from_x, columns.from_y, id, {.x = "--from-x", .y = "--from-y"});
    std::vector<std::string> from_ids = ids_of(from.incidents, {});
    if (!from_id.empty()) {
        from_ids = ids_of(read(columns.from_x, columns.from_y, from_id,
                               {.x = "--from-x", .y = "--from-y", .id = "--from-id"})
                              .incidents,
                          from_id);
    }
    const io::ReadIncidents to =
        read(columns.to_x, columns.to_y, to_id, {.x = "--to-x", .y = "--to-y", .id = "--to-id"});

    RouteEnds ends;
    ends.records.push_back({from.report.name, from.report.sha256});
    join_rows(from.incidents, to.incidents, ids_of(from.incidents, id), from_ids, ids_of(to.incidents, to_id),
              ends);
    tell_pairs(from.report, to.report, ends.from.size(), context);
    require(!ends.from.empty(), "{}: no row has two usable places", shown);
    return ends;
}

/// The number a row of a sequence column holds.
double sequence_of(const Field& field, std::size_t row, const std::string& shown, std::uint64_t line)
{
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&field.values)) {
        if ((*integers)[row] != missing_integer) {
            return static_cast<double>((*integers)[row]);
        }
    } else if (const auto* numbers = std::get_if<std::vector<double>>(&field.values)) {
        if (!std::isnan((*numbers)[row])) {
            return (*numbers)[row];
        }
    } else {
        const std::string& text = std::get<std::vector<std::string>>(field.values)[row];
        double number = 0;
        const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc() && rest == text.data() + text.size() && std::isfinite(number)) {
            return number;
        }
    }
    fail(ExitCode::input, "{}:{}: the order of the stop is no number", shown, line);
}

/// The stops of each case one after the other; cases in the order in which they first appear.
RouteEnds read_stops(const RouteEndsInput& input, const cli::Context& context)
{
    const std::string shown = input.stops == "-" ? "standard input" : input.stops;
    io::ReadOptions options;
    options.x = input.from_x;
    options.y = input.from_y;
    options.layer = input.from_layer;
    options.degrees = true;
    options.crs_in = input.crs_in;
    options.allow_vsi = input.allow_vsi;
    options.max_memory_bytes = context.max_memory_bytes;
    options.category = input.case_column.empty() ? "case_id" : input.case_column;
    if (!input.seq.empty()) {
        options.attributes = {input.seq};
    }
    options.names = {.x = "--from-x", .y = "--from-y", .category = "--case", .layer = "--from-layer"};
    const io::ReadIncidents read = read_incidents(input.stops, options, context, Rejects::none);
    const Incidents& stops = read.incidents;
    require(stops.category.given(), "{}: no column {}; name the one that tells the cases with --case", shown,
            options.category);
    std::vector<double> seq(stops.size());
    std::iota(seq.begin(), seq.end(), 0.0);
    for (std::size_t i = 0; !input.seq.empty() && i < stops.size(); ++i) {
        seq[i] = sequence_of(stops.attributes.fields.front(), i, shown, stops.row[i]);
    }
    std::vector<std::size_t> order(stops.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(stops.category.code[a], seq[a]) < std::pair(stops.category.code[b], seq[b]);
    });
    RouteEnds ends;
    ends.records.push_back({read.report.name, read.report.sha256});
    for (std::size_t k = 0; k < order.size(); ++k) {
        const std::size_t i = order[k];
        if (k == 0 || stops.category.code[i] != stops.category.code[order[k - 1]]) {
            ends.case_begin.push_back(k);
            ends.case_id.push_back(stops.category.names[stops.category.code[i]]);
        }
        ends.from.push_back(to_place(stops.xy[i]));
        ends.from_id.push_back(fmt::format("{}", stops.row[i]));
    }
    ends.case_begin.push_back(order.size());
    for (std::size_t c = 0; c + 1 < ends.case_begin.size(); ++c) {
        ends.lone_stops += ends.case_begin[c + 1] - ends.case_begin[c] == 1 ? 1U : 0U;
    }
    return ends;
}

struct Side {
    std::vector<LonLat> place;
    std::vector<std::string> id;
};

/// options   with the columns, the layer and the names of their options
Side read_side(const std::string& path, io::ReadOptions options, const RouteEndsInput& input,
               const cli::Context& context, RouteEnds& ends)
{
    options.crs_in = input.crs_in;
    options.degrees = true;
    options.allow_vsi = input.allow_vsi;
    const io::ReadIncidents read = read_incidents(path, options, context, Rejects::none);
    ends.records.push_back({read.report.name, read.report.sha256});
    Side side;
    for (const XY degrees : read.incidents.xy) {
        side.place.push_back(to_place(degrees));
    }
    side.id = ids_of(read.incidents, "id"); // an identifier column that is found by its name will do here
    return side;
}

} // namespace

void add_route_ends_options(cli::Command& command, RouteEndsInput& input)
{
    command
        .file("--pairs", input.pairs,
              "CSV with an origin and a destination in each row (from_lon, from_lat, to_lon, to_lat)", false)
        .file("--stops", input.stops, "places of each case one after the other: CSV or any point layer",
              false)
        .text("--case", input.case_column, "column of --stops that tells the cases; case_id without")
        .text("--seq", input.seq,
              "column of --stops that numbers the stops of a case; their rows' order without")
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

RouteEnds read_route_ends(const RouteEndsInput& input, const cli::Context& context)
{
    const bool two_files = !input.from.empty() && !input.to.empty();
    const int ways = (input.pairs.empty() ? 0 : 1) + (input.stops.empty() ? 0 : 1) +
                     ((input.from + input.to).empty() ? 0 : 1);
    if (ways != 1 || (input.pairs.empty() && input.stops.empty() && !two_files)) {
        throw UsageError("give either --pairs FILE, or --stops FILE, or both --from FILE and --to FILE");
    }
    if (input.stops.empty() && !(input.case_column + input.seq).empty()) {
        throw UsageError("--case and --seq go with --stops");
    }
    if (!input.pairs.empty() && !(input.from_layer + input.to_layer).empty()) {
        throw UsageError("--from-layer and --to-layer go with GIS files; pairs come as CSV");
    }
    if (!input.stops.empty() && !input.to_layer.empty()) {
        throw UsageError("--to-layer goes with --to; --from-layer names the layer of --stops");
    }
    if (!input.pairs.empty()) {
        return read_pairs(input, context);
    }
    if (!input.stops.empty()) {
        return read_stops(input, context);
    }
    RouteEnds ends;
    io::ReadOptions from_options;
    from_options.x = input.from_x;
    from_options.y = input.from_y;
    from_options.id = input.from_id;
    from_options.layer = input.from_layer;
    from_options.names = {.x = "--from-x", .y = "--from-y", .id = "--from-id", .layer = "--from-layer"};
    io::ReadOptions to_options;
    to_options.x = input.to_x;
    to_options.y = input.to_y;
    to_options.id = input.to_id;
    to_options.layer = input.to_layer;
    to_options.names = {.x = "--to-x", .y = "--to-y", .id = "--to-id", .layer = "--to-layer"};
    Side from = read_side(input.from, from_options, input, context, ends);
    Side to = read_side(input.to, to_options, input, context, ends);
    ends.from = std::move(from.place);
    ends.from_id = std::move(from.id);
    ends.to = std::move(to.place);
    ends.to_id = std::move(to.id);
    return ends;
}

} // namespace vigil::tools
