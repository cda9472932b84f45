#include "tools/hotspots/result.h"

#include "tools/labels.h"

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
    rows.reserve(units.n);
    for (std::size_t i = 0; i < units.n; ++i) {
        if (!units.lattice() || units.present(i)) {
            rows.push_back(i);
        }
    }
    return rows;
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

/// Adds fields, the rows that are written picked out of each column.
class Columns {
  public:
    Columns(Table& table, const std::vector<std::size_t>& rows, std::size_t n)
        : table_(table), rows_(rows), all_(rows.size() == n)
    {
    }
    template <typename T>
    void add(const std::string& name, const std::string& alias, std::vector<T> column)
    {
        if (column.empty() && !rows_.empty()) {
            return;
        }
        if (!all_) {
            for (std::size_t k = 0; k < rows_.size(); ++k) { // rows ascend: in place
                if (rows_[k] != k) {
                    column[k] = std::move(column[rows_[k]]);
                }
            }
            column.resize(rows_.size());
        }
        table_.fields.push_back({name, alias, "", std::move(column)});
    }

  private:
    Table& table_;
    const std::vector<std::size_t>& rows_;
    bool all_;
};

std::vector<std::int64_t> wide(const std::vector<std::int32_t>& narrow)
{
    return {narrow.begin(), narrow.end()};
}

/// What a field is called: its own name, or ArcGIS's.
struct Names {
    std::string z, p, bin, neighbours;
};

Names names_of(const HotspotOptions& o)
{
    return o.arcgis_names ? Names{"GiZScore", "GiPValue", "Gi_Bin", "NNeighbors"}
                          : Names{"gi_z", "gi_p", "gi_bin", "n_nbrs"};
}

std::string p_words(const HotspotOptions& o)
{
    return o.tail == Tail::two_sided ? "two-sided"
           : o.tail == Tail::greater ? "of a value as high"
                                     : "of a value as low";
}

void add_units(Columns& columns, const Units& units, Findings& found, const HotspotOptions& o)
{
    std::vector<std::int64_t> ids(units.n);
    for (std::size_t i = 0; i < units.n; ++i) { // cells count from 0, rows of a layer from 1
        ids[i] = static_cast<std::int64_t>(i) + (units.lattice() ? 0 : 1);
    }
    columns.add("cell_id", "Cell number", std::move(ids));
    if (!o.polygon_id.empty()) {
        columns.add("id", o.polygon_id, text_of(*units.fields.find(o.polygon_id)));
    }
    columns.add("n", "Incidents", std::move(found.values.count));
    columns.add("cases", "Cases", std::move(found.values.cases));
    columns.add("people", "Population", units.population);
    if (found.values.weighted) {
        columns.add("value", found.value_alias, std::move(found.values.value));
    }
}

void add_simulated(Columns& columns, Findings& found, PValue kind)
{
    if (kind != PValue::normal) {
        columns.add("p_norm", "p-value by the normal distribution", std::move(found.significance.p_norm));
    }
    columns.add("p_sim", "p-value by conditional permutation", std::move(found.significance.p_sim));
    columns.add("p_exact", "p-value by the exact distribution", std::move(found.significance.p_exact));
    columns.add("p_low", "Monte Carlo interval of p_sim, low", std::move(found.significance.p_low));
    columns.add("p_high", "Monte Carlo interval of p_sim, high", std::move(found.significance.p_high));
    columns.add("n_eff", "Neighbours, effective number", std::move(found.local.effective));
    columns.add("stable", "Share of bands that agree with the bin", std::move(found.stable));
    columns.add("hot_share", "Share of redistributions in which it is hot", std::move(found.shares.hot));
    columns.add("cold_share", "Share of redistributions in which it is cold", std::move(found.shares.cold));
}

void add_getis_ord(Columns& columns, Findings& found, PValue kind, const HotspotOptions& o)
{
    const Names names = names_of(o);
    columns.add(names.z, "GiZScore", std::move(found.local.z));
    columns.add(names.p, "GiPValue", std::move(found.significance.p));
    columns.add("gi_q", "p-value adjusted for the false discovery rate", std::move(found.significance.q));
    columns.add(names.bin, "Gi_Bin", std::move(found.significance.bin));
    columns.add("gi_bin_raw", "Gi_Bin of each feature alone", std::move(found.significance.bin_raw));
    columns.add(names.neighbours, "NNeighbors", wide(found.local.neighbours));
    add_simulated(columns, found, kind);
}

/// The type where it is significant at 95 %, as numbers and words.
void add_types(Columns& columns, const std::string& prefix, const LocalResult& local,
               const std::vector<std::int64_t>& bins)
{
    std::vector<std::int64_t> types(local.type.size());
    std::vector<std::string> words(local.type.size());
    for (std::size_t i = 0; i < types.size(); ++i) {
        const bool significant = bins[i] != missing_integer && std::abs(bins[i]) >= 2;
        types[i] = bins[i] == missing_integer ? missing_integer : significant ? local.type[i] : 0;
        words[i] = significant ? type_name(local.statistic, local.type[i]) : "";
    }
    columns.add(prefix + "_type", "Kind of cluster or outlier, 95 % confidence", std::move(types));
    columns.add("co_type", "COType", std::move(words));
}

void add_other(Columns& columns, Findings& found, PValue kind)
{
    const bool moran = found.local.statistic == LocalStatistic::moran;
    const bool geary = found.local.statistic == LocalStatistic::geary;
    const std::string prefix = moran ? "lm" : geary ? "lg" : "jc";
    columns.add(prefix + (moran   ? "_i"
                          : geary ? "_c"
                                  : "_n"),
                moran   ? "LMiIndex"
                : geary ? "Local Geary's c"
                        : "Neighbours that have it too",
                std::move(found.local.value));
    columns.add(prefix + "_z", moran ? "LMiZScore" : "z-score", std::move(found.local.z));
    columns.add(prefix + "_p", moran ? "LMiPValue" : "p-value", std::move(found.significance.p));
    columns.add(prefix + "_q", "p-value adjusted for the false discovery rate",
                std::move(found.significance.q));
    std::vector<std::int64_t> level = found.significance.bin;
    for (std::int64_t& bin : level) {
        bin = bin == missing_integer ? bin : std::abs(bin);
    }
    columns.add(prefix + "_bin", "Confidence: 3 is 99 %, 2 is 95 %, 1 is 90 %", std::move(level));
    if (!found.local.type.empty()) {
        add_types(columns, prefix, found.local, found.significance.bin);
    }
    columns.add("n_nbrs", "NNeighbors", wide(found.local.neighbours));
    add_simulated(columns, found, kind);
}

void tell_bins(const Findings& found, const cli::Context& context)
{
    std::map<std::int64_t, std::size_t> of_bin;
    for (const std::int64_t bin : found.significance.bin) {
        ++of_bin[bin];
    }
    const std::string& group = found.label;
    if (found.local.statistic == LocalStatistic::gi_star || found.local.statistic == LocalStatistic::gi) {
        context.tell(
            "{}hot spots at 99 %: {}, 95 %: {}, 90 %: {}; cold spots at 99 %: {}, 95 %: {}, 90 %: {}", group,
            of_bin[3], of_bin[2], of_bin[1], of_bin[-3], of_bin[-2], of_bin[-1]);
    } else {
        context.tell("{}significant at 99 %: {}, 95 %: {}, 90 %: {}", group, of_bin[3] + of_bin[-3],
                     of_bin[2] + of_bin[-2], of_bin[1] + of_bin[-1]);
    }
}

std::string style_name(const HotspotOptions& o)
{
    switch (o.statistic) {
    case LocalStatistic::moran:
        return "local_moran";
    case LocalStatistic::geary:
        return "local_geary";
    case LocalStatistic::join_count:
        return "join_counts";
    case LocalStatistic::gi_star:
    case LocalStatistic::gi:
        break;
    }
    return o.arcgis_names ? "hotspots_arcgis" : "hotspots";
}

std::string subject_of(LocalStatistic statistic)
{
    switch (statistic) {
    case LocalStatistic::moran:
        return "Clusters and outliers";
    case LocalStatistic::geary:
        return "Alike and unlike neighbours";
    case LocalStatistic::join_count:
        return "Meetings";
    case LocalStatistic::gi_star:
    case LocalStatistic::gi:
        break;
    }
    return "Hot and cold spots";
}

std::string fdr_words(FalseDiscovery rule)
{
    switch (rule) {
    case FalseDiscovery::bh:
        return "Bins hold the false discovery rate at 1, 5 and 10 % (Benjamini-Hochberg).";
    case FalseDiscovery::by:
        return "Bins hold the false discovery rate at 1, 5 and 10 % (Benjamini-Yekutieli).";
    case FalseDiscovery::none:
        break;
    }
    return "Bins are of each feature alone, the false discovery rate is not controlled.";
}

/// A layer name of lower-case letters, digits and underscores; other alphabets stay.
std::string plain(const std::string& group)
{
    std::string name;
    for (const char c : group) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool foreign = static_cast<unsigned char>(c) >= 0x80;
        const bool keeps = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || foreign;
        name += upper ? static_cast<char>(c - 'A' + 'a') : keeps ? c : '_';
    }
    return name;
}

} // namespace

Features hotspot_layer(Units& units, Findings found, const Neighbourhood& near, const HotspotOptions& o,
                       const cli::Context& context, bool last)
{
    const std::string name = name_of(o.statistic);
    const std::vector<std::size_t> rows = rows_of(units);
    const PValue kind = p_kind(o);
    tell_bins(found, context);
    Features layer;
    if (last) {
        layer = std::move(units.layer);
    } else {
        layer.crs = units.layer.crs;
        layer.geometry = units.layer.geometry;
    }
    add_geometry(layer, units, rows);
    layer.name = found.group.empty() ? "hotspots" : "hotspots_" + plain(found.group);
    layer.title = fmt::format("{} of {}{} ({})", subject_of(o.statistic),
                              found.values.count.empty() ? "values" : "incidents",
                              found.group.empty() ? "" : ": " + found.group, name);
    layer.summary =
        fmt::format("{} of {} features; neighbours are {}. p by {}, {}. {}", name, units.present(),
                    near.text(), found.significance.how, p_words(o), fdr_words(o.fdr));
    layer.style = style_name(o);
    layer.table = {};
    Columns columns(layer.table, rows, units.n);
    add_units(columns, units, found, o);
    if (o.getis_ord()) {
        add_getis_ord(columns, found, kind, o);
    } else {
        add_other(columns, found, kind);
    }
    return layer;
}

} // namespace vigil::tools
