#pragma once

#include "kernels/inference/tail_queries.h"

#include <cstddef>
#include <functional>
#include <span>

namespace vigil::tails {

/// Tails for values that are not whole, by counting on a grid.
///
/// Values are rounded to steps of a 2048th of the sums asked for, up or down so that the errors of
/// neighbouring values cancel, and the table of chances is read at the sums as they are. What
/// rounding adds to the spread is taken out again to first order.
///
/// Right to about 1 % of itself where many subsets lie near; no shape of the values matters
/// (outliers, many zeros).
///
/// queries     by draws; those answered are reported and the others moved to the front
/// work_limit  for one grid; three times that for all together
/// returns     how many are left
/// cost        the work of one table for each factor of 2 between the sums asked for
std::size_t grid_tails(const Population& population, std::span<Query> queries, double work_limit,
                       const std::function<void(const Query&, const Tail&)>& report);

} // namespace vigil::tails
