#pragma once

#include "kernels/kernel_shape.h"
#include "libgeo/plane.h"
#include "libgeo/progress.h"
#include "libgeo/raster.h"

#include <cstddef>
#include <span>

namespace vigil {

struct DensityOptions {
    KernelShape shape = KernelShape::quartic;
    double bandwidth_m = 500; ///< distance at which the kernel ends (Gaussian: its sigma); > 0
    double tail = 1e-9;       ///< Gaussian: what the cut may lose, as a share of the highest density
};

/// A density surface and what is known of it.
struct DensityMap {
    Raster<double> raster;  ///< incidents per square metre; exactly 0 where no incident is in reach
    double reach_m = 0;     ///< distance at which an incident stops counting
    double weight_sum = 0;  ///< of all incidents, those out of reach of the grid too
    double error_bound = 0; ///< no cell is off by more than this share of the highest density (proved)
    std::size_t places = 0; ///< distinct places of weight > 0
};

/// Kernel density of weighted points, sampled at the centre of each cell.
///
///     f(c) = sum_i w_i K(|c - p_i|)         K: see KernelShape
///
/// Exact for every kernel but the Gaussian, which is cut where gaussian_cut(tail) allows. Points outside the
/// grid count as far as they reach. The result depends neither on the order of the points nor on the threads.
///
/// points   n places, metres, in the projected CRS of `grid`
/// weights  n values >= 0, or empty for all 1
/// throws   Error if bandwidth_m or tail is out of range, the sizes differ, or a value is not finite
/// cost     n places, r = 2 reach / cell rows touched by each. Quartic, Epanechnikov, triweight, uniform:
///          O(n r + cells); triangular, Gaussian: O(n r^2 + cells). Memory: see density_bytes
/// source   Silverman (1986), eq. 4.1 and 4.5; docs/methods/kernel_density.md for the row sweep
DensityMap density(std::span<const XY> points, std::span<const double> weights, const Grid& grid,
                   const DensityOptions& options = {}, const Progress& progress = {});

/// Memory that density() takes for n points on a grid, raster included, bytes.
double density_bytes(std::size_t n, double rows, double cols);

} // namespace vigil
