#include "kernels/density/gaussian_lattice.h"

#include "kernels/density/vector_clones.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace vigil {

namespace {

using std::numbers::pi;

/// to[r][k] += down[r] * across[k]. No fused multiply-add: the same bits on all machines.
VIGIL_VECTOR_CLONES void add_outer(double* __restrict to, std::ptrdiff_t stride,
                                   const double* __restrict down, std::ptrdiff_t rows,
                                   const double* __restrict across, std::ptrdiff_t n)
{
    for (std::ptrdiff_t row = 0; row < rows; ++row) {
        double* __restrict line = to + row * stride;
        const double share = down[row];
        for (std::ptrdiff_t k = 0; k < n; ++k) {
            line[k] += share * across[k];
        }
    }
}

} // namespace

GaussianFactors::GaussianFactors(double width, int nodes) : width_(width), nodes_(nodes)
{
    for (int k = 0; k <= nodes; ++k) {
        table_.push_back(std::exp(-k * k / (2 * width * width)));
    }
}

void GaussianFactors::at(double offset, double* out) const
{
    const double scale = 1 / (2 * width_ * width_);
    std::fill(out + 2 * nodes_ + 1, out + padded(), 0.0);
    if (width_ < 0.7) { // few nodes, and powers that would overflow
        for (int k = -nodes_; k <= nodes_; ++k) {
            out[k + nodes_] = std::exp(-(k - offset) * (k - offset) * scale);
        }
        return;
    }
    const double middle = std::exp(-offset * offset * scale);
    const double east = std::exp(2 * offset * scale);
    const double west = 1 / east;
    double to_east = middle;
    double to_west = middle;
    out[nodes_] = middle;
    for (int k = 1; k <= nodes_; ++k) {
        to_east *= east;
        to_west *= west;
        out[nodes_ + k] = to_east * table_[static_cast<std::size_t>(k)];
        out[nodes_ - k] = to_west * table_[static_cast<std::size_t>(k)];
    }
}

VIGIL_VECTOR_CLONES void smooth_lines(const double* __restrict in, std::ptrdiff_t in_stride,
                                      std::ptrdiff_t step, std::span<const double> taps,
                                      double* __restrict out, std::ptrdiff_t out_stride, std::ptrdiff_t lines,
                                      std::ptrdiff_t n)
{
    constexpr std::ptrdiff_t block = 64; // columns of all lines, so that they stay in the nearest cache
    const auto reach = static_cast<std::ptrdiff_t>(taps.size());
    const double* weight = taps.data();
    for (std::ptrdiff_t col = 0; col < n; col += block) {
        const std::ptrdiff_t width = std::min(block, n - col);
        for (std::ptrdiff_t line = 0; line < lines; ++line) {
            const double* __restrict centre = in + line * in_stride + col;
            double* __restrict to = out + line * out_stride + col;
            for (std::ptrdiff_t k = 0; k < width; ++k) {
                to[k] = weight[0] * centre[k];
            }
            std::ptrdiff_t t = 1;
            for (; t + 4 <= reach;
                 t += 4) { // four at a time for fewer loads, one after the other for the bits
                const double* __restrict east = centre + t * step;
                const double* __restrict west = centre - t * step;
                const double w0 = weight[t];
                const double w1 = weight[t + 1];
                const double w2 = weight[t + 2];
                const double w3 = weight[t + 3];
                for (std::ptrdiff_t k = 0; k < width; ++k) {
                    double sum = to[k];
                    sum += w0 * (east[k] + west[k]);
                    sum += w1 * (east[k + step] + west[k - step]);
                    sum += w2 * (east[k + 2 * step] + west[k - 2 * step]);
                    sum += w3 * (east[k + 3 * step] + west[k - 3 * step]);
                    to[k] = sum;
                }
            }
            for (; t < reach; ++t) {
                const double w = weight[t];
                const double* __restrict east = centre + t * step;
                const double* __restrict west = centre - t * step;
                for (std::ptrdiff_t k = 0; k < width; ++k) {
                    to[k] += w * (east[k] + west[k]);
                }
            }
        }
    }
}

GaussianLattice::GaussianLattice(std::span<const Place> places, const LatticeShape& shape,
                                 const GaussianSplit& split)
    : shape_(shape), split_(split), factors_(split.spread, split.spread_nodes),
      scale_(1 / (2 * pi * split.spread * split.spread * split.spacing_m * split.spacing_m)),
      before_(split.spread_nodes + split.smooth_nodes)
{
    const auto reach = static_cast<double>(before_);
    const double south = static_cast<double>(shape.rows) - 1 + reach + 0.5;
    const double east = static_cast<double>(shape.cols) - 1 + reach + 0.5;
    const std::int64_t buckets = shape.rows + 2 * before_ + 1;
    const auto bucket = [&](double y) {
        return static_cast<std::size_t>(std::floor(y + 0.5) + reach);
    };
    std::vector<Place> inside;
    begin_.assign(static_cast<std::size_t>(buckets) + 1, 0);
    // squares as wide as a place spreads: a node meets places of two by two of them at most
    const double side = 2 * split.spread_nodes + 1;
    const auto across = static_cast<std::size_t>((east + reach) / side) + 3;
    const auto down = static_cast<std::size_t>((south + reach) / side) + 3;
    std::vector<double> squares(across * down, 0.0);
    for (const Place& place : places) {
        const double x = (place.x - shape.left_x) / split.spacing_m;
        const double y = (shape.top_y - place.y) / split.spacing_m;
        if (x > -reach - 0.5 && x < east && y > -reach - 0.5 && y < south) {
            inside.push_back({x, y, place.weight * scale_});
            ++begin_[bucket(y) + 1];
            squares[static_cast<std::size_t>((y + reach + 0.5) / side) * across +
                    static_cast<std::size_t>((x + reach + 0.5) / side)] += 1;
        }
    }
    for (std::size_t b = 1; b < begin_.size(); ++b) {
        begin_[b] += begin_[b - 1];
    }
    std::vector<std::size_t> next = begin_;
    places_.resize(inside.size());
    for (const Place& place : inside) {
        places_[next[bucket(place.y)]++] = place;
    }
    for (std::size_t row = 0; row + 1 < down; ++row) {
        for (std::size_t col = 0; col + 1 < across; ++col) {
            const double* s = &squares[row * across + col];
            most_places_ = std::fmax(most_places_, s[0] + s[1] + s[across] + s[across + 1]);
        }
    }
    for (int k = 0; split.smooth > 0 && k <= split.smooth_nodes; ++k) {
        taps_.push_back(std::exp(-k * k / (2 * split.smooth * split.smooth)) /
                        (std::sqrt(2 * pi) * split.smooth));
    }
}

void GaussianLattice::spread(std::int64_t begin, std::int64_t end, double* to, std::int64_t stride) const
{
    const std::int64_t reach = factors_.nodes();
    std::array<double, GaussianFactors::most> across;
    std::array<double, GaussianFactors::most> down;
    const auto last = static_cast<std::int64_t>(begin_.size()) - 1;
    const std::int64_t to_bucket = std::min(end + reach + before_, last);
    for (std::int64_t b = std::max<std::int64_t>(begin - reach + before_, 0); b < to_bucket; ++b) {
        const std::int64_t row = b - before_;
        const std::int64_t from = std::max(row - reach, begin);
        const std::int64_t until = std::min(row + reach + 1, end);
        for (std::size_t i = begin_[static_cast<std::size_t>(b)];
             from < until && i < begin_[static_cast<std::size_t>(b) + 1]; ++i) {
            const Place& place = places_[i];
            const double col = std::floor(place.x + 0.5);
            factors_.at(place.x - col, across.data());
            factors_.at(place.y - static_cast<double>(row), down.data());
            for (std::int64_t r = from; r < until; ++r) {
                down[static_cast<std::size_t>(r - row + reach)] *= place.weight;
            }
            add_outer(to + (from - begin) * stride + static_cast<std::int64_t>(col) - reach, stride,
                      down.data() + (from - row + reach), until - from, across.data(), factors_.padded());
        }
    }
}

void GaussianLattice::smoothed(std::int64_t begin, std::int64_t end, double* out) const
{
    const std::int64_t halo = taps_.empty() ? 0 : static_cast<std::int64_t>(taps_.size()) - 1;
    const std::int64_t side = halo + 2 * factors_.nodes() + 4;
    const std::int64_t stride = shape_.cols + 2 * side + 16;
    const std::int64_t rows = end - begin + 2 * halo;
    std::vector<double> nodes(static_cast<std::size_t>(rows * stride));
    constexpr std::size_t rows_together = 64;
    parallel_chunks(static_cast<std::size_t>(rows), rows_together, [&](std::size_t from, std::size_t to) {
        const auto first = static_cast<std::int64_t>(from);
        spread(begin - halo + first, begin - halo + static_cast<std::int64_t>(to),
               nodes.data() + first * stride + side, stride);
    });
    parallel_chunks(
        static_cast<std::size_t>(end - begin), rows_together / 2, [&](std::size_t from, std::size_t to) {
            const auto first = static_cast<std::int64_t>(from);
            const auto lines = static_cast<std::int64_t>(to - from);
            double* target = out + first * shape_.cols;
            const double* source = nodes.data() + (first + halo) * stride + side;
            if (taps_.empty()) {
                for (std::int64_t line = 0; line < lines; ++line) {
                    std::copy_n(source + line * stride, shape_.cols, target + line * shape_.cols);
                }
                return;
            }
            std::vector<double> half(static_cast<std::size_t>(lines * (shape_.cols + 2 * halo)));
            const std::int64_t wide = shape_.cols + 2 * halo;
            smooth_lines(source - halo, stride, stride, taps_, half.data(), wide, lines, wide);
            smooth_lines(half.data() + halo, wide, 1, taps_, target, shape_.cols, lines, shape_.cols);
        });
}

double gaussian_rounding(const GaussianSplit& split, double places, double extent)
{
    constexpr double unit = std::numeric_limits<double>::epsilon() / 2;
    const double factors = 2.0 * (2.0 * (split.spread_nodes + split.read_nodes + 1) + 16);
    const double sums = 2.0 * (split.smooth_nodes + 2 * split.read_nodes + 8);
    // a shift of all places by x changes no density by more than 22 x / sigma of the highest, by the squares
    // of cut_loss with |K'| in place of K: 2 exp(0.5625) 2.26 2.68 = 21.3
    return unit * (places + factors + sums + 22 * 3 * extent / split.sigma);
}

} // namespace vigil
