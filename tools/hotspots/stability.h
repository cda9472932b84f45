#pragma once

#include "tools/hotspots/sample.h"
#include "tools/hotspots/significance.h"

#include <span>
#include <vector>

namespace vigil::tools {

/// Share of the runs in which each unit was significantly hot (cold), n values each.
struct HotShares {
    std::vector<double> hot, cold;
};

/// Share of three bands (25 % narrower, as it is, 25 % wider) with which each unit's bin has the same sign.
///
/// near   with a band, or at least two nearest neighbours
std::vector<double> stability_of(const Units& units, std::span<const double> values,
                                 const Significance& found, const Neighbourhood& near,
                                 const HotspotOptions& options, const cli::Context& context);

/// How often each unit stays hot or cold when every incident of a group is put somewhere within its
/// uncertainty: evenly over the disc of that radius, and within --since and --until as often as its interval
/// is.
///
/// throws   UsageError when units are places or centres are degrees: there is nothing to count anew
HotShares hot_shares(const Units& units, const Incidents& incidents, const IncidentGroup& group,
                     const Neighbourhood& near, const HotspotOptions& options, const cli::Context& context);

} // namespace vigil::tools
