#pragma once

#include "kernels/route/match/matcher.h"
#include "libgeo/features.h"
#include "libgeo/route_network.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vigil::tools {

/// Cases as they were read, and what was found. Sightings of case i are [case_begin[i], case_begin[i + 1]),
/// and cases[i] numbers them from 0.
struct MatchedCases {
    std::span<const std::string> case_id;
    std::span<const std::size_t> case_begin; ///< cases + 1
    std::span<const Sighting> sightings;
    std::span<const std::uint64_t> row; ///< of each sighting in the input, from 1
    std::span<const std::string>
        time; ///< of each sighting as it was written; empty texts where there is none
    std::span<const CaseMatch> cases;
};

struct MatchLayerChoice {
    bool routes = true;
    bool edges = true;
    bool points = true;
    bool ambiguity = true;
};

/// The layers that are asked for, in this order, in longitude and latitude.
///
///     routes     a line (in several parts when it breaks) per route, a row without one per case without any
///     edges      a line per edge, direction and case that somebody may have travelled
///     points     a point per sighting, in the order of their rows
///     ambiguity  a line per leg of the best route of each case
///
/// Of the input they carry case_id, rows and times; of the network names, classes and modes.
std::vector<Features> match_layers(const RouteNetwork& network, const MatchedCases& matched,
                                   const MatchLayerChoice& choice = {});

} // namespace vigil::tools
