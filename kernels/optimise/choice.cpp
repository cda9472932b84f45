#include "kernels/optimise/choice.h"

#include "libgeo/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace vigil {

std::string metres(double distance_m)
{
    return fmt::format("{:.6g} m", distance_m);
}

std::vector<std::string> check_values(std::span<const double> values)
{
    std::size_t present = 0;
    double least = std::numeric_limits<double>::infinity();
    double greatest = -least;
    for (const double x : values) {
        if (!std::isnan(x)) {
            require(std::isfinite(x), "a value is infinite");
            ++present;
            least = std::min(least, x);
            greatest = std::max(greatest, x);
        }
    }
    require(present >= 3, "{} of the features have a value; hot spots need at least three", present);
    require(least < greatest,
            "all {} values are equal; hot spots need values that differ (incidents can be counted in cells)",
            present);
    if (present < 30) {
        return {
            fmt::format("only {} features have a value; below 30 the z-scores are rough, so read them with "
                        "care or use permutations",
                        present)};
    }
    return {};
}

} // namespace vigil
