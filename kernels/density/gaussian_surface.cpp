#include "kernels/density/gaussian.h"
#include "kernels/density/gaussian_columns.h"
#include "kernels/density/gaussian_lattice.h"
#include "kernels/density/gaussian_sums.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace vigil {

namespace {

constexpr double widest_on_cells = 5;            // sigma in cells up to which the cells are the lattice
constexpr std::size_t most_nodes_kept = 1 << 24; // 128 MB; beyond, each band makes those it reads

} // namespace

/// Either the cells are the nodes of the lattice, or they are read from its nodes.
class GaussianSurface::Ways {
  public:
    Ways(std::span<const Place> places, const Grid& grid, double sigma_m, double tol) : grid_(grid)
    {
        const double sigma_cells = sigma_m / grid.cell_m;
        if (sigma_cells <= std::max(widest_on_cells, sigma_for_anywhere(tol))) {
            on_cells_ = true;
            split_ = split_to_nodes(sigma_cells, tol);
            const LatticeFrame frame{.origin = {grid.left_x, grid.top_y},
                                     .pad = -0.5,
                                     .spacing_m = grid.cell_m,
                                     .rows = grid.rows,
                                     .cols = grid.cols};
            lattice_.emplace(places, frame, split_);
            reach_m_ = lattice_->reach_m();
            return;
        }
        read_from_nodes(places, sigma_m, tol);
    }

    [[nodiscard]] double bound() const { return split_.bound; }
    [[nodiscard]] double reach_m() const { return reach_m_; }

    void rows(std::int64_t begin, std::int64_t end, double* out) const
    {
        if (on_cells_) {
            lattice_->rows(begin, end, out, static_cast<std::size_t>(grid_.cols));
        } else {
            read(begin, end, out);
        }
    }

  private:
    void read_from_nodes(std::span<const Place> places, double sigma_m, double tol)
    {
        const double sigma = sigma_for_anywhere(tol);
        const double spacing_m = sigma_m / sigma;
        const double step = grid_.cell_m / spacing_m;
        split_ = split_anywhere(sigma, tol);
        const double pad = std::ceil(split_.cut * split_.read) + 1;
        across_ = NodeWeights(pad, step, grid_.cols, split_);
        down_ = NodeWeights(pad, step, grid_.rows, split_);
        const LatticeFrame frame{.origin = {grid_.left_x, grid_.top_y},
                                 .pad = pad - step / 2,
                                 .spacing_m = spacing_m,
                                 .rows = down_.nodes(),
                                 .cols = across_.nodes()};
        lattice_.emplace(places, frame, split_);
        node_stride_ = static_cast<std::size_t>(frame.cols);
        const std::size_t nodes = node_stride_ * static_cast<std::size_t>(frame.rows);
        reach_m_ = lattice_->reach_m() + split_.cut * split_.read * spacing_m;
        if (nodes <= most_nodes_kept) {
            nodes_.resize(nodes);
            lattice_->rows(0, frame.rows, nodes_.data(), node_stride_);
            lattice_.reset();
        }
    }

    void read(std::int64_t begin, std::int64_t end, double* out) const
    {
        if (begin >= end) {
            return;
        }
        const auto cols = static_cast<std::size_t>(grid_.cols);
        const std::int64_t top = down_.first(begin);
        const auto taps = static_cast<std::size_t>(down_.taps());
        const auto node_rows = static_cast<std::size_t>(down_.first(end - 1) - top) + taps;
        std::vector<double> wide(node_rows * cols); // rows of nodes read at the columns of the cells
        std::vector<double> band;
        if (nodes_.empty()) {
            band.resize(node_rows * node_stride_);
            lattice_->rows(top, top + static_cast<std::int64_t>(node_rows), band.data(), node_stride_);
        }
        const double* from =
            nodes_.empty() ? band.data() : nodes_.data() + static_cast<std::size_t>(top) * node_stride_;
        parallel_chunks(node_rows, 8, [&](std::size_t first, std::size_t last) {
            across_.read_rows(from + first * node_stride_, node_stride_, last - first,
                              wide.data() + first * cols, cols);
        });
        parallel_chunks(static_cast<std::size_t>(end - begin), 32, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) {
                const std::int64_t row = begin + static_cast<std::int64_t>(i);
                weighted_sums(down_.weights(row), taps,
                              wide.data() + static_cast<std::size_t>(down_.first(row) - top) * cols, cols,
                              out + i * cols, cols);
            }
        });
    }

    Grid grid_;
    GaussianSplit split_;
    double reach_m_ = 0;
    bool on_cells_ = false;
    std::optional<GaussianLattice> lattice_;
    NodeWeights across_;
    NodeWeights down_;
    std::vector<double> nodes_;
    std::size_t node_stride_ = 0;
};

GaussianSurface::GaussianSurface(std::span<const Place> places, const Grid& grid, double sigma_m, double tol)
{
    require_gaussian(places, sigma_m, tol);
    require(grid.rows > 0 && grid.cols > 0 && grid.cell_m > 0, "the grid has no cells");
    ways_ = std::make_unique<const Ways>(places, grid, sigma_m, tol);
}

GaussianSurface::~GaussianSurface() = default;
GaussianSurface::GaussianSurface(GaussianSurface&&) noexcept = default;
GaussianSurface& GaussianSurface::operator=(GaussianSurface&&) noexcept = default;

void GaussianSurface::rows(std::int64_t begin, std::int64_t end, double* out) const
{
    ways_->rows(begin, end, out);
}

double GaussianSurface::relative_bound() const
{
    return ways_->bound();
}

double GaussianSurface::reach_m() const
{
    return ways_->reach_m();
}

} // namespace vigil
