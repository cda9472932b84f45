#pragma once

#include "kernels/route/match/case_summary.h"
#include "kernels/route/match/side_draws.h"

#include <vector>

namespace vigil::match {

/// Of a part with a vague sighting, takes a drawn route as the best one where it is expected to agree better
/// with the truth than the likeliest one does: the best has the greatest
///
///     sum of length (2 p - 1) over its edges, p the probability of an edge,
///
/// so the least expected length that is missed or too much. The likeliest states of vague sightings are often
/// odd ones, those where the cheapest ways happen to meet. Of equals the likeliest, then the first drawn.
void choose_best(const MatchNetwork::Shared& shared, const SideDraws& sides, std::size_t draws,
                 std::vector<PartAnswer>& parts);

/// The routes of a case: the best, then others that differ. Drawn routes that share enough of their length
/// (MatchOptions::most_sharing) with one are counted as that one; those that most agree with all others come
/// first as representatives.
std::vector<MatchedRoute> routes_of(const MatchNetwork::Shared& shared, const std::vector<PartAnswer>& parts,
                                    const SideDraws& sides, std::size_t draws);

} // namespace vigil::match
