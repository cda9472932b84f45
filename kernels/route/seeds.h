#pragma once

#include "libgeo/route_network.h"

#include <span>
#include <vector>

namespace vigil {

/// A node where a search begins or ends, and what it costs to get between it and the place searched from.
struct Seed {
    std::uint32_t node = 0;
    Weight weight = 0;
};

/// A way found by a search: arcs from a seed of the start to a seed of the end.
struct ArcPath {
    Weight weight = unreachable; ///< with both seeds' weights
    std::uint32_t from_seed = 0; ///< index into the seeds of the start
    std::uint32_t to_seed = 0;
    std::vector<std::uint32_t> arcs;
};

} // namespace vigil
