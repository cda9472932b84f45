#pragma once

#include "kernels/density.h"
#include "libgeo/grid.h"
#include "libgeo/plane.h"
#include "libgeo/progress.h"
#include "libgeo/raster.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace vigil {

/// How incidents are drawn again.
enum class Resampling {
    poisson, ///< each incident a Poisson(1) number of times: their number varies too, as counts of events do
    multinomial ///< n times one of the n incidents, with replacement: their number is given
};

/// Standard error of the density of weighted points by the bootstrap, in closed form: what infinitely many
/// resamples would give.
///
///     poisson       se(c)^2 = sum_i w_i^2 K(d_i)^2
///     multinomial   se(c)^2 = sum_i w_i^2 K(d_i)^2 - f(c)^2 / n
///
/// since a resample is sum_i N_i w_i K(d_i) with Var N_i = 1, Cov = 0, or Var N_i = 1 - 1/n, Cov = -1/n. n
/// counts rows of weight > 0. It is the error of sampling around the smoothed surface; how far smoothing
/// itself moves the surface (its bias) is not in it. A rate or a probability is a multiple of f, and its
/// error the same multiple.
///
/// Poisson: summed plainly, without cancellation, so that every cell has its digits (see sum_of_squares).
/// Multinomial: the difference of two terms; where less than 1e-12 of the first is left it is 0.
///
/// points   n places, metres, in the projected CRS of `grid`
/// weights  n values >= 0, or empty for all 1
/// returns  incidents per square metre; exactly 0 where no incident is in reach
/// throws   Error as density()
/// cost     O(n (2 reach / cell)^2 + cells) time; memory: standard_error_bytes
/// source   Efron & Tibshirani (1993), An Introduction to the Bootstrap, 6.2; Hanley & MacGibbon (2006),
///          Computer Methods and Programs in Biomedicine 83, 57-62 (Poisson)
Raster<double> standard_error(std::span<const XY> points, std::span<const double> weights, const Grid& grid,
                              const DensityOptions& options = {}, Resampling resampling = Resampling::poisson,
                              const Progress& progress = {});

/// Memory that standard_error() takes for n incidents, result included, bytes.
double standard_error_bytes(std::size_t n, double rows, double cols);

struct BootstrapOptions {
    DensityOptions density;
    Resampling resampling = Resampling::poisson;
    std::uint32_t resamples = 199; ///< 2 to 100000
    std::uint64_t seed = 1;
    double confidence = 0.95;             ///< of the percentile band; in (0, 1)
    std::size_t work_bytes = 256U << 20U; ///< most memory for resampled values; the grid is done in strips
};

/// What resampling gives, cell by cell, incidents per square metre.
struct BootstrapMap {
    Raster<double> standard_error; ///< standard deviation of the resamples (divisor B - 1)
    Raster<double> low;            ///< percentile (1 - confidence) / 2
    Raster<double> high;           ///< percentile (1 + confidence) / 2
};

/// The bootstrap by drawing: for the percentile band, and to check standard_error().
///
/// Percentile q of B sorted values is the (B + 1) q-th, between two by interpolation, cut to the 1st and last
/// (Hyndman & Fan's type 6). Points and weights as in standard_error(). The result does not depend on the
/// order of the rows, on the threads or (but for rounding) on work_bytes.
///
/// throws   Error if resamples or confidence is out of range, or as density()
/// cost     B densities; memory: bootstrap_bytes
/// source   Efron & Tibshirani (1993), 13.3
BootstrapMap bootstrap(std::span<const XY> points, std::span<const double> weights, const Grid& grid,
                       const BootstrapOptions& options, const Progress& progress = {});

/// Memory that bootstrap() takes for n incidents, result included, bytes.
double bootstrap_bytes(std::size_t n, double rows, double cols, const BootstrapOptions& options);

} // namespace vigil
