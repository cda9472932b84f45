#include "kernels/density/edge_square.h"

#include "kernels/density/kernel_square.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace vigil {

namespace {

/// Columns [first, last] of inside cells.
struct Run {
    std::int64_t first = 0, last = 0;
};

std::vector<std::vector<Run>> runs_of(std::span<const unsigned char> inside, const Grid& grid)
{
    std::vector<std::vector<Run>> runs(static_cast<std::size_t>(grid.rows));
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        auto& here = runs[static_cast<std::size_t>(row)];
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            if (inside[static_cast<std::size_t>(row * grid.cols + col)] == 0) {
                continue;
            }
            if (!here.empty() && here.back().last == col - 1) {
                here.back().last = col;
            } else {
                here.push_back({col, col});
            }
        }
    }
    return runs;
}

/// The squares of a kernel on cells about its centre, added up along each row of cells.
class SquareTable {
  public:
    SquareTable(const DensityOptions& options, double cell_m)
        : reach_(static_cast<std::int64_t>(std::ceil(square_reach_m(options) / cell_m))),
          width_(static_cast<std::size_t>(2 * reach_ + 1))
    {
        const auto at = [&](std::int64_t row, std::int64_t col) {
            const double dy = static_cast<double>(row) * cell_m;
            const double dx = static_cast<double>(col) * cell_m;
            return square_share(options.shape, options.bandwidth_m, dx * dx + dy * dy);
        };
        for (std::int64_t row = 0; row <= reach_; ++row) {
            double sum = 0;
            for (std::int64_t col = -reach_; col <= reach_; ++col) {
                sum += at(row, col);
                up_to_.push_back(sum);
            }
            total_ += (row == 0 ? 1 : 2) * sum;
        }
    }
    [[nodiscard]] std::int64_t reach() const { return reach_; }
    [[nodiscard]] double total() const { return total_; }

    /// Sum over a run of cells `row` rows away, columns counted from the centre.
    [[nodiscard]] double over(std::int64_t row, Run run) const
    {
        const std::int64_t first = std::max(run.first, -reach_);
        const std::int64_t last = std::min(run.last, reach_);
        if (first > last) {
            return 0;
        }
        const double* sums = up_to_.data() + static_cast<std::size_t>(row) * width_;
        return sums[last + reach_] - (first > -reach_ ? sums[first + reach_ - 1] : 0);
    }

  private:
    std::int64_t reach_;
    std::size_t width_;
    std::vector<double> up_to_;
    double total_ = 0;
};

/// Sum over the inside cells of one row of the grid; 0 for rows beyond it.
double over_row(const SquareTable& table, const std::vector<std::vector<Run>>& runs, std::int64_t row,
                std::int64_t away, std::int64_t col)
{
    if (row < 0 || row >= static_cast<std::int64_t>(runs.size())) {
        return 0;
    }
    double sum = 0;
    for (const Run& run : runs[static_cast<std::size_t>(row)]) {
        sum += table.over(away, {run.first - col, run.last - col});
    }
    return sum;
}

/// Added in the order of the table's total, so that a whole kernel is exactly 1.
double mass_at(const SquareTable& table, const std::vector<std::vector<Run>>& runs, std::int64_t row,
               std::int64_t col)
{
    double sum = over_row(table, runs, row, 0, col);
    for (std::int64_t away = 1; away <= table.reach(); ++away) {
        sum += over_row(table, runs, row - away, away, col) + over_row(table, runs, row + away, away, col);
    }
    return sum / table.total();
}

} // namespace

Raster<double> square_edge_mass(std::span<const unsigned char> inside, const Grid& grid,
                                const DensityOptions& options)
{
    const double h = options.bandwidth_m;
    require(std::isfinite(h) && h > 0, "bandwidth {} m is not a positive number", h);
    require(grid.rows > 0 && grid.cols > 0 && grid.cell_m > 0, "the grid has no cells");
    require(inside.size() == static_cast<std::size_t>(grid.cells()), "{} inside values for {} cells",
            inside.size(), grid.cells());
    Raster<double> out(grid, std::numeric_limits<double>::quiet_NaN());
    const auto runs = runs_of(inside, grid);
    const SquareTable table(options, grid.cell_m);
    constexpr std::size_t rows_together = 8;
    parallel_chunks(
        static_cast<std::size_t>(grid.rows), rows_together, [&](std::size_t begin, std::size_t end) {
            for (auto row = static_cast<std::int64_t>(begin); row < static_cast<std::int64_t>(end); ++row) {
                for (const Run& run : runs[static_cast<std::size_t>(row)]) {
                    for (std::int64_t col = run.first; col <= run.last; ++col) {
                        out.at(row, col) = mass_at(table, runs, row, col);
                    }
                }
            }
        });
    return out;
}

} // namespace vigil
