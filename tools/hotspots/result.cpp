#include "tools/hotspots/result.h"

#include "kernels/fdr.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace vigil::tools {

namespace {

void add_cell(Geometries& geometry, const Grid& grid, std::int64_t cell)
{
    const auto row = cell / grid.cols;
    const auto col = cell % grid.cols;
    const double west = grid.left_x + static_cast<double>(col) * grid.cell_m;
    const double east = grid.left_x + static_cast<double>(col + 1) * grid.cell_m;
    const double north = grid.top_y - static_cast<double>(row) * grid.cell_m;
    const double south = grid.top_y - static_cast<double>(row + 1) * grid.cell_m;
    const XY ring[] = {{west, south}, {east, south}, {east, north}, {west, north}, {west, south}};
    geometry.add(ring);
}

/// Rows that are written: all, but for cells of a lattice that are not part of it.
std::vector<std::size_t> rows_of(const Units& units)
{
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < units.value.size(); ++i) {
        if (!units.lattice() || !std::isnan(units.value[i])) {
            rows.push_back(i);
        }
    }
    return rows;
}

template <typename T, typename From>
std::vector<T> pick(const std::vector<std::size_t>& rows, const From& from)
{
    std::vector<T> values;
    values.reserve(rows.size());
    for (const std::size_t i : rows) {
        values.push_back(static_cast<T>(from(i)));
    }
    return values;
}

void add_geometry(Features& layer, const Units& units, const std::vector<std::size_t>& rows)
{
    if (!units.lattice()) {
        return; // it came with the layer
    }
    layer.geometry.kind = GeometryKind::polygon;
    for (const std::size_t i : rows) {
        const auto cell = static_cast<std::int64_t>(i);
        if (units.fishnet) {
            add_cell(layer.geometry, *units.fishnet, cell);
        } else {
            layer.geometry.add(units.hexagons->ring(cell));
        }
    }
}

void tell_bins(const std::vector<std::int64_t>& bins, const cli::Context& context)
{
    std::map<std::int64_t, std::size_t> of_bin;
    for (const std::int64_t bin : bins) {
        ++of_bin[bin];
    }
    context.tell("hot spots at 99 %: {}, 95 %: {}, 90 %: {}; cold spots at 99 %: {}, 95 %: {}, 90 %: {}",
                 of_bin[3], of_bin[2], of_bin[1], of_bin[-3], of_bin[-2], of_bin[-1]);
}

} // namespace

Features hotspot_layer(Units& units, const GetisOrd& result, const Neighbourhood& neighbourhood,
                       HotspotStatistic statistic, const cli::Context& context)
{
    const std::string name = statistic == HotspotStatistic::gi_star ? "Gi*" : "Gi";
    const std::vector<std::size_t> rows = rows_of(units);
    const std::vector<double> q = benjamini_hochberg(result.p);
    Features layer = std::move(units.layer);
    add_geometry(layer, units, rows);
    layer.name = "hotspots";
    layer.title =
        fmt::format("Hot and cold spots of {} ({})", units.count.empty() ? "values" : "incidents", name);
    layer.summary = fmt::format("Getis-Ord {} of {} features; neighbours are {}. gi_bin holds the false "
                                "discovery rate at 1, 5 and 10 % (Benjamini-Hochberg).",
                                name, rows.size(), neighbourhood.text());
    layer.style = "hotspots";

    layer.table = {};
    auto& fields = layer.table.fields;
    const auto first = units.lattice() ? 0 : 1; // cells count from 0, rows of a layer from 1
    fields.push_back({"cell_id", "Cell number", "", pick<std::int64_t>(rows, [&](std::size_t i) {
                          return static_cast<std::int64_t>(i) + first;
                      })});
    if (!units.count.empty()) {
        fields.push_back(
            {"n", "Incidents", "", pick<std::int64_t>(rows, [&](std::size_t i) { return units.count[i]; })});
    }
    if (units.weighted) {
        fields.push_back({"value", units.count.empty() ? "Value" : "Sum of weights", "",
                          pick<double>(rows, [&](std::size_t i) { return units.value[i]; })});
    }
    fields.push_back(
        {"gi_z", name + " z-score", "", pick<double>(rows, [&](std::size_t i) { return result.z[i]; })});
    fields.push_back({"gi_p", name + " p-value, two-sided", "",
                      pick<double>(rows, [&](std::size_t i) { return result.p[i]; })});
    fields.push_back({"gi_q", "p-value adjusted for the false discovery rate", "",
                      pick<double>(rows, [&](std::size_t i) { return q[i]; })});
    auto bins = pick<std::int64_t>(rows, [&](std::size_t i) { return confidence_bin(result.z[i], q[i]); });
    tell_bins(bins, context);
    fields.push_back({"gi_bin", "Confidence bin, false discovery rate controlled", "", std::move(bins)});
    fields.push_back(
        {"gi_bin_raw", "Confidence bin of each cell alone", "",
         pick<std::int64_t>(rows, [&](std::size_t i) { return confidence_bin(result.z[i], result.p[i]); })});
    fields.push_back({"nbrs",
                      statistic == HotspotStatistic::gi_star ? "Neighbours, itself included" : "Neighbours",
                      "", pick<std::int64_t>(rows, [&](std::size_t i) { return result.neighbours[i]; })});
    return layer;
}

} // namespace vigil::tools
