#pragma once

#include <span>
#include <vector>

namespace vigil {

/// How unusual each count is if the rate were the same everywhere; NaN where there is no rate
/// (rates.h).
struct ProbabilityMap {
    std::vector<double> expected; ///< E_i = p_i sum c / sum p
    std::vector<double> at_most;  ///< P(X <= c_i) of a Poisson count with mean E_i: small where there are few
    std::vector<double> at_least; ///< P(X >= c_i): small where there are many
};

/// Choynowski's map of Poisson probabilities. It knows nothing of neighbours, and in large
/// populations small differences become improbable: it shows what is unlikely, not what is large.
///
/// throws   Error as rates.h, and when a count is not whole
/// cost     O(sum of 10 sqrt(E_i) + 30) time
/// source   Choynowski (1959), J. Am. Stat. Assoc. 54, 385-388; probmap of R's spdep
ProbabilityMap probability_map(std::span<const double> counts, std::span<const double> populations);

/// P(X <= k) and P(X >= k) of a Poisson count, both to about 1e-12 of themselves.
///
/// k        whole, >= 0
/// mean     >= 0, finite
/// source   Loader (2000), Fast and accurate computation of binomial probabilities (the middle
///          term)
double poisson_at_most(double k, double mean);
double poisson_at_least(double k, double mean);

} // namespace vigil
