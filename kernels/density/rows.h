#pragma once

#include "kernels/kernel_shape.h"
#include "libgeo/grid.h"
#include "libgeo/plane.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

/// What the ways of computing a density share; used by kernels/density/ only.
namespace vigil::density_detail {

/// An incident, or all at one place with one bandwidth: metres east and south of the grid's north-west
/// corner, so that a kernel of a few metres keeps its digits under coordinates of millions.
struct Spot {
    double x = 0;
    double y = 0;
    double weight = 0;
    double bandwidth_m = 0;
};

/// Incidents as they are given. bandwidths_m may be empty: all have `bandwidth_m`.
struct Given {
    std::span<const XY> points;
    std::span<const double> weights;
    std::span<const double> bandwidths_m;
    double bandwidth_m = 0;

    [[nodiscard]] double weight(std::size_t i) const { return weights.empty() ? 1 : weights[i]; }
    [[nodiscard]] double bandwidth(std::size_t i) const
    {
        return bandwidths_m.empty() ? bandwidth_m : bandwidths_m[i];
    }
};

/// Spots whose bandwidths lie in (least, most], in horizontal bands of the grid, in canonical order (x, y,
/// bandwidth, weight) within each; those at one place with one bandwidth are merged. What lies out of reach
/// of the grid is counted but not kept.
class Bands {
  public:
    /// reach   distance at which an incident stops counting, in bandwidths
    Bands(const Given& given, const Grid& grid, double least_m, double most_m, double reach);

    /// Multiplies the weight of each by what `factor` says of its bandwidth.
    void weigh(const std::function<double(double bandwidth_m)>& factor);
    /// Those that can reach a row centre between y0 and y1 (metres south of the top), band after band.
    [[nodiscard]] std::span<const Spot> near(double y0, double y1) const;
    [[nodiscard]] std::span<const Spot> all() const { return spots_; }
    [[nodiscard]] double widest_m() const { return widest_m_; }
    [[nodiscard]] double weight_sum() const { return weight_sum_; }
    [[nodiscard]] std::size_t places() const { return places_; }

  private:
    void place(const Given& given, const Grid& grid, double least_m, double most_m);
    void sort_and_merge();
    [[nodiscard]] std::size_t band_of(double y) const;

    double reach_m_, top_, height_m_;
    double widest_m_ = 0, weight_sum_ = 0;
    std::size_t bands_, places_ = 0;
    std::vector<Spot> spots_;
    std::vector<std::size_t> begin_; ///< bands_ + 1 positions in spots_
};

/// Columns of one row within reach of a place; empty when first > last.
struct Columns {
    std::int32_t first = 0;
    std::int32_t last = -1;
};

/// Decides for one grid and kernel which cells a place reaches: d < reach, or d <= reach when closed.
class Reach {
  public:
    Reach(const Grid& grid, bool with_border)
        : cell_m(grid.cell_m), per_cell(1 / grid.cell_m), cols(static_cast<std::int32_t>(grid.cols)),
          closed(with_border)
    {
    }

    double cell_m, per_cell;
    std::int32_t cols;
    bool closed;

    [[nodiscard]] double centre(std::int64_t index) const
    {
        return (static_cast<double>(index) + 0.5) * cell_m;
    }
    [[nodiscard]] bool inside(double dist_m2, double reach_m2) const
    {
        return closed ? dist_m2 <= reach_m2 : dist_m2 < reach_m2;
    }
    /// The columns whose centres `inside` accepts, for a place at x and dy2 = (row centre - place y)^2.
    [[nodiscard]] Columns columns(double x, double dy2, double reach_m2) const;
};

/// The factor that Bands::weigh takes for a way of computing: what remains is a polynomial (or a share) of 1.
double sweep_factor(KernelShape shape, int power, double bandwidth_m, double widest_m);

/// Rows [begin, end) of one group of spots, added to `out` (whose first row is `begin`).
struct RowsJob {
    const Bands& bands;
    Reach reach;
    KernelShape shape;
    double cut = 1;        ///< Gaussian: where it ends, in bandwidths
    bool negative = false; ///< weights may be below 0
    std::int64_t begin = 0, end = 0;
    double* out = nullptr;

    [[nodiscard]] double* row(std::int64_t r) const { return out + (r - begin) * reach.cols; }
};

/// Row sweep with running polynomial moments: (1 - u^2)^power, power 0..3. Gives a bound on the rounding.
double sweep_rows(const RowsJob& job, int power);
/// Straight sums over each place's window.
double sum_rows(const RowsJob& job);
/// Straight sums of a cut Gaussian.
double gaussian_rows(const RowsJob& job);

} // namespace vigil::density_detail
