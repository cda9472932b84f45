#pragma once

#include "kernels/density.h"
#include "libgeo/io/raster_io.h"
#include "tools/density/options.h"

#include <string>

namespace vigil::tools {

/// What a surface's numbers are called and how they follow from weight per square metre.
struct Scale {
    std::string unit;            ///< "incidents per km2"
    std::string title;           ///< of the raster
    double factor = 1;           ///< from weight per square metre
    bool sum_of_kernels = false; ///< each kernel is 1 at its centre
    bool hide_zero = false;      ///< 0 becomes NoData, as another program has it
    std::string difference;      ///< one sentence on how that program differs, or empty
};

/// The scale of --unit or --match.
///
/// cell_m        edge of a cell; bandwidth_m of the kernel (for sums of kernels)
/// weight_sum    of all incidents of the surface (for probabilities)
Scale scale_of(const DensityToolOptions& o, double cell_m, double bandwidth_m, double weight_sum);

/// The kernel and bandwidth that --match means by its radius: SAGA's Gaussian has sigma = radius / 2.
double matched_bandwidth(const DensityToolOptions& o, double bandwidth_m);

void rescale(const Scale& scale, std::span<double> values);

} // namespace vigil::tools
