#pragma once

#include "kernels/places.h"
#include "libgeo/plane.h"

#include <span>
#include <vector>

namespace vigil {

/// The two ways of gaussian_at, which takes the cheaper. Same arguments, same promise of error.

/// Every place within reach of a target. O(sources log sources + pairs within reach)
std::vector<double> gaussian_at_by_pairs(std::span<const Place> sources, std::span<const XY> targets,
                                         double sigma_m, double tol);

/// Places scattered onto a lattice over the targets' extent, blurred, and read at the targets
/// (GaussianSplit). O(sources + nodes + targets), nodes = extent / (sigma / 3)^2
std::vector<double> gaussian_at_by_nodes(std::span<const Place> sources, std::span<const XY> targets,
                                         double sigma_m, double tol);

} // namespace vigil
