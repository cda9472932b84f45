#pragma once

#include "kernels/density/gaussian_split.h"
#include "kernels/places.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Values exp(-(k - f)^2 / (2 t^2)) at the nodes k = -n..n about the one nearest to a place, |f| <= 1/2, as
/// exp(-f^2 / 2 t^2) exp(f / t^2)^k exp(-k^2 / 2 t^2): two exponentials for all of them.
class GaussianFactors {
  public:
    GaussianFactors() = default;
    GaussianFactors(double width, int nodes);

    /// Into out[0, padded()): 2 n + 1 values and zeros.
    void at(double offset, double* out) const;
    [[nodiscard]] int nodes() const { return nodes_; }
    [[nodiscard]] int padded() const { return (2 * nodes_ + 4) / 4 * 4; }
    static constexpr int most = 256; ///< padded() is not more

  private:
    double width_ = 1;
    int nodes_ = 0;
    std::vector<double> table_;
};

/// Where the nodes of a lattice are: node (0, 0) and their number.
struct LatticeShape {
    double left_x = 0; ///< of column 0
    double top_y = 0;  ///< of row 0; rows go south
    std::int64_t rows = 0;
    std::int64_t cols = 0;
};

/// Places spread on a square lattice and smoothed, rows at a time.
class GaussianLattice {
  public:
    GaussianLattice(std::span<const Place> places, const LatticeShape& shape, const GaussianSplit& split);

    /// Rows [begin, end), smoothed, as (end - begin) x cols into out. Takes memory for those rows and
    /// smooth_nodes on either side. The same bits however rows are cut.
    void smoothed(std::int64_t begin, std::int64_t end, double* out) const;

    [[nodiscard]] const LatticeShape& shape() const { return shape_; }
    /// The most places that meet in one node, or more.
    [[nodiscard]] double most_places() const { return most_places_; }

  private:
    void spread(std::int64_t begin, std::int64_t end, double* to, std::int64_t stride) const;

    LatticeShape shape_;
    GaussianSplit split_;
    GaussianFactors factors_;
    double scale_ = 1;
    std::int64_t before_ = 0;   ///< rows and columns beyond the shape from where places count
    std::vector<Place> places_; ///< in spacings from node (0, 0), by row and then as they came
    std::vector<std::size_t> begin_;
    std::vector<double> taps_;
    double most_places_ = 0;
};

/// Which nodes an output row or column reads, and with which weights.
struct GaussianReader {
    std::vector<std::int64_t> first;
    std::vector<double> weights; ///< `taps` to each
    std::size_t taps = 0;
};

/// out[c] of n = sum_t taps[|t|] in[c + t step], |t| < taps.size(), for each of some lines of nodes.
void smooth_lines(const double* __restrict in, std::ptrdiff_t in_stride, std::ptrdiff_t step,
                  std::span<const double> taps, double* __restrict out, std::ptrdiff_t out_stride,
                  std::ptrdiff_t lines, std::ptrdiff_t n);

/// What rounding may add to the bound of a split: sums of positive terms, so relative errors add up.
///
/// places  the most that meet in one node
/// extent  of the lattice, in spacings: coordinates are off by three roundings of it
double gaussian_rounding(const GaussianSplit& split, double places, double extent);

} // namespace vigil
