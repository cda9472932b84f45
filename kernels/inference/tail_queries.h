#pragma once

#include "kernels/inference/tail_population.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace vigil::tails {

/// One feature's question, in the population's numbers. Where more than half are drawn it is put
/// for those that are not.
struct Query {
    double sum = 0;
    std::int32_t draws = 0;
    std::uint32_t own = 0; ///< index of the feature's value
    std::uint32_t feature = 0;
    bool swapped = false; ///< its upper tail is the lower one here
};

/// The questions of all features with a value and neighbours, by number of draws.
///
/// throws  Error when a number of neighbours or a sum is impossible
std::vector<Query> queries_of(const Population& population, std::span<const double> values,
                              std::span<const std::int32_t> neighbours, std::span<const double> sums);

/// The table for the sums asked for, or up to `least_sum`, of the smaller subset sizes, as many
/// as `work_limit` allows for `work(size)`: draws 0 for none. `queries` by draws.
TableSize countable(const WholeAtoms& atoms, std::span<const Query> queries, std::size_t least_sum,
                    const std::function<double(TableSize)>& work, double work_limit);

/// Sorts by left-out value and draws; where group value * (draws + 1) + draws begins, and the
/// end.
std::vector<std::size_t> groups(std::span<Query> queries, std::size_t values, std::size_t draws);

/// Which groups are not empty.
std::vector<bool> wanted_of(std::span<const std::size_t> group);

/// Sorts so that each question's answer is near the one before: by draws and sum, within equal
/// left-out values first when these come `repeated`.
void sort_for_curve(std::span<Query> queries, const Population& population, bool repeated);

/// How far a sum may be off by rounding when values are not whole.
double rounding(const Population& population);

/// Answers that need no approximation: one draw, sums that cannot vary, and those at or beyond
/// the ends.
std::optional<Tail> at_the_ends(const Population& population, const Query& query,
                                const Population::End& least, const Population::End& greatest,
                                double tolerance);

} // namespace vigil::tails
