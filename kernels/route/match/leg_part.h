#pragma once

#include "kernels/route/match/leg_search.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// The part of a turn graph in which the ways of a leg are looked for: small, with numbers of its own. Node i
/// is about to travel an edge side; arc j leads from it to head[j] with a turn of turn[j].
struct LegPart {
    std::vector<std::uint32_t> node; ///< of the turn graph, by cost from the start
    std::vector<EdgeSide> side;      ///< that it is about to travel
    std::vector<Weight> mean;        ///< cost of that
    std::vector<std::uint32_t> first_out, head;
    std::vector<Weight> turn;
    std::vector<std::uint32_t> first_in, in_arc, tail; ///< arcs by head; tail of each arc
    std::vector<std::uint32_t> by_end, end_place;      ///< nodes by cost to the end, and their places there
    std::vector<std::uint32_t> place; ///< of the nodes of the list it was made of; or no_index

    [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(node.size()); }
};

/// The nodes between two sets of seeds, and the arcs between them on ways of at most `limit`. Left out is
/// what no traveller does, whatever sides cost: going into a street only to turn round in it, where the way
/// on is open without (turns cost the same to all), and what then leads nowhere.
///
/// nodes    LegSearch::between, the last that `search` found
/// costs    of which `weights` of the turn graph are made
LegPart leg_part(const TurnGraph& turns, const Costs& costs, std::span<const Weight> weights,
                 const LegSearch& search, std::span<const NodeBetween> nodes, std::span<const Seed> start,
                 std::span<const Seed> end, Weight limit);

} // namespace vigil
