#pragma once

#include "kernels/route/hierarchy/order_graph.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// A place on the unit sphere.
using SpherePlace = std::array<double, 3>;

/// A few nodes that part a graph in two.
struct Separator {
    std::vector<std::uint8_t> side; ///< of each node: 0 or 1, or `between`
    std::uint32_t size = 0;         ///< nodes between
    std::uint32_t smaller = 0;      ///< nodes on the smaller side
    static constexpr std::uint8_t between = 2;
};

/// The best separator that inertial flow finds: along each of four directions of the map the outer quarters
/// of the nodes are source and sink, and fewest nodes (terminals may be among them) are taken out so that no
/// way is left from one to the other. Of all directions, and of the fewest-node cuts nearest to either end
/// and nearest to the middle, the one is kept that has the least
///
///     nodes between / sqrt(nodes on the smaller side)
///
/// since the separators that the parts of a map will need grow with the square root of their size.
///
/// graph    at least 2 nodes, connected; neighbours clockwise on the map make it fast, any order will do
/// place    of each node
/// returns  at least one node between; a side may be empty in dense graphs
/// cost     a few searches of the graph for each direction
/// source   Schild & Sommer (2015), On balanced separators in road networks, SEA, LNCS 9125, 286-297;
///          Lipton & Tarjan (1979), A separator theorem for planar graphs, SIAM J. Appl. Math. 36, 177-189
Separator inertial_flow(const UndirectedGraph& graph, std::span<const SpherePlace> place);

} // namespace vigil
