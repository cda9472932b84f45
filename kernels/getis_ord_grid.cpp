#include "kernels/getis_ord.h"
#include "kernels/getis_ord_grid/stencil_sums.h"
#include "kernels/inference/fixed_point.h"
#include "kernels/null_moments.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <span>
#include <utility>

namespace vigil {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// The scores of cells from the sums and counts around them.
class Scores {
  public:
    Scores(const std::vector<double>& x, const NullMoments& moments, const FixedPoint& steps,
           HotspotStatistic statistic, std::vector<std::int32_t> counts)
        : x_(x), moments_(moments), steps_(steps), with_self_(statistic == HotspotStatistic::gi_star)
    {
        result_.z.resize(x.size());
        result_.p.resize(x.size());
        result_.sum.resize(x.size());
        result_.neighbours = std::move(counts);
    }
    /// begin   the cell of the first sum
    void put_row(std::size_t begin, std::span<const std::int64_t> sums)
    {
        for (std::size_t c = 0; c < sums.size(); ++c) {
            put(begin + c, sums[c]);
        }
    }
    [[nodiscard]] GetisOrd take() { return std::move(result_); }

  private:
    void put(std::size_t i, std::int64_t sum)
    {
        if (std::isnan(x_[i])) {
            result_.z[i] = result_.p[i] = result_.sum[i] = missing;
            result_.neighbours[i] = 0;
            return;
        }
        const std::int32_t k = result_.neighbours[i] - (with_self_ ? 0 : 1);
        const double total =
            static_cast<double>(sum - (with_self_ ? 0 : steps_.of(x_[i]))) / steps_.per_unit();
        const double centred = total - k * moments_.mean();
        result_.z[i] =
            with_self_ ? moments_.z_with_self(centred, k, k) : moments_.z_without_self(x_[i], centred, k, k);
        result_.p[i] = two_sided_p(result_.z[i]);
        result_.neighbours[i] = k;
        result_.sum[i] = total;
    }

    const std::vector<double>& x_;
    const NullMoments& moments_;
    const FixedPoint& steps_;
    bool with_self_;
    GetisOrd result_;
};

} // namespace

Stencil queen_stencil()
{
    return {{1, 1, 1}};
}

Stencil rook_stencil()
{
    return {{0, 1, 0}};
}

Stencil disc_stencil(const Grid& grid, double band_m)
{
    require(band_m > 0 && std::isfinite(band_m), "a band of {} m is not a positive distance", band_m);
    const double reach2 = squared_reach_m2(band_m) / (grid.cell_m * grid.cell_m);
    const auto reach = static_cast<std::int64_t>(std::min(
        std::floor(std::sqrt(reach2)), static_cast<double>(std::max<std::int64_t>(grid.rows - 1, 0))));
    Stencil stencil;
    for (std::int64_t dr = -reach; dr <= reach; ++dr) {
        const double left = std::sqrt(std::max(0.0, reach2 - static_cast<double>(dr * dr)));
        stencil.half_width.push_back(
            static_cast<std::int64_t>(std::min(std::floor(left), static_cast<double>(grid.cols))));
    }
    return stencil;
}

GetisOrd getis_ord_grid(const Raster<double>& values, const Stencil& stencil, HotspotStatistic statistic)
{
    const std::vector<double>& x = values.values;
    require(x.size() == static_cast<std::size_t>(values.grid.cells()), "{} values for {} cells", x.size(),
            values.grid.cells());
    const NullMoments moments(x);
    const FixedPoint steps(x);
    std::uint64_t size = 0; // of all values together, < 2^63
    for (const double value : x) {
        size += static_cast<std::uint64_t>(std::abs(steps.of(value)));
    }
    Scores scores(x, moments, steps, statistic,
                  grid_sums::present_around(values, stencil, static_cast<std::uint64_t>(moments.present())));
    const auto cols = static_cast<std::size_t>(values.grid.cols);
    grid_sums::stencil_sums(
        values.grid, stencil, size,
        [&](std::int64_t row, std::span<std::int64_t> whole) {
            for (std::size_t c = 0; c < cols; ++c) {
                whole[c] = steps.of(x[static_cast<std::size_t>(row) * cols + c]);
            }
        },
        [&](std::int64_t row, std::span<const std::int64_t> sums) {
            scores.put_row(static_cast<std::size_t>(row) * cols, sums);
        });
    return scores.take();
}

} // namespace vigil
