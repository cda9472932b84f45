#include "kernels/getis_ord_grid/stencil_sums.h"

#include "kernels/lanes.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>

namespace vigil::grid_sums {

namespace {

constexpr std::uint64_t small_bound = std::uint64_t{1} << 31; ///< sums below it fit 32 bits

/// sums[c] = sum of to[c] - from[c] over the spans of several rows.
template <typename T>
struct AddSpans {
    struct Row {
        const T* to;
        const T* from;
    };
    [[gnu::always_inline]] static double run(T* sums, std::size_t cols, const Row* rows, std::size_t count)
    {
        constexpr std::size_t tile = 512; // of the sums: they stay in the nearest cache
        for (std::size_t begin = 0; begin < cols; begin += tile) {
            const std::size_t end = std::min(cols, begin + tile);
            std::fill(sums + begin, sums + end, T{0});
            std::size_t k = 0;
            for (; k + 1 < count; k += 2) {
                const Row a = rows[k];
                const Row b = rows[k + 1];
                for (std::size_t c = begin; c < end; ++c) {
                    sums[c] += (a.to[c] - a.from[c]) + (b.to[c] - b.from[c]);
                }
            }
            if (k < count) {
                const Row a = rows[k];
                for (std::size_t c = begin; c < end; ++c) {
                    sums[c] += a.to[c] - a.from[c];
                }
            }
        }
        return 0;
    }
};

/// Running sums along each row, level beyond both ends, so that a span over the border needs no care.
/// Wrapping: a difference is right as long as the sum over that span fits.
template <typename T>
class RunningRows {
  public:
    RunningRows(const Grid& grid, std::int64_t margin)
        : cols_(static_cast<std::size_t>(grid.cols)), margin_(static_cast<std::size_t>(margin)),
          width_(cols_ + 1 + 2 * margin_), sums_(static_cast<std::size_t>(grid.rows) * width_)
    {
    }
    void fill_row(std::int64_t row, std::span<const std::int64_t> values)
    {
        T* sum = &sums_[static_cast<std::size_t>(row) * width_] + margin_;
        for (std::size_t c = 0; c < cols_; ++c) {
            sum[c + 1] = sum[c] + static_cast<T>(values[c]);
        }
        std::fill_n(sum + cols_ + 1, margin_, sum[cols_]);
    }
    /// Spans of columns c - half ... c + half, for the first column.
    [[nodiscard]] typename AddSpans<T>::Row spans(std::int64_t row, std::int64_t half) const
    {
        const T* first = &sums_[static_cast<std::size_t>(row) * width_] + margin_;
        return {first + half + 1, first - half};
    }

  private:
    std::size_t cols_;
    std::size_t margin_;
    std::size_t width_;
    std::vector<T> sums_;
};

/// T is unsigned and as wide as the sums need; Signed the same with a sign.
template <typename T, typename Signed>
void add_by_rows(const Grid& grid, const Stencil& cut, const FillRow& fill, const UseRow& use)
{
    const auto cols = static_cast<std::size_t>(grid.cols);
    const std::int64_t margin =
        std::max(*std::max_element(cut.half_width.begin(), cut.half_width.end()), std::int64_t{0});
    RunningRows<T> running(grid, margin);
    const auto for_rows = [&](auto body) {
        parallel_chunks(static_cast<std::size_t>(grid.rows), 16, [&](std::size_t begin, std::size_t end) {
            std::vector<std::int64_t> values(cols);
            std::vector<T> sums(cols);
            for (auto row = static_cast<std::int64_t>(begin); row < static_cast<std::int64_t>(end); ++row) {
                body(row, values, sums);
            }
        });
    };
    for_rows([&](std::int64_t row, std::vector<std::int64_t>& values, std::vector<T>&) {
        fill(row, values);
        running.fill_row(row, values);
    });
    for_rows([&](std::int64_t row, std::vector<std::int64_t>& values, std::vector<T>& sums) {
        std::vector<typename AddSpans<T>::Row> spans;
        const std::int64_t reach = cut.reach();
        for (std::int64_t r = std::max<std::int64_t>(0, row - reach);
             r <= std::min(grid.rows - 1, row + reach); ++r) {
            const std::int64_t half = cut.half_width[static_cast<std::size_t>(r - row + reach)];
            if (half >= 0) {
                spans.push_back(running.spans(r, half));
            }
        }
        wide::run_widest<AddSpans<T>>(sums.data(), cols, spans.data(), spans.size());
        std::transform(sums.begin(), sums.end(), values.begin(),
                       [](T sum) { return std::int64_t{static_cast<Signed>(sum)}; });
        use(row, values);
    });
}

} // namespace

Stencil cut_to(const Grid& grid, const Stencil& stencil)
{
    const std::int64_t reach = stencil.reach();
    const std::int64_t kept = std::clamp(grid.rows - 1, std::int64_t{0}, reach);
    Stencil cut;
    for (std::int64_t away = -kept; away <= kept; ++away) {
        const std::int64_t half = stencil.half_width[static_cast<std::size_t>(reach + away)];
        cut.half_width.push_back(std::min(half, std::max(grid.cols - 1, std::int64_t{0})));
    }
    return cut;
}

void sums_by_rows(const Grid& grid, const Stencil& stencil, std::uint64_t bound, const FillRow& fill,
                  const UseRow& use)
{
    const Stencil cut = cut_to(grid, stencil);
    if (bound < small_bound) {
        add_by_rows<std::uint32_t, std::int32_t>(grid, cut, fill, use);
    } else {
        add_by_rows<std::uint64_t, std::int64_t>(grid, cut, fill, use);
    }
}

bool transform_is_faster(const Grid& grid, const Stencil& stencil, std::uint64_t bound)
{
    // nanoseconds on one core with registers of 512 bits, measured on 4 million cells
    constexpr double per_row = 0.075; // of the stencil, for each cell and each 4 bytes of its sum
    constexpr double per_prime = 12;  // for each cell of the padded grid
    const Stencil cut = cut_to(grid, stencil);
    const TransformSize size = transform_size(grid, cut, bound);
    if (!size.possible) {
        return false;
    }
    const double words = bound < small_bound ? 1 : 2;
    const auto cells = static_cast<double>(grid.cells());
    const double padded = static_cast<double>(size.rows) * static_cast<double>(size.cols);
    return static_cast<double>(size.primes) * padded * per_prime <
           cells * static_cast<double>(cut.half_width.size()) * words * per_row;
}

void stencil_sums(const Grid& grid, const Stencil& stencil, std::uint64_t bound, const FillRow& fill,
                  const UseRow& use)
{
    if (transform_is_faster(grid, stencil, bound)) {
        sums_by_transform(grid, stencil, bound, fill, use);
    } else {
        sums_by_rows(grid, stencil, bound, fill, use);
    }
}

CellsInside::CellsInside(const Grid& grid, const Stencil& stencil)
    : rows_(grid.rows), cols_(static_cast<std::size_t>(grid.cols))
{
    const Stencil cut = cut_to(grid, stencil);
    reach_ = cut.reach();
    sums_.resize((cut.half_width.size() + 1) * cols_);
    for (std::size_t i = 0; i < cut.half_width.size(); ++i) {
        const std::uint32_t* before = &sums_[i * cols_];
        std::uint32_t* after = &sums_[(i + 1) * cols_];
        const auto last = static_cast<std::int32_t>(grid.cols - 1);
        const auto half = static_cast<std::int32_t>(cut.half_width[i]);
        for (std::int32_t c = 0; c <= last; ++c) {
            const std::int32_t width = std::min(last, c + half) - std::max(0, c - half) + 1;
            after[c] = before[c] + (half < 0 ? 0U : static_cast<std::uint32_t>(width));
        }
    }
}

void CellsInside::of_row(std::int64_t row, std::span<std::int32_t> counts) const
{
    const std::int64_t first = std::max<std::int64_t>(0, reach_ - row);
    const std::int64_t end = std::min(2 * reach_ + 1, reach_ + rows_ - row);
    const std::uint32_t* before = &sums_[static_cast<std::size_t>(first) * cols_];
    const std::uint32_t* after = &sums_[static_cast<std::size_t>(end) * cols_];
    for (std::size_t c = 0; c < cols_; ++c) {
        counts[c] = static_cast<std::int32_t>(after[c] - before[c]);
    }
}

std::vector<std::int32_t> present_around(const Raster<double>& values, const Stencil& stencil,
                                         std::uint64_t present)
{
    const Grid& grid = values.grid;
    const auto cols = static_cast<std::size_t>(grid.cols);
    std::vector<std::int32_t> counts(values.values.size());
    const auto row_of = [&](auto& of_cells, std::int64_t row) {
        return std::span(of_cells).subspan(static_cast<std::size_t>(row) * cols, cols);
    };
    if (present == counts.size()) {
        const CellsInside inside(grid, stencil);
        const auto rows = static_cast<std::size_t>(grid.rows);
        parallel_chunks(rows, 64, [&](std::size_t begin, std::size_t end) {
            for (auto row = static_cast<std::int64_t>(begin); row < static_cast<std::int64_t>(end); ++row) {
                inside.of_row(row, row_of(counts, row));
            }
        });
        return counts;
    }
    stencil_sums(
        grid, stencil, present,
        [&](std::int64_t row, std::span<std::int64_t> ones) {
            const auto x = row_of(values.values, row);
            std::transform(x.begin(), x.end(), ones.begin(), [](double v) { return std::isnan(v) ? 0 : 1; });
        },
        [&](std::int64_t row, std::span<const std::int64_t> sums) {
            std::transform(sums.begin(), sums.end(), row_of(counts, row).begin(),
                           [](std::int64_t sum) { return static_cast<std::int32_t>(sum); });
        });
    return counts;
}

} // namespace vigil::grid_sums
