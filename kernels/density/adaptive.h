#pragma once

#include "kernels/kernel_shape.h"
#include "libgeo/plane.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// Kernel density at the places of the incidents themselves: the pilot of an adaptive density.
///
///     f_i = sum_j w_j K_h(|x_i - x_j|)          j = i and incidents at the same place count
///
/// Summed place by place, without a grid. A Gaussian counts as ended at 8.5 sigma, where it is 2e-16 of its
/// peak. Depends neither on the order of the points nor on the threads.
///
/// points       n places, metres, projected CRS
/// weights      n values >= 0, or empty for all 1
/// bandwidth_m  > 0
/// returns      n values, incidents per square metre
/// throws       Error if the sizes differ or a value is out of range
/// cost         O(n log n + pairs of distinct places within reach)
std::vector<double> density_at_points(std::span<const XY> points, std::span<const double> weights,
                                      KernelShape shape, double bandwidth_m);

/// Bandwidths of an adaptive density, and how they came about.
struct AbramsonBandwidths {
    std::vector<double> bandwidths_m; ///< one per incident; their weighted geometric mean is h0 if none is
                                      ///< trimmed
    double gamma_m = 0;               ///< weighted geometric mean of f^(-1/2)
    std::size_t trimmed = 0;          ///< incidents whose bandwidth was held at trim h0
};

/// Bandwidths that widen where incidents are sparse.
///
///     h_i = h0 min(f_i^(-1/2), trim gamma) / gamma,    gamma = exp( sum w_i ln(f_i^(-1/2)) / sum w_i )
///
/// weights        n values >= 0, or empty for all 1
/// pilot_density  f: n values, > 0 where the weight is; density_at_points() with a pilot bandwidth, divided
/// by
///                its WindowMass where edges are corrected
/// h0_m           > 0
/// trim           >= 1; h_i is never more than trim h0
/// throws         Error if the sizes differ or a value is out of range
/// cost           O(n log n)
/// source         Abramson (1982), Annals of Statistics 10, 1217-1223; the scaling by gamma from Silverman
///                (1986), 5.3.1; trimming as Davies and Hazelton (2010), Statistics in Medicine 29, 2423-2437
AbramsonBandwidths abramson(std::span<const double> weights, std::span<const double> pilot_density,
                            double h0_m, double trim = 5);

} // namespace vigil
