#include "kernels/density/gaussian_lattice.h"

#include "kernels/density/gaussian_lanes.h"
#include "kernels/density/gaussian_sums.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vigil {

namespace {

constexpr std::int64_t strip_rows = 8;
constexpr std::int64_t most_taps = 64;

constexpr std::size_t up_to_lanes(std::size_t n)
{
    return (n + lanes - 1) / lanes * lanes;
}

/// Adds spots [from, to) to rows [begin, end) of a tile, exp(-d^2 / 2 scatter^2) each, columns in whole
/// lanes.
template <typename Spot, std::size_t blocks>
struct Scatter {
    const Spot* from;
    const Spot* to;
    std::int64_t begin;
    std::int64_t end;
    double* tile;
    std::size_t tile_width;
    std::int64_t first_col;
    double radius;
    double exponent; // -1 / 2 scatter^2
    std::int64_t row_taps;

    template <typename Vector>
    [[gnu::always_inline]] void run() const
    {
        constexpr std::size_t width = sizeof(Vector) / sizeof(double);
        const Lanes ramp = {0, 1, 2, 3, 4, 5, 6, 7};
        for (const Spot* spot = from; spot != to; ++spot) {
            const double top = std::ceil(spot->row - radius);
            const auto top_row = static_cast<std::int64_t>(top);
            const std::int64_t row_begin = std::max(top_row, begin);
            const std::int64_t row_end = std::min(top_row + row_taps, end);
            if (row_begin >= row_end) {
                continue;
            }
            double row_weight[most_taps];
            for (std::size_t t = 0; t < static_cast<std::size_t>(row_taps); t += lanes) {
                Lanes u = ramp + (top + static_cast<double>(t) - spot->row);
                u = u * u * exponent;
                exp_in_place(u);
                u *= spot->weight;
                store(row_weight + t, u);
            }
            const double left = std::ceil(spot->col - radius);
            double col_weight[blocks * lanes];
            for (std::size_t b = 0; b < blocks; ++b) {
                Lanes u = ramp + (left + static_cast<double>(b * lanes) - spot->col);
                u = u * u * exponent;
                exp_in_place(u);
                store(col_weight + b * lanes, u);
            }
            double* at = tile + static_cast<std::size_t>(row_begin - begin) * tile_width +
                         static_cast<std::size_t>(static_cast<std::int64_t>(left) - first_col);
            for (std::int64_t row = row_begin; row < row_end; ++row, at += tile_width) {
                const double weight = row_weight[row - top_row];
                for (std::size_t c = 0; c < blocks * lanes; c += width) {
                    Vector factor;
                    Vector sum;
                    load(factor, col_weight + c);
                    load(sum, at + c);
                    sum += weight * factor;
                    store(at + c, sum);
                }
            }
        }
    }
};

} // namespace

GaussianLattice::GaussianLattice(std::span<const Place> places, const LatticeFrame& frame,
                                 const GaussianSplit& split)
    : frame_(frame), split_(split), half_(static_cast<std::int64_t>(std::floor(split.cut * split.blur))),
      row_taps_(static_cast<std::int64_t>(std::floor(2 * split.cut * split.scatter)) + 1),
      col_taps_(static_cast<std::int64_t>(up_to_lanes(static_cast<std::size_t>(row_taps_)))),
      stride_(up_to_lanes(static_cast<std::size_t>(frame.cols))),
      tile_width_(stride_ + static_cast<std::size_t>(2 * half_ + 2 * col_taps_)),
      first_col_(-half_ - col_taps_)
{
    if (col_taps_ > most_taps) {
        fail(ExitCode::limit, "a Gaussian factor would be spread over {} nodes, more than {}", col_taps_,
             most_taps);
    }
    if (split.blur > 0) {
        blur_ = gaussian_samples(split.blur, static_cast<double>(-half_), 2 * half_ + 1);
    }
    const double radius = split.cut * split.scatter;
    const double scale =
        1 / (frame.spacing_m * frame.spacing_m * 2 * std::numbers::pi * split.scatter * split.scatter);
    const auto meets = [&](double at, std::int64_t nodes) { // nodes that the blur asks
        const double first = std::ceil(at - radius);
        return first + static_cast<double>(row_taps_) > static_cast<double>(-half_) &&
               first < static_cast<double>(nodes + half_);
    };
    std::vector<Spot> near;
    for (const Place& place : places) {
        const Spot spot{frame.col_of(place.x), frame.row_of(place.y), place.weight * scale};
        if (meets(spot.col, frame.cols) && meets(spot.row, frame.rows)) {
            near.push_back(spot);
        }
    }
    strip_end_.resize(strip_of(static_cast<double>(frame.rows + half_ + row_taps_)) + 1);
    for (const Spot& spot : near) {
        ++strip_end_[strip_of(spot.row)];
    }
    std::size_t next = 0;
    for (std::size_t& end : strip_end_) {
        const std::size_t count = end;
        end = next;
        next += count;
    }
    spots_.resize(next);
    for (const Spot& spot : near) {
        spots_[strip_end_[strip_of(spot.row)]++] = spot;
    }
}

double GaussianLattice::reach_m() const
{
    const double radius = split_.cut * split_.scatter;
    return (std::max(radius, static_cast<double>(col_taps_) - radius) + static_cast<double>(half_)) *
           frame_.spacing_m;
}

std::size_t GaussianLattice::strip_of(double row) const
{
    const auto reach = static_cast<double>(half_ + row_taps_);
    return static_cast<std::size_t>(std::max(0.0, row + reach)) / static_cast<std::size_t>(strip_rows);
}

void GaussianLattice::scatter(std::int64_t begin, std::int64_t end, std::vector<double>& tile) const
{
    const double radius = split_.cut * split_.scatter;
    const std::size_t first = strip_of(static_cast<double>(begin) - radius - 1);
    const std::size_t last = std::min(strip_of(static_cast<double>(end) + radius + 1), strip_end_.size() - 1);
    with_blocks(static_cast<std::size_t>(col_taps_) / lanes, [&]<std::size_t blocks>() {
        run_widest(Scatter<Spot, blocks>{.from = spots_.data() + (first == 0 ? 0 : strip_end_[first - 1]),
                                         .to = spots_.data() + strip_end_[last],
                                         .begin = begin,
                                         .end = end,
                                         .tile = tile.data(),
                                         .tile_width = tile_width_,
                                         .first_col = first_col_,
                                         .radius = radius,
                                         .exponent = -0.5 / (split_.scatter * split_.scatter),
                                         .row_taps = row_taps_});
    });
}

void GaussianLattice::scatter_and_blur_rows(std::int64_t begin, std::int64_t end, double* out) const
{
    const auto rows = static_cast<std::size_t>(end - begin);
    std::vector<double> tile(rows * tile_width_);
    scatter(begin, end, tile);
    const auto left = static_cast<std::size_t>(col_taps_); // of the first node that the blur asks
    for (std::size_t row = 0; row < rows; ++row) {
        const double* from = tile.data() + row * tile_width_ + left;
        if (blur_.empty()) {
            std::copy_n(from, stride_, out + row * stride_);
        } else {
            weighted_sums(blur_.data(), blur_.size(), from, 1, out + row * stride_, stride_);
        }
    }
}

void GaussianLattice::rows(std::int64_t begin, std::int64_t end, double* out, std::size_t stride) const
{
    constexpr std::size_t chunk = 64;
    const auto rows = static_cast<std::size_t>(end - begin);
    const auto halo = static_cast<std::size_t>(half_);
    std::vector<double> along(stride_ * (rows + 2 * halo)); // blurred along x only
    parallel_chunks(rows + 2 * halo, chunk, [&](std::size_t from, std::size_t to) {
        const std::int64_t top = begin - half_;
        scatter_and_blur_rows(top + static_cast<std::int64_t>(from), top + static_cast<std::int64_t>(to),
                              along.data() + from * stride_);
    });
    const auto cols = static_cast<std::size_t>(frame_.cols);
    constexpr std::size_t tile_cols = 512; // so that the rows under the blur stay in the cache
    parallel_chunks(rows, chunk, [&](std::size_t from, std::size_t to) {
        for (std::size_t col = 0; col < cols; col += tile_cols) {
            const std::size_t count = std::min(tile_cols, cols - col);
            for (std::size_t row = from; row < to; ++row) {
                const double* first = along.data() + row * stride_ + col;
                if (blur_.empty()) {
                    std::copy_n(first, count, out + row * stride + col);
                } else {
                    weighted_sums(blur_.data(), blur_.size(), first, stride_, out + row * stride + col,
                                  count);
                }
            }
        }
    });
}

} // namespace vigil
