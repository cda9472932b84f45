#pragma once

#include "kernels/route/hierarchy/hierarchy.h"

#include <span>
#include <vector>

namespace vigil::hierarchy {

/// Appends the arcs that hierarchy edges stand for.
///
/// edges   2 * edge, plus 1 when it is gone down; each must be on a cheapest way
void unpack(const CustomisedHierarchy& metric, std::span<const std::uint32_t> edges,
            std::vector<std::uint32_t>& arcs);

} // namespace vigil::hierarchy
