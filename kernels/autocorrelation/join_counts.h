#pragma once

#include "kernels/autocorrelation/global.h"
#include "kernels/autocorrelation/pair_moments.h"
#include "kernels/weights.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// How often two colours meet along the links.
struct JoinCount {
    std::int32_t first = 0; ///< colours, first <= second
    std::int32_t second = 0;
    double count = 0;       ///< 1/2 sum_ij w_ij over the links between them, either way
    NullTest randomisation; ///< these colours in random order; z > 0 when the count is high
    NullTest free_sampling; ///< each feature draws its colour, with the shares seen as chances
};

struct JoinCounts {
    std::vector<JoinCount> pairs;       ///< all of them: 0-0, 0-1, 1-1, 0-2, ...
    JoinCount different;                ///< all joins of different colours; first and second are -1
    std::vector<std::size_t> of_colour; ///< how many features
    std::size_t features = 0;
    std::size_t islands = 0;
    std::size_t links = 0;
};

/// Join counts: are features of a colour (a category; yes or no) next to each other?
///
///     J_aa = 1/2 sum_ij w_ij [c_i = c_j = a]
///     J_ab = 1/2 sum_ij w_ij [{c_i, c_j} = {a, b}]
///
/// With colours 0 (white) and 1 (black) the pairs are WW, BW and BB. Free sampling of `different`
/// is not given (NaN).
///
/// colour   n values 0 ... colours - 1; negative ones are absent
/// islands  reduce_n is spdep's default: its n is without the islands, its colours with them
/// throws   Error when the sizes differ, or there are more than 256 colours
/// cost     O(n + links + colours^2) time
/// source   Cliff & Ord (1981), Spatial Processes, chapters 1-2; Moran (1948), J. R. Stat. Soc. B
///          10, 243-251
JoinCounts join_counts(std::span<const std::int32_t> colour, const Weights& weights,
                       Islands islands = Islands::drop);

} // namespace vigil
