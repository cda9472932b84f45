#include "kernels/inference/permutation_detail.h"

#include "libgeo/error.h"

#include <cmath>
#include <limits>

namespace vigil::permutation_detail {

void check(std::span<const double> values, std::span<const std::int32_t> neighbours,
           std::span<const double> statistics, const PermutationOptions& options)
{
    const std::size_t n = values.size();
    require(neighbours.size() == n && statistics.size() == n, "{} values, {} numbers of neighbours, {} sums",
            n, neighbours.size(), statistics.size());
    require(n <= std::numeric_limits<std::uint32_t>::max(), "{} features are too many to permute", n);
    require(options.draws >= 1, "permutation needs at least one draw");
    std::int64_t others = -1;
    for (const double x : values) {
        require(!std::isinf(x), "a value is infinite");
        others += std::isnan(x) ? 0 : 1;
    }
    for (std::size_t i = 0; i < n; ++i) {
        require(neighbours[i] >= 0 &&
                    (std::isnan(values[i]) || neighbours[i] <= std::max<std::int64_t>(others, 0)),
                "feature {} has {} neighbours among {} others with a value", i + 1, neighbours[i], others);
    }
}

std::vector<std::uint32_t> present(std::span<const double> values)
{
    std::vector<std::uint32_t> places;
    places.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) {
            places.push_back(static_cast<std::uint32_t>(i));
        }
    }
    return places;
}

void NeighbourGroups::add(std::int32_t k)
{
    const auto at = static_cast<std::size_t>(k);
    if (at >= group_.size()) {
        group_.resize(at + 1);
    }
    group_[at] = 1;
}

void NeighbourGroups::close()
{
    for (std::size_t k = 1; k < group_.size(); ++k) {
        if (group_[k] != 0) {
            group_[k] = static_cast<std::uint32_t>(sizes_.size());
            sizes_.push_back(static_cast<std::uint32_t>(k));
        }
    }
}

void count_ties(std::span<const double> simulated, bool sorted, double lowest, double highest,
                std::uint32_t& at_least, std::uint32_t& at_most)
{
    if (sorted) {
        const auto first = std::lower_bound(simulated.begin(), simulated.end(), lowest);
        const auto after = std::upper_bound(simulated.begin(), simulated.end(), highest);
        at_least += static_cast<std::uint32_t>(simulated.end() - first);
        at_most += static_cast<std::uint32_t>(after - simulated.begin());
        return;
    }
    std::uint32_t high = 0;
    std::uint32_t low = 0;
    for (const double statistic : simulated) {
        high += statistic >= lowest ? 1 : 0;
        low += statistic <= highest ? 1 : 0;
    }
    at_least += high;
    at_most += low;
}

CountTable::CountTable(std::span<std::int64_t> simulated, std::size_t buckets)
    : simulated_(simulated), least_(*std::min_element(simulated.begin(), simulated.end())),
      greatest_(*std::max_element(simulated.begin(), simulated.end()))
{
    const std::size_t most = std::max(buckets, 2 * simulated.size());
    while (bucket_of(greatest_) >= most) {
        ++shift_;
    }
    const std::size_t used = bucket_of(greatest_) + 1;
    start_.resize(used + 2); // counts stand two places late, so that filling the buckets ends with starts
    for (const std::int64_t sum : simulated) {
        ++start_[bucket_of(sum) + 2];
    }
    for (std::size_t b = 2; b < start_.size(); ++b) {
        start_[b] += start_[b - 1];
    }
    if (shift_ > 0) {
        const std::vector<std::int64_t> unsorted(simulated.begin(), simulated.end());
        for (const std::int64_t sum : unsorted) {
            simulated[start_[bucket_of(sum) + 1]++] = sum;
        }
        for (std::size_t b = 0; b < used; ++b) {
            std::sort(simulated.begin() + start_[b], simulated.begin() + start_[b + 1]);
        }
    } else {
        start_.erase(start_.begin()); // nothing to fill: the starts without the place kept for it
    }
}

} // namespace vigil::permutation_detail
