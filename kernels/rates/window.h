#pragma once

#include "kernels/weights.h"
#include "libgeo/error.h"

#include <cmath>
#include <cstddef>

namespace vigil::rates {

constexpr std::size_t chunk = 4096; ///< features that one task works on

/// Whether a feature has a rate.
inline bool usable(double count, double population)
{
    return !std::isnan(count) && population > 0;
}

inline void check_rows(std::size_t n, const Weights& weights)
{
    require(n == weights.size(), "{} features and {} rows of weights", n, weights.size());
}

/// Calls use(j, weight) for feature i and its neighbours; itself with 1 unless its row has a link
/// to itself.
template <typename Use>
void for_window(const Weights& weights, std::size_t i, Use use)
{
    bool self = false;
    for (std::size_t link = weights.begin_of(i); link < weights.end[i]; ++link) {
        self = self || weights.neighbour[link] == i;
        use(weights.neighbour[link], weights.weight_of(link));
    }
    if (!self) {
        use(i, 1.0);
    }
}

} // namespace vigil::rates
