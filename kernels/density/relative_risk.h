#pragma once

#include "kernels/density.h"
#include "kernels/density/relabel.h"
#include "libgeo/grid.h"
#include "libgeo/progress.h"
#include "libgeo/raster.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace vigil {

/// How much of a kernel about each cell's centre lies inside the study area, one value per cell, in (0, 1];
/// 0 or NaN outside. Empty for an area without edges.
struct EdgeMass {
    std::span<const double> kernel; ///< e(c) = int_W K(v - c) dv
    /// s(c) = int_W K(v - c)^2 dv / int K^2. Of a Gaussian that is e(c) for h / sqrt(2), of a uniform kernel
    /// e(c) itself, of an Epanechnikov the quartic's e(c). Only the asymptotic test needs it.
    std::span<const double> square;
};

enum class RiskTest { none, asymptotic, monte_carlo };

struct RiskOptions {
    DensityOptions density;       ///< kernel and bandwidth of both groups
    double other_bandwidth_m = 0; ///< of the second group; 0: the same
    EdgeMass edge;                ///< for the kernel (of the first group)
    EdgeMass other_edge;          ///< for the second group's, if that has another bandwidth
    double least_count = 5;       ///< cells with fewer incidents in the kernel are masked
    double least_share = 0;       ///< also those below this share of the highest pooled density
    RiskTest test = RiskTest::asymptotic;
    std::uint32_t simulations = 199; ///< Monte Carlo
    std::uint64_t seed = 1;          ///< Monte Carlo
};

struct RiskMap {
    Raster<double> log_ratio;        ///< ln(f / g); NaN where masked or one-sided
    PValues p;                       ///< upper: more of the first group. Without a test: no cells
    double reach_m = 0;              ///< distance at which an incident stops counting
    double weight = 0;               ///< of the first group
    double other_weight = 0;         ///< of the second
    std::size_t masked_cells = 0;    ///< outside the area, or too few incidents: no value and no p
    std::size_t one_sided_cells = 0; ///< only one group in reach: the ratio is infinite or 0, a NaN
};

/// Relative risk: the ratio of the densities of two groups, each of which integrates to 1.
///
///     rho(c) = ln( f(c) / g(c) ),   f(c) = sum_i w_i K(|c - p_i|) / (e(c) sum_i w_i)
///
/// with f of the first group and g of the second. 0 where the groups are spread alike; ln 2 where the first
/// is twice as dense. The totals do not matter.
///
/// Mask. Cells are NaN where N(c) < least_count, N = sum over groups of (n' / W) F h^2 / R(K): the expected
/// count in the kernel (see kernel_roughness; F = sum w K, n' = effective count, W = weight). No value is
/// clamped. Where the cell is dense enough but only one group is in reach the ratio is not finite: NaN,
/// counted in one_sided_cells, and tested by simulation only. The same holds where one density is below 10
/// times the error bound of its surface, so that rho is never off by more than 0.22, and by far less
/// in all but such cells.
///
/// asymptotic   Z = rho / sqrt( (R / p) (s1 / (e1^2 h1^2 n1) + s2 / (e2^2 h2^2 n2)) ), p the pooled density
///              (W1 f + W2 g) / (W1 + W2), n1 and n2 the effective counts; p.upper = 1 - Phi(Z), p.lower
///              = Phi(Z). With one Gaussian of sigma h: R s / e^2 = q_(h/sqrt2) / (4 pi q_h^2), as in sparr
/// monte_carlo  labels are permuted among all incidents, n1 kept; a cell's p from the rank of its rho among
///              the simulations (see PValues). An incident keeps its weight
///
/// throws   Error if a group is empty or has no weight, an edge raster has another size or (asymptotic) no
///          `square`, least_count or least_share is out of range, or as density()
/// cost     2 surfaces, and by simulation R more (2 R with two bandwidths). Memory: see relative_risk_bytes
/// source   Kelsall & Diggle (1995), Bernoulli 1, 3-16; Hazelton & Davies (2009), Biometrical Journal 51,
///          98-109
RiskMap relative_risk(const Group& first, const Group& second, const Grid& grid, const RiskOptions& options,
                      const Progress& progress = {});

/// Memory that relative_risk() or density_difference() takes for n incidents in all, result included, bytes.
double relative_risk_bytes(std::size_t n, double rows, double cols);

} // namespace vigil
