#pragma once

#include "kernels/density.h"
#include "kernels/places.h"
#include "libgeo/grid.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

/// What the ways of computing a density share; used by kernels/density*.cpp only.
namespace vigil::density_detail {

/// Places within reach of a grid, in metres east and south of its north-west corner (so that a kernel of a
/// few metres keeps its digits under coordinates of millions), in horizontal bands, by x within each.
class Bands {
  public:
    Bands(std::span<const Place> places, const Grid& grid, double reach_m);

    /// Those that can reach a row centre between y0 and y1 (metres south of the top), in canonical order.
    [[nodiscard]] std::span<const Place> near(double y0, double y1) const;

  private:
    [[nodiscard]] std::int64_t band_of(double y) const;

    double reach_m_, top_ = 0, height_m_ = 1;
    std::vector<Place> places_;
    std::vector<std::size_t> begin_;
};

/// Columns of one row within reach of a place; empty when first > last.
struct Columns {
    std::int64_t first = 0;
    std::int64_t last = -1;
};

/// Decides for one grid and kernel which cells a place reaches: d < reach, or d <= reach when closed.
class Reach {
  public:
    Reach(const Grid& grid, double reach, bool with_border)
        : cell_m(grid.cell_m), per_cell(1 / grid.cell_m), reach_m(reach), reach_m2(reach * reach),
          cols(grid.cols), closed(with_border)
    {
    }

    double cell_m, per_cell, reach_m, reach_m2;
    std::int64_t cols;
    bool closed;

    [[nodiscard]] double centre(std::int64_t index) const
    {
        return (static_cast<double>(index) + 0.5) * cell_m;
    }
    [[nodiscard]] bool inside(double dist_m2) const
    {
        return closed ? dist_m2 <= reach_m2 : dist_m2 < reach_m2;
    }
    /// Where a place at x reaches, as columns with fractions: those in [west, east], but for rounding.
    void ends(double x, double dy2, double& west, double& east) const
    {
        const double half = std::sqrt(std::max(reach_m2 - dy2, 0.0));
        west = (x - half) * per_cell - 0.5;
        east = (x + half) * per_cell - 0.5;
    }
    /// The columns whose centres `inside` accepts, for a place at x and dy2 = (row centre - place y)^2.
    [[nodiscard]] Columns columns(double x, double dy2) const
    {
        double west = 0;
        double east = 0;
        ends(x, dy2, west, east);
        return columns(west, east, x, dy2);
    }
    /// The same when the ends are known.
    [[nodiscard]] Columns columns(double west, double east, double x, double dy2) const
    {
        const double most = static_cast<double>(cols) - 1;
        if (east < -surely || west > most + surely) {
            return {};
        }
        const double from = west > -1 ? west : -0.5;
        const double to = east < most + 0.5 ? east : most + 0.5;
        const auto before = static_cast<std::int64_t>(from + 1) - 1; // floor, from >= -1
        const auto last = static_cast<std::int64_t>(to + 1) - 1;
        const double over_west = from - static_cast<double>(before);
        const double over_east = to - static_cast<double>(last);
        const bool sure = std::min(over_west, over_east) > surely &&
                          std::max(over_west, over_east) < 1 - surely && reach_m2 - dy2 > surely * reach_m2;
        return sure ? Columns{before + 1, last} : tested_columns(x, dy2); // rounding might decide
    }

  private:
    static constexpr double surely = 1e-6;

    /// The same by asking `inside` of the columns about the ends.
    [[nodiscard]] Columns tested_columns(double x, double dy2) const;
};

/// Everything a way of computing needs; fills `map.raster`, in kernel units (peak 1), and gives the rounding
/// bound in the same units.
struct Work {
    const Bands& bands;
    Reach reach;
    DensityOptions options;
    const Progress& progress;
    Raster<double>& raster;
};

/// Row sweep with running polynomial moments: (1 - u^2)^power, power 0..3.
double sweep(const Work& work, int power);
/// Straight sums over each place's window: any kernel but the Gaussian.
double sum_windows(const Work& work);
/// Straight sums of a cut Gaussian.
double sum_gaussian(const Work& work);

/// Calls body(first row, last row + 1) for chunks of rows on all threads, reporting progress; gives the
/// largest value that body returned.
double over_rows(const Work& work, std::int64_t chunk,
                 const std::function<double(std::int64_t begin, std::int64_t end)>& body);

} // namespace vigil::density_detail
