#pragma once

#include "tools/hotspots/significance.h"
#include "tools/hotspots/stability.h"

#include <string>

namespace vigil::tools {

/// All that was found out about the units for one set of values.
struct Findings {
    std::string group; ///< of --by, or empty
    std::string label; ///< "group 2 of 3: " for messages, which do not name it; or empty
    Values values;
    std::string value_alias = "Value"; ///< what the values are
    LocalResult local;
    Significance significance;
    std::vector<double> stable; ///< share of bands that agree with the bin, or empty
    HotShares shares;           ///< of --uncertain, or empty
};

/// The layer that is written: one row per cell, place or polygon. Takes the geometry of `units` when it is
/// the `last` layer.
Features hotspot_layer(Units& units, Findings found, const Neighbourhood& near, const HotspotOptions& options,
                       const cli::Context& context, bool last);

} // namespace vigil::tools
