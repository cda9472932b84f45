#include "kernels/density.h"

#include "kernels/bandwidth.h"
#include "kernels/polygon_mask.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/raster_io.h"
#include "tools/commands.h"
#include "tools/shared_options.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>

namespace vigil::tools {

namespace {

enum class DensityUnit { per_km2, per_cell, probability };

struct Options {
    std::string input, output, mask;
    DensityOptions density;
    std::optional<double> bandwidth_m, cell_m;
    BandwidthRule rule = BandwidthRule::arcgis;
    std::vector<double> extent;
    DensityUnit unit = DensityUnit::per_km2;
    io::ReadOptions read;
    io::WriteOptions write;
};

constexpr double gaussian_margin = 4; // sigmas shown around the data; less than 4e-4 of a kernel lies beyond

/// 1, 2 or 5 times a power of ten, at most `value`.
double nice_at_most(double value)
{
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {5.0, 2.0}) {
        if (step * power <= value * (1 + 1e-12)) {
            return step * power;
        }
    }
    return power;
}

double nice_at_least(double value)
{
    const double below = nice_at_most(value);
    if (below >= value * (1 - 1e-12)) {
        return below;
    }
    const double leading = below / std::pow(10, std::floor(std::log10(below * (1 + 1e-12))));
    return below * (leading > 1.5 && leading < 3 ? 2.5 : 2);
}

void choose_bandwidth(Options& o, const Incidents& incidents, const cli::Context& context)
{
    if (o.bandwidth_m) {
        o.density.bandwidth_m = *o.bandwidth_m;
        return;
    }
    const Spread spread = spread_of(incidents.xy, incidents.weight);
    o.density.bandwidth_m = rule_bandwidth(o.rule, o.density.shape, spread);
    context.warn("bandwidth {:.6g} m chosen by the {} rule (n = {:.6g}); --bandwidth sets another",
                 o.density.bandwidth_m, name_of(o.rule), spread.n);
}

/// The polygons of --mask in the CRS of the incidents; none when it is not given.
std::optional<Geometries> read_mask(const Options& o, const Crs& crs)
{
    if (o.mask.empty()) {
        return std::nullopt;
    }
    Features mask = io::read_features(o.mask, {.layer = {}, .crs = {}, .allow_vsi = o.read.allow_vsi});
    require(mask.geometry.kind == GeometryKind::polygon, "{}: holds no polygons; a mask needs them", o.mask);
    const std::size_t lost = io::transform(mask.geometry.xy, mask.crs, crs);
    require(lost == 0, "{}: {} vertices cannot be brought to {}", o.mask, lost, crs.label());
    return std::move(mask.geometry);
}

/// What the raster is to cover: --extent, else the mask, else the data and their kernels.
Box extent_of(const Options& o, const Incidents& incidents, const std::optional<Geometries>& mask)
{
    if (!o.extent.empty()) {
        return {o.extent[0], o.extent[1], o.extent[2], o.extent[3]};
    }
    if (mask) {
        return bounding_box(mask->xy);
    }
    const double margin = o.density.shape == KernelShape::gaussian ? gaussian_margin : 1;
    return bounding_box(incidents.xy).grown(margin * o.density.bandwidth_m);
}

void check_extent(const Options& o)
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

double default_cell(const Box& extent, double bandwidth_m)
{
    return nice_at_most(std::min(std::min(extent.width(), extent.height()) / 250, bandwidth_m / 4));
}

double bytes_for(const Box& extent, double cell_m, std::size_t incidents)
{
    const double rows = std::ceil(extent.height() / cell_m) + 1;
    const double cols = std::ceil(extent.width() / cell_m) + 1;
    const double mask = rows * cols;
    return density_bytes(incidents, rows, cols) + io::write_raster_bytes(rows, cols) + mask;
}

/// Refuses a grid that does not fit in memory, naming a cell size that does.
void require_room(const Box& extent, double cell_m, std::size_t incidents, const cli::Context& context)
{
    const auto limit = static_cast<double>(context.max_memory_bytes);
    double fitting = nice_at_least(cell_m);
    while (bytes_for(extent, fitting, incidents) > limit && fitting < 1e9) {
        fitting = nice_at_least(fitting * 1.01);
    }
    context.require_memory(bytes_for(extent, cell_m, incidents),
                           fmt::format("a grid of {:.4g} x {:.4g} cells", std::ceil(extent.height() / cell_m),
                                       std::ceil(extent.width() / cell_m)),
                           fitting < 1e9
                               ? fmt::format("use --cell {:g} or larger, or a smaller --extent", fitting)
                               : "allow more with --max-memory");
}

void warn_of_coarse_cells(double bandwidth_m, double cell_m, const cli::Context& context)
{
    const double cells = bandwidth_m / cell_m;
    if (cells < 0.5) {
        context.warn("bandwidth {:.6g} m is {:.3g} cells: incidents that fall between cell centres are lost; "
                     "use --cell {:g} or smaller",
                     bandwidth_m, cells, nice_at_most(bandwidth_m / 2));
    } else if (cells < 2) {
        context.warn("bandwidth {:.6g} m is {:.3g} cells: values depend on where cell centres fall; use "
                     "--cell {:g} or smaller",
                     bandwidth_m, cells, nice_at_most(bandwidth_m / 2));
    }
}

io::RasterDescription description_of(DensityUnit unit)
{
    switch (unit) {
    case DensityUnit::per_cell:
        return {"density", "incidents per cell", "Kernel density of incidents", "density"};
    case DensityUnit::probability:
        return {"density", "probability per km2", "Kernel probability density of incidents", "density"};
    case DensityUnit::per_km2:
        break;
    }
    return {"density", "incidents per km2", "Kernel density of incidents", "density"};
}

/// From incidents per square metre to the unit asked for.
double factor_of(DensityUnit unit, const DensityMap& map)
{
    constexpr double m2_per_km2 = 1e6;
    switch (unit) {
    case DensityUnit::per_cell:
        return map.raster.grid.cell_m * map.raster.grid.cell_m;
    case DensityUnit::probability:
        return m2_per_km2 / map.weight_sum;
    case DensityUnit::per_km2:
        break;
    }
    return m2_per_km2;
}

/// Sum of weights that the grid holds; what is missing lies beyond its edges.
double integral_of(const DensityMap& map)
{
    double sum = 0;
    for (std::int64_t row = 0; row < map.raster.grid.rows; ++row) {
        double of_row = 0;
        for (std::int64_t col = 0; col < map.raster.grid.cols; ++col) {
            of_row += map.raster.at(row, col);
        }
        sum += of_row;
    }
    return sum * map.raster.grid.cell_m * map.raster.grid.cell_m;
}

void apply_mask(const Options& o, const Geometries& polygons, Raster<double>& raster)
{
    const std::vector<std::uint8_t> inside = polygon_mask(polygons, raster.grid);
    require(std::find(inside.begin(), inside.end(), 1) != inside.end(),
            "{}: holds no cell centre of the grid; does it lie elsewhere?", o.mask);
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] == 0) {
            raster.values[i] = std::numeric_limits<double>::quiet_NaN();
        }
    }
}

/// The highest value, and where it is (of equal ones the first from the north-west) unless so few incidents
/// lie within the bandwidth that the place would be theirs.
void tell_peak(const Raster<double>& raster, const Incidents& incidents, double bandwidth_m,
               const std::string& unit, const cli::Context& context)
{
    constexpr std::ptrdiff_t fewest = 5;
    std::size_t best = raster.values.size();
    for (std::size_t i = 0; i < raster.values.size(); ++i) {
        if (!std::isnan(raster.values[i]) &&
            (best == raster.values.size() || raster.values[i] > raster.values[best])) {
            best = i;
        }
    }
    if (best == raster.values.size()) {
        return;
    }
    const auto cols = static_cast<std::size_t>(raster.grid.cols);
    const XY centre[] = {{raster.grid.centre_x(static_cast<std::int64_t>(best % cols)),
                          raster.grid.centre_y(static_cast<std::int64_t>(best / cols))}};
    const auto near = std::count_if(incidents.xy.begin(), incidents.xy.end(), [&](XY place) {
        return squared_distance_m2(place, centre[0]) <= bandwidth_m * bandwidth_m;
    });
    if (near < fewest) {
        context.tell("highest value {:.6g} {}; its place is withheld, fewer than {} incidents are near",
                     raster.values[best], unit, fewest);
        return;
    }
    const LonLat place = io::to_lonlat(centre, incidents.crs).front();
    context.tell("highest value {:.6g} {} in the cell at longitude {:.6f}, latitude {:.6f}",
                 raster.values[best], unit, place.lon_deg, place.lat_deg);
}

void add_notes(const Options& o, const DensityMap& map, double integral, Provenance& provenance)
{
    const auto note = [&provenance](const char* name, double value, int digits = 12) {
        provenance.notes.emplace_back(name, fmt::format("{:.{}g}", value, digits));
    };
    provenance.notes.emplace_back("kernel", name_of(o.density.shape));
    note("bandwidth_m", o.density.bandwidth_m);
    provenance.notes.emplace_back("bandwidth_rule", o.bandwidth_m ? "given" : name_of(o.rule));
    note("sigma_m", sigma_of(o.density.shape, o.density.bandwidth_m));
    note("reach_m", map.reach_m);
    note("cell_m", map.raster.grid.cell_m);
    provenance.notes.emplace_back("unit", description_of(o.unit).unit);
    note("weight_sum", map.weight_sum);
    note("weight_in_grid", integral);
    note("places", static_cast<double>(map.places));
    note("error_bound_of_maximum", map.error_bound, 3);
}

void run(Options o, const cli::Context& context)
{
    check_extent(o);
    o.read.overwrite = o.write.overwrite;
    const auto [incidents, report] = read_incidents(o.input, o.read, context);
    choose_bandwidth(o, incidents, context);
    const double h = o.density.bandwidth_m;
    const std::optional<Geometries> mask = read_mask(o, incidents.crs);
    const Box extent = extent_of(o, incidents, mask);
    const double cell_m = o.cell_m.value_or(default_cell(extent, h));
    require_room(extent, cell_m, incidents.size(), context);
    const Grid grid = grid_covering(extent, cell_m);
    warn_of_coarse_cells(h, cell_m, context);
    context.tell("{} kernel, bandwidth {:.6g} m, sigma {:.6g} m; grid of {} x {} cells of {:g} m in {}",
                 name_of(o.density.shape), h, sigma_of(o.density.shape, h), grid.rows, grid.cols, cell_m,
                 incidents.crs.label());

    const auto begun = std::chrono::steady_clock::now();
    DensityMap map = density(incidents.xy, incidents.weight, grid, o.density, context.progress);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    require(map.weight_sum > 0, "{}: all weights are 0, so there is no density", report.name);
    const double integral = integral_of(map);
    if (integral == 0) {
        context.warn("no incident is within {:.6g} m of a cell centre; all values are 0", map.reach_m);
    }
    context.tell("computed in {:.3f} s; error at most {:.2g} of the maximum", took.count(), map.error_bound);
    context.tell("the grid holds {:.6g} of a total weight of {:.6g} ({:.2f} %)", integral, map.weight_sum,
                 100 * integral / map.weight_sum);

    const double factor = factor_of(o.unit, map);
    for (double& value : map.raster.values) {
        value *= factor;
    }
    if (mask) {
        apply_mask(o, *mask, map.raster);
    }
    tell_peak(map.raster, incidents, map.reach_m, description_of(o.unit).unit, context);
    o.write.provenance = provenance_of(context, report, incidents.crs);
    add_notes(o, map, integral, o.write.provenance);
    io::write_raster(o.output, map.raster, incidents.crs, description_of(o.unit), o.write);
}

} // namespace

void add_density(CLI::App& root, std::deque<cli::Command>& commands)
{
    auto o = std::make_shared<Options>();
    cli::Command& command =
        commands.emplace_back(root, "density", "Kernel density of incidents, as a raster.");
    command.file("INPUT", o->input, "incidents: CSV, any point layer, or - for standard input")
        .file("OUTPUT", o->output, "GeoTIFF to write, or - for standard output")
        .choice<KernelShape>("--kernel", o->density.shape,
                             {{"quartic", KernelShape::quartic},
                              {"epanechnikov", KernelShape::epanechnikov},
                              {"triweight", KernelShape::triweight},
                              {"uniform", KernelShape::uniform},
                              {"triangular", KernelShape::triangular},
                              {"gaussian", KernelShape::gaussian}},
                             "how an incident is spread around its place")
        .number("--bandwidth", o->bandwidth_m, cli::positive, "m", "chosen by --rule",
                "distance at which the kernel ends; for the Gaussian its sigma")
        .choice<BandwidthRule>("--rule", o->rule,
                               {{"arcgis", BandwidthRule::arcgis},
                                {"scott", BandwidthRule::scott},
                                {"normal-scale", BandwidthRule::normal_scale}},
                               "how the bandwidth is chosen from the data unless --bandwidth is given")
        .number("--cell", o->cell_m, cli::positive, "m",
                "a round number, at most a 250th of the shorter side and a quarter of the bandwidth",
                "cell size; the grid is snapped to multiples of it")
        .numbers(
            "--extent", o->extent, cli::Range{}, "m",
            "xmin,ymin,xmax,ymax to cover, in the working CRS; around the data (or the mask) unless given")
        .choice<DensityUnit>("--unit", o->unit,
                             {{"km2", DensityUnit::per_km2},
                              {"cell", DensityUnit::per_cell},
                              {"probability", DensityUnit::probability}},
                             "incidents per km2, incidents per cell, or probability per km2")
        .file("--mask", o->mask, "polygons outside which there is no data", false)
        .number("--tol", o->density.tol, cli::Range{.min = 1e-15, .max = 0.1}, "",
                "Gaussian: error allowed, as a share of the highest density");
    add_read_options(command, o->read);
    add_write_options(command, o->write);
    command.run([o](const cli::Context& context) { run(*o, context); });
}

} // namespace vigil::tools
