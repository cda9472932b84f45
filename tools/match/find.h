#pragma once

#include "kernels/route/match/matcher.h"
#include "libgeo/progress.h"
#include "tools/match/sightings.h"

#include <vector>

namespace vigil::tools {

/// The answer to each case, in its order, on all threads; the same for any number of them.
std::vector<CaseMatch> match_cases(const MatchNetwork& network, const SightingCases& cases,
                                   const Progress& progress);

} // namespace vigil::tools
