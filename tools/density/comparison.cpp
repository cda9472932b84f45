#include "kernels/density/difference.h"
#include "kernels/density/relative_risk.h"
#include "kernels/polygon_mask.h"
#include "libgeo/error.h"
#include "libgeo/io/raster_io.h"
#include "tools/density/place.h"
#include "tools/density/run.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vigil::tools {

namespace {

constexpr double m2_per_km2 = 1e6;

const Sample& sample_named(const DensityWork& work, const std::string& name)
{
    for (const Sample& sample : work.samples) {
        if (sample.name == name) {
            return sample;
        }
    }
    std::string known;
    for (std::size_t i = 0; i < std::min<std::size_t>(work.samples.size(), 8); ++i) {
        known += (i == 0 ? "" : ", ") + work.samples[i].name;
    }
    fail(ExitCode::input, "no incident is in group {}; there are {}{}", name, known,
         work.samples.size() > 8 ? ", ..." : "");
}

Group group_of(const Sample& sample)
{
    return {sample.xy, sample.weight};
}

std::size_t cells_at_most(const Raster<double>& p, double alpha)
{
    return static_cast<std::size_t>(
        std::count_if(p.values.begin(), p.values.end(), [alpha](double value) { return value <= alpha; }));
}

void hide(const DensityWork& work, std::initializer_list<Raster<double>*> rasters)
{
    if (!work.mask) {
        return;
    }
    for (Raster<double>* raster : rasters) {
        mask_cells(*work.mask, *raster);
    }
}

void write_difference(const DensityWork& work, const Sample& a, const Sample& b, const Grid& grid)
{
    DifferenceOptions options;
    options.density = work.o.density;
    options.simulations = static_cast<std::uint32_t>(work.o.simulations);
    options.seed = static_cast<std::uint64_t>(work.o.seed);
    options.density.bandwidth_m = work.bandwidths_m.front();
    DifferenceMap map = density_difference(group_of(a), group_of(b), grid, options, work.context.progress);
    for (double& value : map.difference.values) {
        value *= m2_per_km2;
    }
    Raster<double> p = two_sided(map.p);
    Raster<double> adjusted = false_discovery_rate(p);
    hide(work, {&map.difference, &p, &adjusted, &map.p.upper, &map.p.lower});
    work.context.tell(
        "{} of {} cells have p at most .05, {} after correction for the many tests; {} untested, "
        "with fewer than {:g} incidents in reach",
        cells_at_most(p, 0.05), p.values.size(), cells_at_most(adjusted, 0.05), map.untested_cells,
        options.least_count);
    io::WriteOptions write = write_options(work, grid.cell_m, "incidents per km2");
    write.provenance.notes.insert(write.provenance.notes.end(),
                                  {{"group_a", a.name},
                                   {"group_b", b.name},
                                   {"weight_a", fmt::format("{:.12g}", map.weight_a)},
                                   {"weight_b", fmt::format("{:.12g}", map.weight_b)},
                                   {"test", "each incident is A's or B's with equal probability; p = (K + 1) "
                                            "/ (R + 1), twice the smaller tail"},
                                   {"untested_cells", fmt::format("{}", map.untested_cells)}});
    const std::vector<io::RasterBand> bands{{.name = a.name + " - " + b.name, .unit = "incidents per km2"},
                                            {.name = "p", .unit = "probability"},
                                            {.name = "p adjusted", .unit = "probability"}};
    if (!work.o.contours.empty()) {
        write_tolerance(work, map.p.upper, map.p.lower);
    }
    const Raster<double> rasters[] = {std::move(map.difference), std::move(p), std::move(adjusted)};
    io::write_rasters(work.o.output, rasters, work.incidents.crs, bands,
                      "Difference of the kernel densities of incidents", "density_difference", write);
}

void write_risk(const DensityWork& work, const Sample& a, const Sample& b, const Grid& grid)
{
    RiskOptions options;
    options.density = work.o.density;
    options.simulations = static_cast<std::uint32_t>(work.o.simulations);
    options.seed = static_cast<std::uint64_t>(work.o.seed);
    options.density.bandwidth_m = work.bandwidths_m.front();
    options.test = RiskTest::asymptotic;
    RiskMap map = relative_risk(group_of(a), group_of(b), grid, options);
    options.test = RiskTest::monte_carlo;
    RiskMap simulated = relative_risk(group_of(a), group_of(b), grid, options, work.context.progress);
    Raster<double> asymptotic = two_sided(map.p);
    Raster<double> p = two_sided(simulated.p);
    hide(work, {&map.log_ratio, &asymptotic, &p, &simulated.p.upper, &simulated.p.lower});
    work.context.tell(
        "{} of {} cells have p at most .05 by relabelling, {} by formula; {} masked, with fewer than {:g} "
        "incidents in reach",
        cells_at_most(p, 0.05), p.values.size(), cells_at_most(asymptotic, 0.05), map.masked_cells,
        options.least_count);
    if (map.one_sided_cells > 0) {
        work.context.warn("in {} cells only one group is in reach; their ratio is not finite and left out",
                          map.one_sided_cells);
    }
    io::WriteOptions write = write_options(work, grid.cell_m, "log of a ratio");
    write.provenance.notes.insert(write.provenance.notes.end(),
                                  {{"group_a", a.name},
                                   {"group_b", b.name},
                                   {"weight_a", fmt::format("{:.12g}", map.weight)},
                                   {"weight_b", fmt::format("{:.12g}", map.other_weight)},
                                   {"masked_cells", fmt::format("{}", map.masked_cells)},
                                   {"one_sided_cells", fmt::format("{}", map.one_sided_cells)}});
    const std::vector<io::RasterBand> bands{
        {.name = "log " + a.name + " / " + b.name, .unit = "log of a ratio"},
        {.name = "p", .unit = "probability"},
        {.name = "p asymptotic", .unit = "probability"}};
    if (!work.o.contours.empty()) {
        write_tolerance(work, simulated.p.upper, simulated.p.lower);
    }
    const Raster<double> rasters[] = {std::move(map.log_ratio), std::move(p), std::move(asymptotic)};
    io::write_rasters(work.o.output, rasters, work.incidents.crs, bands,
                      "Log relative risk: ratio of two probability densities", "relative_risk", write);
}

} // namespace

void write_comparison(const DensityWork& work)
{
    const DensityToolOptions& o = work.o;
    const std::vector<std::string>& names = o.difference.empty() ? o.relative_risk : o.difference;
    const Sample& a = sample_named(work, names[0]);
    const Sample& b = sample_named(work, names[1]);
    std::vector<XY> places = a.xy;
    places.insert(places.end(), b.xy.begin(), b.xy.end());
    const double h = work.bandwidths_m.front();
    const Grid grid = planar_grid(o, places, h, work.mask, work.incidents.crs, work.context);
    warn_of_coarse_cells(h, grid.cell_m, work.context);
    if (work.mask) {
        require_cells_inside(o.mask, *work.mask, grid);
    }
    work.context.tell(
        "{} against {}: {} kernel, bandwidth {:.6g} m; grid of {} x {} cells of {:g} m in {}; {} "
        "relabellings, seed {}",
        names[0], names[1], name_of(o.density.shape), h, grid.rows, grid.cols, grid.cell_m,
        work.incidents.crs.label(), o.simulations, o.seed);
    if (o.difference.empty()) {
        write_risk(work, a, b, grid);
    } else {
        write_difference(work, a, b, grid);
    }
}

} // namespace vigil::tools
