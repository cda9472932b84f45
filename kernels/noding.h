#pragma once

#include "kernels/line_set.h"

#include <cstddef>

namespace vigil {

struct Noded {
    LineSet lines;
    std::size_t splits = 0; ///< cuts made inside lines
};

/// Cuts lines wherever they cross or touch, so that they only meet at ends.
///
/// Cut are both lines where two segments cross, the line on whose inside another line's end lies within
/// `tolerance_m` (a loose end), and lines that share a place inside (within a micrometre). Stretches that lie
/// on top of each other are cut at each other's vertices. Pieces keep the order and direction of their line.
/// The pieces' ends agree exactly or within max(tolerance_m, a micrometre): join them with join_ends.
///
/// lines        finite, metres, no repeated vertices
/// returns      the pieces, line by line; the same for any order of the lines (but for their order)
/// cost         O((n + k) log n) for n segments of similar length with k encounters; O(n + k) memory
Noded node_lines(const LineSet& lines, double tolerance_m);

/// Ends nearer than this are one place, whatever the tolerance: a micrometre is beyond any survey.
inline constexpr double same_place_m = 1e-6;

} // namespace vigil
