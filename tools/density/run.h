#pragma once

#include "kernels/density/window_mass.h"
#include "libgeo/features.h"
#include "libgeo/io/incidents_io.h"
#include "tools/cli/context.h"
#include "tools/density/options.h"
#include "tools/density/sample.h"
#include "tools/density/scale.h"

#include <optional>
#include <utility>
#include <vector>

namespace vigil::tools {

using Notes = std::vector<std::pair<std::string, std::string>>;

/// What every kind of density has at hand once the input is read.
struct DensityWork {
    const DensityToolOptions& o;
    const Incidents& incidents;
    const io::ReadReport& report;
    const cli::Context& context;
    std::vector<Sample> samples; ///< one for each band, or the groups of a comparison
    std::vector<double> bandwidths_m;
    std::optional<Geometries> mask;   ///< in the CRS of the incidents
    std::optional<WindowMass> window; ///< for --edge
    std::optional<Geometries> barriers;
};

/// Surfaces on a plane: one band for each sample and bandwidth.
void write_surfaces(const DensityWork& work);
/// --difference and --relative-risk.
void write_comparison(const DensityWork& work);
/// --slices.
void write_cube(const DensityWork& work);
/// --geodesic.
void write_globe(const DensityWork& work);

/// How the output is to be written, with provenance: kernel, bandwidth and how it was chosen, cell, unit.
io::WriteOptions write_options(const DensityWork& work, double cell_m, const std::string& unit);

/// Layers of --contours for one surface, in its unit: levels, and shares of the whole.
void write_contours(const DensityWork& work, const Raster<double>& raster, const Scale& scale);

/// Layer of --contours where p is at most .05 and .01.
void write_tolerance(const DensityWork& work, const Raster<double>& upper, const Raster<double>& lower);

} // namespace vigil::tools
