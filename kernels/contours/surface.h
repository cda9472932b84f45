#pragma once

#include "libgeo/plane.h"
#include "libgeo/raster.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

/// What contours() is made of; used by kernels/contours*.cpp only.
///
/// Points of the half lattice (i, j), i = 0..2 rows from the north, j = 0..2 cols from the west, half a cell
/// apart: both odd is a cell's centre, one odd the middle of a cell's edge, none odd a corner of cells.
namespace vigil::contour_detail {

/// A raster as a continuous surface, sampled on the half lattice.
class Surface {
  public:
    explicit Surface(const Raster<double>& raster) : raster_(raster) {}

    [[nodiscard]] const Grid& grid() const { return raster_.grid; }
    [[nodiscard]] double x(std::int64_t j) const
    {
        return grid().left_x + (static_cast<double>(j) * 0.5) * grid().cell_m;
    }
    [[nodiscard]] double y(std::int64_t i) const
    {
        return grid().top_y - (static_cast<double>(i) * 0.5) * grid().cell_m;
    }
    /// NaN beyond the raster.
    [[nodiscard]] double cell(std::int64_t row, std::int64_t col) const
    {
        const bool within = row >= 0 && col >= 0 && row < grid().rows && col < grid().cols;
        return within ? raster_.at(row, col) : std::nan("");
    }
    /// The mean of those of the one, two or four cells about a point that have data.
    [[nodiscard]] double at(std::int64_t i, std::int64_t j) const;

  private:
    const Raster<double>& raster_;
};

/// The range of values that a feature covers, as places in the list of levels.
struct Band {
    std::span<const double> levels; ///< all that must keep apart on a line
    std::size_t lower = 0;
    bool has_upper = false; ///< levels[lower + 1]

    [[nodiscard]] double from() const { return levels[lower]; }
    [[nodiscard]] double to() const { return levels[lower + 1]; }
};

/// The least distance between crossings on one half-lattice line, as a share of its length.
double least_gap(const Grid& grid);

/// Where levels[k] is crossed on a line whose value rises from low < levels[k] to high >= levels[k], as a
/// share of its length. Strictly ascending in k by steps of at least `gap`, within [gap, 1 - gap]:
///
///     min(max((k + 1) gap, max_{j <= k} t_j + (k - j) gap), 1 - (n - k) gap),   t_j by linear interpolation
double crossing(std::span<const double> levels, std::size_t k, double low, double high, double gap);

/// A vertex, before it has coordinates. Its integer sorts by i, then j, then from west to east (or north to
/// south) on one line.
class Vertex {
  public:
    enum class Kind : std::uint8_t {
        point,                   ///< the half-lattice point itself, where the data end
        west_crossing = 1,       ///< on the line from (i, j) to (i, j + 1)
        east_crossing = 2,       ///< the same, when it is the other level's
        north_crossing = 3,      ///< on the line from (i, j) to (i + 1, j)
        south_crossing = 4,      ///< the same, when it is the other level's
        corner_of_west_cell = 5, ///< a corner where two cells meet diagonally, NaN at both sides
        corner_of_east_cell = 6,
    };
    static std::uint64_t key(const Grid& grid, std::int64_t i, std::int64_t j, Kind kind)
    {
        return static_cast<std::uint64_t>(i * (2 * grid.cols + 1) + j) * 8 + static_cast<std::uint64_t>(kind);
    }
    Vertex(const Grid& grid, std::uint64_t key)
        : i(static_cast<std::int64_t>(key / 8) / (2 * grid.cols + 1)),
          j(static_cast<std::int64_t>(key / 8) % (2 * grid.cols + 1)), kind(static_cast<Kind>(key % 8))
    {
    }
    /// On the line through the centres of a row of cells, where every ring that meets it passes through.
    [[nodiscard]] bool on_centre_row() const { return i % 2 == 1 && kind <= Kind::east_crossing; }

    std::int64_t i, j;
    Kind kind;
};

XY place_of(const Vertex& vertex, const Surface& surface, const Band& band, double gap);

} // namespace vigil::contour_detail
