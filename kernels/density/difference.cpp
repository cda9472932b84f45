#include "kernels/density/difference.h"

#include "kernels/density/kernel_square.h"
#include "kernels/fdr.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace vigil {

namespace {

using namespace relabelling;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// What the surfaces are multiplied by.
struct Factors {
    double a = 1, b = 1;
};

Factors factors(const DifferenceOptions& options, const Weights& weights)
{
    if (options.scale == DifferenceScale::rates) {
        return {1 / options.exposure_a, 1 / options.exposure_b};
    }
    return {1 / weights.a, 1 / weights.b};
}

void check_options(const DifferenceOptions& options, const Grid& grid)
{
    const bool rates = options.scale == DifferenceScale::rates;
    for (const double exposure : {options.exposure_a, options.exposure_b}) {
        require(std::isfinite(exposure) && exposure > 0, "exposure {} is not a positive number", exposure);
    }
    require(options.least_count >= 0, "least count {} is negative", options.least_count);
    require(grid.rows > 0 && grid.cols > 0 && grid.cell_m > 0, "the grid has no cells");
    const auto cells = static_cast<std::size_t>(grid.cells());
    require(options.edge_mass.empty() || options.edge_mass.size() == cells, "{} edge values for {} cells",
            options.edge_mass.size(), cells);
    if (options.simulations > 0) {
        check(options.simulations);
        require(rates || options.null == DifferenceNull::permuted,
                "patterns have no totals that could be tested by exposure; permute the labels");
    }
}

/// 1 for cells inside the area with enough incidents in the kernel.
std::vector<unsigned char> tested_cells(const Surface& a, const Surface& b, double effective,
                                        const DifferenceOptions& options)
{
    const double h = options.density.bandwidth_m;
    const double area_m2 = h * h / kernel_roughness(options.density.shape);
    const double per_density = effective / (a.weight + b.weight) * area_m2;
    std::vector<unsigned char> tested(a.raster.values.size());
    for (std::size_t k = 0; k < tested.size(); ++k) {
        const bool inside = options.edge_mass.empty() || options.edge_mass[k] > 0; // NaN is outside
        const double count = per_density * (a.raster.values[k] + b.raster.values[k]);
        tested[k] = static_cast<unsigned char>(inside && count > 0 && count >= options.least_count);
    }
    return tested;
}

Raster<double> difference_of(const Surface& a, const Surface& b, const DifferenceOptions& options)
{
    Raster<double> out(a.raster.grid, none);
    const Factors f = factors(options, {a.weight, b.weight});
    for (std::size_t k = 0; k < out.values.size(); ++k) {
        const double edge = options.edge_mass.empty() ? 1 : options.edge_mass[k];
        if (edge > 0) {
            out.values[k] = (f.a * a.raster.values[k] - f.b * b.raster.values[k]) / edge;
        }
    }
    return out;
}

Counts simulate(const Sample& pool, std::size_t count_a, const Surface& a, const Surface& b,
                const DifferenceOptions& options, const Progress& progress)
{
    const double share = options.exposure_a / (options.exposure_a + options.exposure_b);
    const bool permute = options.null == DifferenceNull::permuted;
    const Simulations plan{options.simulations, options.seed, options.density, options.density,
                           [=](std::size_t n, const Draws& draws) {
                               return permute ? permuted(n, count_a, draws) : tossed(n, share, draws);
                           }};
    const Factors seen = factors(options, {a.weight, b.weight});
    // the edge mass divides both sides and does not change the order
    const auto excess = [&](std::size_t k, double sim_a, double sim_b, const Weights& weights) {
        const Factors f = factors(options, weights);
        const double plus = f.a * sim_a + seen.b * b.raster.values[k];
        const double minus = f.b * sim_b + seen.a * a.raster.values[k];
        return Excess{plus - minus, f.a + 3 * f.b + seen.a + seen.b, plus + minus};
    };
    return count(pool, a, b, plan, excess, progress);
}

} // namespace

DifferenceMap density_difference(const Group& a, const Group& b, const Grid& grid,
                                 const DifferenceOptions& options, const Progress& progress)
{
    check_options(options, grid);
    const Sample sample_a = sample_of({a});
    const Sample sample_b = sample_of({b});
    require(sample_a.size() + sample_b.size() > 0, "no incident has a weight above 0");
    require(options.scale == DifferenceScale::rates || (sample_a.size() > 0 && sample_b.size() > 0),
            "a group without incidents has no pattern to compare");
    const Sample pool = sample_of({a, b});
    const Surface surface_a = surface_of(sample_a, grid, options.density);
    const Surface surface_b = surface_of(sample_b, grid, options.density);

    DifferenceMap map;
    map.difference = difference_of(surface_a, surface_b, options);
    map.reach_m = surface_a.reach_m;
    map.weight_a = surface_a.weight;
    map.weight_b = surface_b.weight;
    const auto tested = tested_cells(surface_a, surface_b, pool.effective_count(), options);
    map.untested_cells = static_cast<std::size_t>(std::count(tested.begin(), tested.end(), 0));
    if (options.simulations > 0) {
        const Counts counts = simulate(pool, sample_a.size(), surface_a, surface_b, options, progress);
        map.p = p_values(counts, options.simulations, grid, tested);
    }
    return map;
}

Raster<double> false_discovery_rate(const Raster<double>& p)
{
    Raster<double> out;
    out.grid = p.grid;
    out.values = benjamini_hochberg(p.values);
    return out;
}

} // namespace vigil
