#include "kernels/getis_ord.h"
#include "kernels/null_moments.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vigil {

namespace {

/// Values as whole multiples of 2^-shift, so that sums are exact in 64 bits.
struct Steps {
    double per_unit = 1;

    explicit Steps(std::span<const double> values)
    {
        double total = 0;
        bool whole = true;
        for (const double x : values) {
            if (!std::isnan(x)) {
                total += std::fabs(x);
                whole = whole && x == std::trunc(x);
            }
        }
        int exponent = 0;
        std::frexp(total, &exponent); // total < 2^exponent
        const int room = 61 - exponent;
        if (total > 0 && (!whole || room < 0)) {
            per_unit = std::ldexp(1.0, std::min(room, 1000));
        }
    }
    [[nodiscard]] std::int64_t of(double x) const { return std::isnan(x) ? 0 : std::llround(x * per_unit); }
};

/// Running sums along each row: the sum over columns [a, b) is at(row, b) - at(row, a).
template <typename T>
class RowSums {
  public:
    template <typename ValueOf>
    RowSums(const Grid& grid, ValueOf value_of)
        : width_(static_cast<std::size_t>(grid.cols) + 1), sums_(static_cast<std::size_t>(grid.rows) * width_)
    {
        parallel_chunks(static_cast<std::size_t>(grid.rows), 16, [&](std::size_t begin, std::size_t end) {
            for (std::size_t row = begin; row < end; ++row) {
                T* sum = &sums_[row * width_];
                for (std::size_t col = 0; col + 1 < width_; ++col) {
                    sum[col + 1] = sum[col] + value_of(row * (width_ - 1) + col);
                }
            }
        });
    }
    /// total[c] += sum over columns c - half ... c + half of `row`, cut at the borders.
    void add_spans(std::int64_t row, std::int64_t half, std::vector<T>& total) const
    {
        const T* sum = &sums_[static_cast<std::size_t>(row) * width_];
        const auto cols = static_cast<std::int64_t>(width_) - 1;
        const std::int64_t left = std::min(half, cols);         // cut in the west before this
        const std::int64_t right = std::max(left, cols - half); // cut in the east from here
        for (std::int64_t c = 0; c < left; ++c) {
            total[static_cast<std::size_t>(c)] += sum[std::min(cols, c + half + 1)] - sum[0];
        }
        for (std::int64_t c = left; c < right; ++c) {
            total[static_cast<std::size_t>(c)] += sum[std::min(cols, c + half + 1)] - sum[c - half];
        }
        for (std::int64_t c = right; c < cols; ++c) {
            total[static_cast<std::size_t>(c)] += sum[cols] - sum[c - half];
        }
    }

  private:
    std::size_t width_;
    std::vector<T> sums_;
};

/// How many cells of the stencil lie inside the grid around each column of a row.
void add_widths(std::int64_t half, std::vector<std::int32_t>& total)
{
    const auto cols = static_cast<std::int64_t>(total.size());
    for (std::int64_t c = 0; c < cols; ++c) {
        const std::int64_t width = std::min(cols - 1, c + half) - std::max<std::int64_t>(0, c - half) + 1;
        total[static_cast<std::size_t>(c)] += static_cast<std::int32_t>(width);
    }
}

/// Calls use(other row, half width) for the rows that the stencil reaches from `row`.
template <typename Use>
void for_stencil_rows(const Stencil& stencil, std::int64_t row, std::int64_t rows, Use use)
{
    const std::int64_t reach = stencil.reach();
    for (std::int64_t r = std::max<std::int64_t>(0, row - reach); r <= std::min(rows - 1, row + reach); ++r) {
        const std::int64_t half = stencil.half_width[static_cast<std::size_t>(r - row + reach)];
        if (half >= 0) {
            use(r, half);
        }
    }
}

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
    const std::int64_t rows = values.grid.rows;
    const auto cols = static_cast<std::size_t>(values.grid.cols);
    require(x.size() == static_cast<std::size_t>(values.grid.cells()), "{} values for {} cells", x.size(),
            values.grid.cells());
    const NullMoments moments(x);
    const bool gaps = moments.present() < static_cast<double>(x.size());
    const Steps steps(x);
    const RowSums<std::int64_t> sums(values.grid, [&](std::size_t i) { return steps.of(x[i]); });
    const Grid none{.rows = 0, .cols = 0};
    const RowSums<std::int32_t> present(gaps ? values.grid : none,
                                        [&](std::size_t i) { return std::isnan(x[i]) ? 0 : 1; });
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    GetisOrd result{std::vector<double>(x.size(), missing), std::vector<double>(x.size(), missing),
                    std::vector<std::int32_t>(x.size())};
    const bool with_self = statistic == HotspotStatistic::gi_star;
    parallel_chunks(static_cast<std::size_t>(rows), 8, [&](std::size_t begin, std::size_t end) {
        std::vector<std::int64_t> sum(cols);
        std::vector<std::int32_t> count(cols);
        for (std::size_t row = begin; row < end; ++row) {
            std::fill(sum.begin(), sum.end(), 0);
            std::fill(count.begin(), count.end(), 0);
            for_stencil_rows(stencil, static_cast<std::int64_t>(row), rows,
                             [&](std::int64_t other, std::int64_t half) {
                                 sums.add_spans(other, half, sum);
                                 if (gaps) {
                                     present.add_spans(other, half, count);
                                 } else {
                                     add_widths(half, count);
                                 }
                             });
            for (std::size_t c = 0; c < cols; ++c) {
                const std::size_t i = row * cols + c;
                if (std::isnan(x[i])) {
                    continue;
                }
                const std::int32_t k = count[c] - (with_self ? 0 : 1);
                const double total =
                    static_cast<double>(sum[c] - (with_self ? 0 : steps.of(x[i]))) / steps.per_unit;
                const double centred = total - k * moments.mean();
                result.z[i] = with_self ? moments.z_with_self(centred, k, k)
                                        : moments.z_without_self(x[i], centred, k, k);
                result.p[i] = two_sided_p(result.z[i]);
                result.neighbours[i] = k;
            }
        }
    });
    return result;
}

} // namespace vigil
