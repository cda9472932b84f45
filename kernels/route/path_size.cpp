#include "kernels/route/path_size.h"

#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace vigil {

namespace {

using Elements = std::span<const std::vector<std::uint32_t>>;
using Lengths = std::span<const std::vector<double>>;

/// Which way uses which stretch, each pair once, by stretch.
class Uses {
  public:
    Uses(Elements elements, Lengths length_m)
    {
        for (std::size_t way = 0; way < elements.size(); ++way) {
            for (std::size_t part = 0; part < elements[way].size(); ++part) {
                if (length_m[way][part] > 0) {
                    pairs_.emplace_back(elements[way][part], way);
                }
            }
        }
        std::sort(pairs_.begin(), pairs_.end());
        pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
    }

    /// The number of ways on a stretch.
    [[nodiscard]] double of(std::uint32_t element) const
    {
        const auto begin = std::lower_bound(pairs_.begin(), pairs_.end(), Pair(element, 0));
        const auto end =
            std::upper_bound(begin, pairs_.end(), Pair(element, std::numeric_limits<std::size_t>::max()));
        return static_cast<double>(end - begin);
    }

  private:
    using Pair = std::pair<std::uint32_t, std::size_t>;
    std::vector<Pair> pairs_;
};

double path_size(const std::vector<std::uint32_t>& elements, const std::vector<double>& length_m,
                 double whole_m, const Uses& uses)
{
    double size = 0;
    for (std::size_t part = 0; part < elements.size(); ++part) {
        if (length_m[part] > 0) {
            size += length_m[part] / whole_m / uses.of(elements[part]);
        }
    }
    return whole_m > 0 && size > 0 ? size : 1;
}

} // namespace

std::vector<double> path_size_logit(std::span<const double> cost_minutes, std::span<const double> length_m,
                                    Elements elements, Lengths element_length_m, double theta,
                                    double path_size_beta)
{
    const std::size_t ways = cost_minutes.size();
    require(length_m.size() == ways && elements.size() == ways && element_length_m.size() == ways,
            "path-size logit: costs, lengths and stretches are not of the same number of ways");
    require(theta >= 0 && std::isfinite(theta), "theta is {}; give a number >= 0", theta);
    require(path_size_beta >= 0 && std::isfinite(path_size_beta), "path-size beta is {}; give a number >= 0",
            path_size_beta);
    for (std::size_t way = 0; way < ways; ++way) {
        require(elements[way].size() == element_length_m[way].size(),
                "path-size logit: way {} has {} stretches and {} lengths", way + 1, elements[way].size(),
                element_length_m[way].size());
        require(std::isfinite(cost_minutes[way]), "path-size logit: the cost of way {} is not finite",
                way + 1);
    }
    if (ways == 0) {
        return {};
    }
    const Uses uses(elements, element_length_m);
    std::vector<double> share(ways);
    for (std::size_t way = 0; way < ways; ++way) {
        const double size = path_size(elements[way], element_length_m[way], length_m[way], uses);
        share[way] = path_size_beta * std::log(size) - theta * cost_minutes[way];
    }
    // against the most useful way, so that no exponential overflows and one of them is 1
    const double most = *std::max_element(share.begin(), share.end());
    double sum = 0;
    for (double& value : share) {
        value = std::exp(value - most);
        sum += value;
    }
    for (double& value : share) {
        value /= sum;
    }
    return share;
}

} // namespace vigil
