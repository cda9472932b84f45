#pragma once

#include "kernels/route/build/chains.h"

#include <cstdint>
#include <vector>

namespace vigil::route_build {

/// Place along the Hilbert curve that fills the square of all longitudes and latitudes.
std::uint64_t hilbert_place(FixedLonLat place);

/// An end of a chain at a point that is split: it has its own node.
struct SplitEnd {
    std::uint32_t point = 0;
    std::uint32_t node = 0;
    Step step = 0; ///< leaves the point
    auto operator<=>(const SplitEnd&) const = default;
};

/// Nodes in their final order: along a Hilbert curve, then by (lon, lat), layer, and what leaves them.
struct Nodes {
    std::vector<FixedLonLat> place;
    std::vector<std::uint32_t> of_step;  ///< node where a step begins; no_index within a chain
    std::vector<std::uint32_t> of_point; ///< no_index when it has none; of a split point the lowest
    std::vector<SplitEnd> split;         ///< sorted
};

Nodes number_nodes(const Lines& lines, const Chains& chains);

} // namespace vigil::route_build
