#include "kernels/density/gaussian.h"
#include "kernels/density/vector_clones.h"
#include "kernels/kernel_shape.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace vigil {

namespace {

using std::numbers::pi;

/// sum_k across[k] sum_r down[r] nodes[r][k]; `line` is room for n.
VIGIL_VECTOR_CLONES double read_square(const double* __restrict nodes, std::ptrdiff_t stride,
                                       const double* __restrict down, std::ptrdiff_t rows,
                                       const double* __restrict across, double* __restrict line,
                                       std::ptrdiff_t n)
{
    for (std::ptrdiff_t k = 0; k < n; ++k) {
        line[k] = down[0] * nodes[k];
    }
    for (std::ptrdiff_t row = 1; row < rows; ++row) {
        const double share = down[row];
        const double* __restrict from = nodes + row * stride;
        for (std::ptrdiff_t k = 0; k < n; ++k) {
            line[k] += share * from[k];
        }
    }
    double sum = 0;
    for (std::ptrdiff_t k = 0; k < n; ++k) {
        sum += across[k] * line[k];
    }
    return sum;
}

/// Sources in rows as high as the Gaussian reaches, by x within each.
class Neighbours {
  public:
    Neighbours(std::span<const Place> sources, double sigma_m, double tol)
        : sigma_m_(sigma_m), reach_m_(sigma_m * gaussian_cut(tol * 0.8)),
          sorted_(sources.begin(), sources.end())
    {
        std::stable_sort(sorted_.begin(), sorted_.end(),
                         [&](const Place& a, const Place& b) { return row_of(a.y) < row_of(b.y); });
    }

    /// Calls body with each run of sources that may be in reach of a target.
    template <typename Body>
    void about(XY target, const Body& body) const
    {
        for (const double step : {-1.0, 0.0, 1.0}) {
            const double row = row_of(target.y) + step;
            const auto before = [&](const Place& place, double x) {
                const double its = row_of(place.y);
                return its < row || (its == row && place.x < x);
            };
            const auto from = std::lower_bound(sorted_.begin(), sorted_.end(), target.x - reach_m_, before);
            const auto to = std::lower_bound(from, sorted_.end(), target.x + reach_m_, before);
            body(std::span(from, to));
        }
    }
    [[nodiscard]] double density(XY target) const
    {
        double sum = 0;
        about(target, [&](std::span<const Place> run) {
            for (const Place& place : run) {
                const double dist_m2 = squared_distance_m2(target, {place.x, place.y});
                if (dist_m2 <= reach_m_ * reach_m_) {
                    sum += place.weight * std::exp(-dist_m2 / (2 * sigma_m_ * sigma_m_));
                }
            }
        });
        return sum / (2 * pi * sigma_m_ * sigma_m_);
    }

  private:
    [[nodiscard]] double row_of(double y) const { return std::floor(y / reach_m_); }

    double sigma_m_, reach_m_;
    std::vector<Place> sorted_;
};

/// Pairs that Neighbours would look at, from every so many sources and targets.
double estimated_pairs(std::span<const Place> sources, std::span<const XY> targets, double reach_m)
{
    constexpr std::size_t asked = 1000;
    const std::size_t source_step = std::max<std::size_t>(1, sources.size() / asked);
    const std::size_t target_step = std::max<std::size_t>(1, targets.size() / asked);
    double found = 0;
    for (std::size_t i = 0; i < targets.size(); i += target_step) {
        for (std::size_t k = 0; k < sources.size(); k += source_step) {
            const bool near = std::abs(sources[k].x - targets[i].x) <= reach_m &&
                              std::abs(sources[k].y - targets[i].y) <= 1.5 * reach_m;
            found += near ? 1.0 : 0.0;
        }
    }
    return found * static_cast<double>(source_step) * static_cast<double>(target_step);
}

struct Way {
    GaussianSplit split;
    double cost = 0; ///< multiplications, about
    LatticeShape shape;
};

/// The cheapest lattice over the targets.
Way cheapest(const Box& box, double sources, double targets, double sigma_m, double tol)
{
    Way best;
    best.cost = 1e300;
    for (const double spacings : {2.8, 3.2, 3.6, 4.0, 4.5, 5.0, 6.0}) {
        const GaussianSplit split = split_gaussian(sigma_m, sigma_m / spacings, true, tol);
        if (split.bound > tol) {
            continue;
        }
        const double margin_m = (split.read_nodes + 1) * split.spacing_m;
        const double cols = std::floor(box.width() / split.spacing_m) + 2 * split.read_nodes + 8;
        const double rows = std::floor(box.height() / split.spacing_m) + 2 * split.read_nodes + 4;
        const double spread = 2 * split.spread_nodes + 1;
        const double read = 2 * split.read_nodes + 1;
        const double cost = sources * (spread * spread + 300) + targets * (read * read + 300) +
                            cols * (rows + 2 * split.smooth_nodes) * (4.0 * split.smooth_nodes + 20);
        constexpr double most_nodes = 3e7;
        if (cost < best.cost && cols * rows <= most_nodes) {
            best = {split,
                    cost,
                    {box.min_x - margin_m, box.max_y + margin_m, static_cast<std::int64_t>(rows),
                     static_cast<std::int64_t>(cols)}};
        }
    }
    return best;
}

std::vector<double> by_lattice(std::span<const Place> sources, std::span<const XY> targets, const Way& way)
{
    const GaussianLattice lattice(sources, way.shape, way.split);
    const std::int64_t stride = way.shape.cols;
    std::vector<double> nodes(static_cast<std::size_t>(way.shape.rows * stride) + 4);
    lattice.smoothed(0, way.shape.rows, nodes.data());
    const GaussianFactors factors(way.split.read, way.split.read_nodes);
    const double scale = 1 / (2 * pi * way.split.read * way.split.read);
    std::vector<double> out(targets.size());
    constexpr std::size_t together = 1024;
    parallel_chunks(targets.size(), together, [&](std::size_t begin, std::size_t end) {
        std::array<double, GaussianFactors::most> across;
        std::array<double, GaussianFactors::most> down;
        std::array<double, GaussianFactors::most> line;
        for (std::size_t i = begin; i < end; ++i) {
            const double x = (targets[i].x - way.shape.left_x) / way.split.spacing_m;
            const double y = (way.shape.top_y - targets[i].y) / way.split.spacing_m;
            const double col = std::floor(x + 0.5);
            const double row = std::floor(y + 0.5);
            factors.at(x - col, across.data());
            factors.at(y - row, down.data());
            const double* corner = nodes.data() +
                                   (static_cast<std::int64_t>(row) - factors.nodes()) * stride +
                                   static_cast<std::int64_t>(col) - factors.nodes();
            out[i] = scale * read_square(corner, stride, down.data(), 2 * factors.nodes() + 1, across.data(),
                                         line.data(), factors.padded());
        }
    });
    return out;
}

} // namespace

std::vector<double> gaussian_at(std::span<const Place> sources, std::span<const XY> targets, double sigma_m,
                                double tol, const Progress& progress)
{
    require(std::isfinite(sigma_m) && sigma_m > 0, "a Gaussian's sigma must be above 0 metres, not {}",
            sigma_m);
    require(tol >= 1e-15 && tol <= 0.1, "the error that is allowed must be from 1e-15 to 0.1, not {}", tol);
    if (targets.empty() || sources.empty()) {
        return std::vector<double>(targets.size(), 0.0);
    }
    const Way way = cheapest(bounding_box(targets), static_cast<double>(sources.size()),
                             static_cast<double>(targets.size()), sigma_m, tol);
    constexpr double a_pair = 30; // an exponential, in multiplications of a lattice
    if (way.cost < a_pair * estimated_pairs(sources, targets, sigma_m * gaussian_cut(tol))) {
        std::vector<double> out = by_lattice(sources, targets, way);
        progress(1);
        return out;
    }
    const Neighbours neighbours(sources, sigma_m, tol);
    std::vector<double> out(targets.size());
    constexpr std::size_t together = 256;
    parallel_chunks(targets.size(), together, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            out[i] = neighbours.density(targets[i]);
        }
    });
    progress(1);
    return out;
}

} // namespace vigil
