#include "tools/routes/layer.h"

#include "libgeo/io/crs.h"
#include "tools/route_network/layers.h"
#include "tools/route_network/ways.h"

#include <algorithm>
#include <cmath>

namespace vigil::tools {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// The columns of the output, filled row by row.
struct Columns {
    std::vector<std::string> case_id, from_id, to_id, modes, status;
    std::vector<std::int64_t> rank, borders, ferries;
    std::vector<double> prob, cost_min, len_km, detour, snap_m;
};

double snap_of(const RouteCase& one, const SnappedPlaces& snapped)
{
    double most_m = 0;
    for (const std::size_t stop : one.stops) {
        most_m = std::max(most_m, snapped.distance_m[stop]);
    }
    return most_m;
}

} // namespace

std::string_view status_of(const RouteCase& one, const std::vector<Journey>& found,
                           const SnappedPlaces& snapped)
{
    if (!found.empty()) {
        return "ok";
    }
    const bool off = std::any_of(one.stops.begin(), one.stops.end(),
                                 [&](std::size_t stop) { return !snapped.places[stop].has_value(); });
    return off ? "off_network" : "no_path";
}

Features routes_layer(const LegNetwork& network, const std::vector<RouteCase>& cases,
                      const std::vector<std::vector<Journey>>& found, const SnappedPlaces& snapped)
{
    Features layer;
    layer.name = "routes";
    layer.title = "Routes along the network";
    layer.summary =
        "Ways between places and how likely each would be chosen among those listed. They are what the "
        "network offers, not evidence of the way that was taken.";
    layer.style = "routes";
    layer.crs = io::wgs84();
    layer.geometry.kind = GeometryKind::line;
    Columns c;
    const auto add_row = [&](std::size_t i, const Journey* journey, std::size_t rank, double least) {
        const Passed passed = journey != nullptr ? passed_by(network.network(), journey->legs) : Passed();
        c.case_id.push_back(cases[i].case_id);
        c.from_id.push_back(cases[i].from_id);
        c.to_id.push_back(cases[i].to_id);
        c.rank.push_back(journey != nullptr ? static_cast<std::int64_t>(rank) : missing_integer);
        c.prob.push_back(journey != nullptr ? journey->probability : unknown);
        c.cost_min.push_back(journey != nullptr ? journey->minutes : unknown);
        c.len_km.push_back(journey != nullptr ? passed.length_m / 1000 : unknown);
        c.detour.push_back(journey == nullptr ? unknown : least > 0 ? journey->minutes / least : 1);
        c.modes.push_back(passed.modes);
        c.borders.push_back(journey != nullptr ? passed.borders : missing_integer);
        c.ferries.push_back(journey != nullptr ? passed.ferries : missing_integer);
        c.snap_m.push_back(snap_of(cases[i], snapped));
        c.status.emplace_back(status_of(cases[i], found[i], snapped));
        if (journey != nullptr) {
            add_line(layer.geometry, joined_drawing(network.network(), journey->legs));
        } else {
            layer.geometry.end_feature();
        }
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        double least = std::numeric_limits<double>::infinity();
        for (const Journey& journey : found[i]) {
            least = std::min(least, journey.minutes);
        }
        for (std::size_t k = 0; k < found[i].size(); ++k) {
            add_row(i, &found[i][k], k + 1, least);
        }
        if (found[i].empty()) {
            add_row(i, nullptr, 0, unknown);
        }
    }
    layer.table.fields = {{"case_id", "Case", "", std::move(c.case_id)},
                          {"from_id", "Origin", "", std::move(c.from_id)},
                          {"to_id", "Destination", "", std::move(c.to_id)},
                          {"rank", "Rank", "", std::move(c.rank)},
                          {"prob", "Probability among those listed", "", std::move(c.prob)},
                          {"cost_min", "Cost", "min", std::move(c.cost_min)},
                          {"len_km", "Length", "km", std::move(c.len_km)},
                          {"detour", "Cost over that of the cheapest", "", std::move(c.detour)},
                          {"modes", "Modes", "", std::move(c.modes)},
                          {"borders", "Borders crossed", "", std::move(c.borders)},
                          {"ferries", "Ferries taken", "", std::move(c.ferries)},
                          {"snap_m", "Farthest place from the network", "m", std::move(c.snap_m)},
                          {"status", "Status", "", std::move(c.status)}};
    return layer;
}

} // namespace vigil::tools
