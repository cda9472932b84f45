#pragma once

#include "kernels/density.h"
#include "libgeo/grid.h"
#include "libgeo/parallel.h"
#include "libgeo/plane.h"
#include "libgeo/progress.h"
#include "libgeo/random.h"
#include "libgeo/raster.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <span>
#include <vector>

namespace vigil {

/// Incidents of one group: places, metres, and weights >= 0 (empty for all 1).
struct Group {
    std::span<const XY> points;
    std::span<const double> weights;
};

/// p-values of a Monte Carlo test of R simulations, K+ and K- of which were at least and at most the observed
/// value:  upper = (K+ + 1) / (R + 1),  lower = (K- + 1) / (R + 1). NaN where nothing was tested.
/// source   Davison & Hinkley (1997), Bootstrap Methods and their Application, eq. 4.11
struct PValues {
    Raster<double> upper; ///< small where the observed value is high
    Raster<double> lower; ///< small where it is low
};

/// min(1, 2 min(upper, lower)), cell by cell; NaN stays.
Raster<double> two_sided(const PValues& p);

/// What simulation by relabelling needs; used by kernels/density/ only.
namespace relabelling {

/// Random numbers of one simulation, one after the other.
class Draws {
  public:
    Draws(std::uint64_t seed, std::uint64_t item) : random_(seed, item) {}

    double uniform() { return random_.uniform(next_++); }

    /// A whole number below m > 0, each equally likely: 64 bits x, unless x < 2^64 mod m, when the next draw
    /// is taken; then x mod m. What is left of 2^64 is a multiple of m, so there is no bias.
    std::uint64_t below(std::uint64_t m);

  private:
    Random random_;
    std::uint64_t next_ = 0;
};

/// Incidents of weight > 0 in canonical order (x, y, weight), which does not depend on the rows' order.
struct Sample {
    std::vector<XY> points;
    std::vector<double> weights;

    [[nodiscard]] std::size_t size() const { return points.size(); }
    [[nodiscard]] double total() const;
    /// (sum w)^2 / sum w^2: as many equal incidents would vary as much (Kish 1965); n for equal weights.
    [[nodiscard]] double effective_count() const;
};

/// throws   Error as merged_places()
Sample sample_of(std::initializer_list<Group> groups);

/// 1 for those of n incidents that a simulation gives to A: `count` of them, every subset equally likely, by
/// a partial Fisher-Yates shuffle of the smaller part.
std::vector<unsigned char> permuted(std::size_t n, std::size_t count, Draws draws);

/// 1 with probability `share`, each incident on its own.
std::vector<unsigned char> tossed(std::size_t n, double share, Draws draws);

/// The incidents whose label is `label`.
Sample part(const Sample& pool, std::span<const unsigned char> labels, unsigned char label);

/// A density surface with what is needed to compare it.
struct Surface {
    Raster<double> raster;
    double weight = 0;   ///< sum of weights
    double reach_m = 0;  ///< of the kernel
    double error_m2 = 0; ///< no cell is off by more, incidents per square metre
};

Surface surface_of(const Sample& sample, const Grid& grid, const DensityOptions& options);

/// How often simulations were at least and at most the observed value, cell by cell.
struct Counts {
    std::vector<std::uint32_t> at_least, at_most;
};

/// How far a simulated statistic exceeds the observed one, and what rounding may have done to that.
struct Excess {
    double value = 0;
    double slope = 0; ///< change of value for an error of 1 in every surface, at most
    double size = 0;  ///< sum of the magnitudes that were added
};

/// A simulation's weights.
struct Weights {
    double a = 0, b = 0;
};

struct Simulations {
    std::uint32_t number = 199;
    std::uint64_t seed = 1;
    DensityOptions a, b; ///< of the same kernel and bandwidth, or two
    std::function<std::vector<unsigned char>(std::size_t n, Draws draws)> labels;
};

/// throws   Error unless 1 <= number <= 10^6
void check(std::uint32_t simulations);

/// Compares R relabellings of a + b with what was observed.
///
/// With one kernel the surfaces of A and B add up to the same for every labelling, so that one surface is
/// computed for each simulation and B's is what A's leaves. Values that rounding cannot tell apart count as
/// equal, that is on both sides: a p-value is never too small because of rounding.
///
/// excess   excess(cell, a, b, weights) compares a labelling whose surfaces are a and b there
/// cost     R (or 2 R) surfaces; memory of one surface (or two) and 8 bytes a cell
template <typename Compare>
Counts count(const Sample& pool, const Surface& a, const Surface& b, const Simulations& plan,
             const Compare& excess, const Progress& progress)
{
    constexpr std::size_t cells_together = 1U << 14U;
    const std::size_t cells = a.raster.values.size();
    const bool common = plan.a.bandwidth_m == plan.b.bandwidth_m && plan.a.shape == plan.b.shape;
    const double total = pool.total();
    Counts counts{std::vector<std::uint32_t>(cells, 0), std::vector<std::uint32_t>(cells, 0)};
    for (std::uint32_t simulation = 1; simulation <= plan.number; ++simulation) {
        const auto labels = plan.labels(pool.size(), Draws(plan.seed, simulation));
        const Surface one = surface_of(part(pool, labels, 1), a.raster.grid, plan.a);
        const Surface other = common ? Surface{} : surface_of(part(pool, labels, 0), a.raster.grid, plan.b);
        const Weights weights{one.weight, common ? std::fmax(total - one.weight, 0) : other.weight};
        const double error =
            std::fmax(std::fmax(a.error_m2, b.error_m2), std::fmax(one.error_m2, other.error_m2));
        parallel_chunks(cells, cells_together, [&](std::size_t begin, std::size_t end) {
            for (std::size_t k = begin; k < end; ++k) {
                const double sim_a = one.raster.values[k];
                const double rest = a.raster.values[k] + b.raster.values[k] - sim_a;
                const double sim_b = common ? std::fmax(rest, 0) : other.raster.values[k];
                const Excess e = excess(k, sim_a, sim_b, weights);
                const double tie = error * e.slope + 16 * std::numeric_limits<double>::epsilon() * e.size;
                counts.at_least[k] += static_cast<std::uint32_t>(e.value >= -tie);
                counts.at_most[k] += static_cast<std::uint32_t>(e.value <= tie);
            }
        });
        progress(static_cast<double>(simulation) / plan.number);
    }
    return counts;
}

/// NaN where `tested` is 0.
PValues p_values(const Counts& counts, std::uint32_t simulations, const Grid& grid,
                 std::span<const unsigned char> tested);

} // namespace relabelling

} // namespace vigil
