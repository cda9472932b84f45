#pragma once

#include "libgeo/plane.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Line ends gathered into nodes.
struct JoinedEnds {
    std::vector<XY> nodes;           ///< ordered by (x, y)
    std::vector<std::uint32_t> node; ///< for each end, its node
};

/// Makes one node of all ends that can be reached from each other by steps of at most `tolerance_m`.
/// The node stands at the end that comes first by (x, y), so the order of the ends does not matter.
///
/// ends         n places, metres, finite
/// tolerance_m  >= 0; 0 joins equal places only
/// cost         O(n log n) time when few ends share a tolerance's width, O(n) memory
JoinedEnds join_ends(std::span<const XY> ends, double tolerance_m);

} // namespace vigil
