#include "kernels/earth.h"

#include "kernels/density/geodesic_distance.h"
#include "libgeo/error.h"

#include <algorithm>
#include <limits>
#include <numbers>

namespace vigil {

namespace {

constexpr double to_rad = std::numbers::pi / 180;

/// The ellipsoid squeezed into the unit sphere: great ellipses become great circles.
XYZ on_sphere(const XYZ& p)
{
    return {p.x / wgs84::a_m, p.y / wgs84::a_m, p.z / wgs84::b_m};
}

XYZ scaled(const XYZ& p, double factor)
{
    return {p.x * factor, p.y * factor, p.z * factor};
}

/// The direction from u to v along the sphere: a unit vector at right angles to u. Opposite places have
/// every way between them; this takes the one over the north pole, or from a pole the one over 0 E.
XYZ heading(const XYZ& u, const XYZ& v)
{
    for (const XYZ& goal : {v, XYZ{0, 0, 1}, XYZ{1, 0, 0}}) {
        const XYZ across = along(goal, -dot(u, goal), u);
        const double length = std::sqrt(dot(across, across));
        if (length > 1e-9) {
            return scaled(across, 1 / length);
        }
    }
    return {};
}

void add_cuts(const XYZ& a, const XYZ& b, std::vector<XYZ>& points)
{
    const XYZ u = on_sphere(a);
    const XYZ v = on_sphere(b);
    const double angle = 2 * std::asin(std::min(1.0, chord_m(u, v) / 2));
    // The sphere is larger than the ellipsoid, so no part becomes longer than this allows.
    const auto parts = static_cast<std::size_t>(std::ceil(angle * wgs84::a_m / stretch_m));
    const XYZ e = heading(u, v);
    for (std::size_t k = 1; k < parts; ++k) {
        const double phi = angle * (static_cast<double>(k) / static_cast<double>(parts));
        const XYZ p = along(scaled(u, std::cos(phi)), std::sin(phi), e);
        points.push_back({p.x * wgs84::a_m, p.y * wgs84::a_m, p.z * wgs84::b_m});
    }
}

} // namespace

XYZ earth_centred(LonLat place)
{
    const double sin_lat = std::sin(place.lat_deg * to_rad);
    const double across_m = wgs84::a_m / std::sqrt(1 - wgs84::e2 * sin_lat * sin_lat);
    const double z = across_m * (1 - wgs84::e2) * sin_lat;
    if (std::abs(place.lat_deg) >= 90) {
        return {0, 0, z};
    }
    const double axis_m = across_m * std::cos(place.lat_deg * to_rad);
    const double lon_deg =
        std::abs(place.lon_deg) > 180 ? std::remainder(place.lon_deg, 360.0) : place.lon_deg;
    if (std::abs(lon_deg) == 180) {
        return {-axis_m, 0, z};
    }
    const double lon = lon_deg * to_rad;
    return {axis_m * std::cos(lon), axis_m * std::sin(lon), z};
}

LonLat to_lon_lat(const XYZ& point)
{
    // Bowring's formula: its own first step is exact on the ellipsoid.
    const double axis_m = std::sqrt(point.x * point.x + point.y * point.y);
    const double up = point.z * wgs84::a_m; // sine and cosine of the reduced latitude, times the same
    const double out = axis_m * wgs84::b_m;
    const double scale = 1 / std::sqrt(up * up + out * out);
    const double s = up * scale;
    const double c = out * scale;
    const double lat = std::atan2(point.z + wgs84::ep2 * wgs84::b_m * s * s * s,
                                  axis_m - wgs84::e2 * wgs84::a_m * c * c * c);
    return {std::atan2(point.y, point.x) / to_rad, lat / to_rad};
}

double arc_of_chord_m(double chord_m)
{
    const double x = chord_m / (2 * mean_earth_radius_m);
    if (x < 1e-3) { // the series of asin(x) / x; what follows is below 1e-18
        const double x2 = x * x;
        return chord_m * (1 + x2 * (1.0 / 6 + x2 * (3.0 / 40)));
    }
    return 2 * mean_earth_radius_m * std::asin(std::min(1.0, chord_m / (2 * mean_earth_radius_m)));
}

void stretches_of(std::span<const FixedLonLat> shape, std::vector<XYZ>& points)
{
    points.clear();
    for (const FixedLonLat vertex : shape) {
        const XYZ next = earth_centred(to_lon_lat(vertex));
        if (!points.empty() && chord_m(points.back(), next) > stretch_m) {
            add_cuts(XYZ(points.back()), next, points);
        }
        points.push_back(next);
    }
}

} // namespace vigil
