#pragma once

#include "kernels/route/match/case_draws.h"
#include "kernels/route/match/case_parts.h"
#include "kernels/route/match/posterior.h"

#include <memory>
#include <span>
#include <vector>

namespace vigil::match {

/// A part with all that was inferred.
struct PartAnswer {
    std::unique_ptr<const Part> part; ///< stays where it is: the posterior points into it
    std::unique_ptr<const Posterior> posterior;
    StateSequence best;            ///< over steps
    std::vector<LegWay> best_ways; ///< of its legs
    PartDraws draws;
};

/// What is told of a case. Chooses the best route of each part first.
/// sightings, match.sightings   as CaseParts left them
void summarise(const MatchNetwork::Shared& shared, std::span<const Sighting> sightings,
               std::vector<PartAnswer>& parts, CaseMatch& match);

} // namespace vigil::match
