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

enum class DifferenceScale {
    rates,   ///< incidents per m^2 and unit of exposure (days, say): D = F_A / exposure_a - F_B / exposure_b
    patterns ///< each surface integrates to 1: D = F_A / W_A - F_B / W_B, whatever the totals
};

/// What is simulated, given all incidents and their places.
enum class DifferenceNull {
    /// Nothing changed: every incident belongs to A with probability exposure_a / (exposure_a + exposure_b),
    /// independently. A rise everywhere is significant. Supposes independent incidents: p is too small if one
    /// leads to the next.
    by_exposure,
    /// The numbers changed, the pattern did not: labels are permuted, the counts of A and B kept. Finds
    /// where A and B differ more than they do on the whole.
    permuted
};

struct DifferenceOptions {
    DensityOptions density;
    DifferenceScale scale = DifferenceScale::rates;
    DifferenceNull null = DifferenceNull::by_exposure; ///< patterns: must be permuted
    double exposure_a = 1;                             ///< > 0; rates only
    double exposure_b = 1;                             ///< > 0; rates only
    std::span<const double> edge_mass; ///< e(c) as in EdgeMass::kernel, divides both; empty for no edges
    double least_count = 5;            ///< cells with fewer incidents in the kernel are not tested
    std::uint32_t simulations = 199;   ///< 0: no test
    std::uint64_t seed = 1;
};

struct DifferenceMap {
    Raster<double> difference;      ///< A - B; NaN outside the area only
    PValues p;                      ///< upper: more in A. Without a test: no cells
    double reach_m = 0;             ///< distance at which an incident stops counting
    double weight_a = 0;            ///< sum of weights
    double weight_b = 0;            ///< sum of weights
    std::size_t untested_cells = 0; ///< outside, or too few incidents
};

/// The difference of two densities, of two groups or two periods, tested by relabelling incidents.
///
///     D(c) = alpha F_A(c) - beta F_B(c),   F(c) = sum_i w_i K(|c - p_i|) / e(c)
///
/// with alpha and beta as DifferenceScale says.
///
/// A cell's p is the rank of its D among the simulations' (PValues); NaN where the kernel holds fewer than
/// least_count incidents of A and B together (as in relative_risk()). An incident keeps its weight.
///
/// throws   Error if a group is empty and scale is patterns, both are empty, exposures are not positive,
///          patterns are tested by exposure, edge_mass has another size, or as density()
/// cost     2 + R surfaces; memory: relative_risk_bytes
/// source   Kelsall & Diggle (1995), Statistics in Medicine 14, 2335-2342 (random labelling); Przyborowski &
///          Wilenski (1940), Biometrika 31, 313-323 (two Poisson counts given their sum)
DifferenceMap density_difference(const Group& a, const Group& b, const Grid& grid,
                                 const DifferenceOptions& options, const Progress& progress = {});

/// Benjamini-Hochberg adjusted values of a raster of p: rejecting those <= alpha keeps the false discovery
/// rate at alpha. NaN stays and does not count. A p of R simulations is at least 1 / (R + 1), so that R must
/// be large.
Raster<double> false_discovery_rate(const Raster<double>& p);

} // namespace vigil
