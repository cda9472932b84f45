#pragma once

#include "kernels/autocorrelation/incremental.h"
#include "kernels/optimise/choice.h"
#include "tools/hotspots/sample.h"
#include "tools/hotspots/units.h"

#include <vector>

namespace vigil::tools {

/// What --optimise decided, in the order of the decisions.
struct Decisions {
    std::vector<Choice> choices;
    IncrementalMoran curve; ///< empty when no curve was needed
    double band_m = 0;      ///< marked on the curve
};

/// Settles in `options` how incidents are gathered: cell size, snapping, and whether empty cells count.
void choose_units(HotspotOptions& options, const Incidents& incidents, Decisions& decisions);

/// Settles the neighbours unless they were given: a band at which clustering peaks.
void choose_neighbours(HotspotOptions& options, const Units& units, std::span<const double> values,
                       Decisions& decisions);

/// Says each decision and why, one line each, and keeps them with the output.
void say(const Decisions& decisions, Provenance& provenance, const cli::Context& context);

/// Moran's I by distance: a table (.csv) and beside it a picture (.svg).
void write_curve(const Decisions& decisions, const HotspotOptions& options);

} // namespace vigil::tools
