#include "kernels/density/rows.h"
#include "kernels/lanes.h"

#include <array>
#include <limits>
#include <numbers>
#include <vector>

namespace vigil::density_detail {

using wide::Lanes;
using wide::run_widest;

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
/// cos(pi u / 2) / (1 - u^2) as a power series in u^2; it is smooth, and between 1 and pi / 4.
constexpr auto cosine_series = [] {
    constexpr std::size_t terms = 13; // the next is below 1e-21
    std::array<double, terms> sums{};
    long double of_cosine[2 * terms] = {1}; // cos(pi u / 2) itself
    for (std::size_t k = 1; k < 2 * terms; ++k) {
        const auto n = static_cast<long double>(2 * k);
        constexpr long double square = std::numbers::pi_v<long double> * std::numbers::pi_v<long double> / 4;
        of_cosine[k] = -of_cosine[k - 1] * square / (n * (n - 1));
    }
    long double after = 0; // all terms add up to cos(pi / 2) = 0
    for (std::size_t k = 2 * terms - 1; k > 0; --k) {
        after += of_cosine[k];
        if (k <= terms) {
            sums[k - 1] = static_cast<double>(-after);
        }
    }
    return sums;
}();

struct Cosine {
    static double at(double dist_m2, double h2, double per_h2)
    {
        const double u2 = dist_m2 * per_h2;
        double value = cosine_series.back();
        for (std::size_t k = cosine_series.size() - 1; k > 0; --k) {
            value = value * u2 + cosine_series[k - 1];
        }
        return (h2 - dist_m2) * per_h2 * value; // keeps its digits near the edge
    }
};

/// Adds every spot's window to each row.
template <typename Kernel>
struct WindowSum {
    const RowsJob& job;
    std::vector<double> centre;

    explicit WindowSum(const RowsJob& of) : job(of), centre(static_cast<std::size_t>(of.reach.cols))
    {
        for (std::size_t col = 0; col < centre.size(); ++col) {
            centre[col] = of.reach.centre(static_cast<std::int64_t>(col));
        }
    }
    inline double add_row(std::int64_t r) const
    {
        const double y = job.reach.centre(r);
        double* const out = job.row(r);
        double weight = 0;
        double slope = 0; // weight for each metre of bandwidth
        double places = 0;
        const SpotColumns near = job.bands.near(y, y);
        for (std::size_t i = 0; i < near.size; ++i) {
            const Spot spot = near.at(i);
            const double dy2 = (y - spot.y) * (y - spot.y);
            const double h2 = spot.bandwidth_m * spot.bandwidth_m;
            const double per_h2 = 1 / h2;
            const Columns columns = job.reach.columns(spot.x, dy2, h2);
            for (std::int32_t col = columns.first; col <= columns.last; ++col) {
                const double dx = centre[static_cast<std::size_t>(col)] - spot.x;
                out[col] += spot.weight * Kernel::at(dx * dx + dy2, h2, per_h2);
            }
            weight += std::fabs(spot.weight);
            slope += std::fabs(spot.weight) / spot.bandwidth_m;
            places += 1;
        }
        return (places + terms) * epsilon * largest_sum(out, weight) + 2 * moved_m() * slope;
    }
    /// Bounds the sum of |terms| in any cell: without negative weights it is the cell itself.
    [[nodiscard]] inline double largest_sum(const double* out, double weight) const
    {
        double most = 0;
        for (std::int32_t col = 0; col < job.reach.cols; ++col) {
            most = out[col] > most ? out[col] : most;
        }
        return job.negative ? weight : most;
    }
    [[nodiscard]] double moved_m() const { return job.bands.shift_error_m() + 2 * job.reach.centre_error_m; }
    static double run(const RowsJob* job)
    {
        const WindowSum sum(*job);
        double bound = 0;
        for (std::int64_t r = job->begin; r < job->end; ++r) {
            bound = std::fmax(bound, sum.add_row(r));
        }
        return bound;
    }

  private:
    static constexpr double terms = 40; // roundings in one value, the cosine's series included
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
