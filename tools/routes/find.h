#pragma once

#include "kernels/route/leg_finder.h"
#include "libgeo/progress.h"
#include "tools/routes/options.h"
#include "tools/routes/snapping.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vigil::tools {

/// A case to be joined: two places or more, one after the other.
struct RouteCase {
    std::string case_id, from_id, to_id;
    std::vector<std::size_t> stops; ///< indices of places; one only when no destination can be reached
};

/// The cases of a reading; with Joining::nearest `nearest_to` holds, for each origin, its destination.
std::vector<RouteCase> cases_of(const RouteEnds& ends, Joining joining,
                                const std::vector<std::optional<std::size_t>>& nearest_to);

/// For each origin the destination that is cheapest to reach under the first scenario; the first of equals.
std::vector<std::optional<std::size_t>> nearest_ends(const LegNetwork& network,
                                                     std::span<const std::optional<EdgePlace>> from,
                                                     std::span<const std::optional<EdgePlace>> to);

/// Calls visit(origin, minutes to each destination) for every origin in its order; NaN where there is no way.
/// Needs the hierarchy of the network, and memory for a few hundred origins at a time.
void for_cost_rows(const LegNetwork& network, std::span<const std::optional<EdgePlace>> from,
                   std::span<const std::optional<EdgePlace>> to,
                   const std::function<void(std::size_t origin, std::span<const double> minutes)>& visit);

/// The ways of each case, in its order, on all threads; the same for any number of them.
std::vector<std::vector<Journey>> find_journeys(const LegNetwork& network,
                                                const std::vector<RouteCase>& cases,
                                                std::span<const std::optional<EdgePlace>> places,
                                                const LegOptions& options, const Progress& progress);

} // namespace vigil::tools
