#pragma once

#include "kernels/kernel_shape.h"
#include "kernels/weights.h"
#include "libgeo/plane.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

struct KernelWeights {
    KernelShape shape = KernelShape::triangular;
    double bandwidth_m = 0;    ///< the same for all, > 0; or 0 and
    std::size_t nearest = 0;   ///< a bandwidth for each place: the distance to its nearest-th other one
    double gaussian_reach = 1; ///< bandwidths after which the Gaussian is cut, in (0, 38]; 1 as in libpysal
    bool self = false;         ///< whether each place counts for itself, with K(0)
};

/// Weights that fade with distance. With z = d_ij / h_i:
///
///     uniform       1 / 2                           z <= 1
///     triangular    1 - z                           z < 1
///     epanechnikov  3/4 (1 - z^2)                   z < 1
///     quartic       15/16 (1 - z^2)^2               z < 1
///     triweight     35/32 (1 - z^2)^3               z < 1
///     cosine        pi/4 cos(pi z / 2)              z < 1
///     gaussian      exp(-z^2 / 2) / sqrt(2 pi)      z <= gaussian_reach
///
/// A bandwidth found from the nearest-th other place is a ten-millionth longer than that distance,
/// so that this place counts a little. A bandwidth of 0 (the nearest-th other place coincides)
/// leaves the coincident places, with K(0). Places whose weight is 0 are no neighbours.
///
/// places   n, metres
/// returns  symmetric when the bandwidth is one for all
/// throws   Error when not exactly one of bandwidth_m and nearest is given, nearest >= n, an
///          option is out of range, or a coordinate is not finite
/// cost     O(n log n + pairs within twice the bandwidth) time, 12 bytes a link
/// source   the first, second, third, fourth and last are libpysal's Kernel weights (there
///          "quadratic" is Epanechnikov's); Silverman (1986), Density Estimation, table 3.1
Weights kernel_weights(std::span<const XY> places, const KernelWeights& options);

/// K(z) as above, 0 beyond the reach.
double kernel_weight(KernelShape shape, double z, double gaussian_reach = 1);

/// Distance from each place to its k-th nearest other one, metres.
///
/// throws   Error when k < 1 or k >= n, or a coordinate is not finite
std::vector<double> kth_nearest_distances(std::span<const XY> places, std::size_t k);

} // namespace vigil
