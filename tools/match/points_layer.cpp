#include "tools/match/case_view.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vigil::tools {

namespace {

bool on_route(const SightingMatch& one)
{
    return one.status == MatchStatus::matched || one.status == MatchStatus::gap;
}

struct Columns {
    std::vector<std::string> case_id, time, status;
    std::vector<std::int64_t> row, seq, part, status_code, thinned, edge_id, alt_edge;
    std::vector<double> sigma_m, snap_m, p_snap, p_second, ambig;

    void add(const CaseView& one, std::size_t k)
    {
        const SightingMatch& match = one.match.sightings[k];
        const bool on = on_route(match);
        const bool judged = on && !std::isnan(match.probability);
        case_id.push_back(one.id);
        row.push_back(static_cast<std::int64_t>(one.row[k]));
        seq.push_back(on ? counted_from_one(match.order) : missing_integer);
        part.push_back(on ? counted_from_one(match.part) : missing_integer);
        time.push_back(one.time[k]);
        sigma_m.push_back(match.sigma_m > 0 ? match.sigma_m : unknown_number);
        status.emplace_back(name_of(match.status));
        status_code.push_back(static_cast<std::int64_t>(match.status));
        thinned.push_back(match.thinned ? 1 : 0);
        snap_m.push_back(on ? match.distance_m : unknown_number);
        edge_id.push_back(on ? counted_from_one(edge_of(match.state.side)) : missing_integer);
        p_snap.push_back(judged ? match.probability : unknown_number);
        p_second.push_back(judged ? match.second : unknown_number);
        alt_edge.push_back(judged && match.second_edge != no_index ? counted_from_one(match.second_edge)
                                                                   : missing_integer);
        ambig.push_back(judged ? match.entropy_bits : unknown_number);
    }

    std::vector<Field> fields()
    {
        return {{"case_id", "Case", "", std::move(case_id)},
                {"row", "Row of the input", "", std::move(row)},
                {"seq", "Place in the order", "", std::move(seq)},
                {"part", "Part of the route", "", std::move(part)},
                {"time", "Time", "", std::move(time)},
                {"sigma_m", "Uncertainty of the place", "m", std::move(sigma_m)},
                {"status", "Status", "", std::move(status)},
                {"st_code", "Status as a number", "", std::move(status_code)},
                {"thinned", "Too near the one before to tell anything", "", std::move(thinned)},
                {"snap_m", "Distance to the route", "m", std::move(snap_m)},
                {"edge_id", "Edge", "", std::move(edge_id)},
                {"p_snap", "Probability of this edge", "", std::move(p_snap)},
                {"p_second", "Probability of the runner-up", "", std::move(p_second)},
                {"alt_edge", "Runner-up edge", "", std::move(alt_edge)},
                {"ambig", "Ambiguity", "bits", std::move(ambig)}};
    }
};

/// Case and number in the case of every sighting, in the order of rows.
std::vector<std::pair<std::size_t, std::size_t>> by_row(const MatchedCases& matched)
{
    std::vector<std::pair<std::size_t, std::size_t>> order;
    for (std::size_t i = 0; i < matched.cases.size(); ++i) {
        for (std::size_t k = 0; k < matched.cases[i].sightings.size(); ++k) {
            order.emplace_back(i, k);
        }
    }
    const auto row_of = [&](const auto& one) {
        return matched.row[matched.case_begin[one.first] + one.second];
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](const auto& a, const auto& b) { return row_of(a) < row_of(b); });
    return order;
}

} // namespace

Features match_points_layer(const MatchedCases& matched)
{
    Features layer = empty_layer("points", "Sightings on the network",
                                 "What became of each sighting: its place on the best route, or where it was "
                                 "reported when it is not on the route.",
                                 "match_points", GeometryKind::point);
    Columns c;
    for (const auto& [i, k] : by_row(matched)) {
        const CaseView one = case_of(matched, i);
        const SightingMatch& match = one.match.sightings[k];
        const LonLat at = on_route(match) ? match.at : one.sightings[k].at;
        const XY xy{at.lon_deg, at.lat_deg};
        layer.geometry.add({&xy, 1});
        c.add(one, k);
    }
    layer.table.fields = c.fields();
    return layer;
}

} // namespace vigil::tools
