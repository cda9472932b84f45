#pragma once

#include "tools/hotspots/neighbourhood.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil::tools {

/// The statistic of every unit, n values each.
struct LocalResult {
    LocalStatistic statistic = LocalStatistic::gi_star;
    std::vector<double> value; ///< I_i, c_i or the join count; empty for Gi* and Gi, which are their z
    std::vector<double> z;     ///< empty for join counts
    std::vector<double> p;     ///< two-sided, normal; exact for join counts
    std::vector<std::int32_t> neighbours; ///< how many counted, itself included for Gi*
    std::vector<double> sum;              ///< what permutation compares, see local.cpp
    std::vector<double> effective;        ///< neighbours of equal weight with the same spread, or empty
    std::vector<std::uint8_t> type;       ///< kind of cluster or outlier, or empty; see type_name
};

/// Whether values are not all the same.
bool differ(std::span<const double> values);

/// Features without neighbours have no p, unless all values are the same and nobody stands out (p 1).
///
/// throws   Error when the statistic asks for values that these are not (join counts: 0 and 1)
LocalResult local_of(const Units& units, std::span<const double> values, const Neighbourhood& near,
                     const HotspotOptions& options);

/// "HH", "LL", "LH", "HL" for 1 to 4; for Geary's c "HH", "LL", "positive", "negative"; else "".
const char* type_name(LocalStatistic statistic, std::uint8_t type);

} // namespace vigil::tools
