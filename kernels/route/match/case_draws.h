#pragma once

#include "kernels/route/match/case_parts.h"
#include "kernels/route/match/leg_routes.h"
#include "kernels/route/match/posterior.h"

#include <cstdint>
#include <vector>

namespace vigil::match {

/// Ways between two states of a leg, and which of them each draw took.
struct LegDraws {
    std::uint32_t from = 0, to = 0;       ///< steps
    std::vector<LegWay> ways;             ///< different ones
    std::vector<MatchState> starts, ends; ///< of each way
    std::vector<std::uint32_t> draw;      ///< draws that pass this leg, ascending
    std::vector<std::uint32_t> way_of;    ///< of each such draw
};

/// Routes drawn through a part.
struct PartDraws {
    std::vector<StateSequence> sequences; ///< of each draw, over steps; empty for long parts, see below
    std::vector<LegDraws> legs;
    std::vector<std::vector<std::uint32_t>> legs_of; ///< of each draw, the legs in its order; empty for a
                                                     ///< chain, where every draw passes all legs
    std::vector<std::vector<std::uint32_t>>
        order_of; ///< of each draw, the steps in its order; empty for a chain
};

/// Parts of more sightings than this do not keep what was drawn of their states: hardly any route drawn
/// through so many is better than the likeliest.
inline constexpr std::size_t most_steps_kept = 500;

/// Draws joint routes: states of all sightings from the posterior (forward filtering, backward sampling),
/// then for each leg a way between its two states.
PartDraws draw_routes(const Part& part, const Posterior& posterior, const MatchOptions& options,
                      std::uint64_t item, LegTables& tables, LegRoutes& routes);

} // namespace vigil::match
