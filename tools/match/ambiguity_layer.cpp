#include "tools/match/case_view.h"
#include "tools/route_network/layers.h"
#include "tools/route_network/ways.h"

namespace vigil::tools {

namespace {

struct Columns {
    std::vector<std::string> case_id;
    std::vector<std::int64_t> leg, from_row, to_row, ways, unclear;
    std::vector<double> p_best, p_second, ambig, cost_min, len_km, elapsed;

    void add(const CaseView& one, std::size_t k)
    {
        const LegMatch& match = one.match.legs[k];
        case_id.push_back(one.id);
        leg.push_back(counted_from_one(k));
        from_row.push_back(static_cast<std::int64_t>(one.row[match.from]));
        to_row.push_back(static_cast<std::int64_t>(one.row[match.to]));
        const bool taken = match.ways > 0; // in another order no draw need go from one to the other
        p_best.push_back(taken ? match.probability : unknown_number);
        p_second.push_back(taken ? match.second : unknown_number);
        ways.push_back(drawn(one) ? std::int64_t{match.ways} : missing_integer);
        ambig.push_back(taken ? match.entropy_bits : unknown_number);
        unclear.push_back(!drawn(one) ? missing_integer : match.probability < 0.5 ? 1 : 0);
        cost_min.push_back(match.minutes);
        len_km.push_back(match.length_m / 1000);
        elapsed.push_back(match.elapsed_s / 60);
    }

    std::vector<Field> fields()
    {
        return {{"case_id", "Case", "", std::move(case_id)},
                {"leg", "Leg", "", std::move(leg)},
                {"from_row", "Row of the sighting where it begins", "", std::move(from_row)},
                {"to_row", "Row of the sighting where it ends", "", std::move(to_row)},
                {"p_best", "Probability of the likeliest way", "", std::move(p_best)},
                {"p_second", "Probability of the runner-up", "", std::move(p_second)},
                {"ways", "Different ways drawn", "", std::move(ways)},
                {"ambig", "Ambiguity", "bits", std::move(ambig)},
                {"unclear", "The likeliest way has less than half of the draws", "", std::move(unclear)},
                {"cost_min", "Cost on the best route", "min", std::move(cost_min)},
                {"len_km", "Length on the best route", "km", std::move(len_km)},
                {"elapsed", "Time between both sightings", "min", std::move(elapsed)}};
    }
};

} // namespace

Features match_ambiguity_layer(const RouteNetwork& network, const MatchedCases& matched)
{
    Features layer =
        empty_layer("ambiguity", "Where the way is ambiguous",
                    "Each leg of the best routes, and how sure the way between its two sightings "
                    "is among all that were drawn.",
                    "match_ambiguity", GeometryKind::line);
    Columns c;
    for (std::size_t i = 0; i < matched.cases.size(); ++i) {
        const CaseView one = case_of(matched, i);
        for (std::size_t k = 0; k < one.match.legs.size(); ++k) {
            const RouteWay& way = one.match.legs[k].way;
            add_line(layer.geometry, joined_drawing(network, {&way, 1}));
            c.add(one, k);
        }
    }
    layer.table.fields = c.fields();
    return layer;
}

} // namespace vigil::tools
