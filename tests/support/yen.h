#pragma once

#include "kernels/route/seeds.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil::test {

/// The k cheapest ways between two nodes that pass no node twice, cheapest first, ties by arcs in order: what
/// finders of alternatives are measured against. Slow and plain.
///
/// source   Yen (1971), Finding the k shortest loopless paths in a network, Management Science 17, 712-716
std::vector<ArcPath> cheapest_simple_ways(GraphView graph, std::span<const Weight> weights,
                                          std::uint32_t from, std::uint32_t to, std::size_t k);

} // namespace vigil::test
