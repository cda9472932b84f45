#include "kernels/getis_ord_grid/residues.h"
#include "kernels/getis_ord_grid/stencil_sums.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <array>
#include <limits>

namespace vigil::grid_sums {

namespace {

struct Prime {
    std::uint32_t p;
    std::uint32_t root; ///< its powers are all numbers but 0
};
/// The largest with 45 2^18 | p - 1, so that all lengths of transforms to 2^18 divide that.
constexpr std::array<Prime, 3> primes = {{{2146959361, 19}, {2135162881, 7}, {1993605121, 22}}};

constexpr std::int64_t longest = std::int64_t{1} << 18;

/// How many primes tell apart all sums in [-bound, bound].
std::size_t primes_for(std::uint64_t bound)
{
    std::uint64_t product = 1;
    for (std::size_t k = 0; k + 1 < primes.size(); ++k) {
        if (bound / product < (primes[k].p - 1) / 2) {
            return k + 1;
        }
        product *= primes[k].p;
    }
    return primes.size();
}

std::uint32_t residue(std::int64_t x, std::uint32_t p)
{
    if (x >= 0 && x < p) {
        return static_cast<std::uint32_t>(x);
    }
    const std::int64_t rest = x % std::int64_t{p};
    return static_cast<std::uint32_t>(rest < 0 ? rest + p : rest);
}

/// The whole number of least size that has given residues (Garner 1959).
class Whole {
  public:
    explicit Whole(std::size_t count)
        : count_(count), last_half_((primes[count - 1].p - 1) / 2), second_(primes[1].p), third_(primes[2].p),
          first_inverse_(inverse_in(second_, primes[0].p)), first_inverse3_(inverse_in(third_, primes[0].p)),
          second_inverse3_(inverse_in(third_, primes[1].p))
    {
    }
    /// residues   one for each prime
    [[nodiscard]] std::int64_t of(const std::array<std::uint32_t, 3>& residues) const
    {
        // digits of the number in the mixed base p0, p0 p1, ...; negative when in the upper half
        const std::uint32_t digit0 = residues[0];
        if (count_ == 1) {
            return std::int64_t{digit0} - (digit0 > last_half_ ? primes[0].p : 0);
        }
        const std::uint32_t digit1 =
            second_.mul(second_.sub(residues[1], reduced(digit0, primes[1].p)), first_inverse_);
        constexpr std::uint64_t product = std::uint64_t{primes[0].p} * primes[1].p;
        std::uint64_t whole = digit0 + std::uint64_t{primes[0].p} * digit1;
        if (count_ == 2) {
            return static_cast<std::int64_t>(whole - (digit1 > last_half_ ? product : 0));
        }
        const std::uint32_t rest =
            third_.mul(third_.sub(residues[2], reduced(digit0, primes[2].p)), first_inverse3_);
        const std::uint32_t digit2 =
            third_.mul(third_.sub(rest, reduced(digit1, primes[2].p)), second_inverse3_);
        whole += product * digit2; // wrapping: the result fits
        return static_cast<std::int64_t>(whole - (digit2 > last_half_ ? product * primes[2].p : 0));
    }

  private:
    static std::uint32_t inverse_in(const Field& field, std::uint32_t x)
    {
        return field.inverse(field.factor(x % field.prime()));
    }
    /// x mod p for x < 2 p
    static std::uint32_t reduced(std::uint32_t x, std::uint32_t p) { return std::min(x, x - p); }

    std::size_t count_;
    std::uint32_t last_half_;
    Field second_;
    Field third_;
    std::uint32_t first_inverse_;
    std::uint32_t first_inverse3_;
    std::uint32_t second_inverse3_;
};

/// A grid modulo one prime: first its values, row by row transformed, at last the sums, likewise.
/// Kept as strips of `lanes` columns, each with all its rows one after the other.
class Plane {
  public:
    Plane(const Prime& prime, std::size_t rows, std::size_t padded_rows, std::size_t padded_cols)
        : field_(prime.p), along_rows_(field_, prime.root, padded_cols),
          along_cols_(field_, prime.root, padded_rows), rows_(rows), strips_(rows * padded_cols)
    {
    }
    [[nodiscard]] const Field& field() const { return field_; }
    [[nodiscard]] std::size_t padded_cols() const { return along_rows_.size(); }
    [[nodiscard]] std::size_t strips() const { return padded_cols() / lanes; }

    /// side_by_side   padded_cols x lanes: the values of rows `first` and after; overwritten
    void put_rows(std::size_t first, std::vector<std::uint32_t>& side_by_side)
    {
        along_rows_.forward(side_by_side.data());
        for_cells(first, [&](std::size_t in_strips, std::size_t beside) {
            strips_[in_strips] = side_by_side[beside];
        });
    }
    void take_rows(std::size_t first, std::vector<std::uint32_t>& side_by_side) const
    {
        for_cells(first, [&](std::size_t in_strips, std::size_t beside) {
            side_by_side[beside] = strips_[in_strips];
        });
        along_rows_.inverse(side_by_side.data());
    }
    /// Turns values to sums in a strip of columns.
    void convolve(std::size_t strip, const Stencil& stencil)
    {
        std::vector<std::uint32_t> factors(along_cols_.size() * lanes);
        put_stencil(strip, stencil, factors);
        along_cols_.forward(factors.data());
        std::vector<std::uint32_t> x(along_cols_.size() * lanes);
        std::uint32_t* stored = &strips_[strip * rows_ * lanes];
        std::copy_n(stored, rows_ * lanes, x.begin());
        along_cols_.forward(x.data());
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] = field_.mul(x[i], factors[i]);
        }
        along_cols_.inverse(x.data());
        std::copy_n(x.begin(), rows_ * lanes, stored);
    }

  private:
    /// visit(place in strips_, place side by side) for `lanes` rows
    template <typename Visit>
    void for_cells(std::size_t first, Visit visit) const
    {
        const std::size_t count = std::min(lanes, rows_ - first);
        for (std::size_t strip = 0; strip < strips(); ++strip) {
            for (std::size_t row = 0; row < count; ++row) {
                const std::size_t at = (strip * rows_ + first + row) * lanes;
                for (std::size_t l = 0; l < lanes; ++l) {
                    visit(at + l, (strip * lanes + l) * lanes + row);
                }
            }
        }
    }
    /// The rows of the stencil, transformed along the rows, as factors that also undo the lengths of the
    /// transforms: a geometric series for each frequency f,
    ///
    ///     sum_{|c| <= h} w^(f c) = (w^(f (h + 1)) - w^(-f h)) / (w^f - 1)
    void put_stencil(std::size_t strip, const Stencil& stencil, std::vector<std::uint32_t>& factors) const
    {
        const std::size_t n = along_rows_.size();
        const auto scale =
            field_.inverse(field_.mul(field_.factor(static_cast<std::uint32_t>(n)),
                                      field_.factor(static_cast<std::uint32_t>(along_cols_.size()))));
        for (std::size_t l = 0; l < lanes; ++l) {
            const std::size_t f = along_rows_.frequency()[strip * lanes + l];
            const std::uint32_t per_step =
                field_.inverse(field_.sub(along_rows_.root_power(f), field_.one()));
            const std::uint32_t scaled = field_.mul(scale, per_step);
            const auto series = [&](std::size_t h) {
                if (f == 0) {
                    return field_.mul(field_.factor(static_cast<std::uint32_t>(2 * h + 1)), scale);
                }
                const std::size_t behind = f * h % n;
                const std::size_t ahead = behind + f < n ? behind + f : behind + f - n;
                return field_.mul(field_.sub(along_rows_.root_power(ahead),
                                             along_rows_.root_power(behind == 0 ? 0 : n - behind)),
                                  scaled);
            };
            put_column(stencil, series, &factors[l]);
        }
    }
    /// The row of the stencil that lies d rows south of a cell counts for the cell d rows north of it.
    template <typename Series>
    void put_column(const Stencil& stencil, Series series, std::uint32_t* column) const
    {
        std::int64_t last = -1;
        std::uint32_t factor = 0;
        for (std::size_t i = 0; i < stencil.half_width.size(); ++i) {
            const std::int64_t half = stencil.half_width[i];
            if (half < 0) {
                continue;
            }
            if (half != last) {
                factor = series(static_cast<std::size_t>(half));
                last = half;
            }
            const auto reach = static_cast<std::size_t>(stencil.reach());
            const std::size_t row = i <= reach ? reach - i : along_cols_.size() - (i - reach);
            column[row * lanes] = factor;
        }
    }

    Field field_;
    Transform along_rows_;
    Transform along_cols_;
    std::size_t rows_;
    std::vector<std::uint32_t> strips_;
};

} // namespace

TransformSize transform_size(const Grid& grid, const Stencil& stencil, std::uint64_t bound)
{
    const Stencil cut = cut_to(grid, stencil);
    const std::int64_t widest = *std::max_element(cut.half_width.begin(), cut.half_width.end());
    const std::int64_t rows = grid.rows + cut.reach();
    const std::int64_t cols = grid.cols + std::max<std::int64_t>(widest, 0);
    if (std::max(rows, cols) > longest) {
        return {};
    }
    return {.rows = transform_length(static_cast<std::size_t>(rows)),
            .cols = transform_length(static_cast<std::size_t>(cols)),
            .primes = primes_for(bound),
            .possible = true};
}

void sums_by_transform(const Grid& grid, const Stencil& stencil, std::uint64_t bound, const FillRow& fill,
                       const UseRow& use)
{
    if (grid.cells() == 0) {
        return;
    }
    const Stencil cut = cut_to(grid, stencil);
    const auto rows = static_cast<std::size_t>(grid.rows);
    const auto cols = static_cast<std::size_t>(grid.cols);
    const TransformSize size = transform_size(grid, cut, bound);
    const std::size_t count = size.primes;
    std::vector<Plane> planes;
    for (std::size_t k = 0; k < count; ++k) {
        planes.emplace_back(primes[k], rows, size.rows, size.cols);
    }
    parallel_chunks(rows, lanes, [&](std::size_t begin, std::size_t end) {
        std::vector<std::int64_t> values((end - begin) * cols);
        for (std::size_t row = begin; row < end; ++row) {
            fill(static_cast<std::int64_t>(row), std::span(values).subspan((row - begin) * cols, cols));
        }
        std::vector<std::uint32_t> side_by_side;
        for (Plane& plane : planes) {
            side_by_side.assign(size.cols * lanes, 0);
            for (std::size_t i = 0; i < values.size(); ++i) {
                side_by_side[i % cols * lanes + i / cols] = residue(values[i], plane.field().prime());
            }
            plane.put_rows(begin, side_by_side);
        }
    });
    for (Plane& plane : planes) {
        parallel_chunks(plane.strips(), 1,
                        [&](std::size_t strip, std::size_t) { plane.convolve(strip, cut); });
    }
    const Whole whole(count);
    parallel_chunks(rows, lanes, [&](std::size_t begin, std::size_t end) {
        std::array<std::vector<std::uint32_t>, primes.size()> side_by_side;
        for (std::size_t k = 0; k < count; ++k) {
            side_by_side[k].resize(size.cols * lanes);
            planes[k].take_rows(begin, side_by_side[k]);
        }
        std::vector<std::int64_t> sums(cols);
        for (std::size_t row = begin; row < end; ++row) {
            for (std::size_t c = 0; c < cols; ++c) {
                std::array<std::uint32_t, primes.size()> residues{};
                for (std::size_t k = 0; k < count; ++k) {
                    residues[k] = side_by_side[k][c * lanes + row - begin];
                }
                sums[c] = whole.of(residues);
            }
            use(static_cast<std::int64_t>(row), sums);
        }
    });
}

} // namespace vigil::grid_sums
