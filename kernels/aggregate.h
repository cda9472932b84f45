#pragma once

#include "libgeo/grid.h"
#include "libgeo/plane.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// The cell of a fishnet each place falls in, row * cols + col; -1 outside. A cell holds its western and
/// southern edges; the outermost cells also hold the eastern and northern edge of the grid.
std::vector<std::int64_t> fishnet_cells(std::span<const XY> places, const Grid& grid);

/// What was gathered in each of m bins.
struct Tally {
    std::vector<std::int64_t> count; ///< m
    std::vector<double> sum;         ///< m sums of weights; empty when every incident counts 1
};

/// Counts incidents, and adds up their weights, by bin.
///
/// bin      n bins below `bins`, or -1 for an incident that is left out
/// weights  n, or empty
/// returns  sums taken from the smallest weight to the largest, so the order of incidents does not matter
/// throws   Error when the sizes differ
/// cost     O(n), with weights O(n log n)
Tally tally(std::span<const std::int64_t> bin, std::span<const double> weights, std::size_t bins);

/// Distinct places, west to east and south to north, and what was gathered at each.
struct MergedPlaces {
    std::vector<XY> places;
    Tally tally;
};
MergedPlaces merge_coincident(std::span<const XY> places, std::span<const double> weights);

} // namespace vigil
