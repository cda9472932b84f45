#pragma once

#include "libgeo/incidents.h"
#include "tools/hotspots/options.h"
#include "tools/time_window.h"

#include <string>
#include <vector>

namespace vigil::tools {

/// The incidents of one layer, or of the only one.
struct IncidentGroup {
    std::string name;              ///< value of --by, or empty
    std::vector<std::size_t> rows; ///< which incidents of the sample; empty: all
    std::vector<double> weight;    ///< of each of them, or empty when all count 1
    std::vector<double> share;     ///< of its time within --since and --until, or empty when all of it
};

/// Weights times shares; empty when all are 1.
std::vector<double> counted_weights(const IncidentGroup& group);

/// What is examined: incidents (places, times, uncertainty) and the groups they make.
struct IncidentSample {
    Incidents incidents; ///< their weights are in the groups
    std::vector<IncidentGroup> groups;
};

/// Incidents by --by and within --since and --until; those whose interval reaches beyond count in part.
///
/// throws   Error when a column is missing or nothing is left
IncidentSample incident_sample(Incidents incidents, const HotspotOptions& options,
                               const cli::Context& context);

/// The values that `chosen` picks from `all`, or `all` when it picks everything.
template <typename T>
std::vector<T> picked(const std::vector<T>& all, const std::vector<std::size_t>& chosen)
{
    if (chosen.empty()) {
        return all;
    }
    std::vector<T> some;
    some.reserve(chosen.size());
    for (const std::size_t i : chosen) {
        some.push_back(all[i]);
    }
    return some;
}

} // namespace vigil::tools
