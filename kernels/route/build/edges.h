#pragma once

#include "kernels/route/build/nodes.h"
#include "kernels/route/build/transfers.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil::route_build {

/// Edges in their final order, and the steps each was made of.
struct Edges {
    std::vector<RouteEdge> edge; ///< without the one that closes the ranges; kinds of Lines::kinds
    std::vector<FixedLonLat> shape;
    std::vector<EdgePiece> piece; ///< names of Lines::names
    std::vector<Chain> steps;     ///< of each edge, in Chains::steps; none for barriers and transfers
};

/// Draws edges along chains, over barriers, and between modes.
///
/// An edge is drawn from its end that comes first by (lon, lat), then by number; a loop so that its shape
/// comes first by (lon, lat), vertex by vertex. Edges are in the order of their nodes, then by shape, kind
/// and source. So neither depends on how ways were drawn or ordered.
///
/// At a barrier every two stretches that meet are joined by an edge of length 0: whatever passes pays for the
/// barrier once. Where more than 8 meet, all are joined to the first one only.
///
/// throws   Error for a stretch of more than 15 000 km, or more edges than fit
Edges draw_edges(Lines& lines, Chains& chains, const Nodes& nodes, const std::vector<PointMark>& marks,
                 const std::vector<Transfer>& transfers);

} // namespace vigil::route_build
