#include "libgeo/error.h"
#include "libgeo/io/features_io.h"
#include "libgeo/io/source.h"
#include "tools/commands.h"
#include "tools/hotspots/result.h"
#include "tools/shared_options.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>

namespace vigil::tools {

namespace {

void declare(cli::Command& command, HotspotOptions& o)
{
    command
        .file("INPUT", o.input,
              "incidents: CSV, any point layer, or - for standard input; with --value polygons")
        .file("OUTPUT", o.output,
              "layer to write: .gpkg, .shp, .geojson, .geojsonl, .fgb, .csv, or - for GeoJSONSeq")
        .choice<HotspotGrid>("--grid", o.grid,
                             {{"fishnet", HotspotGrid::fishnet},
                              {"hexagon", HotspotGrid::hexagon},
                              {"hexagon-pointy", HotspotGrid::hexagon_pointy},
                              {"points", HotspotGrid::points}},
                             "count incidents in squares or hexagons, or take their places as they are "
                             "(coincident ones merged)")
        .number("--cell", o.cell_m, cli::positive, "m", "from the spacing of the incidents",
                "edge of a square, or distance between opposite sides of a hexagon")
        .numbers("--extent", o.extent, {}, "m",
                 "xmin,ymin,xmax,ymax to cover, in the working CRS, widened to whole cells; around the "
                 "incidents (or the mask) unless given")
        .file("--mask", o.mask, "polygons outside which nothing is examined; a cell counts by its centre",
              false)
        .text("--value", o.value, "field of a polygon layer to examine, instead of counting incidents")
        .choice<HotspotWeights>(
            "--weights", o.weights,
            {{"queen", HotspotWeights::queen},
             {"rook", HotspotWeights::rook},
             {"band", HotspotWeights::band},
             {"knn", HotspotWeights::knn}},
            "who are neighbours: a shared corner or edge, a shared edge, everything within "
            "--band, or the --k nearest; queen for cells and polygons, band for points unless "
            "given")
        .number("--band", o.band_m, cli::positive, "m",
                "1.5 cells, or the least with which all places have a neighbour",
                "distance up to which all are neighbours, between centres")
        .integer("--k", o.k, 1, 100000, "8", "number of nearest neighbours")
        .number("--tolerance", o.tolerance, cli::non_negative, "units of the layer",
                "polygon vertices no farther apart than this are one")
        .choice<HotspotStatistic>("--statistic", o.statistic,
                                  {{"gi_star", HotspotStatistic::gi_star}, {"gi", HotspotStatistic::gi}},
                                  "Gi* counts a cell among its own neighbours, Gi only the others");
    add_read_options(command, o.read);
    add_write_options(command, o.write);
}

void check(const HotspotOptions& o)
{
    if (!o.extent.empty() &&
        (o.extent.size() != 4 || !(o.extent[0] < o.extent[2]) || !(o.extent[1] < o.extent[3]))) {
        throw UsageError("--extent: give xmin,ymin,xmax,ymax with xmin < xmax and ymin < ymax");
    }
    if (!o.value.empty() &&
        (o.cell_m || !o.extent.empty() || !o.mask.empty() || o.grid != HotspotGrid::fishnet)) {
        throw UsageError(
            "--value examines polygons as they are; leave out --grid, --cell, --extent and --mask");
    }
    if (o.grid == HotspotGrid::points && o.cell_m) {
        throw UsageError("--cell goes with --grid fishnet or hexagon");
    }
}

/// What is compared: features with a value, and whether their values differ.
struct Compared {
    std::size_t features = 0;
    bool differ = false;
    std::size_t alone = 0; ///< without a neighbour
};

Compared compared_in(const Units& units, const GetisOrd& result, HotspotStatistic statistic)
{
    Compared compared;
    double first = 0;
    const int self = statistic == HotspotStatistic::gi_star ? 1 : 0;
    for (std::size_t i = 0; i < units.value.size(); ++i) {
        if (!std::isnan(units.value[i])) {
            first = compared.features == 0 ? units.value[i] : first;
            compared.differ = compared.differ || units.value[i] != first;
            ++compared.features;
            compared.alone += result.neighbours[i] <= self ? 1U : 0U;
        }
    }
    return compared;
}

/// Says how far the numbers can be trusted.
void warn_of_weakness(const Compared& compared, bool places, const cli::Context& context)
{
    if (!compared.differ) {
        context.warn("{} features, all of the same value: nothing can stand out (z 0, p 1){}",
                     compared.features, places ? "; count in cells with --grid fishnet" : "");
    } else if (compared.features < 30) {
        context.warn("only {} features: below 30 the z-scores are rough", compared.features);
    }
    if (compared.alone > 0 && compared.features > 1) {
        context.warn("{} of {} features have no neighbour (field nbrs)", compared.alone, compared.features);
    }
}

void note_settings(Provenance& provenance, const Units& units, std::size_t features,
                   const Neighbourhood& near, const HotspotOptions& o)
{
    auto& notes = provenance.notes;
    notes.emplace_back("statistic", o.statistic == HotspotStatistic::gi_star ? "Gi*" : "Gi");
    if (units.lattice()) {
        notes.emplace_back("cell_m", fmt::format("{}", units.cell_m));
    }
    notes.emplace_back("features", fmt::format("{}", features));
    notes.emplace_back("neighbours", near.text());
    notes.emplace_back("fdr", "Benjamini-Hochberg");
}

/// Units, and in `provenance` where they came from.
Units read_units(const HotspotOptions& o, const cli::Context& context, Provenance& provenance)
{
    if (!o.value.empty()) {
        Units units = units_of_polygons(o, context);
        provenance = context.provenance();
        if (o.input != "-") {
            provenance.inputs.push_back(
                {std::filesystem::path(o.input).filename().string(), io::sha256_of_file(o.input)});
        }
        provenance.crs = units.layer.crs.label();
        return units;
    }
    io::ReadOptions reading = o.read;
    reading.overwrite = o.write.overwrite;
    const io::ReadIncidents read = read_incidents(o.input, reading, context);
    Units units = units_of_incidents(read.incidents, o, context);
    provenance = provenance_of(context, read.report, read.incidents.crs);
    if (units.outside > 0) {
        context.warn("{}: {} of {} incidents lie outside the extent or mask and are left out",
                     read.report.name, units.outside, read.incidents.size());
    }
    return units;
}

void run(HotspotOptions o, const cli::Context& context)
{
    check(o);
    Units units = read_units(o, context, o.write.provenance);
    const Neighbourhood near = neighbourhood_for(units, o, context);
    context.progress(0.3);
    const GetisOrd result = getis_ord_of(units, near, o);
    context.progress(0.6);
    const Compared compared = compared_in(units, result, o.statistic);
    if (units.fishnet) {
        context.tell("{} x {} squares of {} m", units.fishnet->rows, units.fishnet->cols, units.cell_m);
    } else if (units.hexagons) {
        context.tell("{} x {} hexagons of {} m", units.hexagons->rows, units.hexagons->cols, units.cell_m);
    }
    context.tell("{} features compared{}; neighbours: {}", compared.features,
                 units.lattice() ? ", empty cells included" : "", near.text());
    warn_of_weakness(compared, o.grid == HotspotGrid::points, context);
    note_settings(o.write.provenance, units, compared.features, near, o);
    Features layer = hotspot_layer(units, result, near, o.statistic, context);
    if (!o.write.layer.empty()) {
        layer.name = o.write.layer;
    }
    io::write_features(o.output, std::span(&layer, 1), o.write);
    context.progress(1);
}

} // namespace

void add_hotspots(CLI::App& root, std::deque<cli::Command>& commands)
{
    auto o = std::make_shared<HotspotOptions>();
    cli::Command& command = commands.emplace_back(
        root, "hotspots", "Getis-Ord hot and cold spots of incidents on a grid, of places or of polygons.");
    declare(command, *o);
    command.run([o](const cli::Context& context) { run(*o, context); });
}

} // namespace vigil::tools
