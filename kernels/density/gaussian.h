#pragma once

#include "kernels/places.h"
#include "libgeo/grid.h"
#include "libgeo/plane.h"
#include "libgeo/progress.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace vigil {

/// Gaussian density of weighted places at the cell centres of a grid, at a cost that does not grow with
/// sigma.
///
///     f(c) = sum_i w_i exp(-|c - p_i|^2 / 2 sigma^2) / (2 pi sigma^2)
///
/// The Gaussian is a chain of narrower ones through the nodes of a lattice (GaussianSplit): the cells
/// themselves for sigma below about five cells, sigma / 3 apart beyond; below about 2.3 cells it is summed as
/// it stands.
class GaussianSurface {
  public:
    /// Cell centres are what left_x, top_y and cell_m say, not rounded to coordinates.
    ///
    /// places   in canonical order (merged_places); weights may be negative. Places off the grid count
    /// sigma_m  standard deviation along an axis, metres; > 0
    /// tol      in [1e-16, 0.01]: error allowed, as a share of the highest density in the plane of the places
    ///          with weights |w_i|
    /// throws   Error if sigma_m or tol is out of range or a number is not finite
    GaussianSurface(std::span<const Place> places, const Grid& grid, double sigma_m, double tol);
    ~GaussianSurface();
    GaussianSurface(const GaussianSurface&) = delete;
    GaussianSurface& operator=(const GaussianSurface&) = delete;
    GaussianSurface(GaussianSurface&&) noexcept;
    GaussianSurface& operator=(GaussianSurface&&) noexcept;

    /// Cells of rows [begin, end), weight per square metre, row after row. Overwrites. Uses all threads; a
    /// cell has the same bits whatever the rows asked and the number of threads.
    ///
    /// cost    O(places within reach + cells); a band is dearer by the cells within reach above and below
    /// memory  a band of (end - begin + 2 reach / cell) rows of 8-byte cells. The surface itself: 24 bytes a
    ///         place (48 while it is made), 150 a row and column, and up to 128 MB (256) for sigma above 5
    ///         cells
    void rows(std::int64_t begin, std::int64_t end, double* out) const;

    /// Proved: no cell is off by more than this share of the highest density of the |w_i|, plus rounding of
    /// about 1e-14 of it. At most tol.
    [[nodiscard]] double relative_bound() const;

    /// A place adds exactly 0 to cells farther than this along either axis.
    [[nodiscard]] double reach_m() const;

  private:
    class Ways;
    std::unique_ptr<const Ways> ways_;
};

/// Gaussian density of weighted places at any targets.
///
///     f(t) = sum_i w_i exp(-|t - p_i|^2 / 2 sigma^2) / (2 pi sigma^2)
///
/// sources  places in canonical order (merged_places); weights may be negative
/// targets  m places
/// sigma_m  standard deviation along an axis, metres; > 0
/// tol      in [1e-16, 0.01]: no value is off by more than this share of the highest density of sum |w_i| K
///          (proved), plus rounding of about 2e-16 (20 + extent / sigma) of it
/// returns  m densities, weight per square metre, the same bits for any number of threads and whatever the
///          order of the targets
/// throws   Error if sigma_m or tol is out of range or a number is not finite
std::vector<double> gaussian_at(std::span<const Place> sources, std::span<const XY> targets, double sigma_m,
                                double tol, const Progress& progress = {});

/// Where a Gaussian factor of one axis may be cut, in its own standard deviations, so that what all places
/// lose is at most `tail` times the highest density.
///
///     smallest R >= 2 with sqrt(e) R exp(-R^2 / 2) <= tail
///
/// Proof: for |u| > R tau and 0 < q < 1, K_tau(u) <= exp(-q R^2 / 2) (1 - q)^(-1/2) K_t(u), t^2 = tau^2 / (1
/// - q): the tail lies below a small multiple of a wider Gaussian. A density made with a wider kernel is an
/// average of the density made with the narrower one, so nowhere above its maximum. The multiple is least,
/// and equal to sqrt(e) R exp(-R^2 / 2), for 1 - q = 1 / R^2.
///
/// tail     in (0, 1); 1e-9 gives 6.8
double gaussian_axis_cut(double tail);

} // namespace vigil
