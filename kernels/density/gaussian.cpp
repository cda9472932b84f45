#include "kernels/density/gaussian.h"

#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <numbers>

namespace vigil {

namespace {

using Wide [[gnu::vector_size(32)]] = double;
using Four [[gnu::aligned(8), gnu::may_alias]] = Wide; // four doubles, at any address

constexpr double least_cells = 8;      // sigma from which a coarse lattice pays
constexpr double spacings_a_sigma = 4.5;

GaussianSplit split_for(double sigma_m, double cell_m, double tol)
{
    const double cells = sigma_m / cell_m;
    if (cells >= least_cells) {
        return split_gaussian(sigma_m, std::fmax(2 * cell_m, sigma_m / spacings_a_sigma), true, tol);
    }
    const GaussianSplit on_cells = split_gaussian(sigma_m, cell_m, false, tol);
    return on_cells.bound <= tol ? on_cells : whole_gaussian(sigma_m, cell_m, tol);
}

GaussianReader reader(std::int64_t n, double cell_m, const GaussianSplit& split)
{
    GaussianReader reader;
    const double per_spacing = 1 / split.spacing_m;
    reader.taps = static_cast<std::size_t>(2 * split.read_nodes + 1);
    for (std::int64_t i = 0; i < n; ++i) {
        const double at = (static_cast<double>(i) + 0.5) * cell_m * per_spacing + split.read_nodes;
        const double nearest = std::floor(at + 0.5);
        reader.first.push_back(static_cast<std::int64_t>(nearest) - split.read_nodes);
        for (int k = -split.read_nodes; k <= split.read_nodes; ++k) {
            const double u = (nearest + k - at) / split.read;
            reader.weights.push_back(std::exp(-u * u / 2) /
                                     (std::sqrt(2 * std::numbers::pi) * split.read));
        }
    }
    return reader;
}

LatticeShape shape_for(const Grid& grid, const GaussianSplit& split)
{
    if (split.read_nodes == 0) {
        return {grid.centre_x(0), grid.centre_y(0), grid.rows, grid.cols};
    }
    const double margin_m = split.read_nodes * split.spacing_m;
    const double per_spacing = grid.cell_m / split.spacing_m;
    const auto nodes = [&](std::int64_t cells) {
        return static_cast<std::int64_t>(static_cast<double>(cells) * per_spacing) + 2 * split.read_nodes + 2;
    };
    return {grid.left_x - margin_m, grid.top_y + margin_m, nodes(grid.rows), nodes(grid.cols)};
}

/// lines[4 j + lane] += weight * row[j]
[[gnu::target_clones("avx2", "default")]] void add_line(double* lines, const double* row, double weight,
                                                         std::int64_t n)
{
    for (std::int64_t j = 0; j < n; ++j) {
        lines[j] += weight * row[j];
    }
}

/// Four rows of cells at once from four lines of nodes, interleaved.
[[gnu::target_clones("avx2", "default")]] void read_four(const double* nodes, const std::int64_t* first,
                                                          const double* weights, std::int64_t taps, double* out,
                                                          std::int64_t cols)
{
    for (std::int64_t col = 0; col < cols; ++col) {
        const auto* from = reinterpret_cast<const Four*>(nodes + 4 * first[col]);
        const double* weight = weights + col * taps;
        Four sum = weight[0] * from[0];
        for (std::int64_t t = 1; t < taps; ++t) {
            sum += weight[t] * from[t];
        }
        *reinterpret_cast<Four*>(out + 4 * col) = sum;
    }
}

Grid checked(const Grid& grid, double sigma_m, double tol)
{
    require(std::isfinite(sigma_m) && sigma_m > 0, "a Gaussian's sigma must be above 0 metres, not {}", sigma_m);
    require(tol >= 1e-15 && tol <= 0.1, "the error that is allowed must be from 1e-15 to 0.1, not {}", tol);
    require(grid.rows > 0 && grid.cols > 0 && grid.cell_m > 0, "a density needs a grid with cells");
    return grid;
}

} // namespace

GaussianSurface::GaussianSurface(std::span<const Place> places, const Grid& grid, double sigma_m, double tol,
                                 const Progress& progress)
    : grid_(checked(grid, sigma_m, tol)), split_(split_for(sigma_m, grid.cell_m, tol)),
      lattice_(places, shape_for(grid, split_), split_), kept_(split_.read_nodes > 0)
{
    const LatticeShape& shape = lattice_.shape();
    const auto nodes = static_cast<double>(std::max(shape.rows, shape.cols));
    bound_ = split_.bound + gaussian_rounding(split_, lattice_.most_places(),
                                              nodes + 2.0 * (split_.spread_nodes + split_.smooth_nodes + 1));
    const double axis = split_.spread_nodes + split_.smooth_nodes + split_.read_nodes + 1;
    reach_m_ = std::numbers::sqrt2 * axis * split_.spacing_m;
    if (kept_) {
        smoothed_.resize(static_cast<std::size_t>(shape.rows * shape.cols));
        lattice_.smoothed(0, shape.rows, smoothed_.data());
        across_ = reader(grid.cols, grid.cell_m, split_);
        down_ = reader(grid.rows, grid.cell_m, split_);
    }
    progress(1);
}

void GaussianSurface::read_rows(std::int64_t begin, std::int64_t end, double* out) const
{
    const std::int64_t nodes = lattice_.shape().cols;
    const auto taps = static_cast<std::int64_t>(down_.taps);
    std::vector<double> line(static_cast<std::size_t>(nodes));
    std::vector<double> four(static_cast<std::size_t>(4 * nodes));
    std::vector<double> cells(static_cast<std::size_t>(4 * grid_.cols));
    for (std::int64_t top = begin; top < end; top += 4) {
        const std::int64_t lanes = std::min<std::int64_t>(4, end - top);
        for (std::int64_t lane = 0; lane < lanes; ++lane) {
            std::fill(line.begin(), line.end(), 0.0);
            const std::int64_t first = down_.first[static_cast<std::size_t>(top + lane)];
            for (std::int64_t t = 0; t < taps; ++t) {
                add_line(line.data(), smoothed_.data() + (first + t) * nodes,
                         down_.weights[static_cast<std::size_t>((top + lane) * taps + t)], nodes);
            }
            for (std::int64_t j = 0; j < nodes; ++j) {
                four[static_cast<std::size_t>(4 * j + lane)] = line[static_cast<std::size_t>(j)];
            }
        }
        read_four(four.data(), across_.first.data(), across_.weights.data(),
                  static_cast<std::int64_t>(across_.taps), cells.data(), grid_.cols);
        for (std::int64_t lane = 0; lane < lanes; ++lane) {
            double* to = out + (top - begin + lane) * grid_.cols;
            for (std::int64_t col = 0; col < grid_.cols; ++col) {
                to[col] = cells[static_cast<std::size_t>(4 * col + lane)];
            }
        }
    }
}

void GaussianSurface::rows(std::int64_t begin, std::int64_t end, std::span<double> out,
                           const Progress& progress) const
{
    require(begin >= 0 && begin <= end && end <= grid_.rows &&
                out.size() == static_cast<std::size_t>((end - begin) * grid_.cols),
            "rows {} to {} do not fit a grid of {} rows", begin, end, grid_.rows);
    if (begin == end) {
        return;
    }
    if (!kept_) {
        lattice_.smoothed(begin, end, out.data());
        progress(1);
        return;
    }
    constexpr std::size_t rows_together = 32;
    std::mutex reporting;
    std::size_t done = 0;
    parallel_chunks(static_cast<std::size_t>(end - begin), rows_together, [&](std::size_t from, std::size_t to) {
        read_rows(begin + static_cast<std::int64_t>(from), begin + static_cast<std::int64_t>(to),
                  out.data() + static_cast<std::int64_t>(from) * grid_.cols);
        const std::scoped_lock lock(reporting);
        done += to - from;
        progress(static_cast<double>(done) / static_cast<double>(end - begin));
    });
}

} // namespace vigil
