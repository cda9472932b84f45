#pragma once

#include "kernels/kernel_shape.h"
#include "libgeo/plane.h"
#include "libgeo/progress.h"
#include "libgeo/raster.h"

#include <cstddef>
#include <memory>
#include <span>

namespace vigil {

struct DensityOptions {
    KernelShape shape = KernelShape::quartic;
    double bandwidth_m = 500; ///< distance at which the kernel ends (Gaussian: its sigma); > 0
    double tol = 1e-9;        ///< Gaussian: error allowed, as a share of the highest density
    /// Weights may be below 0; the error is then a share of the highest |density|.
    bool allow_negative = false;
};

/// A density surface and what is known of it.
struct DensityMap {
    Raster<double> raster;  ///< incidents per square metre; exactly 0 where no incident is in reach
    double reach_m = 0;     ///< distance at which an incident stops counting (the widest one)
    double weight_sum = 0;  ///< of all incidents, those out of reach of the grid too
    double error_bound = 0; ///< no cell is off by more than this share of the highest density (proved)
    std::size_t places = 0; ///< distinct places (and bandwidths) of weight other than 0
};

/// Kernel density of weighted points, sampled at the centre of each cell, row by row.
///
///     f(c) = sum_i w_i K(|c - p_i|, h_i)         K: see KernelShape
///
/// Exact for every kernel but the Gaussian, which keeps to `tol`. Points outside the grid count as far as
/// they reach. The result depends neither on the order of the points nor on the threads, nor on how rows are
/// cut.
///
/// source   Silverman (1986), eq. 4.1 and 4.5; docs/methods/density.md for the row sweep
class DensitySurface {
  public:
    /// points        n places, metres, in the projected CRS of `grid`
    /// weights       n values >= 0 (any with allow_negative), or empty for all 1
    /// bandwidths_m  n values > 0, or empty for options.bandwidth_m
    /// throws        Error if a bandwidth or tol (1e-16 to 0.01 for a Gaussian) is out of range, the sizes
    ///               differ, or a value is not finite
    /// cost          O(n log n); memory 24 bytes for each point, 32 where bandwidths differ
    DensitySurface(std::span<const XY> points, std::span<const double> weights,
                   std::span<const double> bandwidths_m, const Grid& grid, const DensityOptions& options);
    DensitySurface(DensitySurface&&) noexcept;
    DensitySurface& operator=(DensitySurface&&) noexcept;
    ~DensitySurface();

    /// Rows [begin, end), overwriting (end - begin) x cols values, incidents per square metre. All threads.
    ///
    /// returns  how far a value may be off by rounding (the Gaussian's tol not counted), in the same unit
    /// cost     n places, r = 2 reach / cell rows touched by each. Quartic, Epanechnikov, triweight, uniform:
    ///          O(n r + cells); triangular, cosine: O(n r^2 + cells); Gaussian: O(n + cells), but
    ///          O(n r^2 + cells) when bandwidths differ or a weight is negative
    double rows(std::int64_t begin, std::int64_t end, double* out, const Progress& progress = {}) const;

    [[nodiscard]] double reach_m() const;
    [[nodiscard]] double weight_sum() const;
    [[nodiscard]] std::size_t places() const;
    /// What the Gaussian's method may lose, as a share of the highest density; 0 for the other kernels.
    [[nodiscard]] double relative_bound() const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// The whole raster of a DensitySurface.
DensityMap density(std::span<const XY> points, std::span<const double> weights,
                   std::span<const double> bandwidths_m, const Grid& grid, const DensityOptions& options,
                   const Progress& progress = {});

/// The same with one bandwidth for all.
DensityMap density(std::span<const XY> points, std::span<const double> weights, const Grid& grid,
                   const DensityOptions& options = {}, const Progress& progress = {});

/// Memory that density() takes for n points on a grid, raster included, bytes.
double density_bytes(std::size_t n, double rows, double cols);

} // namespace vigil
