#include "libgeo/io/gpx.h"

#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/gpx_scan.h"

#include <algorithm>
#include <array>
#include <set>

namespace vigil::io {

namespace {

constexpr std::string_view layer_names[gpx_kinds] = {"track_points", "route_points", "waypoints"};
constexpr std::string_view column_names[] = {"track", "segment", "lon", "lat", "ele", "time", "name"};

/// Which layer is read, and what its tracks or routes are called.
struct Chosen {
    GpxKind kind = GpxKind::track_points;
    std::vector<std::string> tracks;
    std::vector<std::string> warnings; ///< of layers that are not read
};

/// Their names if each has one of its own, else their numbers from 1.
std::vector<std::string> called(std::vector<std::string> names)
{
    std::set<std::string_view> different;
    for (std::string& name : names) {
        name = std::string(trimmed(name));
        different.insert(name);
    }
    if (different.size() < names.size() || different.contains("")) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            names[i] = fmt::format("{}", i + 1);
        }
    }
    return names;
}

Chosen choose(const LayerFile& file, const ReadOptions& options)
{
    const GpxSummary summary = scan_gpx(file.bytes, file.shown, [](const GpxPoint&) {});
    std::size_t kind = 0;
    if (options.layer.empty()) {
        while (kind < gpx_kinds && summary.points[kind] == 0) {
            ++kind;
        }
        require(kind < gpx_kinds, "{}: holds no point of a track or route, and no waypoint", file.shown);
    } else {
        const auto* found = std::find(std::begin(layer_names), std::end(layer_names), options.layer);
        require(found != std::end(layer_names), "{}: {} {}: there is no such layer; there are {}", file.shown,
                options.names.layer, options.layer, fmt::join(layer_names, ", "));
        kind = static_cast<std::size_t>(found - std::begin(layer_names));
    }
    Chosen chosen{static_cast<GpxKind>(kind), called(summary.names[kind]), {}};
    for (std::size_t other = kind + 1; options.layer.empty() && other < gpx_kinds; ++other) {
        if (summary.points[other] > 0) {
            chosen.warnings.push_back(fmt::format("{} {} are not read; name the layer with {}",
                                                  summary.points[other], layer_names[other],
                                                  options.names.layer));
        }
    }
    return chosen;
}

/// The cells of a point, as the columns are.
using Row = std::array<std::string_view, std::size(column_names)>;

/// Calls body(number, row) for each point of the chosen layer, counted from 1.
template <typename Body>
void for_each_point(const LayerFile& file, const Chosen& chosen, Body&& body)
{
    std::uint64_t number = 0;
    std::string track = "1";
    std::string segment = "1";
    scan_gpx(file.bytes, file.shown, [&](const GpxPoint& point) {
        if (point.kind != chosen.kind) {
            return;
        }
        if (point.kind != GpxKind::waypoints) { // which are all of one: track 1, segment 1
            track = chosen.tracks[point.part];
            segment = fmt::format("{}", point.segment + 1);
        }
        const Row row{track, segment, point.lon, point.lat, point.ele, point.time, point.name};
        body(++number, row);
    });
}

} // namespace

std::vector<std::string> gpx_columns()
{
    return {std::begin(column_names), std::end(column_names)};
}

void read_gpx(const LayerFile& file, const ReadOptions& options, bool keep_text, RawIncidents& raw)
{
    const std::vector<std::string> names = gpx_columns();
    const Chosen chosen = choose(file, options);
    raw.columns =
        find_columns(file.shown, names, options, [](std::size_t) { return std::vector<std::string_view>(); });
    raw.builder = std::make_unique<IncidentBuilder>(raw.columns, CellForm{}, wgs84(), keep_text);
    Cells cells;
    for_each_point(file, chosen, [&](std::uint64_t number, const Row& row) {
        XY place;
        if (const auto reason = place_of(row[raw.columns.x], row[raw.columns.y], false, place)) {
            raw.builder->reject(number, *reason);
        } else {
            fill_cells(raw.columns, row, cells);
            raw.builder->add(number, place, cells);
        }
    });
    for (std::size_t i = 0; i < names.size(); ++i) {
        raw.report.columns.push_back({names[i], raw.columns.role_of(i)});
    }
    raw.report.warnings.insert(raw.report.warnings.end(), chosen.warnings.begin(), chosen.warnings.end());
}

std::string rejected_gpx(const LayerFile& file, const ReadOptions& options,
                         const std::vector<Rejection>& rejections)
{
    std::string out = fmt::format("{},point,reason\n", fmt::join(column_names, ","));
    auto next = rejections.begin();
    for_each_point(file, choose(file, options), [&](std::uint64_t number, const Row& row) {
        if (next == rejections.end() || next->row != number) {
            return;
        }
        for (const std::string_view cell : row) {
            append_csv_field(out, with_formula_guard(cell));
            out += ',';
        }
        out += fmt::format("{},", number);
        append_csv_field(out, reason_text(next->reason));
        out += '\n';
        ++next;
    });
    return out;
}

} // namespace vigil::io
