#include "kernels/density.h"

#include "kernels/density_rows.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>

namespace vigil {

namespace {

using namespace density_detail;

/// Below this many cells of bandwidth a window is so short that summing it is as fast, and more exact.
constexpr double least_sweep_cells = 4;

/// The power of (1 - u^2), or -1 for kernels of another form.
int power_of(KernelShape shape)
{
    switch (shape) {
    case KernelShape::uniform:
        return 0;
    case KernelShape::epanechnikov:
        return 1;
    case KernelShape::quartic:
        return 2;
    case KernelShape::triweight:
        return 3;
    default:
        return -1;
    }
}

double compute(const Work& work)
{
    const int power = power_of(work.options.shape);
    if (work.options.shape == KernelShape::gaussian) {
        return sum_gaussian(work);
    }
    if (power < 0 || work.options.bandwidth_m < least_sweep_cells * work.reach.cell_m) {
        return sum_windows(work);
    }
    return sweep(work, power);
}

} // namespace

DensityMap density(std::span<const XY> points, std::span<const double> weights, const Grid& grid,
                   const DensityOptions& options, const Progress& progress)
{
    const double h = options.bandwidth_m;
    require(std::isfinite(h) && h > 0, "bandwidth {} m is not a positive number", h);
    require(options.tail > 0 && options.tail < 1, "tail {} is not between 0 and 1", options.tail);
    require(grid.rows > 0 && grid.cols > 0 && grid.cell_m > 0, "the grid has no cells");

    const std::vector<Place> places = merged_places(points, weights);
    const bool gaussian = options.shape == KernelShape::gaussian;
    DensityMap map;
    map.raster = Raster<double>(grid);
    map.reach_m = gaussian ? h * gaussian_cut(options.tail) : h;
    map.weight_sum = total_weight(places);
    map.places = places.size();
    require(std::isfinite(map.weight_sum), "the weights are too large to be added");

    const Bands bands(places, grid, map.reach_m);
    const Reach reach(grid, map.reach_m, options.shape == KernelShape::uniform);
    const double bound = compute({bands, reach, options, progress, map.raster});

    const double peak = kernel_peak(options.shape, h);
    double highest = 0;
    for (double& value : map.raster.values) {
        highest = std::max(highest, value);
        value *= peak;
    }
    map.error_bound = (highest > 0 ? bound / highest : 0) + (gaussian ? options.tail : 0);
    return map;
}

double density_bytes(std::size_t n, double rows, double cols)
{
    const double per_cell = sizeof(double);
    const double per_place = 2 * sizeof(Place) + 16;
    const double per_column = 80.0 * 64; // sweep buffers of up to 64 threads
    return rows * cols * per_cell + static_cast<double>(n) * per_place + cols * per_column;
}

} // namespace vigil
