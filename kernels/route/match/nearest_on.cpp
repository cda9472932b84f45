#include "kernels/route/match/nearest_on.h"

#include "kernels/earth.h"
#include "kernels/route/edge_snapper.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace vigil::match {

namespace {

struct Flat {
    double x = 0, y = 0;
};

Flat flat(LonLat from, LonLat to)
{
    constexpr double radians = std::numbers::pi / 180;
    const double lon = std::remainder(to.lon_deg - from.lon_deg, 360.0) * std::cos(from.lat_deg * radians);
    return {lon * radians * mean_earth_radius_m, (to.lat_deg - from.lat_deg) * radians * mean_earth_radius_m};
}

/// Share of the drawing of an edge, 0 to 1, at which it is nearest to the point.
double nearest_share(std::span<const FixedLonLat> shape, LonLat point)
{
    double best = std::numeric_limits<double>::infinity();
    double at = 0;
    double along = 0;
    Flat a = flat(point, to_lon_lat(shape.front()));
    for (std::size_t i = 1; i < shape.size(); ++i) {
        const Flat b = flat(point, to_lon_lat(shape[i]));
        const double length = std::hypot(b.x - a.x, b.y - a.y);
        const double t =
            length > 0 ? std::clamp(-(a.x * (b.x - a.x) + a.y * (b.y - a.y)) / (length * length), 0.0, 1.0)
                       : 0.0;
        const double distance = std::hypot(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y));
        if (distance < best) {
            best = distance;
            at = along + t * length;
        }
        along += length;
        a = b;
    }
    return along > 0 ? at / along : 0;
}

} // namespace

PlaceOnWay nearest_on(const RouteNetwork& network, const RouteWay& way, LonLat point)
{
    PlaceOnWay best;
    best.distance_m = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < way.sides.size(); ++i) {
        const EdgeSide side = way.sides[i];
        const std::uint32_t edge = edge_of(side);
        const double whole_m = network.edge[edge].length_m;
        const bool back = is_backward(side);
        const double begin_m = i == 0 ? way.start_m : (back ? whole_m : 0);
        const double end_m = i + 1 == way.sides.size() ? way.end_m : (back ? 0 : whole_m);
        const double offset_m = std::clamp(nearest_share(network.shape_of(edge), point) * whole_m,
                                           std::min(begin_m, end_m), std::max(begin_m, end_m));
        const LonLat at = lon_lat_at(network, {edge, offset_m});
        const Flat apart = flat(point, at);
        const double distance_m = std::hypot(apart.x, apart.y);
        if (distance_m < best.distance_m) {
            best = {{side, offset_m}, at, distance_m};
        }
    }
    return best;
}

} // namespace vigil::match
