#pragma once

#include "libgeo/progress.h"
#include "libgeo/route_network.h"

#include <span>
#include <vector>

namespace vigil {

/// A nested-dissection order of a graph's nodes by inertial flow: small separators come last.
///
/// Directions of arcs do not matter. Nodes of degree 1 and chains of degree 2 are taken out first; what is
/// left is cut again and again: along several directions of the map, the outer quarters of the nodes are
/// source and sink of a flow, and the nodes of a least cut are the separator; the best is kept
/// (inertial_flow). Parts of 64 nodes are ordered by minimum degree.
///
/// place    of each node; copies of a node at the same place are welcome
/// returns  rank[v]: the place of node v in the order, a permutation of 0 .. n-1; contracted first = 0.
///          The same for any number of threads
/// throws   Error when there is not one place for each node, or there are more than 2^31 arcs
/// cost     less than 1 us per node on roads, 3 us on a lattice of a million nodes, on one thread;
///          O(nodes + arcs) memory
/// source   Schild & Sommer (2015), On balanced separators in road networks, SEA; Dibbelt, Strasser & Wagner
///          (2016), Customizable contraction hierarchies, ACM JEA 21, 1.5
std::vector<std::uint32_t> nested_dissection(GraphView graph, std::span<const FixedLonLat> place,
                                             const Progress& progress = {});

} // namespace vigil
