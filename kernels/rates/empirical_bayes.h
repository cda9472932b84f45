#pragma once

#include "kernels/weights.h"

#include <span>
#include <vector>

namespace vigil {

/// Rates drawn towards a mean, the more the fewer people they rest on.
struct EmpiricalBayes {
    std::vector<double> rate; ///< n, NaN where there is no rate
    double mean = 0;          ///< b, the rate of all features together; NaN when none is usable
    double spread = 0; ///< a, the variance of the true rates, >= 0; 0 says all differences can be chance
};

/// Global empirical Bayes by the method of moments. Features that take no part as in rates.h.
///
///     theta_i = b + (r_i - b) a / (a + b / p_i),   r = c / p,   b = sum c / sum p
///     a       = max(0, sum p (r - b)^2 / sum p - b / mean p)
///
/// cost     O(n)
/// source   Marshall (1991), Applied Statistics 40, 283-294; as EBest(family = "poisson") of R's
///          spdep
EmpiricalBayes empirical_bayes(std::span<const double> counts, std::span<const double> populations);

/// Around which mean the spread in a window is taken.
enum class LocalMean {
    window, ///< the mean b_i of the window that is being worked on: Marshall's rule on each window (GeoDa)
    own,    ///< of each neighbour j the mean b_j of its own window (spdep's default)
};

/// One entry per feature; NaN where there is no rate.
struct LocalEmpiricalBayes {
    std::vector<double> rate;
    std::vector<double> mean;   ///< b_i
    std::vector<double> spread; ///< a_i
};

/// The same, drawn towards the rate of the feature and its neighbours.
///
///     b_i = sum_j w_ij c_j / sum_j w_ij p_j over the feature itself and its neighbours
///     a_i = max(0, sum_j w_ij p_j (r_j - b)^2 / sum_j w_ij p_j - b_i / mean p)
///     b   = b_i or b_j (LocalMean)
///
/// weights  n rows; w_ii = 1 unless row i has a link to itself
/// cost     O(n + links)
/// source   Marshall (1991); as EBlocal of R's spdep, geoda = TRUE for `window` and FALSE for
///          `own`
LocalEmpiricalBayes local_empirical_bayes(std::span<const double> counts, std::span<const double> populations,
                                          const Weights& weights, LocalMean around = LocalMean::window);

/// Rates as standard scores, so that those of few people do not stand out by chance: give them to
/// Moran's I or Gi* instead of the raw rates.
///
///     z_i = (r_i - b) / sqrt(a + b / p_i)
///
/// a below 0 is taken as 0, everywhere (Assuncao & Reis).
///
/// returns  0 everywhere when there are no cases at all; NaN where there is no rate
/// cost     O(n)
/// source   Assuncao & Reis (1999), Statistics in Medicine 18, 2147-2162; Moran's I of them is
///          EBImoran.mc's
std::vector<double> standardised_rates(std::span<const double> counts, std::span<const double> populations);

} // namespace vigil
