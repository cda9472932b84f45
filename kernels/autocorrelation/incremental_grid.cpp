#include "kernels/autocorrelation/incremental.h"
#include "kernels/autocorrelation/incremental_sums.h"
#include "kernels/getis_ord.h"
#include "kernels/getis_ord_grid/stencil_sums.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>
#include <vector>

namespace vigil {

namespace {

using incremental::StepSums;
using incremental::ValueMoments;

/// Values less a constant near their mean, as whole multiples of a power of two: sums are exact in 64 bits.
class Steps {
  public:
    Steps(std::span<const double> values, const ValueMoments& moments) : shift_(moments.mean)
    {
        const auto is_whole = [](double x) {
            return std::isnan(x) || x == std::trunc(x);
        };
        const bool whole = std::all_of(values.begin(), values.end(), is_whole);
        if (whole) {
            shift_ = std::round(moments.mean); // whole numbers stay whole
        }
        double total = 0;
        for (const double x : values) {
            total += std::isnan(x) ? 0 : std::fabs(x - shift_);
        }
        int exponent = 0;
        std::frexp(total, &exponent); // total < 2^exponent
        const int room = 61 - exponent;
        if (!whole || room < 0) {
            per_unit_ = std::ldexp(1.0, std::min(room, 1000));
        }
        rest_ = moments.mean - shift_;
    }
    [[nodiscard]] std::int64_t of(double x) const
    {
        return std::isnan(x) ? 0 : std::llround((x - shift_) * per_unit_);
    }
    /// sum (x - mean) of k values whose steps add up to `sum`.
    [[nodiscard]] double centred(std::int64_t sum, std::int64_t k) const
    {
        return static_cast<double>(sum) / per_unit_ - static_cast<double>(k) * rest_;
    }

  private:
    double shift_;
    double per_unit_ = 1;
    double rest_ = 0;
};

/// The sums of one distance after another over a fishnet.
class DiscScan {
  public:
    DiscScan(const Raster<double>& values, const ValueMoments& moments, bool row_standardised)
        : values_(values), moments_(moments), row_standardised_(row_standardised),
          steps_(values.values, moments), cols_(static_cast<std::size_t>(values.grid.cols)),
          counts_(values.values.size())
    {
        for (const double x : values.values) {
            present_ += std::isnan(x) ? 0U : 1U;
            size_ += static_cast<std::uint64_t>(std::abs(steps_.of(x)));
        }
    }
    MoranStep step(double distance_m)
    {
        const Stencil disc = disc_stencil(values_.grid, distance_m);
        counts_ = grid_sums::present_around(values_, disc, present_);
        std::vector<StepSums> rows(static_cast<std::size_t>(values_.grid.rows));
        add_lags(disc, rows);
        if (row_standardised_) {
            add_columns(disc, rows);
        }
        return incremental::step_of(distance_m, rows, moments_, row_standardised_);
    }

  private:
    /// 1 / k in steps of 2^-58. Their sum over a disc is below 7.5: of the places in a sixth of it all are
    /// neighbours of each other and of the middle, so those of a sixth add up to at most 1, and the middle
    /// too.
    static constexpr double inverse_steps = 0x1p58;
    static constexpr std::uint64_t inverse_bound = std::uint64_t{15} << 57;

    /// Neighbours of a cell; 0 where it has no value.
    [[nodiscard]] std::int64_t neighbours(std::size_t cell) const
    {
        return std::isnan(values_.values[cell]) ? 0 : std::int64_t{counts_[cell]} - 1; // less itself
    }
    [[nodiscard]] std::int64_t inverse_of(std::size_t cell) const
    {
        const std::int64_t k = neighbours(cell);
        return k > 0 ? std::llround(inverse_steps / static_cast<double>(k)) : 0;
    }
    void add_lags(const Stencil& disc, std::vector<StepSums>& rows) const
    {
        grid_sums::stencil_sums(
            values_.grid, disc, size_,
            [&](std::int64_t row, std::span<std::int64_t> x) {
                for (std::size_t c = 0; c < cols_; ++c) {
                    x[c] = steps_.of(values_.values[cell_at(row, c)]);
                }
            },
            [&](std::int64_t row, std::span<const std::int64_t> lag) {
                for (std::size_t c = 0; c < cols_; ++c) {
                    const std::size_t cell = cell_at(row, c);
                    if (const std::int64_t k = neighbours(cell); k > 0) {
                        const double x = values_.values[cell];
                        rows[static_cast<std::size_t>(row)].add(x - moments_.mean,
                                                                steps_.centred(lag[c] - steps_.of(x), k), k,
                                                                row_standardised_);
                    }
                }
            });
    }
    void add_columns(const Stencil& disc, std::vector<StepSums>& rows) const
    {
        grid_sums::stencil_sums(
            values_.grid, disc, inverse_bound,
            [&](std::int64_t row, std::span<std::int64_t> inverse) {
                for (std::size_t c = 0; c < cols_; ++c) {
                    inverse[c] = inverse_of(cell_at(row, c));
                }
            },
            [&](std::int64_t row, std::span<const std::int64_t> column) {
                for (std::size_t c = 0; c < cols_; ++c) {
                    if (const std::int64_t own = inverse_of(cell_at(row, c)); own > 0) {
                        rows[static_cast<std::size_t>(row)].add_column(
                            static_cast<double>(own) / inverse_steps,
                            static_cast<double>(column[c] - own) / inverse_steps);
                    }
                }
            });
    }
    [[nodiscard]] std::size_t cell_at(std::int64_t row, std::size_t c) const
    {
        return static_cast<std::size_t>(row) * cols_ + c;
    }

    const Raster<double>& values_;
    const ValueMoments& moments_;
    bool row_standardised_;
    Steps steps_;
    std::size_t cols_;
    std::uint64_t present_ = 0; ///< cells with a value
    std::uint64_t size_ = 0;    ///< sum of |steps|
    std::vector<std::int32_t> counts_;
};

} // namespace

IncrementalMoran incremental_moran(const Raster<double>& values, std::span<const double> distances_m,
                                   const IncrementalOptions& options)
{
    const Grid& grid = values.grid;
    require(values.values.size() == static_cast<std::size_t>(grid.cells()), "{} values for {} cells",
            values.values.size(), grid.cells());
    require(grid.cells() < (std::int64_t{1} << 31), "{} cells are too many", grid.cells());
    incremental::check_distances(distances_m);
    const ValueMoments moments(values.values);
    DiscScan scan(values, moments, options.row_standardised);
    std::vector<MoranStep> steps;
    for (const double d : distances_m) {
        steps.push_back(scan.step(d));
    }
    return incremental::with_peaks(std::move(steps), options.peak_z);
}

} // namespace vigil
