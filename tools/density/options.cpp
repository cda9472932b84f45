#include "tools/density/options.h"

#include "libgeo/error.h"
#include "tools/shared_options.h"

namespace vigil::tools {

namespace {

void add_kernel_options(cli::Command& command, DensityToolOptions& o)
{
    command
        .choice<KernelShape>("--kernel", o.density.shape,
                             {{"quartic", KernelShape::quartic},
                              {"epanechnikov", KernelShape::epanechnikov},
                              {"triweight", KernelShape::triweight},
                              {"uniform", KernelShape::uniform},
                              {"triangular", KernelShape::triangular},
                              {"cosine", KernelShape::cosine},
                              {"gaussian", KernelShape::gaussian}},
                             "how an incident is spread around its place")
        .numbers(
            "--bandwidth", o.bandwidths_m, cli::positive, "m",
            "distance at which the kernel ends; for the Gaussian its sigma. Chosen by --rule unless given; "
            "several make one band each")
        .choice<BandwidthRule>("--rule", o.rule,
                               {{"arcgis", BandwidthRule::arcgis},
                                {"scott", BandwidthRule::scott},
                                {"normal-scale", BandwidthRule::normal_scale},
                                {"oversmoothing", BandwidthRule::oversmoothing},
                                {"berman-diggle", BandwidthRule::berman_diggle},
                                {"likelihood-cv", BandwidthRule::likelihood_cv},
                                {"least-squares-cv", BandwidthRule::least_squares_cv},
                                {"cronie-van-lieshout", BandwidthRule::cronie_van_lieshout}},
                               "how the bandwidth is chosen from the data unless --bandwidth is given")
        .text("--bandwidth-curve", o.bandwidth_curve,
              "CSV file for the criterion of a --rule that has one, with a picture of it (.svg) beside")
        .text("--radius-column", o.radius_column, "column with a bandwidth for each incident, metres")
        .flag("--adaptive", o.adaptive,
              "narrower kernels where incidents are dense (Abramson), --bandwidth their geometric mean")
        .text("--point-bandwidths", o.point_bandwidths, "CSV file for the bandwidth of each row")
        .flag("--ignore-uncertainty", o.ignore_uncertainty,
              "do not widen the kernel of a place known only to some metres")
        .number("--tol", o.density.tol, cli::Range{.min = 1e-15, .max = 0.01}, "",
                "Gaussian: error allowed, as a share of the highest density");
}

void add_place_options(cli::Command& command, DensityToolOptions& o)
{
    command
        .number("--cell", o.cell_m, cli::positive, "m",
                "a round number, at most a 250th of the shorter side and a quarter of the bandwidth",
                "cell size; the grid is snapped to multiples of it")
        .numbers(
            "--extent", o.extent, cli::Range{}, "m",
            "xmin,ymin,xmax,ymax to cover, in the working CRS; around the data (or the mask) unless given")
        .text("--snap-raster", o.snap_raster, "raster whose cells, CRS and extent to take over")
        .file("--mask", o.mask, "polygons outside which there is no data", false)
        .choice<EdgeRule>("--edge", o.edge,
                          {{"none", EdgeRule::none},
                           {"uniform", EdgeRule::uniform},
                           {"jones-diggle", EdgeRule::jones_diggle}},
                          "make up for what kernels lose beyond the --mask (or --extent)")
        .text("--barriers", o.barriers, "lines or polygons that a kernel goes around, not through")
        .flag("--geodesic", o.geodesic,
              "distances on the ellipsoid and a raster in degrees, for any extent, also across the "
              "antimeridian")
        .number("--cell-degrees", o.cell_deg, cli::Range{.min = 0, .max = 45, .min_open = true}, "degrees",
                "a round number, at most a quarter of the bandwidth", "cell size with --geodesic");
}

void add_group_options(cli::Command& command, DensityToolOptions& o)
{
    command.text("--by", o.by, "one band for each value of a column: category, stage, source or its name")
        .flag("--by-month", o.by_month, "one band for each month; intervals are shared out over their months")
        .text("--since", o.from, "only what happened at or after this date; intervals count with their share")
        .text("--until", o.until, "only what happened before this date")
        .pair("--difference", o.difference,
              "two groups of --by: the density of the first less that of the second, with p by relabelling")
        .pair("--relative-risk", o.relative_risk,
              "two groups of --by: log of the ratio of their probability densities, with p")
        .integer("--simulations", o.simulations, 19, 99'999,
                 "relabellings behind each p; resamples of --error")
        .integer("--seed", o.seed, 0, INT64_MAX, "of the random numbers; the same seed gives the same answer")
        .choice<StandardError>("--error", o.standard_error,
                               {{"none", StandardError::none},
                                {"poisson", StandardError::poisson},
                                {"bootstrap", StandardError::bootstrap}},
                               "a band with the standard error, by formula or by resampling")
        .integer("--slices", o.slices, 1, 10'000, "no cube",
                 "space-time cube: this many equal slices of the time covered, one band each")
        .number("--time-bandwidth", o.time_bandwidth_days, cli::positive, "days", "the length of a slice",
                "how far an incident reaches in time, with --slices")
        .choice<TimeShape>("--time-kernel", o.time_kernel,
                           {{"epanechnikov", TimeShape::epanechnikov},
                            {"quartic", TimeShape::quartic},
                            {"uniform", TimeShape::uniform},
                            {"triangular", TimeShape::triangular}},
                           "how an incident is spread in time, with --slices");
}

void add_result_options(cli::Command& command, DensityToolOptions& o)
{
    command
        .choice<DensityUnit>(
            "--unit", o.unit,
            {{"km2", DensityUnit::per_km2},
             {"cell", DensityUnit::per_cell},
             {"probability", DensityUnit::probability},
             {"raw", DensityUnit::raw},
             {"percent-volume", DensityUnit::percent_volume}},
            "incidents per km2, incidents per cell, probability per km2, sum of kernels that "
            "are 1 at their centre, or smallest share of all that a region with the cell holds")
        .choice<DensityMatch>("--match", o.match,
                              {{"none", DensityMatch::none},
                               {"qgis", DensityMatch::qgis},
                               {"arcgis", DensityMatch::arcgis},
                               {"saga", DensityMatch::saga}},
                              "scale as another program does, and say in what it differs")
        .text("--contours", o.contours, "GeoPackage (or other layer file) for polygons of equal density")
        .numbers("--levels", o.levels, cli::Range{}, "",
                 "densities to draw --contours at, in the unit of the raster")
        .numbers("--percent", o.percents, cli::Range{.min = 0, .max = 100, .min_open = true}, "%",
                 "shares of all incidents that --contours enclose; 50,75,95 unless levels are given")
        .flag("--tiles", o.tiles, "compute and write in strips: little memory, the same bytes");
}

[[noreturn]] void contradict(const std::string& a, const std::string& b, const std::string& why)
{
    throw UsageError(fmt::format("{} does not go with {}: {}", a, b, why));
}

void check_extent(const DensityToolOptions& o)
{
    if (o.extent.empty()) {
        return;
    }
    if (o.extent.size() != 4) {
        throw UsageError(fmt::format("--extent has {} numbers; give xmin,ymin,xmax,ymax", o.extent.size()));
    }
    if (!(o.extent[0] < o.extent[2] && o.extent[1] < o.extent[3])) {
        throw UsageError("--extent is empty; give xmin,ymin,xmax,ymax with xmin < xmax and ymin < ymax");
    }
}

void check_pair(const std::vector<std::string>& names, const char* option, const DensityToolOptions& o)
{
    if (names.empty()) {
        return;
    }
    if (!o.grouped()) {
        throw UsageError(fmt::format("{} needs --by COLUMN or --by-month, which make the groups", option));
    }
    if (names[0] == names[1]) {
        throw UsageError(fmt::format("{} compares a group with itself; give two", option));
    }
}

/// What one run can hold: a comparison, a cube, a globe, or surfaces.
void check_modes(const DensityToolOptions& o)
{
    const std::string comparison = o.difference.empty() ? "--relative-risk" : "--difference";
    if (!o.difference.empty() && !o.relative_risk.empty()) {
        contradict("--difference", "--relative-risk", "each is a raster of its own");
    }
    if (!o.by.empty() && o.by_month) {
        contradict("--by", "--by-month", "each makes its own groups");
    }
    if (o.cube() &&
        (o.grouped() || o.geodesic || o.adaptive || !o.radius_column.empty() || !o.barriers.empty())) {
        contradict("--slices", "--by, --geodesic, --adaptive, --radius-column or --barriers",
                   "a cube has one kernel and one group");
    }
    if (!o.cube() && o.time_bandwidth_days) {
        throw UsageError("--time-bandwidth belongs to --slices");
    }
    if (o.cube() && o.standard_error != StandardError::none) {
        contradict("--error", "--slices", "a cube has one value a cell");
    }
    if (o.geodesic && (!o.barriers.empty() || o.edge != EdgeRule::none || o.adaptive || o.compares() ||
                       !o.snap_raster.empty() || o.cell_m || o.standard_error != StandardError::none)) {
        contradict("--geodesic",
                   "--barriers, --edge, --adaptive, --error, --difference, --relative-risk, "
                   "--snap-raster or --cell",
                   "those work on a plane; cells are given by --cell-degrees");
    }
    if (!o.geodesic && o.cell_deg) {
        throw UsageError("--cell-degrees belongs to --geodesic; on the plane use --cell, in metres");
    }
    if (o.compares() && (o.unit != DensityUnit::per_km2 || o.match != DensityMatch::none ||
                         !o.barriers.empty() || o.standard_error != StandardError::none)) {
        contradict(comparison, "--unit, --match, --error or --barriers", "a comparison has its own unit");
    }
}

void check_bandwidths(const DensityToolOptions& o)
{
    if (o.bandwidths_m.size() > 1 && (o.compares() || o.cube() || o.adaptive || o.geodesic)) {
        throw UsageError("--bandwidth: several go only with plain surfaces; give one");
    }
    if (!o.radius_column.empty() && (o.adaptive || !o.bandwidths_m.empty())) {
        contradict("--radius-column", "--bandwidth or --adaptive", "the column says how wide each kernel is");
    }
    if (!o.point_bandwidths.empty() && (o.compares() || o.cube() || o.geodesic)) {
        contradict("--point-bandwidths", "--difference, --relative-risk, --slices or --geodesic",
                   "it tells of the kernels of a plain surface");
    }
    if (o.standard_error != StandardError::none && (o.adaptive || !o.radius_column.empty())) {
        contradict("--error", "--adaptive or --radius-column", "it is that of one bandwidth");
    }
    if (o.compares() && (o.adaptive || !o.radius_column.empty())) {
        throw UsageError("a comparison has one bandwidth; leave --adaptive and --radius-column out");
    }
}

void check_barriers(const DensityToolOptions& o)
{
    if (!o.barriers.empty() && (o.adaptive || !o.radius_column.empty() || o.edge != EdgeRule::none ||
                                o.standard_error != StandardError::none)) {
        contradict("--barriers", "--adaptive, --radius-column, --edge or --error",
                   "kernels that go around things have one bandwidth");
    }
}

void check_edge(const DensityToolOptions& o)
{
    if (o.edge == EdgeRule::none) {
        return;
    }
    if (o.mask.empty() && o.extent.empty()) {
        throw UsageError("--edge needs --mask or --extent: the area that incidents were recorded in");
    }
    if (o.compares() || o.cube()) {
        contradict("--edge", "--difference, --relative-risk or --slices", "those are not corrected");
    }
    if (o.edge == EdgeRule::uniform && (o.adaptive || !o.radius_column.empty())) {
        contradict("--edge uniform", "--adaptive or --radius-column",
                   "it divides by the mass of one kernel; use --edge jones-diggle");
    }
    if (o.standard_error != StandardError::none) {
        contradict("--edge", "--error", "the error is that of the uncorrected surface");
    }
}

void check_curve(const DensityToolOptions& o)
{
    if (o.bandwidth_curve.empty()) {
        return;
    }
    if (!o.bandwidths_m.empty() || !o.radius_column.empty()) {
        contradict("--bandwidth-curve", "--bandwidth or --radius-column",
                   "it shows how a bandwidth is chosen");
    }
    if (!criterion_of(o.rule)) {
        throw UsageError(
            fmt::format("--bandwidth-curve: the {} rule is a formula without a curve; give --rule "
                        "likelihood-cv, least-squares-cv, cronie-van-lieshout or berman-diggle",
                        name_of(o.rule)));
    }
}

void check_results(const DensityToolOptions& o)
{
    if (o.contours.empty() && !(o.levels.empty() && o.percents.empty())) {
        throw UsageError("--levels and --percent belong to --contours");
    }
    if (!o.contours.empty() && (o.cube() || o.bandwidths_m.size() > 1 || (o.grouped() && !o.compares()))) {
        throw UsageError("--contours: of one band only; leave --by, --slices and further bandwidths out");
    }
    if (!o.snap_raster.empty() && (o.cell_m || !o.extent.empty())) {
        contradict("--snap-raster", "--cell or --extent", "it says both");
    }
    if (o.tiles &&
        (o.compares() || o.cube() || o.unit == DensityUnit::percent_volume || !o.contours.empty() ||
         !o.barriers.empty() || o.standard_error != StandardError::none || o.geodesic)) {
        contradict("--tiles",
                   "--slices, --difference, --relative-risk, --unit percent-volume, --contours, --barriers, "
                   "--error or --geodesic",
                   "those need the whole raster");
    }
    if (o.match != DensityMatch::none && o.unit != DensityUnit::per_km2) {
        contradict("--match", "--unit", "it sets the unit");
    }
}

} // namespace

void add_density_options(cli::Command& command, DensityToolOptions& o)
{
    command.file("INPUT", o.input, "incidents: CSV, any point layer, or - for standard input")
        .file("OUTPUT", o.output, "GeoTIFF to write (with --slices also netCDF), or - for standard output");
    add_kernel_options(command, o);
    add_place_options(command, o);
    add_group_options(command, o);
    add_result_options(command, o);
    add_read_options(command, o.read);
    add_write_options(command, o.write);
}

void settle(DensityToolOptions& o)
{
    check_extent(o);
    check_pair(o.difference, "--difference", o);
    check_pair(o.relative_risk, "--relative-risk", o);
    check_modes(o);
    check_bandwidths(o);
    check_edge(o);
    check_barriers(o);
    check_curve(o);
    check_results(o);
    if (o.contours.empty() || !o.percents.empty() || !o.levels.empty()) {
        return;
    }
    o.percents = {50, 75, 95};
}

} // namespace vigil::tools
