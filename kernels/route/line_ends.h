#pragma once

#include "libgeo/route_network.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// One writing of each place on Earth: 180 E is 180 W, and a pole has no longitude.
inline FixedLonLat one_writing(FixedLonLat p)
{
    constexpr std::int32_t pole = 900'000'000;
    constexpr std::int32_t antimeridian = 1'800'000'000;
    if (p.lat == pole || p.lat == -pole) {
        return {0, p.lat};
    }
    return {p.lon == antimeridian ? -antimeridian : p.lon, p.lat};
}
inline bool same_place(FixedLonLat a, FixedLonLat b)
{
    return one_writing(a) == one_writing(b);
}

/// Ends of lines gathered into vertices.
struct JoinedLineEnds {
    std::vector<FixedLonLat> vertex;   ///< ordered by (lon, lat)
    std::vector<std::uint32_t> number; ///< for each end, its vertex
};

/// Makes one vertex of all ends that can be reached from each other by steps of at most `tolerance_m`, in
/// space. It stands at the end that comes first by (lon, lat), so the order of the ends does not matter.
///
/// tolerance_m  >= 0; less than a millimetre joins equal places only, for places are kept to a centimetre
/// throws       Error when there are 2^32 - 1 ends or more
/// cost         O(n log n) time, O(n) memory, n ends
JoinedLineEnds join_line_ends(std::span<const FixedLonLat> ends, double tolerance_m);

} // namespace vigil
