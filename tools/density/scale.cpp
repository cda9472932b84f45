#include "tools/density/scale.h"

#include <limits>

namespace vigil::tools {

namespace {

constexpr double m2_per_km2 = 1e6;

Scale unit_scale(DensityUnit unit, KernelShape shape, double cell_m, double bandwidth_m, double weight_sum)
{
    Scale scale;
    scale.unit = "incidents per km2";
    scale.title = "Kernel density of incidents";
    scale.factor = m2_per_km2;
    switch (unit) {
    case DensityUnit::per_cell:
        scale.unit = "incidents per cell";
        scale.factor = cell_m * cell_m;
        break;
    case DensityUnit::probability:
        scale.unit = "probability per km2";
        scale.title = "Kernel probability density of incidents";
        scale.factor = m2_per_km2 / weight_sum;
        break;
    case DensityUnit::raw:
        scale.unit = "sum of kernels";
        scale.title = "Sum of kernels of incidents";
        scale.factor = 1 / kernel_peak(shape, bandwidth_m);
        scale.sum_of_kernels = true;
        break;
    case DensityUnit::percent_volume:
        scale.unit = "% of incidents";
        scale.title = "Percent volume of the kernel density of incidents";
        break;
    case DensityUnit::per_km2:
        break;
    }
    return scale;
}

} // namespace

Scale scale_of(const DensityToolOptions& o, double cell_m, double bandwidth_m, double weight_sum)
{
    const KernelShape shape = o.density.shape;
    const auto scale = [&](DensityUnit unit) {
        return unit_scale(unit, shape, cell_m, bandwidth_m, weight_sum);
    };
    switch (o.match) {
    case DensityMatch::qgis: {
        Scale matched = scale(DensityUnit::raw);
        matched.hide_zero = true;
        matched.difference =
            "QGIS (to 3.40 at least) draws each kernel up to a cell off, mirrored north to south, and "
            "in 32 bits; its \"scaled\" quartic is 7.25 times too large";
        return matched;
    }
    case DensityMatch::arcgis: {
        Scale matched = scale(DensityUnit::per_km2);
        matched.hide_zero = true;
        matched.difference =
            "ArcGIS has the quartic kernel only, and its planar densities on degrees are not "
            "reproduced";
        return matched;
    }
    case DensityMatch::saga: {
        Scale matched = scale(shape == KernelShape::gaussian ? DensityUnit::raw : DensityUnit::per_cell);
        matched.hide_zero = true;
        matched.difference =
            shape == KernelShape::gaussian
                ? "SAGA cuts its Gaussian at the radius, 2 sigma, where a seventh of the peak is "
                  "left, and does not divide by the kernel's volume"
                : "SAGA gives incidents per cell, whatever the size of the cell";
        return matched;
    }
    case DensityMatch::none:
        break;
    }
    return scale(o.unit);
}

double matched_bandwidth(const DensityToolOptions& o, double bandwidth_m)
{
    const bool radius = o.match == DensityMatch::saga && o.density.shape == KernelShape::gaussian;
    return radius ? bandwidth_m / 2 : bandwidth_m;
}

void rescale(const Scale& scale, std::span<double> values)
{
    for (double& value : values) {
        value =
            scale.hide_zero && value == 0 ? std::numeric_limits<double>::quiet_NaN() : value * scale.factor;
    }
}

} // namespace vigil::tools
