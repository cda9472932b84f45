#pragma once

#include "libgeo/route_network.h"

#include <span>

namespace vigil {

/// A sum that no cheapest way between two nodes exceeds, loops left out.
///
/// Within a strong component of what is open, any way u -> v costs at most (u -> root) + (root -> v) along
/// two trees of fewest arcs; a way passes each component at most once, in their order. So the bound is the
/// longest chain of components with the links between them.
///
/// cost_of_arc   >= 0; infinite where closed
/// cost          O(nodes + arcs) time and memory
double bound_of_ways(GraphView graph, std::span<const std::uint32_t> first_in,
                     std::span<const std::uint32_t> in_arc, std::span<const double> cost_of_arc);

} // namespace vigil
