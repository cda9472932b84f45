#include "tools/match/sightings.h"

#include "kernels/route/match/sighting_order.h"
#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/io/columns.h"
#include "libgeo/io/source.h"
#include "tools/match/precision.h"
#include "tools/shared_options.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

namespace vigil::tools {

namespace {

using Words = std::initializer_list<std::string_view>;

/// The columns of a file that play a part beside those that every command reads; empty where there is none.
struct SightingColumns {
    std::string cases, seq, id;
};

/// The column whose plain name is one of a group of words; earlier groups win.
///
/// throws   Error when several columns of a group are there: nothing is guessed that would mix cases
std::string column_among(const std::vector<std::string>& names, std::initializer_list<Words> groups,
                         const std::string& shown, const char* what, const char* option)
{
    for (const Words& words : groups) {
        std::vector<std::string> hits;
        for (const std::string& name : names) {
            if (std::find(words.begin(), words.end(), io::plain_name(name)) != words.end()) {
                hits.push_back(name);
            }
        }
        require(hits.size() < 2, "{}: several columns could {} ({}, {}); name one with {}", shown, what,
                hits.empty() ? "" : hits.front(), hits.empty() ? "" : hits.back(), option);
        if (!hits.empty()) {
            return hits.front();
        }
    }
    return {};
}

SightingColumns find_sighting_columns(const SightingsInput& input, const io::ReadOptions& options,
                                      const std::string& shown)
{
    SightingColumns found{options.category, input.seq, options.id};
    const std::vector<std::string> names = io::incident_columns(input.path, options);
    if (found.cases.empty()) {
        found.cases = column_among(names,
                                   {{"case", "caseid", "idcase"},
                                    {"track", "trackid", "idtrack", "trackfid", "routefid"},
                                    {"trip", "tripid", "idtrip"}},
                                   shown, "tell the cases", "--case");
    }
    if (found.seq.empty() && !input.unordered) {
        found.seq = column_among(names, {{"seq", "sequence"}}, shown, "number the sightings", "--seq");
    }
    if (found.id.empty()) {
        found.id = column_among(names, {{"id", "uid"}}, shown, "identify the sightings", "--id");
    }
    return found;
}

/// Columns that read_incidents does not know; one value for each row, or none.
struct SightingRows {
    std::vector<double> seq, precision_sigma_m;
};

/// Reads a column of numbers; NaN where a cell says nothing.
std::vector<double> sequence_of(const Field& field, const std::string& shown,
                                std::span<const std::uint64_t> rows)
{
    std::vector<double> seq(rows.size(), Sighting::unknown);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (const auto* numbers = std::get_if<std::vector<double>>(&field.values)) {
            seq[i] = (*numbers)[i];
        } else {
            const std::string& text = std::get<std::vector<std::string>>(field.values)[i];
            const std::optional<double> number = number_from(text);
            require(number || says_missing(text), "{}:{}: what should tell the order is no number", shown,
                    rows[i]);
            seq[i] = number.value_or(Sighting::unknown);
        }
        require(!std::isinf(seq[i]), "{}:{}: the number that tells the order is infinite", shown, rows[i]);
    }
    return seq;
}

/// Radii as standard deviations, in the place of those of words where they are known.
void add_sigmas(const io::ReadIncidents& read, const SightingRows& rows, std::vector<Sighting>& sightings,
                const cli::Context& context)
{
    std::size_t zeros = 0;
    std::uint64_t first = 0;
    const std::vector<float>& radius_m = read.incidents.uncertainty_m;
    for (std::size_t i = 0; i < sightings.size(); ++i) {
        if (!rows.precision_sigma_m.empty()) {
            sightings[i].sigma_m = rows.precision_sigma_m[i];
        }
        if (!radius_m.empty() && radius_m[i] > 0) {
            sightings[i].sigma_m = static_cast<double>(radius_m[i]) / 2;
        } else if (!radius_m.empty() && radius_m[i] == 0) {
            first = zeros++ == 0 ? read.incidents.row[i] : first;
        }
    }
    if (zeros > 0) {
        context.warn("{}: {} uncertainties are 0 and count as not known: no place is exact (first at {} {})",
                     read.report.name, zeros, read.report.row_word, first);
    }
}

/// The rows of each case, cases in the order in which they first appear.
std::vector<std::vector<std::size_t>> rows_of_cases(const Categories& cases, std::size_t rows,
                                                    std::vector<std::string>& case_id)
{
    if (!cases.given()) {
        case_id = {"1"};
        std::vector<std::size_t> all(rows);
        std::iota(all.begin(), all.end(), std::size_t{0});
        return {all};
    }
    std::vector<std::size_t> number(cases.names.size(), SIZE_MAX);
    std::vector<std::vector<std::size_t>> of;
    for (std::size_t i = 0; i < rows; ++i) {
        const std::uint32_t code = cases.code[i];
        if (number[code] == SIZE_MAX) {
            number[code] = of.size();
            of.emplace_back();
            case_id.push_back(cases.names[code]);
        }
        of[number[code]].push_back(i);
    }
    return of;
}

template <typename T>
std::vector<T> picked(const std::vector<T>& column, const std::vector<std::size_t>& rows)
{
    std::vector<T> out;
    for (std::size_t i = 0; i < rows.size() && !column.empty(); ++i) {
        out.push_back(column[rows[i]]);
    }
    return out;
}

/// Whether a sighting says nothing that the one before does not.
bool same_place_and_time(const Sighting& a, const Sighting& b)
{
    const auto same = [](double x, double y) {
        return x == y || (std::isnan(x) && std::isnan(y));
    };
    return a.at.lon_deg == b.at.lon_deg && a.at.lat_deg == b.at.lat_deg && same(a.begin_s, b.begin_s) &&
           same(a.end_s, b.end_s);
}

/// Puts the order and the times into the sightings of one case, and adds them to `out`.
void add_case(const std::vector<std::size_t>& members, const std::vector<Sighting>& all,
              const std::vector<TimeSpan>& times, const SightingRows& columns, bool unordered,
              std::vector<std::size_t>& order_of_rows, SightingCases& out)
{
    const std::vector<double> seq = picked(columns.seq, members);
    const std::vector<TimeSpan> time = picked(times, members);
    const SightingOrder order =
        sighting_order({.sightings = members.size(), .number = seq, .time = time, .unordered = unordered});
    std::vector<std::size_t> sorted(members.size());
    std::iota(sorted.begin(), sorted.end(), std::size_t{0});
    std::stable_sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(order.begin[a], order.end[a]) < std::pair(order.begin[b], order.end[b]);
    });
    out.case_begin.push_back(out.sightings.size());
    for (std::size_t k = 0; k < sorted.size(); ++k) {
        const std::size_t i = sorted[k];
        Sighting sighting = all[members[i]];
        sighting.order_begin = order.begin[i];
        sighting.order_end = order.end[i];
        if (order.timed[i] != 0) {
            sighting.begin_s = static_cast<double>(time[i].start);
            sighting.end_s = static_cast<double>(time[i].end);
            ++out.timed;
        }
        out.duplicates += k > 0 && same_place_and_time(out.sightings.back(), sighting) ? 1U : 0U;
        out.sightings.push_back(sighting);
        order_of_rows.push_back(members[i]);
    }
    out.backward += order.backward;
    out.contrary += order.contrary;
    out.lone += members.size() == 1 ? 1U : 0U;
}

io::ReadOptions reading_of(const SightingsInput& input)
{
    io::ReadOptions options = input.read;
    options.degrees = true;
    options.names.category = "--case";
    return options;
}

void require_sense(const SightingsInput& input)
{
    if (input.unordered && !(input.seq + input.read.time + input.read.time_end).empty()) {
        throw UsageError("--unordered says that nothing is known of the order; leave out --seq and --time");
    }
    if (!input.precision_sigmas.empty() && input.precision.empty()) {
        throw UsageError("--precision-sigma goes with --precision");
    }
}

/// Says how sightings were understood, and what of them does not count.
void tell_sightings(const SightingCases& out, const SightingColumns& columns, const std::string& name,
                    bool unordered, const cli::Context& context)
{
    if (out.backward > 0) {
        context.warn("{}: {} times are before those of the row before; the sightings are taken in the order "
                     "of their times (--seq tells another)",
                     name, out.backward);
    }
    if (out.contrary > 0) {
        context.warn("{}: {} times go against the numbers in {} and do not count", name, out.contrary,
                     columns.seq);
    }
    const std::string rows = columns.seq.empty() ? "" : fmt::format("by {}", columns.seq);
    const char* otherwise = out.timed > 0 ? "by time" : "that of the rows";
    context.tell("{}: {} sightings of {} cases ({}); order {}; {} with a time, {} like the one before", name,
                 out.sightings.size(), out.cases(),
                 columns.cases.empty() ? "no column tells the cases: all are one" : "by " + columns.cases,
                 unordered ? "not known" : (rows.empty() ? otherwise : rows), out.timed, out.duplicates);
}

/// Reads the rows with the columns that play a part.
io::ReadIncidents read_rows(const SightingsInput& input, const SightingColumns& columns,
                            io::ReadOptions options, const cli::Context& context)
{
    options.category = columns.cases;
    options.cases = !columns.cases.empty();
    options.id = columns.id.empty() ? columns.cases : columns.id; // not one that is found by its name
    for (const std::string& name : {columns.seq, input.precision}) {
        if (!name.empty()) {
            options.attributes.push_back(name);
        }
    }
    return read_incidents(input.path, std::move(options), context);
}

SightingRows further_columns(const SightingsInput& input, const SightingColumns& columns,
                             const io::ReadIncidents& read, const std::string& shown)
{
    SightingRows rows;
    const auto& fields = read.incidents.attributes.fields;
    if (!columns.seq.empty()) {
        rows.seq = sequence_of(fields.front(), shown, read.incidents.row);
    }
    if (!input.precision.empty()) {
        rows.precision_sigma_m = precision_sigmas(fields.back(), precision_table(input.precision_sigmas),
                                                  shown, read.report.row_word, read.incidents.row);
    }
    return rows;
}

/// Puts the sightings of all cases one after the other.
SightingCases in_cases(const SightingColumns& columns, const io::ReadIncidents& read,
                       const SightingRows& rows, const std::vector<Sighting>& sightings, bool unordered)
{
    const Incidents& incidents = read.incidents;
    SightingCases out;
    out.records.push_back({read.report.name, read.report.sha256});
    out.row_word = read.report.row_word;
    std::vector<std::size_t> order_of_rows;
    const Categories& cases = columns.cases.empty() ? Categories{} : incidents.category;
    for (const auto& members : rows_of_cases(cases, incidents.size(), out.case_id)) {
        add_case(members, sightings, incidents.time, rows, unordered, order_of_rows, out);
    }
    out.case_begin.push_back(out.sightings.size());
    out.seq = picked(rows.seq, order_of_rows);
    out.time = picked(incidents.time, order_of_rows);
    out.row = picked(incidents.row, order_of_rows);
    if (!columns.id.empty()) {
        out.id = picked(incidents.id, order_of_rows);
    }
    return out;
}

} // namespace

void add_sightings_options(cli::Command& command, SightingsInput& input)
{
    io::ReadOptions& read = input.read;
    command
        .text("--case", read.category,
              "column that tells the cases; found by name unless given (case_id, track, trip, ...)")
        .text("--seq", input.seq,
              "column that numbers the sightings of a case; equal numbers: the order is not known; empty: "
              "at any time")
        .flag("--unordered", input.unordered, "the sightings of a case are in no order at all")
        .text("--time", read.time, "column of dates or times (start, when --time-end is given)")
        .text("--time-end", read.time_end, "column of the latest possible time")
        .choice<int>("--date-order", read.date_order, {{"auto", 0}, {"dmy", 1}, {"mdy", 2}},
                     "how 03/04/2024 is read; decided from the whole column unless given")
        .text("--uncertainty", read.uncertainty,
              "column of radii within which the place lies, metres; sigma is half of it")
        .text("--precision", input.precision,
              "column of words, with sigma: address (20 m), street (100 m), town (2 km), district (10 km)")
        .texts("--precision-sigma", input.precision_sigmas,
               "WORD:METRES, further words of --precision, or another sigma for one")
        .text("--id", read.id, "column of identifiers of the sightings")
        .text("--x", read.x, "column of longitudes or eastings; found by name unless given")
        .text("--y", read.y, "column of latitudes or northings; found by name unless given")
        .text("--wkt", read.wkt, "column of WKT points, instead of --x and --y")
        .text("--layer", read.layer,
              "layer of a GIS file; of GPX the points of tracks, else of routes, else "
              "waypoints")
        .text("--input-crs", read.crs_in, "CRS of sightings that do not say theirs, such as EPSG:27700")
        .text("--rejects", read.rejects, "CSV file that keeps the rows that cannot be used, with the reason");
}

SightingCases read_sightings(const SightingsInput& input, const cli::Context& context)
{
    require_sense(input);
    static_cast<void>(
        precision_table(input.precision_sigmas)); // a command line that is not understood comes first
    const std::string shown = input.path == "-" ? "standard input" : input.path;
    io::ReadOptions options = reading_of(input);
    options.max_memory_bytes = context.max_memory_bytes;
    std::optional<io::Source> standard_input; // is looked at before it is read
    if (input.path == "-") {
        standard_input.emplace(input.path, context.max_memory_bytes);
    }
    const SightingColumns columns = find_sighting_columns(input, options, shown);
    const io::ReadIncidents read = read_rows(input, columns, options, context);
    const SightingRows rows = further_columns(input, columns, read, shown);
    std::vector<Sighting> sightings(read.incidents.size());
    for (std::size_t i = 0; i < sightings.size(); ++i) {
        sightings[i].at = {read.incidents.xy[i].x, read.incidents.xy[i].y};
    }
    add_sigmas(read, rows, sightings, context);
    SightingCases out = in_cases(columns, read, rows, sightings, input.unordered);
    tell_sightings(out, columns, read.report.name, input.unordered, context);
    return out;
}

} // namespace vigil::tools
