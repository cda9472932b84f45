#pragma once

#include "kernels/weights.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// What the moments of a global statistic need to know of the weights. Links of a feature to
/// itself, and those from or to a feature without a value, do not count.
struct LinkSums {
    std::size_t features = 0;    ///< with a value
    std::size_t linked = 0;      ///< of these, those with a link from or to them; others are islands
    std::size_t links = 0;       ///< directed: a pair of mutual neighbours has two
    double s0 = 0;               ///< sum_ij w_ij
    double s1 = 0;               ///< 1/2 sum_ij (w_ij + w_ji)^2
    double s2 = 0;               ///< sum_i d_i^2, d_i = sum_j (w_ij + w_ji)
    double spread = 0;           ///< sum_i (d_i - mean d)^2 over the linked: s2 - 4 s0^2 / linked
    std::vector<double> degree;  ///< d_i; 0 for islands and absent features
    std::vector<bool> is_linked; ///< one per feature
};

/// values   n; only which of them are NaN matters
/// weights  n rows, neighbours ascending; symmetric or not
/// throws   Error when the sizes differ or a weight is not finite
/// cost     O(links) time, about 16 bytes for each feature
/// source   Cliff & Ord (1981), Spatial Processes, chapter 1
LinkSums link_sums(std::span<const double> values, const Weights& weights);

/// Calls use(j, w) for the links of feature i that count.
template <typename Use>
void for_links(std::span<const double> values, const Weights& weights, std::size_t i, Use use)
{
    for (std::size_t link = weights.begin_of(i); link < weights.end[i]; ++link) {
        const std::size_t j = weights.neighbour[link];
        if (j != i && values[j] == values[j]) { // NaN differs from itself
            use(j, weights.weight_of(link));
        }
    }
}

} // namespace vigil
