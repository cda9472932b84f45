#pragma once

#include "kernels/route/hierarchy/order_graph.h"

#include <cstdint>
#include <span>

namespace vigil {

inline constexpr std::uint32_t largest_leaf = 64;

/// Orders the last small parts of a dissection: next comes the node that has the fewest neighbours left,
/// those in separators counted (minimum degree with a halo); of equals the first.
///
/// part    at most `largest_leaf` nodes; their neighbours that have a rank are in separators, all others are
///         of the part
/// rank    of all nodes; those of the part get first_rank, first_rank + 1, ...
/// source  Pellegrini, Roman & Amestoy (2000), Hybridizing nested dissection and halo approximate minimum
///         degree, Concurrency 12, 69-84
void order_leaf(const UndirectedGraph& graph, std::span<const std::uint32_t> part, std::uint32_t first_rank,
                std::span<std::uint32_t> rank);

} // namespace vigil
