#include "tools/match/case_view.h"
#include "tools/route_network/layers.h"

#include <set>

namespace vigil::tools {

namespace {

struct Columns {
    std::vector<std::string> case_id, name, road_class, mode, dir;
    std::vector<std::int64_t> edge_id, src_id, on_best, in_corr;
    std::vector<double> prob;

    void add(const RouteNetwork& network, const CaseView& one, const EdgeProbability& edge)
    {
        const std::uint32_t e = edge_of(edge.side);
        const EdgePiece& piece = network.pieces_of(e).front();
        const EdgeKind& kind = network.kind_of(e);
        const bool in_corridor = edge.probability > 0 && edge.probability >= one.match.corridor_p;
        case_id.push_back(one.id);
        edge_id.push_back(counted_from_one(e));
        src_id.push_back(piece.source);
        name.emplace_back(network.text(piece.name));
        road_class.emplace_back(network.text(kind.road_class));
        mode.emplace_back(name_of(kind.mode));
        dir.emplace_back(is_backward(edge.side) ? "backward" : "forward");
        prob.push_back(drawn(one) ? edge.probability : unknown_number);
        on_best.push_back(edge.on_best ? 1 : 0);
        in_corr.push_back(!drawn(one) ? missing_integer : in_corridor ? 1 : 0);
    }

    std::vector<Field> fields()
    {
        return {{"case_id", "Case", "", std::move(case_id)},
                {"edge_id", "Edge", "", std::move(edge_id)},
                {"src_id", "Source feature", "", std::move(src_id)},
                {"name", "Name", "", std::move(name)},
                {"class", "Class", "", std::move(road_class)},
                {"mode", "Mode", "", std::move(mode)},
                {"dir", "Direction, seen along the edge", "", std::move(dir)},
                {"prob", "Share of the drawn routes that travel it", "", std::move(prob)},
                {"on_best", "On the best route", "", std::move(on_best)},
                {"in_corr", "In the corridor", "", std::move(in_corr)}};
    }
};

/// The edges that somebody may have travelled; without draws those of the best route.
std::vector<EdgeProbability> edges_of(const CaseView& one)
{
    if (drawn(one) || one.match.routes.empty()) {
        return one.match.edges;
    }
    std::set<EdgeSide> sides;
    for (const RouteWay& way : ways_of(one.match.routes.front())) {
        sides.insert(way.sides.begin(), way.sides.end());
    }
    std::vector<EdgeProbability> edges;
    for (const EdgeSide side : sides) {
        edges.push_back({side, unknown_number, true});
    }
    return edges;
}

/// The drawing of all of an edge, as it is travelled.
std::vector<LonLat> travelled(const RouteNetwork& network, EdgeSide side)
{
    const double whole_m = network.edge[edge_of(side)].length_m;
    return drawing_of(network, {{side}, is_backward(side) ? whole_m : 0, is_backward(side) ? 0 : whole_m});
}

} // namespace

Features match_edges_layer(const RouteNetwork& network, const MatchedCases& matched)
{
    Features layer = empty_layer("edges", "Edges that may have been travelled",
                                 "How likely each stretch of the network is to have been travelled in each "
                                 "case: the share of the drawn routes that do.",
                                 "match_edges", GeometryKind::line);
    Columns c;
    for (std::size_t i = 0; i < matched.cases.size(); ++i) {
        const CaseView one = case_of(matched, i);
        for (const EdgeProbability& edge : edges_of(one)) {
            c.add(network, one, edge);
            add_line(layer.geometry, travelled(network, edge.side));
        }
    }
    layer.table.fields = c.fields();
    return layer;
}

} // namespace vigil::tools
