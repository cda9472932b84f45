#pragma once

#include "libgeo/route_network.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Who is next to whom: every neighbour once, no loops, no directions.
struct UndirectedGraph {
    std::vector<std::uint32_t> begin = {0}; ///< nodes + 1
    std::vector<std::uint32_t> neighbour;   ///< of node v: [begin[v], begin[v + 1])

    [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(begin.size() - 1); }
    [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t v) const
    {
        return std::span(neighbour).subspan(begin[v], begin[v + 1] - begin[v]);
    }
};

/// The nodes along a Z curve over the map, so that what is near on the map is near in memory; ties by number.
std::vector<std::uint32_t> spatial_sequence(std::span<const FixedLonLat> place);

/// The graph without directions, loops and parallels; node i of it is sequence[i].
/// neighbours are ascending
UndirectedGraph undirected(GraphView graph, std::span<const std::uint32_t> sequence);

/// What is left of a graph after nodes were eliminated that cost next to no shortcuts.
struct Reduction {
    std::vector<std::uint32_t> eliminated; ///< first to last
    std::vector<std::uint32_t> kept;       ///< ascending; node i of the core is kept[i]
    UndirectedGraph core;                  ///< with the shortcuts
};

/// Eliminates nodes with at most two neighbours, those that their going leaves with two included.
///
/// It is done in rounds. In each only nodes go of which no neighbour went in that round, so that a chain of k
/// nodes adds about log2 k to the height of the elimination tree. In the first rounds only dead ends go: that
/// costs one edge a node, where halving costs two.
///
/// source   Miller & Reif (1985), Parallel tree contraction, FOCS (rake and compress)
Reduction reduce(const UndirectedGraph& graph);

} // namespace vigil
