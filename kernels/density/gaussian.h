#pragma once

#include "kernels/density/gaussian_lattice.h"
#include "kernels/places.h"
#include "libgeo/grid.h"
#include "libgeo/plane.h"
#include "libgeo/progress.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Gaussian kernel density on a grid, at a cost that hardly depends on sigma and with a proved error.
///
///     f(c) = sum_i w_i exp(-|c - p_i|^2 / (2 sigma^2)) / (2 pi sigma^2)      weight per square metre
///
/// Places are spread with a narrow Gaussian on a lattice, the lattice is smoothed by rows and columns, and
/// cells are read with a third Gaussian; variances add up to sigma^2 (see GaussianSplit). Below about 2.3
/// cells, places are spread on the cells directly.
///
/// memory   24 bytes a place; the lattice when its nodes are at most a quarter of the cells, else, while
/// rows()
///          runs, about one more buffer of the rows asked for and of 7.5 sigma on either side
/// cost     O(n + cells)
/// source   the theta function's transformation formula (Poisson summation) for the error of the split
class GaussianSurface {
  public:
    /// places  canonical (merged_places), metres, in and beyond the grid
    /// tol     error that is allowed, as a share of the highest density anywhere; 1e-15 to 0.1
    /// throws  Error if sigma_m or tol is out of range or the grid has no cell
    GaussianSurface(std::span<const Place> places, const Grid& grid, double sigma_m, double tol = 1e-9,
                    const Progress& progress = {});

    /// Rows [begin, end) of the density into `out`, (end - begin) x cols. The same bits however rows are cut
    /// and on any number of threads.
    void rows(std::int64_t begin, std::int64_t end, std::span<double> out,
              const Progress& progress = {}) const;

    /// No cell is off by more than this share of the highest density: cut, aliasing and rounding together. At
    /// most tol, unless rounding alone is more.
    [[nodiscard]] double relative_bound() const { return bound_; }

    /// A cell with no place within this distance is exactly 0; a place counts in a square of about this half
    /// diagonal, so beyond reach_m() / sqrt(2) a cell may be 0 or not.
    [[nodiscard]] double reach_m() const { return reach_m_; }

  private:
    /// At most 32 rows.
    void read_rows(std::int64_t begin, std::int64_t end, double* out) const;

    Grid grid_;
    GaussianSplit split_;
    GaussianLattice lattice_;
    bool kept_ = false; ///< smoothed_ holds the whole lattice
    std::vector<double> smoothed_;
    GaussianReader across_, down_;
    double bound_ = 0, reach_m_ = 0;
};

/// The same density at any places, without a grid.
///
/// sources  canonical (merged_places)
/// targets  m places, metres
/// tol      as above. Leaving a source out by subtracting its own w / (2 pi sigma^2) keeps this absolute
///          error, so what is left of a lone source is dust of at most tol times the highest density
/// returns  m densities, weight per square metre, within tol of the highest density (or within rounding)
/// cost     O(n + m + nodes) with 25 nodes to a square of sigma, or the pairs in reach, whichever is less
std::vector<double> gaussian_at(std::span<const Place> sources, std::span<const XY> targets, double sigma_m,
                                double tol = 1e-12, const Progress& progress = {});

} // namespace vigil
