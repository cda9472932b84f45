#include "kernels/route/match/order_lattice.h"
#include "tools/match/case_view.h"
#include "tools/route_network/layers.h"
#include "tools/route_network/ways.h"

#include <fmt/format.h>

#include <algorithm>

namespace vigil::tools {

namespace {

/// Rows in the order in which a route visits them, where it was not known: "3 1 2 / 8 7". Cut short with
/// "..." where a Shapefile could not hold it; points tell all of it.
std::string visits_of(const CaseView& one, const std::vector<std::uint32_t>& block, const MatchedRoute& route)
{
    const auto& order = route.order;
    std::string text;
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin + 1;
        while (end < order.size() && block[order[end]] == block[order[begin]]) {
            ++end;
        }
        for (std::size_t k = begin; k < end && end - begin > 1; ++k) {
            const char* const before = text.empty() ? "" : k == begin ? " / " : " ";
            text += fmt::format("{}{}", before, one.row[order[k]]);
        }
        begin = end;
    }
    constexpr std::size_t most_bytes = 250;
    if (text.size() > most_bytes) {
        text.resize(text.rfind(' ', most_bytes));
        text += " ...";
    }
    return text;
}

/// Mean probability of the edges of ways, by the length travelled; of ways without length the plain mean.
double agreement(const RouteNetwork& network, const std::vector<RouteWay>& ways,
                 const std::vector<EdgeProbability>& edges)
{
    const auto probability_of = [&](EdgeSide side) {
        const auto found = std::lower_bound(edges.begin(), edges.end(), side,
                                            [](const EdgeProbability& e, EdgeSide s) { return e.side < s; });
        return found != edges.end() && found->side == side ? found->probability : 0.0;
    };
    double weighted = 0;
    double length_m = 0;
    double plain = 0;
    std::size_t n = 0;
    for (const RouteWay& way : ways) {
        const std::vector<double> part_m = side_lengths_m(network, way);
        for (std::size_t i = 0; i < way.sides.size(); ++i) {
            const double p = probability_of(way.sides[i]);
            weighted += p * part_m[i];
            length_m += part_m[i];
            plain += p;
            ++n;
        }
    }
    return length_m > 0 ? weighted / length_m : n > 0 ? plain / static_cast<double>(n) : unknown_number;
}

/// Stretches that do not go on where the one before ends.
std::int64_t parts_of(const MatchedRoute& route)
{
    return std::count_if(route.stretches.begin(), route.stretches.end(),
                         [](const MatchedRoute::Stretch& stretch) { return !stretch.joined; });
}

double ambiguity_of(const CaseView& one)
{
    double bits = drawn(one) ? 0 : unknown_number;
    for (const LegMatch& leg : one.match.legs) {
        bits += leg.entropy_bits;
    }
    return bits;
}

struct Columns {
    std::vector<std::string> case_id, modes, visits, status;
    std::vector<std::int64_t> rank, n_obs, n_break, borders, ferries;
    std::vector<double> prob, agree, cost_min, len_km, ambig;

    void add_without_route(const std::string& id)
    {
        case_id.push_back(id);
        rank.push_back(missing_integer);
        for (auto* numbers : {&prob, &agree, &cost_min, &len_km, &ambig}) {
            numbers->push_back(unknown_number);
        }
        n_obs.push_back(0);
        for (auto* integers : {&n_break, &borders, &ferries}) {
            integers->push_back(missing_integer);
        }
        for (auto* texts : {&modes, &visits}) {
            texts->emplace_back();
        }
        status.emplace_back("no_route");
    }

    void add(const RouteNetwork& network, const CaseView& one, const MatchedRoute& route,
             const std::vector<RouteWay>& ways)
    {
        const Passed passed = passed_by(network, ways);
        case_id.push_back(one.id);
        prob.push_back(drawn(one) ? route.probability : unknown_number);
        agree.push_back(drawn(one) ? agreement(network, ways, one.match.edges) : unknown_number);
        cost_min.push_back(route.minutes);
        len_km.push_back(route.length_m / 1000);
        n_obs.push_back(static_cast<std::int64_t>(route.order.size()));
        const std::int64_t parts = parts_of(route);
        n_break.push_back(parts - 1);
        modes.push_back(passed.modes);
        borders.push_back(passed.borders);
        ferries.push_back(passed.ferries);
        status.emplace_back(parts > 1 ? "broken" : "ok");
    }

    std::vector<Field> fields()
    {
        return {{"case_id", "Case", "", std::move(case_id)},
                {"rank", "Rank", "", std::move(rank)},
                {"prob", "Share of the drawn routes that are this one", "", std::move(prob)},
                {"agree", "Mean probability of its edges", "", std::move(agree)},
                {"cost_min", "Cost", "min", std::move(cost_min)},
                {"len_km", "Length", "km", std::move(len_km)},
                {"n_obs", "Sightings used", "", std::move(n_obs)},
                {"n_break", "Breaks", "", std::move(n_break)},
                {"ambig", "Ambiguity of the case", "bits", std::move(ambig)},
                {"modes", "Modes", "", std::move(modes)},
                {"borders", "Borders crossed", "", std::move(borders)},
                {"ferries", "Ferries taken", "", std::move(ferries)},
                {"visits", "Rows as visited, where the order was not known", "", std::move(visits)},
                {"status", "Status", "", std::move(status)}};
    }
};

} // namespace

Features match_routes_layer(const RouteNetwork& network, const MatchedCases& matched)
{
    Features layer =
        empty_layer("routes", "Routes through sightings",
                    "Likely routes of each case: the best one, then others as often as they were "
                    "drawn. They are what sightings, network and model make likely, not evidence "
                    "of the way that was taken.",
                    "routes", GeometryKind::line);
    Columns c;
    for (std::size_t i = 0; i < matched.cases.size(); ++i) {
        const CaseView one = case_of(matched, i);
        if (one.match.routes.empty()) {
            c.add_without_route(one.id);
            layer.geometry.end_feature();
            continue;
        }
        const std::vector<std::uint32_t> block = order_blocks(one.sightings);
        const double bits = ambiguity_of(one);
        for (std::size_t k = 0; k < one.match.routes.size(); ++k) {
            const MatchedRoute& route = one.match.routes[k];
            const std::vector<RouteWay> ways = ways_of(route);
            c.add(network, one, route, ways);
            c.rank.push_back(counted_from_one(k));
            c.ambig.push_back(bits);
            c.visits.push_back(visits_of(one, block, route));
            for (const RouteWay& way : ways) {
                add_line_part(layer.geometry, joined_drawing(network, {&way, 1}));
            }
            layer.geometry.end_feature();
        }
    }
    layer.table.fields = c.fields();
    return layer;
}

} // namespace vigil::tools
