#include "tools/map/frame.h"

#include <algorithm>

namespace vigil::map {

Frame::Frame(const Area& area, const Box& wanted) : area_(area)
{
    constexpr double least_units = 1e-3; // keeps the scale finite around a single place
    const double scale = std::max({wanted.width() / area.width, wanted.height() / area.height});
    const XY centre{wanted.min_x + wanted.width() / 2, wanted.min_y + wanted.height() / 2};
    units_per_pixel_ = std::max(scale, least_units);
    if (!(scale > 0)) {
        units_per_pixel_ = 1000 / std::min(area.width, area.height);
    }
    const double half_width = area.width * units_per_pixel_ / 2;
    const double half_height = area.height * units_per_pixel_ / 2;
    box_ = {centre.x - half_width, centre.y - half_height, centre.x + half_width, centre.y + half_height};
}

} // namespace vigil::map
