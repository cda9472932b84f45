#pragma once

#include "libgeo/route_network.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Which nodes can reach each other both ways.
struct StrongComponents {
    std::vector<std::uint32_t> of; ///< of each node; an arc between two components leads to the lower number
    std::uint32_t count = 0;
};

/// Without recursion: a chain of a million nodes must not fill the stack.
///
/// closed   of each arc, not 0 where nobody passes; empty: all are open
/// cost     O(nodes + arcs) time and memory
/// source   Tarjan (1972), Depth-first search and linear graph algorithms, SIAM J. Comput. 1, 146-160
StrongComponents strong_components(GraphView graph, std::span<const std::uint8_t> closed = {});

/// The strong components of the real nodes of a network, whatever turns are banned.
StrongComponents place_components(const RouteNetwork& network, std::span<const std::uint8_t> closed = {});

/// The number of nodes that go with each edge under costs: those of the strong component that both its ends
/// lie in; 0 for an edge between two components, which leads in or out but not back.
std::vector<std::uint32_t> part_sizes(const RouteNetwork& network, const Costs& costs);

} // namespace vigil
