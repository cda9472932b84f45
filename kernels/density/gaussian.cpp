#include "kernels/density/gaussian.h"

#include "kernels/density/vector_clones.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <numbers>

namespace vigil {

namespace {

constexpr double least_cells = 8; // sigma from which a coarse lattice pays
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
            reader.weights.push_back(std::exp(-u * u / 2) / (std::sqrt(2 * std::numbers::pi) * split.read));
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

constexpr std::int64_t lanes = 32; // rows that are read together, interleaved

/// line[j] += weight * row[j]
VIGIL_VECTOR_CLONES void add_line(double* __restrict line, const double* __restrict row, double weight,
                                  std::int64_t n)
{
    for (std::int64_t j = 0; j < n; ++j) {
        line[j] += weight * row[j];
    }
}

/// One column of cells in all lanes.
VIGIL_VECTOR_CLONES void read_column(const double* __restrict nodes, const double* __restrict weights,
                                     std::int64_t taps, double* __restrict out)
{
    for (std::int64_t k = 0; k < lanes; ++k) {
        out[k] = weights[0] * nodes[k];
    }
    std::int64_t t = 1;
    for (; t + 4 <= taps; t += 4) {
        const double* __restrict from = nodes + t * lanes;
        const double w0 = weights[t];
        const double w1 = weights[t + 1];
        const double w2 = weights[t + 2];
        const double w3 = weights[t + 3];
        for (std::int64_t k = 0; k < lanes; ++k) {
            double sum = out[k];
            sum += w0 * from[k];
            sum += w1 * from[k + lanes];
            sum += w2 * from[k + 2 * lanes];
            sum += w3 * from[k + 3 * lanes];
            out[k] = sum;
        }
    }
    for (; t < taps; ++t) {
        for (std::int64_t k = 0; k < lanes; ++k) {
            out[k] += weights[t] * nodes[t * lanes + k];
        }
    }
}

Grid checked(const Grid& grid, double sigma_m, double tol)
{
    require(std::isfinite(sigma_m) && sigma_m > 0, "a Gaussian's sigma must be above 0 metres, not {}",
            sigma_m);
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
    std::vector<double> lines(static_cast<std::size_t>(lanes * nodes), 0.0);
    const std::int64_t height = end - begin;
    for (std::int64_t lane = 0; lane < height; ++lane) {
        std::fill(line.begin(), line.end(), 0.0);
        const std::int64_t first = down_.first[static_cast<std::size_t>(begin + lane)];
        for (std::int64_t t = 0; t < taps; ++t) {
            add_line(line.data(), smoothed_.data() + (first + t) * nodes,
                     down_.weights[static_cast<std::size_t>((begin + lane) * taps + t)], nodes);
        }
        for (std::int64_t j = 0; j < nodes; ++j) {
            lines[static_cast<std::size_t>(lanes * j + lane)] = line[static_cast<std::size_t>(j)];
        }
    }
    constexpr std::int64_t together = 8; // columns: whole lines of the cache are written
    std::array<double, static_cast<std::size_t>(lanes * together)> cells;
    for (std::int64_t col = 0; col < grid_.cols; col += together) {
        const std::int64_t width = std::min(together, grid_.cols - col);
        for (std::int64_t k = 0; k < width; ++k) {
            const auto at = static_cast<std::size_t>(col + k);
            read_column(lines.data() + lanes * across_.first[at], across_.weights.data() + at * across_.taps,
                        static_cast<std::int64_t>(across_.taps), cells.data() + lanes * k);
        }
        for (std::int64_t lane = 0; lane < height; ++lane) {
            for (std::int64_t k = 0; k < width; ++k) {
                out[lane * grid_.cols + col + k] = cells[static_cast<std::size_t>(lanes * k + lane)];
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
    std::mutex reporting;
    std::size_t done = 0;
    const auto chunk = static_cast<std::size_t>(lanes);
    parallel_chunks(static_cast<std::size_t>(end - begin), chunk, [&](std::size_t from, std::size_t to) {
        read_rows(begin + static_cast<std::int64_t>(from), begin + static_cast<std::int64_t>(to),
                  out.data() + static_cast<std::int64_t>(from) * grid_.cols);
        const std::scoped_lock lock(reporting);
        done += to - from;
        progress(static_cast<double>(done) / static_cast<double>(end - begin));
    });
}

} // namespace vigil
