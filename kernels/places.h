#pragma once

#include "libgeo/plane.h"

#include <span>
#include <vector>

namespace vigil {

/// A place and the weight of all incidents there.
struct Place {
    double x = 0;
    double y = 0;
    double weight = 0;
};

/// Incidents as distinct places in canonical order (by x, then y), their weights added: what is computed from
/// them does not depend on the order of the rows. Places of weight 0 are left out.
///
/// weights  n values >= 0, or empty for all 1
/// throws   Error if the sizes differ, or a coordinate or weight is not finite or a weight is negative
/// cost     O(n log n)
std::vector<Place> merged_places(std::span<const XY> points, std::span<const double> weights);

/// Sum of weights, added in order.
double total_weight(std::span<const Place> places);

} // namespace vigil
