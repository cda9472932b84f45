#pragma once

#include "kernels/getis_ord.h"
#include "tools/hotspots/units.h"

namespace vigil::tools {

/// Which neighbours count, once all that was left open is decided.
struct Neighbourhood {
    HotspotWeights kind = HotspotWeights::queen;
    double band_m = 0;
    std::size_t k = 0;

    /// "8 neighbours (queen)", "everything within 250 m", ...
    [[nodiscard]] std::string text() const;
};

/// throws   UsageError when the options contradict one another or do not fit the units
Neighbourhood neighbourhood_for(const Units& units, const HotspotOptions& options,
                                const cli::Context& context);

GetisOrd getis_ord_of(const Units& units, const Neighbourhood& neighbourhood, const HotspotOptions& options);

/// The layer that is written: one row per cell, place or polygon. Empties `units`.
Features hotspot_layer(Units& units, const GetisOrd& result, const Neighbourhood& neighbourhood,
                       HotspotStatistic statistic, const cli::Context& context);

} // namespace vigil::tools
