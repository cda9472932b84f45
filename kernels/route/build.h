#pragma once

#include "libgeo/progress.h"
#include "libgeo/ways.h"

namespace vigil {

struct RouteBuildOptions {
    double transfer_m = 300; ///< stations are linked to the nearest road or path this near; >= 0
    bool order = true;       ///< work out the elimination order (RouteNetwork::rank)
};

/// What was met while building.
struct RouteReport {
    std::size_t ways = 0;
    std::size_t zero_length = 0;        ///< ways of no length that were dropped
    std::int64_t first_zero_length = 0; ///< source of the first
    std::size_t loops = 0;              ///< edges that return to their node
    std::size_t parallel = 0;           ///< edges beyond the first between the same two nodes
    std::size_t dangling_ends = 0;      ///< nodes with one edge
    std::size_t bans = 0;               ///< turn bans honoured
    std::size_t bans_ignored = 0;       ///< their ways do not meet as they say
    std::size_t transfers = 0;          ///< links between modes
    std::size_t stations_alone = 0;     ///< with no road or path near enough
    std::size_t borders = 0;            ///< edges that cross one
    double length_m = 0;                ///< of all edges, each once
};

struct BuiltRouteNetwork {
    RouteNetwork network;
    RouteReport report;
};

/// Makes a routable network of ways.
///
/// Ways are cut where they meet, where they end, where their kind changes and at marks; what is left between
/// two such places is one edge (a chain), whose pieces tell which way each part came from. Cutting a way into
/// more ways therefore changes nothing but the pieces. Rail, ferry and everything else meet only over
/// transfer edges: at stations, and where a ferry's line ends or stops at a road; a road that crosses a
/// railway at grade is no way onto the train. A barrier or border post is an edge of length 0 inside the way;
/// where several ways meet at one, every two of them are joined by such an edge. Ways whose minutes are known
/// are one edge only with ways of the same source.
///
/// A turn ban counts when the way it begins with arrives at the via by one open edge, and the last leaves it
/// by one; otherwise, and at barriers, it is passed over. Components are those of the network without bans.
///
/// The order of ways, the direction they are drawn in, and where they are cut do not change the network (only
/// a ferry that is cut where it touches a road calls there). Vertices at one place that are not one vertex
/// keep the order of their numbers only where nothing else tells them apart.
///
/// throws   Error when nothing is left, or there are more than 2^31 edge sides
/// cost     O(n log n) time, O(n) memory, n vertices
BuiltRouteNetwork build_route_network(Ways ways, const RouteBuildOptions& options = {},
                                      const Progress& progress = {});

} // namespace vigil
