#pragma once

#include "kernels/route/line_ways.h"

#include <cstddef>
#include <vector>

namespace vigil {

struct NodedLines {
    Geometries lines;                ///< single lines, on the plane
    std::vector<std::size_t> source; ///< the feature each came from, 0-based
    std::size_t splits = 0;          ///< cuts made inside lines
};

/// Cuts lines wherever they cross or touch lines of their own level: a bridge is not joined with the street
/// below it.
///
/// lines    on a plane, metres
/// level    of each feature, or empty for all 0
/// source   node_lines
NodedLines node_by_level(const Geometries& lines, const std::vector<std::int16_t>& level, double tolerance_m);

/// What is known of the lines that cut features became: minutes are shared out by length, and `whole` tells
/// which lines are one when some cross borders.
///
/// length_m   of each line
LineKinds kinds_of_cut(const LineKinds& kinds, const std::vector<std::size_t>& source,
                       const std::vector<double>& length_m);

} // namespace vigil
