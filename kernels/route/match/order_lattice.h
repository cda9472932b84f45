#pragma once

#include "kernels/route/match/sighting.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// All orders in which sightings may have happened, as a graph without cycles. A node says "these have been,
/// and this one is the last of them"; every way from a start to an end visits each sighting once, in an order
/// that respects what is known, and there is one way for each such order. Nodes are numbered by how many
/// have been, so arcs lead upward, always to a node with one more.
///
/// Sightings whose order is known make a plain chain. Where bounds overlap there is one node for each set
/// that may have been first and each member that may be its last: k sightings in any order make k 2^(k-1).
struct OrderLattice {
    std::vector<std::uint32_t> sighting; ///< of each node: index into the sightings
    std::vector<std::uint32_t> first_in; ///< nodes + 1
    std::vector<std::uint32_t>
        from; ///< the nodes before node v: from [first_in[v], first_in[v + 1]), ascending
    std::vector<std::uint32_t> starts, ends; ///< nodes, ascending

    [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(sighting.size()); }
};

/// The number of sightings whose order is not known among themselves that a lattice may have at most: the
/// largest set that cannot be cut into two of which all of the first come before all of the second.
inline constexpr std::size_t most_in_any_order = 10;

/// Size of that largest set; 0 of no sightings.
///
/// throws   Error when the bounds of a sighting are not numbers, or its end is below its begin
/// cost     O(n log n)
std::size_t widest_disorder(std::span<const Sighting> sightings);

/// The sets that cannot be cut so, numbered along time: of each sighting the number of its set. Throws and
/// costs as widest_disorder.
std::vector<std::uint32_t> order_blocks(std::span<const Sighting> sightings);

/// throws   Error when more than most_in_any_order sightings are in no order (exit 5), there is none at all,
///          or the bounds of one are not numbers or its end is below its begin
/// cost     O(n log n) when the order is known; O(k^2 2^k) for k sightings in no order
OrderLattice order_lattice(std::span<const Sighting> sightings);

} // namespace vigil
