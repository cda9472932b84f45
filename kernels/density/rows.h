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

/// Some spots, column by column, so that many are measured at once. Without h all have one bandwidth.
struct SpotColumns {
    const double* x = nullptr;
    const double* y = nullptr;
    const double* weight = nullptr;
    const double* h = nullptr;
    double common_h = 0;
    std::size_t size = 0;

    [[nodiscard]] double bandwidth_m(std::size_t i) const { return h != nullptr ? h[i] : common_h; }
    [[nodiscard]] Spot at(std::size_t i) const { return {x[i], y[i], weight[i], bandwidth_m(i)}; }
    [[nodiscard]] SpotColumns part(std::size_t begin, std::size_t n) const
    {
        return {x + begin, y + begin, weight + begin, h != nullptr ? h + begin : nullptr, common_h, n};
    }
};

/// Spots whose bandwidths lie in (least, most], in horizontal bands of the grid, in canonical order (x, y,
/// bandwidth, weight) within each; those at one place with one bandwidth are merged. What lies out of reach
/// of the grid is counted but not kept. Memory: 24 bytes for each, 32 when bandwidths differ.
class Bands {
  public:
    /// reach   distance at which an incident stops counting, in bandwidths
    Bands(const Given& given, const Grid& grid, double least_m, double most_m, double reach);

    /// Multiplies the weight of each by what `factor` says of its bandwidth.
    void weigh(const std::function<double(double bandwidth_m)>& factor);
    /// Those that can reach a row centre between y0 and y1 (metres south of the top), band after band.
    [[nodiscard]] SpotColumns near(double y0, double y1) const;
    /// Calls body(spots) for the part of each band that can reach a row centre at y and a column at x.
    template <typename Body>
    void each_near(double x, double y, const Body& body) const
    {
        const auto [from, to] = bands_near(y, y);
        const double reach = reach_m_ * (1 + 1e-9);
        for (std::size_t band = from; band < to; ++band) {
            const double* const begin = x_.data() + begin_[band];
            const double* const end = x_.data() + begin_[band + 1];
            const double* const first = std::lower_bound(begin, end, x - reach);
            const double* const last = std::upper_bound(first, end, x + reach);
            body(all().part(static_cast<std::size_t>(first - x_.data()),
                            static_cast<std::size_t>(last - first)));
        }
    }
    [[nodiscard]] SpotColumns all() const
    {
        return {x_.data(), y_.data(), weight_.data(), h_.empty() ? nullptr : h_.data(), widest_m_, x_.size()};
    }
    [[nodiscard]] double widest_m() const { return widest_m_; }
    [[nodiscard]] double weight_sum() const { return weight_sum_; }
    [[nodiscard]] std::size_t places() const { return places_; }
    /// What moving the origin to the grid's corner has changed in any coordinate; mostly nothing.
    [[nodiscard]] double shift_error_m() const { return shift_error_m_; }

  private:
    struct Range {
        std::size_t from = 0;
        std::size_t to = 0;
    };
    void place(const Given& given, const Grid& grid, double least_m, double most_m);
    void sort_and_merge();
    /// Sorts and merges one band; gives how many spots are left.
    std::size_t merge_band(std::size_t band);
    [[nodiscard]] std::size_t band_of(double y) const;
    [[nodiscard]] Range bands_near(double y0, double y1) const;

    double reach_m_, top_, height_m_;
    double widest_m_ = 0, weight_sum_ = 0, shift_error_m_ = 0;
    std::size_t bands_, places_ = 0;
    std::vector<double> x_, y_, weight_, h_;
    std::vector<std::size_t> begin_; ///< bands_ + 1 positions
};

/// Columns of one row within reach of a place; empty when first > last.
struct Columns {
    std::int32_t first = 0;
    std::int32_t last = -1;
};

/// Decides for one grid and kernel which cells a place reaches: d < reach, or d <= reach when closed.
class Reach {
  public:
    Reach(const Grid& grid, bool with_border);

    double cell_m, per_cell;
    double centre_error_m = 0; ///< how far a row's or column's centre may be rounded; 0 for most cell sizes
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
