#include "kernels/autocorrelation/incremental_rings.h"

#include "kernels/buckets.h"
#include "kernels/weights.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vigil::incremental {

namespace {

std::vector<double> squared_reaches(std::span<const double> distances_m)
{
    std::vector<double> reach_m2;
    for (const double d : distances_m) {
        reach_m2.push_back(squared_reach_m2(d));
    }
    return reach_m2;
}

} // namespace

RingSearch::RingSearch(std::span<const XY> places, std::span<const double> distances_m)
    : reach_m2_(squared_reaches(distances_m)), slots_per_m2_(slots / reach_m2_.back()), ring_at_(slots + 1)
{
    for (std::size_t slot = 0; slot <= slots; ++slot) {
        // a hair lower, so that rounding never starts beyond the ring
        const double from = static_cast<double>(slot) / slots_per_m2_ * (1 - 1e-12);
        const auto at = std::lower_bound(reach_m2_.begin(), reach_m2_.end() - 1, from);
        ring_at_[slot] = static_cast<std::uint16_t>(at - reach_m2_.begin());
    }
    // A hair wider than its share of the reach; with room to the left of the first.
    Buckets buckets = buckets_of(places, distances_m.back() / per_reach * (1 + 1e-8), per_reach);
    order_ = std::move(buckets.order);
    keys_ = std::move(buckets.keys);
    begin_ = std::move(buckets.begin);
    xy_.reserve(order_.size());
    for (const std::uint32_t index : order_) {
        xy_.push_back(places[index]);
    }
}

RingSearch::Runs RingSearch::runs_around(std::size_t bucket) const
{
    Runs runs;
    for (std::int64_t away = -per_reach; away <= per_reach; ++away) {
        // nearest distance of the rows, in buckets; then how many columns the disc reaches beyond the own one
        const auto apart = static_cast<double>(std::max<std::int64_t>(std::abs(away) - 1, 0));
        const double left = std::sqrt(static_cast<double>(per_reach * per_reach) - apart * apart);
        const auto half = static_cast<std::uint64_t>(std::ceil(left));
        const std::uint64_t middle =
            keys_[bucket] + static_cast<std::uint64_t>(away) * (std::uint64_t{1} << 32U);
        const auto first = std::lower_bound(keys_.begin(), keys_.end(), middle - half);
        const auto last = std::upper_bound(first, keys_.end(), middle + half);
        runs[static_cast<std::size_t>(away + per_reach)] = {
            begin_[static_cast<std::size_t>(first - keys_.begin())],
            begin_[static_cast<std::size_t>(last - keys_.begin())]};
    }
    return runs;
}

} // namespace vigil::incremental
