#include "tools/match/layers.h"

#include "libgeo/io/crs.h"
#include "tools/match/case_view.h"

namespace vigil::tools {

CaseView case_of(const MatchedCases& matched, std::size_t i)
{
    const std::size_t begin = matched.case_begin[i];
    const std::size_t n = matched.case_begin[i + 1] - begin;
    return {matched.case_id[i], matched.sightings.subspan(begin, n), matched.row.subspan(begin, n),
            matched.time.subspan(begin, n), matched.cases[i]};
}

Features empty_layer(const char* name, const char* title, const char* summary, const char* style,
                     GeometryKind kind)
{
    Features layer;
    layer.name = name;
    layer.title = title;
    layer.summary = summary;
    layer.style = style;
    layer.crs = io::wgs84();
    layer.geometry.kind = kind;
    return layer;
}

std::vector<RouteWay> ways_of(const MatchedRoute& route)
{
    std::vector<RouteWay> ways;
    for (const MatchedRoute::Stretch& stretch : route.stretches) {
        ways.push_back(stretch.way);
    }
    return ways;
}

std::vector<Features> match_layers(const RouteNetwork& network, const MatchedCases& matched,
                                   const MatchLayerChoice& choice)
{
    std::vector<Features> layers;
    if (choice.routes) {
        layers.push_back(match_routes_layer(network, matched));
    }
    if (choice.edges) {
        layers.push_back(match_edges_layer(network, matched));
    }
    if (choice.points) {
        layers.push_back(match_points_layer(matched));
    }
    if (choice.ambiguity) {
        layers.push_back(match_ambiguity_layer(network, matched));
    }
    return layers;
}

} // namespace vigil::tools
