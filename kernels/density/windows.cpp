#include "kernels/density/lanes.h"
#include "kernels/density/rows.h"

#include <limits>
#include <numbers>

namespace vigil::density_detail {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon() / 2;

/// Each gives K(d) / K(0) of a squared distance below h^2, 1 / h^2 known.
struct Uniform {
    static double at(double, double, double) { return 1; }
};
template <int power>
struct Polynomial {
    static double at(double dist_m2, double h2, double per_h2)
    {
        const double rest = (h2 - dist_m2) * per_h2;
        double value = rest;
        for (int k = 1; k < power; ++k) {
            value *= rest;
        }
        return value;
    }
};
struct Triangular {
    static double at(double dist_m2, double h2, double per_h2)
    {
        // 1 - u = (1 - u^2) / (1 + u), which keeps its digits near the edge
        return (h2 - dist_m2) * per_h2 / (1 + std::sqrt(dist_m2 * per_h2));
    }
};
struct Cosine {
    static double at(double dist_m2, double h2, double per_h2)
    {
        // cos(pi u / 2) = sin(pi (1 - u) / 2), which keeps its digits near the edge
        const double rest = (h2 - dist_m2) * per_h2 / (1 + std::sqrt(dist_m2 * per_h2));
        return std::sin(std::numbers::pi / 2 * rest);
    }
};

/// Adds every spot's window to each row; bounds the rounding by the weight and number that can meet in a
/// cell.
template <typename Kernel>
struct WindowSum {
    static inline double add_row(const RowsJob& job, std::int64_t r)
    {
        const double y = job.reach.centre(r);
        double* const out = job.row(r);
        double weight = 0;
        double places = 0;
        const SpotColumns near = job.bands.near(y, y);
        for (std::size_t i = 0; i < near.size; ++i) {
            const Spot spot = near.at(i);
            const double dy2 = (y - spot.y) * (y - spot.y);
            const double h2 = spot.bandwidth_m * spot.bandwidth_m;
            const double per_h2 = 1 / h2;
            const Columns columns = job.reach.columns(spot.x, dy2, h2);
            for (std::int32_t col = columns.first; col <= columns.last; ++col) {
                const double dx = (static_cast<double>(col) + 0.5) * job.reach.cell_m - spot.x;
                out[col] += spot.weight * Kernel::at(dx * dx + dy2, h2, per_h2);
            }
            weight += std::fabs(spot.weight);
            places += 1;
        }
        return (places + 12) * epsilon * weight;
    }
    static double run(const RowsJob* job)
    {
        double bound = 0;
        for (std::int64_t r = job->begin; r < job->end; ++r) {
            bound = std::fmax(bound, add_row(*job, r));
        }
        return bound;
    }
};

/// A Gaussian is a column of factors times a row of factors.
struct GaussianSum {
    static inline void add(const RowsJob& job, const Spot& spot, std::vector<double>& factor)
    {
        const double scale = -1 / (2 * spot.bandwidth_m * spot.bandwidth_m);
        const double reach_m = spot.bandwidth_m * job.cut;
        const double reach_m2 = reach_m * reach_m;
        const double nearest_y =
            std::fmin(std::fmax(spot.y, job.reach.centre(job.begin)), job.reach.centre(job.end - 1));
        const Columns widest =
            job.reach.columns(spot.x, (nearest_y - spot.y) * (nearest_y - spot.y), reach_m2);
        if (widest.first > widest.last) {
            return;
        }
        factor.resize(static_cast<std::size_t>(widest.last - widest.first + 1));
        for (std::int32_t col = widest.first; col <= widest.last; ++col) {
            const double dx = job.reach.centre(col) - spot.x;
            factor[static_cast<std::size_t>(col - widest.first)] = std::exp(scale * dx * dx);
        }
        for (std::int64_t r = job.begin; r < job.end; ++r) {
            const double dy = job.reach.centre(r) - spot.y;
            const Columns columns = job.reach.columns(spot.x, dy * dy, reach_m2);
            if (columns.first > columns.last) {
                continue;
            }
            const double share = spot.weight * std::exp(scale * dy * dy);
            const double* const from = factor.data() + (columns.first - widest.first);
            double* const to = job.row(r) + columns.first;
            const std::int32_t n = columns.last - columns.first + 1;
            for (std::int32_t k = 0; k < n; ++k) {
                to[k] += share * from[k];
            }
        }
    }
    static double run(const RowsJob* job)
    {
        std::vector<double> factor;
        double weight = 0;
        double places = 0;
        const SpotColumns near =
            job->bands.near(job->reach.centre(job->begin), job->reach.centre(job->end - 1));
        for (std::size_t i = 0; i < near.size; ++i) {
            const Spot spot = near.at(i);
            add(*job, spot, factor);
            weight += std::fabs(spot.weight);
            places += 1;
        }
        return (places + 12) * epsilon * weight;
    }
};

} // namespace

double sum_rows(const RowsJob& job)
{
    switch (job.shape) {
    case KernelShape::uniform:
        return run_widest<WindowSum<Uniform>>(&job);
    case KernelShape::epanechnikov:
        return run_widest<WindowSum<Polynomial<1>>>(&job);
    case KernelShape::quartic:
        return run_widest<WindowSum<Polynomial<2>>>(&job);
    case KernelShape::triweight:
        return run_widest<WindowSum<Polynomial<3>>>(&job);
    case KernelShape::cosine:
        return run_widest<WindowSum<Cosine>>(&job);
    default:
        return run_widest<WindowSum<Triangular>>(&job);
    }
}

double gaussian_rows(const RowsJob& job)
{
    return run_widest<GaussianSum>(&job);
}

} // namespace vigil::density_detail
