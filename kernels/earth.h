#pragma once

#include "libgeo/plane.h"
#include "libgeo/route_network.h"

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// A place in space: metres from the Earth's centre, through (0 E, 0 N), (90 E, 0 N) and the north pole.
struct XYZ {
    double x = 0, y = 0, z = 0;
    bool operator==(const XYZ&) const = default;
};
inline XYZ operator-(const XYZ& a, const XYZ& b)
{
    return {a.x - b.x, a.y - b.y, a.z - b.z};
}
inline double dot(const XYZ& a, const XYZ& b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline XYZ along(const XYZ& a, double t, const XYZ& step)
{
    return {a.x + t * step.x, a.y + t * step.y, a.z + t * step.z};
}
inline double chord_m(const XYZ& a, const XYZ& b)
{
    const XYZ d = b - a;
    return std::sqrt(dot(d, d));
}

/// Where a place on the ellipsoid WGS 84 stands. Exactly equal at 180 W and 180 E, and at a pole for any
/// longitude.
XYZ earth_centred(LonLat place);

/// The place on the ellipsoid below or above a point near it (within a metre: to a billionth of a metre).
LonLat to_lon_lat(const XYZ& point);

inline constexpr double mean_earth_radius_m = 6371008.8;

/// The arc over a chord, on a sphere of the Earth's mean radius. Never shorter than the chord.
double arc_of_chord_m(double chord_m);

/// No stretch of a line is longer, m.
inline constexpr double stretch_m = 50;

/// The drawing of an edge in space: its vertices and, where two of them are farther apart than stretch_m,
/// places that cut the great ellipse between them into equal parts of at most that length. What lies between
/// two points is straight.
///
/// points   replaced
void stretches_of(std::span<const FixedLonLat> shape, std::vector<XYZ>& points);

} // namespace vigil
