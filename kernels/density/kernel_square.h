#pragma once

#include "kernels/density.h"
#include "kernels/kernel_shape.h"
#include "libgeo/grid.h"
#include "libgeo/plane.h"
#include "libgeo/progress.h"
#include "libgeo/raster.h"

#include <span>

namespace vigil {

/// The integral of a kernel's square over the plane, times h^2: what a kernel contributes to the variance.
///
///     R(K) = h^2 int K(d)^2 dA
///     uniform 1/pi   epanechnikov 4/(3 pi)   quartic 9/(5 pi)   triweight 16/(7 pi)   gaussian 1/(4 pi)
///     triangular 3/(2 pi); (1 - u^2)^m: (m + 1)^2 / ((2 m + 1) pi). Other shapes: by quadrature, to 1e-12
///
/// At a density of f incidents per m^2, f h^2 / R is the expected count in the kernel: what a uniform kernel
/// of the same int K^2, whose disc is h^2 / R m^2 large, would count. The estimate varies as such a count
/// does.
///
/// source   Wand & Jones (1995), Kernel Smoothing, 4.3; each value is checked by quadrature in the tests
double kernel_roughness(KernelShape shape);

/// A kernel's square at a squared distance, as a share of its square at the centre; exactly 0 where the
/// kernel is 0.
double square_share(KernelShape shape, double bandwidth_m, double dist_m2);

/// Distance beyond which a kernel's square is left out: its reach; of a Gaussian, gaussian_cut(1e-15) of the
/// square's own sigma, h / sqrt(2).
double square_reach_m(const DensityOptions& options);

/// The sum of squared contributions to a density, sampled at the centre of each cell.
///
///     v(c) = sum_i w_i^2 K(|c - p_i|)^2
///
/// Summed plainly, term by term, without cancellation: the relative error of a cell is below (n + 40) 2^-53,
/// and cells out of reach (square_reach_m) are exactly 0, which loses at most 1e-15 of the highest value. The
/// result depends neither on the order of the points nor on the threads.
///
/// points   n places, metres, in the projected CRS of `grid`
/// weights  n values >= 0, or empty for all 1
/// throws   Error if the sizes differ, or a coordinate or squared weight is not finite or negative
/// cost     O(n (2 reach / cell)^2 + cells) time, one raster and 48 bytes a point
Raster<double> sum_of_squares(std::span<const XY> points, std::span<const double> weights, const Grid& grid,
                              const DensityOptions& options, const Progress& progress = {});

} // namespace vigil
