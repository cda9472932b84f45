#pragma once

#include "kernels/autocorrelation/global.h"
#include "kernels/weights.h"

#include <cstdint>
#include <span>

namespace vigil {

/// The statistics that can be put to the test by moving values about.
enum class GlobalStatistic { moran, geary, general_g };

struct GlobalPermutationOptions {
    std::uint32_t draws = 999; ///< orders of the values
    std::uint64_t seed = 1;
    Islands islands = Islands::keep; ///< keep, or drop
};

/// A statistic against its values when the same values stand in random order.
struct GlobalPermutation {
    double value = 0;
    double mean = 0;            ///< over the draws
    double variance = 0;        ///< over the draws, divided by their number
    std::uint32_t at_least = 0; ///< K+: draws whose statistic is as great or greater
    std::uint32_t at_most = 0;  ///< K-: as small or smaller; ties count in both
    double p = 0;               ///< two-sided: min(1, 2 (min(K+, K-) + 1) / (draws + 1))
    double p_greater = 0;       ///< neighbours are alike: (K+ + 1) / (draws + 1); K- for Geary
    double p_less = 0;          ///< neighbours differ
};

/// Permutation test of Moran's I, Geary's C or General G.
///
/// All values are laid on all places anew in each draw. Statistics that differ by less than 1e-11
/// of the sum of their terms tie, so that rounding decides nothing. The draws of a seed are the
/// same for any number of threads.
///
/// General G of values that are 0 and 1 tests the join count BB, and Geary's C of them BW.
///
/// returns  p = 1 and value NaN where all values are equal; all NaN without links
/// throws   Error as the statistics do, and when draws is 0
/// cost     O(draws (n + links / 2)) time, 64 bytes for each feature and thread, 12 for each link
/// source   Hope (1968), J. R. Stat. Soc. B 30, 582-598
GlobalPermutation permute_global(std::span<const double> values, const Weights& weights,
                                 GlobalStatistic statistic, const GlobalPermutationOptions& options = {});

} // namespace vigil
