#include "kernels/route/snap_order.h"

#include "kernels/earth.h"
#include "libgeo/parallel.h"

#include <tbb/parallel_sort.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace vigil {

namespace {

/// The 21 bits of a number, two apart.
std::uint64_t spread(std::uint64_t bits)
{
    bits = (bits | bits << 32U) & 0x1f00000000ffffU;
    bits = (bits | bits << 16U) & 0x1f0000ff0000ffU;
    bits = (bits | bits << 8U) & 0x100f00f00f00f00fU;
    bits = (bits | bits << 4U) & 0x10c30c30c30c30c3U;
    return (bits | bits << 2U) & 0x1249249249249249U;
}

std::uint64_t cell_of(LonLat place)
{
    if (!std::isfinite(place.lon_deg) || !(std::abs(place.lat_deg) <= 90)) {
        return std::numeric_limits<std::uint64_t>::max();
    }
    const XYZ p = earth_centred(place);
    const auto bits = [](double metres) {
        return spread(static_cast<std::uint64_t>((metres + 6.4e6) * (0x1p21 / 12.8e6)));
    };
    return bits(p.x) << 2U | bits(p.y) << 1U | bits(p.z);
}

} // namespace

std::vector<std::size_t> order_in_space(std::span<const LonLat> places)
{
    std::vector<std::pair<std::uint64_t, std::size_t>> keys(places.size());
    parallel_chunks(places.size(), 4096, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            keys[i] = {cell_of(places[i]), i};
        }
    });
    tbb::parallel_sort(keys.begin(), keys.end());
    std::vector<std::size_t> order;
    order.reserve(keys.size());
    for (const auto& key : keys) {
        order.push_back(key.second);
    }
    return order;
}

} // namespace vigil
