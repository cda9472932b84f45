#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace vigil {

/// A place on the globe, WGS 84 degrees, longitude first.
struct LonLat {
    double lon_deg = 0;
    double lat_deg = 0;
    bool operator==(const LonLat&) const = default;
};

/// A place on the plane, metres, in some projected CRS. Does not convert to LonLat by accident.
struct XY {
    double x = 0;
    double y = 0;
    bool operator==(const XY&) const = default;
};

inline double squared_distance_m2(XY a, XY b)
{
    const double dx = a.x - b.x;
    const double dy = a.y - b.y;
    return dx * dx + dy * dy;
}

inline double distance_m(XY a, XY b)
{
    return std::sqrt(squared_distance_m2(a, b));
}

/// An upright rectangle on the plane; empty until something is added.
struct Box {
    double min_x = std::numeric_limits<double>::infinity();
    double min_y = std::numeric_limits<double>::infinity();
    double max_x = -std::numeric_limits<double>::infinity();
    double max_y = -std::numeric_limits<double>::infinity();

    bool operator==(const Box&) const = default;
    [[nodiscard]] bool empty() const { return !(min_x <= max_x && min_y <= max_y); }
    [[nodiscard]] double width() const { return empty() ? 0 : max_x - min_x; }
    [[nodiscard]] double height() const { return empty() ? 0 : max_y - min_y; }
    [[nodiscard]] bool contains(XY p) const
    {
        return p.x >= min_x && p.x <= max_x && p.y >= min_y && p.y <= max_y;
    }
    void add(XY p)
    {
        min_x = std::min(min_x, p.x);
        min_y = std::min(min_y, p.y);
        max_x = std::max(max_x, p.x);
        max_y = std::max(max_y, p.y);
    }
    /// The same box with `margin_m` added on each side.
    [[nodiscard]] Box grown(double margin_m) const
    {
        return {min_x - margin_m, min_y - margin_m, max_x + margin_m, max_y + margin_m};
    }
};

inline Box bounding_box(std::span<const XY> places)
{
    Box box;
    for (const XY p : places) {
        box.add(p);
    }
    return box;
}

} // namespace vigil
