#include "tools/hotspots/options.h"

#include "libgeo/error.h"
#include "tools/shared_options.h"

#include <filesystem>

namespace vigil::tools {

namespace {

void add_feature_options(cli::Command& command, HotspotOptions& o)
{
    command
        .choice<HotspotGrid>("--grid", o.grid,
                             {{"fishnet", HotspotGrid::fishnet},
                              {"hexagon", HotspotGrid::hexagon},
                              {"hexagon-pointy", HotspotGrid::hexagon_pointy},
                              {"points", HotspotGrid::points},
                              {"snap", HotspotGrid::snap}},
                             "count incidents in squares or hexagons, take their places as they are "
                             "(coincident ones merged), or merge places nearer than --snap-distance")
        .number("--cell", o.cell_m, cli::positive, "m", "from the spacing of the incidents",
                "edge of a square, or distance between opposite sides of a hexagon")
        .numbers("--extent", o.extent, {}, "m",
                 "xmin,ymin,xmax,ymax to cover, in the working CRS, widened to whole cells; around the "
                 "incidents (or the mask) unless given")
        .file("--mask", o.mask, "polygons outside which nothing is examined; a cell counts by its centre",
              false)
        .number("--snap-distance", o.snap_m, cli::positive, "m",
                "the smaller of the mean and the median distance to the nearest other place",
                "with --grid snap: places nearer than this become one")
        .file("--polygons", o.polygons, "polygons to count the incidents in, instead of a grid", false)
        .text("--value", o.value, "field of a polygon layer to examine, instead of counting incidents")
        .text("--polygon-id", o.polygon_id, "field that names the polygons, kept in the output as id")
        .text("--population", o.population,
              "field of the polygons with the people at risk: the value or count becomes a rate")
        .choice<Rate>("--rate", o.rate,
                      {{"eb", Rate::empirical_bayes},
                       {"eb-local", Rate::local_empirical_bayes},
                       {"eb-standard", Rate::standardised},
                       {"raw", Rate::raw}},
                      "with --population: rates drawn towards the mean of all or of the neighbours where "
                      "people are few (empirical Bayes), standardised by their expected spread, or as they "
                      "are")
        .text("--by", o.by,
              "one layer for each value of a column: category, stage, source or its name; all on one grid")
        .text("--since", o.since,
              "only what happened at or after this date; intervals count with their share")
        .text("--until", o.until, "only what happened before this date")
        .flag("--drop-empty", o.drop_empty,
              "cells without an incident are left out instead of counting as zeros");
}

void add_neighbour_options(cli::Command& command, HotspotOptions& o)
{
    command
        .choice<HotspotWeights>(
            "--weights", o.weights,
            {{"queen", HotspotWeights::queen},
             {"rook", HotspotWeights::rook},
             {"band", HotspotWeights::band},
             {"knn", HotspotWeights::knn},
             {"inverse", HotspotWeights::inverse},
             {"kernel", HotspotWeights::kernel},
             {"delaunay", HotspotWeights::delaunay},
             {"file", HotspotWeights::file},
             {"network", HotspotWeights::network},
             {"space-time", HotspotWeights::space_time}},
            "who are neighbours: a shared corner or edge, a shared edge, all within --band, the --k nearest, "
            "all within --band by distance to the minus --power, or by a kernel; triangulation; "
            "--weights-file; along --network; within --band and --time-band. Queen for cells and polygons, "
            "band for points unless given")
        .number("--band", o.band_m, cli::positive, "m",
                "1.5 cells, or the least with which all places have a neighbour",
                "distance up to which all are neighbours, between centres")
        .integer("--k", o.k, 1, 100000, "8", "number of nearest neighbours")
        .number("--power", o.power, cli::positive, "", "with --weights inverse: weight = distance^-power")
        .choice<KernelWeight>(
            "--weight-kernel", o.kernel,
            {{"triangular", KernelWeight::triangular},
             {"uniform", KernelWeight::uniform},
             {"epanechnikov", KernelWeight::epanechnikov},
             {"quartic", KernelWeight::quartic},
             {"gaussian", KernelWeight::gaussian}},
            "with --weights kernel: how weights fall with the distance, to 0 at --band (or "
            "at the --k nearest neighbour); that is the Gaussian's sigma, which ends at three")
        .text("--weights-file", o.weights_file, "neighbours from a file: .gal, .gwt or .csv (from,to,weight)")
        .text("--weights-id", o.weights_id,
              "field whose values the weights file names features by; --polygon-id, or row numbers from 1, "
              "unless "
              "given")
        .text("--write-weights", o.write_weights, "file to keep the neighbours in: .gal, .gwt or .csv")
        .text("--network", o.network, "lines along which distances run, with --weights network")
        .text("--network-layer", o.network_layer, "layer of --network that holds the lines")
        .number("--time-band", o.time_band_days, cli::non_negative, "days", "none",
                "with --weights space-time: neighbours are at most so far apart in time")
        .flag("--row-standardise", o.row_standardise, "weights of each feature are divided by their sum")
        .flag("--geodesic", o.geodesic,
              "distances on the ellipsoid, for places or polygons of any extent, also across the "
              "antimeridian")
        .number("--tolerance", o.tolerance, cli::non_negative, "units of the layer",
                "polygons are neighbours across gaps and overlaps up to this wide");
}

void add_statistic_options(cli::Command& command, HotspotOptions& o)
{
    command
        .choice<LocalStatistic>(
            "--statistic", o.statistic,
            {{"gi_star", LocalStatistic::gi_star},
             {"gi", LocalStatistic::gi},
             {"moran", LocalStatistic::moran},
             {"geary", LocalStatistic::geary},
             {"join_count", LocalStatistic::join_count}},
            "Gi* counts a feature among its own neighbours, Gi only the others; local "
            "Moran's I and Geary's c find clusters and outliers, join counts the meetings "
            "of features whose value is 1")
        .choice<PValue>(
            "--p", o.p,
            {{"normal", PValue::normal}, {"exact", PValue::exact}, {"permutation", PValue::permutation}},
            "where p and the bins come from: the normal distribution of z (ArcGIS's), the exact "
            "distribution or its saddlepoint approximation, or random permutations. Normal unless "
            "given; exact for join counts")
        .choice<ExactNull>("--null", o.null,
                           {{"conditional", ExactNull::conditional}, {"total", ExactNull::total}},
                           "with --p exact and Gi*: whether the feature keeps its value while the others are "
                           "shuffled, or is shuffled too, as z has it")
        .choice<Tail>(
            "--tail", o.tail,
            {{"two-sided", Tail::two_sided}, {"greater", Tail::greater}, {"less", Tail::less}},
            "whether both high and low values count as unusual, or only one of them; greater for join counts")
        .flag("--mid-p", o.mid_p, "what is just as unusual counts half: less cautious with small counts")
        .integer("--permutations", o.permutations, 0, 10'000'000,
                 "conditional permutations behind the field p_sim; 0 for none")
        .integer("--seed", o.seed, 0, INT64_MAX, "of the random numbers; the same seed gives the same answer")
        .choice<FalseDiscovery>(
            "--fdr", o.fdr,
            {{"bh", FalseDiscovery::bh}, {"by", FalseDiscovery::by}, {"none", FalseDiscovery::none}},
            "control of the false discovery rate: Benjamini-Hochberg, Benjamini-Yekutieli "
            "(any dependence), or none")
        .text("--global", o.global,
              "CSV file for the statistics of the whole map: Moran's I, Geary's c, General G, join counts")
        .flag("--p-interval", o.p_interval, "fields with the 95 % Monte Carlo interval of p_sim")
        .flag("--stability", o.stability,
              "field with the share of bands, 25 % narrower and wider among them, that agree with the bin")
        .flag("--uncertain", o.uncertain,
              "redistribute incidents within their uncertainty of place and time, and say how often each "
              "feature stays hot or cold")
        .integer("--redistributions", o.redistributions, 1, 99'999, "how many times, with --uncertain")
        .flag("--optimise", o.optimise,
              "choose cells, band and correction from the data, and say why; what is given stays as given")
        .text("--curve", o.curve,
              "CSV file for Moran's I by distance, with a picture of it (.svg) beside; with --optimise")
        .flag("--arcgis-names", o.arcgis_names,
              "call the fields GiZScore, GiPValue, Gi_Bin and NNeighbors as ArcGIS does");
}

[[noreturn]] void contradict(const std::string& a, const std::string& b, const std::string& why)
{
    throw UsageError(fmt::format("{} does not go with {}: {}", a, b, why));
}

void check_features(const HotspotOptions& o)
{
    if (!o.extent.empty() &&
        (o.extent.size() != 4 || !(o.extent[0] < o.extent[2]) || !(o.extent[1] < o.extent[3]))) {
        throw UsageError("--extent: give xmin,ymin,xmax,ymax with xmin < xmax and ymin < ymax");
    }
    const bool gridded = o.cell_m || !o.extent.empty() || !o.mask.empty() || o.grid != HotspotGrid::fishnet;
    if (o.examines_polygons() && (gridded || !o.polygons.empty() || !o.by.empty())) {
        throw UsageError("--value examines polygons as they are; leave out --grid, --cell, --extent, --mask, "
                         "--polygons and --by");
    }
    if (o.examines_polygons() &&
        (!o.since.empty() || !o.until.empty() || o.drop_empty || !o.read.weight.empty() ||
         !o.read.time.empty() || !o.read.rejects.empty())) {
        contradict("--value", "--since, --until, --drop-empty, --weight, --time or --rejects",
                   "those are for incidents");
    }
    if (!o.polygons.empty() && gridded) {
        contradict("--polygons", "--grid, --cell, --extent or --mask", "the polygons are the cells");
    }
    const bool places = o.grid == HotspotGrid::points || o.grid == HotspotGrid::snap;
    if (places && o.cell_m) {
        throw UsageError("--cell goes with --grid fishnet or hexagon");
    }
    if (o.snap_m && o.grid != HotspotGrid::snap) {
        throw UsageError("--snap-distance goes with --grid snap");
    }
    if (!o.population.empty() && !o.examines_polygons() && o.polygons.empty()) {
        throw UsageError("--population is a field of polygons: give --polygons FILE, or --value FIELD");
    }
    if (!o.polygon_id.empty() && !o.examines_polygons() && o.polygons.empty()) {
        throw UsageError("--polygon-id is a field of polygons: give --polygons FILE, or --value FIELD");
    }
    if (o.rate != Rate::empirical_bayes && o.population.empty()) {
        throw UsageError("--rate needs --population");
    }
    if (o.uncertain && o.examines_polygons()) {
        contradict("--uncertain", "--value", "it moves incidents, and there are none");
    }
    if (o.uncertain && (places || o.geodesic)) {
        contradict("--uncertain", "--grid points, --grid snap or --geodesic",
                   "incidents are counted anew in cells or polygons on a plane");
    }
    if (o.uncertain && !o.getis_ord() && o.statistic != LocalStatistic::join_count) {
        contradict("--uncertain", "--statistic moran or geary",
                   "it counts how often a feature is hot or cold");
    }
    if (o.statistic == LocalStatistic::join_count && !o.population.empty()) {
        contradict("--population", "--statistic join_count", "a rate is not 0 or 1");
    }
    if (o.geodesic && !o.read.crs.empty()) {
        contradict("--geodesic", "--crs", "distances are not taken on a plane");
    }
}

void check_neighbours(const HotspotOptions& o)
{
    const auto is = [&](HotspotWeights kind) {
        return o.weights == kind;
    };
    if (o.band_m &&
        !(is(HotspotWeights::unset) || is(HotspotWeights::band) || is(HotspotWeights::inverse) ||
          is(HotspotWeights::kernel) || is(HotspotWeights::network) || is(HotspotWeights::space_time))) {
        throw UsageError("--band goes with --weights band, inverse, kernel, network or space-time");
    }
    if (o.k && !(is(HotspotWeights::unset) || is(HotspotWeights::knn) || is(HotspotWeights::kernel) ||
                 is(HotspotWeights::network))) {
        throw UsageError("--k goes with --weights knn, kernel or network");
    }
    if (o.k && o.band_m) {
        contradict("--k", "--band", "each says how far neighbours reach");
    }
    if (is(HotspotWeights::file) != !o.weights_file.empty()) {
        throw UsageError("--weights file and --weights-file FILE go together");
    }
    if (is(HotspotWeights::network) != !o.network.empty()) {
        throw UsageError("--weights network and --network FILE go together");
    }
    if (is(HotspotWeights::space_time) != o.time_band_days.has_value()) {
        throw UsageError("--weights space-time and --time-band DAYS go together");
    }
    const HotspotOptions unchanged;
    if (o.power != unchanged.power && !is(HotspotWeights::inverse)) {
        throw UsageError("--power goes with --weights inverse");
    }
    if (o.kernel != unchanged.kernel && !is(HotspotWeights::kernel)) {
        throw UsageError("--weight-kernel goes with --weights kernel");
    }
    if (o.redistributions != unchanged.redistributions && !o.uncertain) {
        throw UsageError("--redistributions goes with --uncertain");
    }
    if (!o.network_layer.empty() && o.network.empty()) {
        throw UsageError("--network-layer goes with --network");
    }
    if (is(HotspotWeights::space_time) && o.grid == HotspotGrid::snap) {
        contradict("--weights space-time", "--grid snap",
                   "each incident has a time of its own; use --grid points");
    }
    if ((is(HotspotWeights::space_time) || (is(HotspotWeights::network) && !o.k)) && !o.band_m) {
        throw UsageError("--weights space-time and network need --band (or for a network --k)");
    }
    if (o.tolerance > 0 && !is(HotspotWeights::unset) && !is(HotspotWeights::queen) &&
        !is(HotspotWeights::rook)) {
        throw UsageError("--tolerance goes with --weights queen and rook");
    }
    if (o.stability && o.k && *o.k < 2) {
        throw UsageError("--stability needs --k of 2 or more");
    }
    if (!o.write_weights.empty()) {
        const std::string ending = std::filesystem::path(o.write_weights).extension().string();
        if (ending != ".gal" && ending != ".gwt" && ending != ".csv") {
            throw UsageError("--write-weights: the name must end in .gal, .gwt or .csv");
        }
    }
    if (!o.weights_id.empty() && o.weights_file.empty()) {
        throw UsageError("--weights-id goes with --weights-file");
    }
}

void check_statistic(const HotspotOptions& o)
{
    if (o.p == PValue::permutation && o.permutations == 0) {
        contradict("--p permutation", "--permutations 0", "there is nothing to count");
    }
    if (o.p_interval && o.permutations == 0) {
        contradict("--p-interval", "--permutations 0", "it is that of the permutations");
    }
    if (o.p == PValue::exact && o.statistic == LocalStatistic::geary) {
        contradict("--p exact", "--statistic geary", "its exact distribution is not known; use permutation");
    }
    const bool weighted = o.weights == HotspotWeights::inverse || o.weights == HotspotWeights::kernel;
    if (o.p == PValue::exact && weighted) {
        contradict("--p exact", "--weights inverse or kernel",
                   "the exact distribution is that of neighbours that all count the same; use permutation");
    }
    if (o.p == PValue::permutation && weighted && o.statistic == LocalStatistic::geary) {
        contradict("--p permutation", "--statistic geary with --weights inverse or kernel",
                   "it permutes neighbours that all count the same");
    }
    if (o.mid_p && o.p_interval) {
        contradict("--mid-p", "--p-interval", "the interval counts ties in full");
    }
    if (o.p == PValue::normal && o.statistic == LocalStatistic::join_count) {
        contradict("--p normal", "--statistic join_count", "counts of few are not normal; use exact");
    }
    if (o.statistic == LocalStatistic::join_count && o.tail == Tail::less) {
        throw UsageError("--statistic join_count asks where there are more than by chance: --tail greater");
    }
    if (o.null == ExactNull::total && (o.p != PValue::exact || o.statistic != LocalStatistic::gi_star)) {
        throw UsageError("--null total goes with --p exact and --statistic gi_star");
    }
    if (o.arcgis_names && !o.getis_ord()) {
        throw UsageError("--arcgis-names are those of Gi* and Gi");
    }
    if (!o.curve.empty() && (!o.optimise || o.band_m || o.k || o.weights != HotspotWeights::unset)) {
        throw UsageError(
            "--curve belongs to --optimise without --band, --k or --weights: it shows how the band "
            "was chosen");
    }
    if (o.curve.ends_with(".svg")) {
        throw UsageError("--curve: name a .csv file; the picture is written beside it as .svg");
    }
    if (o.optimise && o.grid == HotspotGrid::points) {
        contradict("--optimise", "--grid points", "it aggregates incidents; use --grid snap");
    }
    if (o.geodesic && (o.optimise || o.grid == HotspotGrid::snap)) {
        contradict("--geodesic", "--optimise or --grid snap", "their choices are made on one plane");
    }
    if (o.optimise && !o.by.empty()) {
        contradict("--optimise", "--by", "the choices would differ from group to group");
    }
}

} // namespace

void add_hotspot_options(cli::Command& command, HotspotOptions& o)
{
    command
        .file("INPUT", o.input,
              "incidents: CSV, any point layer, or - for standard input; with --value polygons")
        .file("OUTPUT", o.output,
              "layer to write: .gpkg, .shp, .geojson, .geojsonl, .fgb, .csv, or - for GeoJSONSeq");
    add_feature_options(command, o);
    add_neighbour_options(command, o);
    add_statistic_options(command, o);
    add_read_options(command, o.read);
    add_write_options(command, o.write);
}

void settle(HotspotOptions& o)
{
    if (o.weights_id.empty() && !o.weights_file.empty()) {
        o.weights_id = o.polygon_id;
    }
    if (!o.weights_file.empty() && o.weights == HotspotWeights::unset) {
        o.weights = HotspotWeights::file;
    }
    if (!o.network.empty() && o.weights == HotspotWeights::unset) {
        o.weights = HotspotWeights::network;
    }
    if (o.time_band_days && o.weights == HotspotWeights::unset) {
        o.weights = HotspotWeights::space_time;
    }
    if (o.statistic == LocalStatistic::join_count && o.tail == Tail::two_sided) {
        o.tail = Tail::greater; // what a join count is asked for
    }
    check_features(o);
    check_neighbours(o);
    check_statistic(o);
}

std::string name_of(LocalStatistic statistic)
{
    switch (statistic) {
    case LocalStatistic::gi_star:
        return "Gi*";
    case LocalStatistic::gi:
        return "Gi";
    case LocalStatistic::moran:
        return "local Moran's I";
    case LocalStatistic::geary:
        return "local Geary's c";
    case LocalStatistic::join_count:
        break;
    }
    return "local join counts";
}

} // namespace vigil::tools
