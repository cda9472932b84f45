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
    xy_.reserve(sorted.size());
    for (const auto& [key, index] : sorted) {
        if (keys_.empty() || keys_.back() != key) {
            keys_.push_back(key);
            begin_.push_back(order_.size());
        }
        order_.push_back(index);
        xy_.push_back(places[index]);
    }
    begin_.push_back(order_.size());
}

std::array<BandSearch::Run, 3> BandSearch::runs_around(std::size_t bucket) const
{
    constexpr std::uint64_t one_row = std::uint64_t{1} << 32U;
    const std::uint64_t south = keys_[bucket] - one_row;
    std::array<Run, 3> runs;
    for (std::size_t k = 0; k < 3; ++k) {
        const std::uint64_t middle = south + k * one_row;
        const auto first = std::lower_bound(keys_.begin(), keys_.end(), middle - 1);
        const auto last = std::upper_bound(first, keys_.end(), middle + 1);
        runs[k] = {begin_[static_cast<std::size_t>(first - keys_.begin())],
                   begin_[static_cast<std::size_t>(last - keys_.begin())]};
    }
    return runs;
}

} // namespace vigil
