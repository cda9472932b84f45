#pragma once

#include "kernels/weights.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

// Rates of counts (cases) among populations (people at risk), one entry per feature.
//
// In all of them: a feature whose count or population is NaN, or whose population is 0, takes no part and has
// no rate (NaN). A negative or infinite count or population is an Error that names the row, from 1.
// A count above its population is allowed: people can be counted twice, and populations be person-years.

/// How many features are out of the ordinary.
struct RateCheck {
    std::int64_t usable = 0;           ///< with a count and a population above 0
    std::int64_t missing = 0;          ///< count or population NaN
    std::int64_t no_population = 0;    ///< population 0
    std::int64_t cases_without = 0;    ///< of these, with a count above 0
    std::int64_t above_population = 0; ///< count above population, both present
    double cases = 0;                  ///< sum of counts of the usable ones
    double population = 0;             ///< sum of their populations
    /// cases / population of all usable features together; NaN without any
    [[nodiscard]] double rate() const { return cases / population; }
};

/// throws   Error when the sizes differ, or a count or population is negative or infinite
RateCheck check_rates(std::span<const double> counts, std::span<const double> populations);

/// r_i = c_i / p_i.
std::vector<double> raw_rates(std::span<const double> counts, std::span<const double> populations);

/// Observed over expected cases, c_i / (p_i b) with b = sum c / sum p; 1 is what the whole would
/// give here (standardised mortality ratio without age groups). NaN everywhere when there are no
/// cases at all.
std::vector<double> excess_risk(std::span<const double> counts, std::span<const double> populations);

/// Rates of each feature and its neighbours taken together.
///
///     (w_ii c_i + sum_j w_ij c_j) / (w_ii p_i + sum_j w_ij p_j)
///     w_ii = 1 unless row i links to itself
///
/// returns  a rate also for a feature without population of its own, from its neighbours; NaN
///          where the count or population itself is missing, or nobody lives in the window
/// cost     O(n + links)
std::vector<double> smoothed_rates(std::span<const double> counts, std::span<const double> populations,
                                   const Weights& weights);

} // namespace vigil
