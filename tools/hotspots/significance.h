#pragma once

#include "tools/hotspots/local.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vigil::tools {

/// How unusual each unit's statistic is, by the rules that the options ask for. n values each, NaN where
/// there is nothing to test.
struct Significance {
    std::vector<double> p;             ///< of the chosen kind: what q and the bins come from
    std::vector<double> q;             ///< p adjusted for the false discovery rate; empty without
    std::vector<double> p_sim;         ///< by conditional permutation; empty without
    std::vector<double> p_exact;       ///< from the exact or saddlepoint distribution; empty without
    std::vector<double> p_norm;        ///< by the normal distribution, when `p` is another
    std::vector<double> p_low, p_high; ///< 95 % Monte Carlo interval of p_sim; empty unless asked for
    std::vector<std::int64_t> bin;     ///< -3 ... 3 from q (from p without q); missing_integer without p
    std::vector<std::int64_t> bin_raw; ///< the same from p
    std::string how;                   ///< "exact tails, 49 by saddlepoint", for messages
    std::size_t doubtful = 0; ///< significant at 95 % by the normal distribution, but not by exact tails
};

/// With `only_bins`, what the bins do not need is left out.
Significance significance_of(std::span<const double> values, const LocalResult& local,
                             const Neighbourhood& near, const HotspotOptions& options,
                             bool only_bins = false);

/// The kind of p that --p asks for, or that suits the statistic.
PValue p_kind(const HotspotOptions& options);

} // namespace vigil::tools
