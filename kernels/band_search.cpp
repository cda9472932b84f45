#include "kernels/band_search.h"

#include "kernels/buckets.h"
#include "kernels/weights.h"
#include "libgeo/error.h"

#include <cmath>
#include <utility>

namespace vigil {

BandSearch::BandSearch(std::span<const XY> places, double band_m) : reach_m2_(squared_reach_m2(band_m))
{
    require(band_m > 0 && std::isfinite(band_m), "a band of {} m is not a positive distance", band_m);
    // A little wider than the reach; number 0 stays free for "left of the first".
    Buckets buckets = buckets_of(places, band_m * (1 + 1e-8), 1);
    order_ = std::move(buckets.order);
    keys_ = std::move(buckets.keys);
    begin_ = std::move(buckets.begin);
    x_.reserve(order_.size());
    y_.reserve(order_.size());
    for (const std::uint32_t index : order_) {
        x_.push_back(places[index].x);
        y_.push_back(places[index].y);
    }
}

BandSearch::Cursor BandSearch::cursor_at(std::size_t bucket) const
{
    Cursor cursor{};
    for (std::size_t row = 0; row < cursor.size() && bucket < keys_.size(); ++row) {
        const auto at = std::lower_bound(keys_.begin(), keys_.end(), western_key(bucket, row));
        cursor[row] = static_cast<std::size_t>(at - keys_.begin());
    }
    return cursor;
}

std::array<BandSearch::Run, 3> BandSearch::runs_around(std::size_t bucket, Cursor& cursor) const
{
    std::array<Run, 3> runs;
    for (std::size_t row = 0; row < runs.size(); ++row) {
        const std::uint64_t west = western_key(bucket, row);
        std::size_t& first = cursor[row];
        while (first < keys_.size() && keys_[first] < west) {
            ++first;
        }
        std::size_t end = first;
        while (end < keys_.size() && keys_[end] <= west + 2) {
            ++end;
        }
        runs[row] = {begin_[first], begin_[end]};
    }
    return runs;
}

} // namespace vigil
