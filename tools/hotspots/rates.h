#pragma once

#include "tools/hotspots/neighbourhood.h"

namespace vigil::tools {

/// The values as the statistic takes them: counts as 0 and 1 for join counts, and rates of the units'
/// populations by --rate where there are any.
void prepare(Values& values, const Units& units, const Neighbourhood& near, const HotspotOptions& options);

/// Tells how many cases there are among how many people, and warns of rates that mislead. Before prepare().
void tell_rates(const Values& values, const Units& units, const HotspotOptions& options,
                const cli::Context& context);

/// What the values are, for people: "Rate, drawn towards the mean (empirical Bayes)".
std::string value_words(const Values& values, const Units& units, const HotspotOptions& options);

} // namespace vigil::tools
