#pragma once

#include "libgeo/plane.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil::coverage {

/// Places to cover: no two alike, in order; weights as integers, so that sums have no order.
struct Demand {
    std::vector<XY> xy;
    std::vector<std::int64_t> weight;
    std::vector<std::int64_t> count;
    double scale = 1; ///< integer weight = weight * scale, a power of two

    [[nodiscard]] double total() const;
};

/// Places from the south-west, equal ones merged. Empty weights or counts mean all 1.
Demand merged(std::span<const XY> places, std::span<const double> weights,
              std::span<const std::int64_t> counts);

} // namespace vigil::coverage
