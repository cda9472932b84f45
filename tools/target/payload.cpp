#include "tools/target/payload.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"

#include <cmath>
#include <iterator>

namespace vigil::tools {

namespace {

/// The part of a closed ring west (side -1) or east (side 1) of a meridian, closed; empty when there is none.
std::vector<XY> clipped(const std::vector<LonLat>& ring, double meridian_deg, int side)
{
    std::vector<XY> out;
    const auto inside = [&](LonLat p) {
        return side * (p.lon_deg - meridian_deg) >= 0;
    };
    for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
        const LonLat a = ring[k];
        const LonLat b = ring[k + 1];
        if (inside(a)) {
            out.push_back({a.lon_deg, a.lat_deg});
        }
        if (inside(a) != inside(b)) {
            const double t = (meridian_deg - a.lon_deg) / (b.lon_deg - a.lon_deg);
            out.push_back({meridian_deg, a.lat_deg + t * (b.lat_deg - a.lat_deg)});
        }
    }
    if (!out.empty()) {
        out.push_back(out.front());
    }
    return out;
}

void add_circle(Geometries& shapes, const TargetCircle& circle)
{
    const double radius_m = circle.radius_km * 1000;
    const auto ring = io::geodesic_circle(circle.centre, radius_m);
    double west = circle.centre.lon_deg;
    double east = west;
    for (const LonLat p : ring) {
        west = std::min(west, p.lon_deg);
        east = std::max(east, p.lon_deg);
    }
    require(east - west < 180, "circle {}: reaches a pole; leave out what lies so far north or south",
            shapes.size() + 1);
    const double meridian = west < -180 ? -180 : 180;
    for (const int side : {-1, 1}) {
        std::vector<XY> part = clipped(ring, meridian, side);
        if (part.empty()) {
            continue;
        }
        const double turn = (side == 1) == (meridian > 0) ? -360 * side : 0; // the far side of the cut
        for (XY& p : part) {
            p.x += turn;
        }
        shapes.add_ring(part);
        shapes.end_part();
    }
    shapes.end_feature();
}

template <typename Value>
Field numbers(const std::string& name, const std::string& alias, const std::string& unit,
              const TargetPlan& plan, Value value)
{
    std::vector<double> column;
    for (const TargetCircle& circle : plan.circles) {
        column.push_back(value(circle));
    }
    return {.name = name, .alias = alias, .unit = unit, .values = std::move(column)};
}

} // namespace

std::string meta_json(std::span<const TargetCircle> circles)
{
    std::string text = "{\n  \"targeting\": {\n    \"geo_locations\": {\n      \"custom_locations\": [\n";
    for (std::size_t k = 0; k < circles.size(); ++k) {
        fmt::format_to(std::back_inserter(text),
                       "        {{\"latitude\": {:.6f}, \"longitude\": {:.6f}, \"radius\": {}, "
                       "\"distance_unit\": \"kilometer\"}}{}\n",
                       circles[k].centre.lat_deg, circles[k].centre.lon_deg, circles[k].radius_km,
                       k + 1 < circles.size() ? "," : "");
    }
    text += "      ],\n      \"location_types\": [\"home\", \"recent\"]\n    },\n"
            "    \"targeting_automation\": {\"advantage_audience\": 0}\n  }\n}\n";
    return text;
}

std::string google_csv(std::span<const TargetCircle> circles, const std::string& campaign,
                       double bid_adjustment, std::size_t per_campaign)
{
    std::string quoted = "\"";
    for (const char c : campaign) {
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    }
    std::string text = "Campaign,Location,Bid adjustment\n";
    for (std::size_t k = 0; k < circles.size(); ++k) {
        const std::size_t part = k / per_campaign;
        fmt::format_to(std::back_inserter(text), "{}{}\",({}km:{:.6f}:{:.6f}),{}\n", quoted,
                       part == 0 ? std::string() : fmt::format(" {}", part + 1), circles[k].radius_km,
                       circles[k].centre.lat_deg, circles[k].centre.lon_deg, bid_adjustment);
    }
    return text;
}

Features target_layer(const TargetPlan& plan, const Crs& plane)
{
    Features layer;
    layer.name = "targets";
    layer.title = "Circles that cover most incidents";
    layer.summary =
        fmt::format("{} circles that cover {:.1f} % of {:.10g}; the best possible list of circles "
                    "is worth at most {:.6g}.",
                    plan.circles.size(), 100 * plan.covered / plan.total, plan.total, plan.bound);
    layer.style = "targets";
    layer.crs = io::wgs84();
    layer.geometry.kind = GeometryKind::polygon;
    std::vector<std::int64_t> rank;
    for (const TargetCircle& circle : plan.circles) {
        add_circle(layer.geometry, circle);
        rank.push_back(static_cast<std::int64_t>(rank.size()) + 1);
    }
    if (layer.geometry.part_end.size() == plan.circles.size()) { // none is cut: draw them round
        Geometries flat = layer.geometry;
        if (io::transform(flat.xy, layer.crs, plane) == 0) {
            layer.geometry = std::move(flat);
            layer.crs = plane;
        }
    }
    layer.table.fields = {
        {.name = "rank", .alias = "rank by what the circle adds", .unit = {}, .values = rank},
        numbers("lat", "latitude of the centre", "degrees", plan,
                [](const TargetCircle& c) { return c.centre.lat_deg; }),
        numbers("lon", "longitude of the centre", "degrees", plan,
                [](const TargetCircle& c) { return c.centre.lon_deg; }),
        numbers("radius_km", "radius", "km", plan, [](const TargetCircle& c) { return c.radius_km; }),
        numbers("gain", "incidents that no earlier circle covers", {}, plan,
                [](const TargetCircle& c) { return c.gain; }),
        numbers("covered", "incidents inside", {}, plan, [](const TargetCircle& c) { return c.covered; }),
        numbers("cum_share", "share covered with the earlier circles", {}, plan,
                [](const TargetCircle& c) { return c.cum_share; })};
    return layer;
}

std::string curve_csv(const TargetPlan& plan)
{
    std::string text = "rank,radius_km,gain,cum_share,worth,bound\n";
    for (std::size_t k = 0; k < plan.circles.size(); ++k) {
        const TargetCircle& circle = plan.circles[k];
        fmt::format_to(std::back_inserter(text), "{},{},{},{:.6f},{:.8g},{:.8g}\n", k + 1, circle.radius_km,
                       circle.gain, circle.cum_share, circle.worth, circle.bound);
    }
    return text;
}

} // namespace vigil::tools
