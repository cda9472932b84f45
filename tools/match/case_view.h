#pragma once

#include "kernels/route/route_way.h"
#include "tools/match/layers.h"

#include <limits>

namespace vigil::tools {

inline constexpr double unknown_number = std::numeric_limits<double>::quiet_NaN();

/// One of the cases.
struct CaseView {
    const std::string& id;
    std::span<const Sighting> sightings;
    std::span<const std::uint64_t> row;
    std::span<const std::string> time;
    const CaseMatch& match;
};
CaseView case_of(const MatchedCases& matched, std::size_t i);

/// A layer without rows, in longitude and latitude.
Features empty_layer(const char* name, const char* title, const char* summary, const char* style,
                     GeometryKind kind);

/// Numbers for people count from 1.
inline std::int64_t counted_from_one(std::size_t index)
{
    return static_cast<std::int64_t>(index) + 1;
}

/// Whether routes were drawn. Without draws the best route is all there is, and no probability is known.
inline bool drawn(const CaseView& one)
{
    return one.match.draws > 0;
}

/// The ways of a route's stretches.
std::vector<RouteWay> ways_of(const MatchedRoute& route);

Features match_routes_layer(const RouteNetwork& network, const MatchedCases& matched);
Features match_edges_layer(const RouteNetwork& network, const MatchedCases& matched);
Features match_points_layer(const MatchedCases& matched);
Features match_ambiguity_layer(const RouteNetwork& network, const MatchedCases& matched);

} // namespace vigil::tools
