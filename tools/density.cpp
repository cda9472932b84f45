#include "tools/density/bandwidth.h"
#include "tools/density/options.h"
#include "tools/density/place.h"
#include "tools/density/run.h"

#include "libgeo/error.h"
#include "tools/commands.h"
#include "tools/shared_options.h"

#include <memory>

namespace vigil::tools {

io::WriteOptions write_options(const DensityWork& work, double cell_m, const std::string& unit)
{
    const DensityToolOptions& o = work.o;
    io::WriteOptions write = o.write;
    write.provenance = provenance_of(work.context, work.report, work.incidents.crs);
    auto& notes = write.provenance.notes;
    notes.emplace_back("kernel", name_of(o.density.shape));
    std::string bandwidths, sigmas;
    for (const double h : work.bandwidths_m) {
        bandwidths += fmt::format("{}{:.12g}", bandwidths.empty() ? "" : ",", h);
        sigmas += fmt::format("{}{:.12g}", sigmas.empty() ? "" : ",", sigma_of(o.density.shape, h));
    }
    notes.emplace_back("bandwidth_m", bandwidths);
    const bool given = !o.bandwidths_m.empty() || !o.radius_column.empty();
    notes.emplace_back("bandwidth_rule", given ? "given" : name_of(o.rule));
    notes.emplace_back("sigma_m", sigmas);
    if (cell_m > 0) {
        notes.emplace_back(o.geodesic ? "cell_degrees" : "cell_m", fmt::format("{:.12g}", cell_m));
        notes.emplace_back("unit", unit);
    }
    if (o.edge != EdgeRule::none) {
        notes.emplace_back("edge", o.edge == EdgeRule::uniform ? "uniform" : "jones-diggle");
    }
    if (o.adaptive) {
        notes.emplace_back("adaptive", "Abramson, trimmed at 5 bandwidths");
    }
    if (o.compares() || o.standard_error == StandardError::bootstrap) {
        write.provenance.seed = static_cast<std::uint64_t>(o.seed);
        notes.emplace_back("simulations", fmt::format("{}", o.simulations));
    }
    return write;
}

namespace {

/// Bandwidths are metres; one below a metre for places known in degrees was most likely meant as degrees.
void refuse_degrees(const DensityToolOptions& o, const io::ReadReport& report)
{
    for (const double h : o.bandwidths_m) {
        require(
            h >= 1 || !report.crs_in.geographic,
            "--bandwidth {}: bandwidths are metres, and this one is less than a metre for places in degrees; "
            "one degree of latitude is 111195 m",
            h);
    }
}

void run(DensityToolOptions o, const cli::Context& context)
{
    settle(o);
    o.read.overwrite = o.write.overwrite;
    o.read.negative_weights = !o.compares() && !o.cube() && !o.geodesic &&
                              o.unit != DensityUnit::percent_volume && o.contours.empty() &&
                              o.standard_error == StandardError::none;
    o.read.degrees = o.geodesic;
    o.read.attributes = columns_needed(o);
    const auto [incidents, report] = read_incidents(o.input, o.read, context);
    refuse_degrees(o, report);
    tell_negative_weights(incidents, context);
    DensityWork work{.o = o,
                     .incidents = incidents,
                     .report = report,
                     .context = context,
                     .samples = {},
                     .bandwidths_m = {},
                     .mask = {},
                     .window = {},
                     .barriers = {}};
    work.samples = samples_of(o, incidents, context);
    work.mask = read_shapes(o.mask, {GeometryKind::polygon}, "polygons; a mask needs them", incidents.crs, o);
    work.barriers = read_shapes(o.barriers, {GeometryKind::line, GeometryKind::polygon},
                                "lines or polygons; barriers need them", incidents.crs, o);
    if (o.edge != EdgeRule::none) {
        work.window.emplace(work.mask ? *work.mask
                                      : window_of(Box{o.extent[0], o.extent[1], o.extent[2], o.extent[3]}),
                            o.density.shape);
    }
    work.bandwidths_m = choose_bandwidths(o, pooled(work.samples), work.mask, context);
    if (o.cube()) {
        write_cube(work);
    } else if (o.compares()) {
        write_comparison(work);
    } else if (o.geodesic) {
        write_globe(work);
    } else {
        write_surfaces(work);
    }
}

} // namespace

void add_density(CLI::App& root, std::deque<cli::Command>& commands)
{
    auto o = std::make_shared<DensityToolOptions>();
    cli::Command& command =
        commands.emplace_back(root, "density", "Kernel density of incidents, as a raster.");
    add_density_options(command, *o);
    command.run([o](const cli::Context& context) { run(*o, context); });
}

} // namespace vigil::tools
