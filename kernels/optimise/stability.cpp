#include "kernels/optimise/stability.h"

#include "libgeo/error.h"
#include "libgeo/table.h"

#include <limits>

namespace vigil {

std::vector<double> bin_stability(std::span<const std::vector<std::int64_t>> bins, std::int64_t level)
{
    require(bins.size() >= 2, "{} results; stability compares two or more", bins.size());
    for (const auto& one : bins) {
        require(one.size() == bins[0].size(), "{} and {} bins", bins[0].size(), one.size());
    }
    const auto sign = [level](std::int64_t bin) {
        return bin >= level ? 1 : bin <= -level ? -1 : 0;
    };
    std::vector<double> share(bins[0].size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < share.size(); ++i) {
        if (bins[0][i] == missing_integer) {
            continue;
        }
        int alike = 0;
        int compared = 0;
        for (const auto& variant : bins.subspan(1)) {
            if (variant[i] != missing_integer) {
                ++compared;
                alike += sign(variant[i]) == sign(bins[0][i]) ? 1 : 0;
            }
        }
        if (compared > 0) {
            share[i] = static_cast<double>(alike) / compared;
        }
    }
    return share;
}

} // namespace vigil
