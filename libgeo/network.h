#pragma once

#include "libgeo/crs.h"
#include "libgeo/plane.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vigil {

/// Which way an edge may be travelled, seen from its drawing direction.
enum class Direction : std::uint8_t { both, forward, backward };

/// A stretch of line between two nodes, with no junction in between.
struct NetworkEdge {
    std::uint32_t from = 0;      ///< node where the drawing begins
    std::uint32_t to = 0;        ///< node where it ends; the same as `from` for a loop
    double length_m = 0;         ///< along the drawing; > 0
    double cost = 0;             ///< of travelling all of it: metres, or seconds when a speed is known
    std::size_t shape_begin = 0; ///< its vertices are Network::shape [shape_begin, shape_end)
    std::size_t shape_end = 0;
    std::uint32_t name = 0;       ///< index into Network::texts
    std::uint32_t road_class = 0; ///< index into Network::texts
    std::uint32_t component = 0;
    Direction direction = Direction::both;
    std::size_t source = 0; ///< number of the input feature it came from, 0-based
};

/// An edge in one travel direction, as seen from the node it leaves.
struct Arc {
    double cost = 0;
    std::uint32_t head = 0; ///< node it leads to
    std::uint32_t edge = 0;
    bool forward = true; ///< along the drawing
};

/// A routable network: nodes, edges, and for each node the arcs that leave it.
///
/// Nodes are ordered by (x, y), edges by their nodes and drawing, so the same lines in any order give the
/// same network. Component 0 has the most nodes; one-way rules do not divide components.
struct Network {
    Crs crs;
    std::vector<XY> nodes;
    std::vector<std::uint32_t> node_component;
    std::vector<std::uint32_t> component_nodes; ///< number of nodes in each component
    std::vector<NetworkEdge> edges;
    std::vector<XY> shape; ///< vertices of all edges
    std::vector<std::size_t>
        first_arc; ///< nodes + 1 values; arcs of node v are [first_arc[v], first_arc[v + 1])
    std::vector<Arc> arcs;
    std::vector<std::string> texts{std::string()}; ///< names and classes; number 0 is empty

    [[nodiscard]] std::span<const XY> shape_of(const NetworkEdge& edge) const
    {
        return std::span(shape).subspan(edge.shape_begin, edge.shape_end - edge.shape_begin);
    }
    [[nodiscard]] std::span<const Arc> arcs_from(std::uint32_t node) const
    {
        return std::span(arcs).subspan(first_arc[node], first_arc[node + 1] - first_arc[node]);
    }
};

/// A place on an edge.
struct NetworkPlace {
    std::uint32_t edge = 0;
    double offset_m = 0; ///< along the drawing from the edge's `from`, 0 to length_m
    bool operator==(const NetworkPlace&) const = default;
};

} // namespace vigil
