#pragma once

#include "kernels/contours/surface.h"

#include <cstdint>
#include <vector>

namespace vigil::contour_detail {

/// A piece of border, the area to its left; ends are Vertex keys. Every vertex begins one and ends one.
struct Segment {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
};

/// The borders of the area where the surface is in a band, in no particular order.
std::vector<Segment> border_segments(const Surface& surface, const Band& band);

} // namespace vigil::contour_detail
