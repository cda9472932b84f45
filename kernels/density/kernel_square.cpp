#include "kernels/density/kernel_square.h"

#include "kernels/places.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <numbers>
#include <vector>

namespace vigil {

namespace {

/// Simpson's rule for 2 pi int_0^1 u K(u)^2 du; for smooth kernels that end at h.
double roughness_by_quadrature(KernelShape shape)
{
    constexpr int steps = 2000;
    double sum = 0;
    for (int k = 1; k <= steps; ++k) {
        const double u = static_cast<double>(k) / steps;
        const double value = kernel_value(shape, 1, u);
        const double weight = k == steps ? 1 : (k % 2 == 1 ? 4 : 2);
        sum += weight * u * value * value;
    }
    return 2 * std::numbers::pi * sum / (3 * steps);
}

constexpr double square_loss = 1e-15; // what cutting a Gaussian's square may lose: 3e-8 of the highest error

/// Places with squared weights, metres east and south of the grid's corner, from north to south.
std::vector<Place> squared_places(std::span<const XY> points, std::span<const double> weights,
                                  const Grid& grid, double reach_m)
{
    std::vector<double> squares(weights.begin(), weights.end());
    for (double& weight : squares) {
        require(weight >= 0, "a weight is negative or not finite; weights are 0 or more");
        weight *= weight;
        require(std::isfinite(weight), "a weight is too large to be squared");
    }
    const Box reachable = grid.box().grown(reach_m * (1 + 1e-9) + grid.cell_m);
    std::vector<Place> places;
    for (const Place& place : merged_places(points, squares)) {
        if (reachable.contains({place.x, place.y})) {
            places.push_back({place.x - grid.left_x, grid.top_y - place.y, place.weight});
        }
    }
    std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.y < b.y; });
    return places;
}

/// Sums w^2 K^2 / K(0)^2 row by row.
class SquareSum {
  public:
    SquareSum(const std::vector<Place>& places, const DensityOptions& options, Raster<double>& raster)
        : places_(places), shape_(options.shape), h_(options.bandwidth_m), reach_(square_reach_m(options)),
          raster_(raster)
    {
    }

    void add_rows(std::int64_t begin, std::int64_t end) const
    {
        std::vector<double> factor;
        const double slack = reach_ * 1e-9;
        const double north = centre(begin) - reach_ - slack;
        const double south = centre(end - 1) + reach_ + slack;
        const auto below = [](const Place& place, double y) {
            return place.y < y;
        };
        auto place = std::lower_bound(places_.begin(), places_.end(), north, below);
        for (; place != places_.end() && place->y <= south; ++place) {
            if (shape_ == KernelShape::gaussian) {
                add_gaussian(*place, begin, end, factor);
            } else {
                add_compact(*place, begin, end);
            }
        }
    }

  private:
    struct Columns {
        std::int64_t first = 0, last = -1;
    };

    [[nodiscard]] double centre(std::int64_t index) const
    {
        return (static_cast<double>(index) + 0.5) * raster_.grid.cell_m;
    }
    /// Columns whose centres are at most `half_m` from x, with one more on either side: a kernel's square is
    /// 0 there, or it is a Gaussian's beyond the cut.
    [[nodiscard]] Columns columns(double x, double half_m) const
    {
        const double cell = raster_.grid.cell_m;
        const auto most = static_cast<double>(raster_.grid.cols);
        const double from = std::floor((x - half_m) / cell - 0.5) - 1;
        const double to = std::ceil((x + half_m) / cell - 0.5) + 1;
        return {static_cast<std::int64_t>(std::clamp(from, 0.0, most)),
                static_cast<std::int64_t>(std::clamp(to, -1.0, most - 1))};
    }
    void add_compact(const Place& place, std::int64_t begin, std::int64_t end) const
    {
        for (std::int64_t row = begin; row < end; ++row) {
            const double dy = centre(row) - place.y;
            const double rest = h_ * h_ - dy * dy;
            if (rest < 0) {
                continue;
            }
            const Columns reached = columns(place.x, std::sqrt(rest));
            add_row(place, dy * dy, reached, &raster_.at(row, 0));
        }
    }
    /// The shape is chosen outside the loop over cells, so that each loop is plain arithmetic.
    void add_row(const Place& place, double dy2, const Columns& reached, double* out) const
    {
        const auto each = [&](const auto& share) {
            for (std::int64_t col = reached.first; col <= reached.last; ++col) {
                const double dx = centre(col) - place.x;
                out[col] += place.weight * share(dx * dx + dy2);
            }
        };
        const double h2 = h_ * h_;
        const auto rest = [h2](double dist_m2) {
            return std::max((h2 - dist_m2) / h2, 0.0);
        };
        if (shape_ == KernelShape::quartic) {
            each([&](double dist_m2) {
                const double square = rest(dist_m2) * rest(dist_m2);
                return square * square;
            });
        } else if (shape_ == KernelShape::triweight) {
            each([&](double dist_m2) {
                const double cube = rest(dist_m2) * rest(dist_m2) * rest(dist_m2);
                return cube * cube;
            });
        } else {
            each([&](double dist_m2) { return square_share(shape_, h_, dist_m2); });
        }
    }
    /// exp(-(dx^2 + dy^2) / h^2) as a row of factors times a column of factors.
    void add_gaussian(const Place& place, std::int64_t begin, std::int64_t end,
                      std::vector<double>& factor) const
    {
        const Columns reached = columns(place.x, reach_);
        factor.clear();
        for (std::int64_t col = reached.first; col <= reached.last; ++col) {
            const double dx = centre(col) - place.x;
            factor.push_back(std::exp(-dx * dx / (h_ * h_)));
        }
        for (std::int64_t row = begin; row < end; ++row) {
            const double dy = centre(row) - place.y;
            if (std::abs(dy) > reach_) {
                continue;
            }
            const Columns inner = columns(place.x, std::sqrt(reach_ * reach_ - dy * dy));
            const double share = place.weight * std::exp(-dy * dy / (h_ * h_));
            double* out = &raster_.at(row, 0);
            for (std::int64_t col = inner.first; col <= inner.last; ++col) {
                out[col] += share * factor[static_cast<std::size_t>(col - reached.first)];
            }
        }
    }

    const std::vector<Place>& places_;
    KernelShape shape_;
    double h_, reach_;
    Raster<double>& raster_;
};

} // namespace

double kernel_roughness(KernelShape shape)
{
    constexpr double pi = std::numbers::pi;
    switch (shape) {
    case KernelShape::uniform:
        return 1 / pi;
    case KernelShape::triangular:
        return 3 / (2 * pi);
    case KernelShape::epanechnikov:
        return 4 / (3 * pi);
    case KernelShape::quartic:
        return 9 / (5 * pi);
    case KernelShape::triweight:
        return 16 / (7 * pi);
    case KernelShape::gaussian:
        return 1 / (4 * pi);
    default:
        return roughness_by_quadrature(shape);
    }
}

double square_share(KernelShape shape, double bandwidth_m, double dist_m2)
{
    const double h2 = bandwidth_m * bandwidth_m;
    const double rest = std::max((h2 - dist_m2) / h2, 0.0);
    switch (shape) {
    case KernelShape::uniform:
        return dist_m2 <= h2 ? 1 : 0;
    case KernelShape::triangular: {
        const double value = rest / (1 + std::sqrt(dist_m2 / h2)); // 1 - u, with its digits near the edge
        return value * value;
    }
    case KernelShape::epanechnikov:
        return rest * rest;
    case KernelShape::quartic:
        return rest * rest * (rest * rest);
    case KernelShape::triweight:
        return rest * rest * rest * (rest * rest * rest);
    case KernelShape::gaussian:
        return std::exp(-dist_m2 / h2);
    default: {
        const double share =
            kernel_value(shape, bandwidth_m, std::sqrt(dist_m2)) / kernel_peak(shape, bandwidth_m);
        return share * share;
    }
    }
}

double square_reach_m(const DensityOptions& options)
{
    const double h = options.bandwidth_m;
    return options.shape == KernelShape::gaussian ? gaussian_cut(square_loss) * h / std::sqrt(2.0) : h;
}

Raster<double> sum_of_squares(std::span<const XY> points, std::span<const double> weights, const Grid& grid,
                              const DensityOptions& options, const Progress& progress)
{
    constexpr std::size_t rows_together = 16;
    Raster<double> raster(grid);
    const auto places = squared_places(points, weights, grid, square_reach_m(options));
    const SquareSum sum(places, options, raster);
    const auto rows = static_cast<std::size_t>(grid.rows);
    std::atomic<std::size_t> done = 0;
    std::mutex reporting;
    parallel_chunks(rows, rows_together, [&](std::size_t begin, std::size_t end) {
        sum.add_rows(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end));
        const std::size_t now = done += end - begin;
        if (const std::unique_lock lock(reporting, std::try_to_lock); lock.owns_lock()) {
            progress(static_cast<double>(now) / static_cast<double>(rows));
        }
    });
    const double peak = kernel_peak(options.shape, options.bandwidth_m);
    for (double& value : raster.values) {
        value *= peak * peak;
    }
    return raster;
}

} // namespace vigil
