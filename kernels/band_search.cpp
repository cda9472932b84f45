#include "kernels/band_search.h"

#include "kernels/weights.h"
#include "libgeo/error.h"

#include <cmath>
#include <limits>

namespace vigil {

BandSearch::BandSearch(std::span<const XY> places, double band_m) : reach_m2_(squared_reach_m2(band_m))
{
    require(band_m > 0 && std::isfinite(band_m), "a band of {} m is not a positive distance", band_m);
    require(places.size() < std::numeric_limits<std::uint32_t>::max(), "{} places are too many",
            places.size());
    for (const XY p : places) {
        require(std::isfinite(p.x) && std::isfinite(p.y), "a coordinate is not a finite number");
    }
    const Box box = bounding_box(places);
    // A little wider than the reach; and never more than 2^30 buckets across.
    const double side = std::max(band_m * (1 + 1e-8), std::max(box.width(), box.height()) * 0x1p-30);
    const auto bucket = [side](double from, double value) {
        return static_cast<std::uint64_t>((value - from) / side) + 1; // 0 stays free for "left of the first"
    };
    std::vector<std::pair<std::uint64_t, std::uint32_t>> sorted(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        const std::uint64_t row = bucket(box.min_y, places[i].y);
        sorted[i] = {(row << 32U) + bucket(box.min_x, places[i].x), static_cast<std::uint32_t>(i)};
    }
    std::sort(sorted.begin(), sorted.end());
    order_.reserve(sorted.size());
    x_.reserve(sorted.size());
    y_.reserve(sorted.size());
    for (const auto& [key, index] : sorted) {
        if (keys_.empty() || keys_.back() != key) {
            keys_.push_back(key);
            begin_.push_back(order_.size());
        }
        order_.push_back(index);
        x_.push_back(places[index].x);
        y_.push_back(places[index].y);
    }
    begin_.push_back(order_.size());
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
