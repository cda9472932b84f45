#include "kernels/buckets.h"

#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace vigil {

Buckets buckets_of(std::span<const XY> places, double side_m, std::uint64_t margin)
{
    require(places.size() < std::numeric_limits<std::uint32_t>::max(), "{} places are too many",
            places.size());
    for (const XY p : places) {
        require(std::isfinite(p.x) && std::isfinite(p.y), "a coordinate is not a finite number");
    }
    const Box box = bounding_box(places);
    const double side = std::max(side_m, std::max(box.width(), box.height()) * 0x1p-30);
    const auto bucket = [side, margin](double from, double value) {
        return static_cast<std::uint64_t>((value - from) / side) + margin;
    };
    std::vector<std::pair<std::uint64_t, std::uint32_t>> sorted(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        const std::uint64_t row = bucket(box.min_y, places[i].y);
        sorted[i] = {(row << 32U) + bucket(box.min_x, places[i].x), static_cast<std::uint32_t>(i)};
    }
    std::sort(sorted.begin(), sorted.end());
    Buckets buckets;
    buckets.order.reserve(sorted.size());
    for (const auto& [key, index] : sorted) {
        if (buckets.keys.empty() || buckets.keys.back() != key) {
            buckets.keys.push_back(key);
            buckets.begin.push_back(buckets.order.size());
        }
        buckets.order.push_back(index);
    }
    buckets.begin.push_back(buckets.order.size());
    return buckets;
}

} // namespace vigil
