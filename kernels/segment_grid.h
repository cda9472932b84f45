#pragma once

#include "kernels/line_set.h"

#include <cstddef>
#include <functional>

namespace vigil {

/// Calls visit(s, t), s < t, for every pair of segments that may come within `reach_m` of each other, and for
/// some that do not; a pair may be visited more than once. A segment is named by its first vertex in
/// lines.xy.
///
/// Segments are filed in a grid whose cells are about as wide as an average segment is long.
/// cost   O((n + c) log n) for n segments that pass through c cells, plus the pairs that share a cell
void for_near_segments(const LineSet& lines, double reach_m,
                       const std::function<void(std::size_t, std::size_t)>& visit);

} // namespace vigil
