#include "kernels/density/relative_risk.h"

#include "kernels/density/kernel_square.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace vigil {

namespace {

using namespace relabelling;

constexpr double least_errors = 10; // a density of fewer error bounds is no denominator
constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// A group's surface and the numbers that go with it.
struct Side {
    Surface surface;
    DensityOptions options;
    EdgeMass edge;
    double effective = 0;  ///< count
    std::size_t count = 0; ///< incidents of weight above 0

    [[nodiscard]] double raw(std::size_t k) const { return surface.raster.values[k]; }
    [[nodiscard]] double edge_at(std::size_t k) const { return edge.kernel.empty() ? 1 : edge.kernel[k]; }
    /// Whether the density is told from 0, to a tenth.
    [[nodiscard]] bool known_at(std::size_t k) const
    {
        return raw(k) > 0 && raw(k) >= least_errors * surface.error_m2;
    }
    [[nodiscard]] double density_at(std::size_t k) const { return raw(k) / (edge_at(k) * surface.weight); }
    /// Area of a uniform kernel of the same variance, m^2.
    [[nodiscard]] double area_m2() const
    {
        return options.bandwidth_m * options.bandwidth_m / kernel_roughness(options.shape);
    }
    [[nodiscard]] double count_at(std::size_t k) const
    {
        return effective / surface.weight * raw(k) * area_m2();
    }
    /// Variance of ln f times f.
    [[nodiscard]] double spread_at(std::size_t k) const
    {
        const double e = edge_at(k);
        const double square = edge.square.empty() ? 1 : edge.square[k];
        return square / (e * e * area_m2() * effective);
    }
};

void check_edge(const EdgeMass& edge, const Grid& grid, RiskTest test)
{
    const auto cells = static_cast<std::size_t>(grid.cells());
    for (const auto& mass : {edge.kernel, edge.square}) {
        require(mass.empty() || mass.size() == cells, "{} edge values for {} cells", mass.size(), cells);
    }
    require(edge.kernel.empty() == edge.square.empty() || test != RiskTest::asymptotic,
            "the asymptotic test needs the edge mass of the kernel and of its square");
}

void check_options(const RiskOptions& options, const Grid& grid)
{
    require(options.other_bandwidth_m >= 0 && std::isfinite(options.other_bandwidth_m),
            "bandwidth {} m of the second group is not a positive number", options.other_bandwidth_m);
    require(options.least_count >= 0, "least count {} is negative", options.least_count);
    require(options.least_share >= 0 && options.least_share <= 1, "least share {} is not between 0 and 1",
            options.least_share);
    require(grid.rows > 0 && grid.cols > 0 && grid.cell_m > 0, "the grid has no cells");
    check_edge(options.edge, grid, options.test);
    check_edge(options.other_edge, grid, options.test);
    if (options.test == RiskTest::monte_carlo) {
        check(options.simulations);
    }
}

Side side_of(const Group& group, const char* which, const Grid& grid, const DensityOptions& options,
             const EdgeMass& edge)
{
    const Sample sample = sample_of({group});
    require(sample.size() > 0, "the {} group has no incident of weight above 0", which);
    return {surface_of(sample, grid, options), options, edge, sample.effective_count(), sample.size()};
}

double pooled_at(const Side& first, const Side& second, std::size_t k)
{
    return (first.raw(k) / first.edge_at(k) + second.raw(k) / second.edge_at(k)) /
           (first.surface.weight + second.surface.weight);
}

/// 1 for cells inside the area with enough incidents in the kernel.
std::vector<unsigned char> dense_cells(const Side& first, const Side& second, const RiskOptions& options)
{
    const std::size_t cells = first.surface.raster.values.size();
    std::vector<unsigned char> dense(cells, 0);
    double highest = 0;
    for (std::size_t k = 0; k < cells; ++k) {
        const bool inside = first.edge_at(k) > 0 && second.edge_at(k) > 0; // NaN is outside
        dense[k] = static_cast<unsigned char>(inside);
        highest = inside ? std::max(highest, pooled_at(first, second, k)) : highest;
    }
    for (std::size_t k = 0; k < cells; ++k) {
        if (dense[k] != 0) {
            const double count = first.count_at(k) + second.count_at(k);
            const double pooled = pooled_at(first, second, k);
            dense[k] = static_cast<unsigned char>(count > 0 && count >= options.least_count &&
                                                  pooled >= options.least_share * highest);
        }
    }
    return dense;
}

void fill_ratio(RiskMap& map, const Side& first, const Side& second, std::span<const unsigned char> dense)
{
    for (std::size_t k = 0; k < dense.size(); ++k) {
        const bool both = first.known_at(k) && second.known_at(k);
        map.masked_cells += static_cast<std::size_t>(dense[k] == 0);
        map.one_sided_cells += static_cast<std::size_t>(dense[k] != 0 && !both);
        if (dense[k] != 0 && both) {
            map.log_ratio.values[k] = std::log(first.density_at(k)) - std::log(second.density_at(k));
        }
    }
}

/// 1 - Phi(z), with its digits in both tails.
double upper_tail(double z)
{
    return 0.5 * std::erfc(z / std::numbers::sqrt2);
}

PValues asymptotic(const Raster<double>& log_ratio, const Side& first, const Side& second)
{
    PValues p{Raster<double>(log_ratio.grid, none), Raster<double>(log_ratio.grid, none)};
    for (std::size_t k = 0; k < log_ratio.values.size(); ++k) {
        if (!std::isnan(log_ratio.values[k])) {
            const double variance = (first.spread_at(k) + second.spread_at(k)) / pooled_at(first, second, k);
            const double z = log_ratio.values[k] / std::sqrt(variance);
            p.upper.values[k] = upper_tail(z);
            p.lower.values[k] = upper_tail(-z);
        }
    }
    return p;
}

PValues monte_carlo(const Sample& pool, const Side& first, const Side& second,
                    std::span<const unsigned char> dense, const RiskOptions& options,
                    const Progress& progress)
{
    const Surface& f = first.surface;
    const Surface& g = second.surface;
    const Simulations plan{options.simulations, options.seed, first.options, second.options,
                           [count_a = first.count](std::size_t n, const Draws& draws) {
                               return permuted(n, count_a, draws);
                           }};
    // ln(a / W1) - ln(b / W2) against the same of f and g, multiplied out: defined where one of them is 0,
    // and edge masses cancel
    const auto excess = [&](std::size_t k, double a, double b, const Weights& weights) {
        const double scale_a = weights.a / f.weight;
        const double scale_b = weights.b / g.weight;
        const double plus = scale_b * a * g.raster.values[k];
        const double minus = scale_a * f.raster.values[k] * b;
        return Excess{plus - minus,
                      scale_b * (g.raster.values[k] + a) + scale_a * (b + 3 * f.raster.values[k]),
                      plus + minus};
    };
    const Counts counts = count(pool, f, g, plan, excess, progress);
    return p_values(counts, options.simulations, f.raster.grid, dense);
}

} // namespace

RiskMap relative_risk(const Group& first, const Group& second, const Grid& grid, const RiskOptions& options,
                      const Progress& progress)
{
    check_options(options, grid);
    DensityOptions other = options.density;
    const bool two_kernels =
        options.other_bandwidth_m > 0 && options.other_bandwidth_m != options.density.bandwidth_m;
    if (two_kernels) {
        other.bandwidth_m = options.other_bandwidth_m;
        require(options.edge.kernel.empty() == options.other_edge.kernel.empty(),
                "two bandwidths need an edge mass each, or none");
    }
    const Side one = side_of(first, "first", grid, options.density, options.edge);
    const Side two = side_of(second, "second", grid, other, two_kernels ? options.other_edge : options.edge);
    const auto dense = dense_cells(one, two, options);

    RiskMap map;
    map.log_ratio = Raster<double>(grid, none);
    map.reach_m = std::max(one.surface.reach_m, two.surface.reach_m);
    map.weight = one.surface.weight;
    map.other_weight = two.surface.weight;
    fill_ratio(map, one, two, dense);
    if (options.test == RiskTest::asymptotic) {
        map.p = asymptotic(map.log_ratio, one, two);
    } else if (options.test == RiskTest::monte_carlo) {
        map.p = monte_carlo(sample_of({first, second}), one, two, dense, options, progress);
    }
    return map;
}

double relative_risk_bytes(std::size_t n, double rows, double cols)
{
    // two observed surfaces, one more simulated at a time (the first is in density_bytes), counters, three
    // results
    const double per_cell = 3.0 * sizeof(double) + 2 * sizeof(std::uint32_t) + 3.0 * sizeof(double) + 1;
    const double per_incident = 4.0 * 24 + 16; // the rows, the pool, two parts of it, labels and their order
    return density_bytes(n, rows, cols) + rows * cols * per_cell + static_cast<double>(n) * per_incident;
}

} // namespace vigil
