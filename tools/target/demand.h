#pragma once

#include "libgeo/incidents.h"
#include "tools/shared_options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vigil::tools {

/// What circles are to cover: incidents one by one, or the areas of a hot-spot layer at their centroids.
struct TargetDemand {
    std::vector<XY> xy;              ///< metres, in `crs`
    std::vector<LonLat> lonlat;      ///< the same places
    std::vector<double> weight;      ///< empty: all 1
    std::vector<std::int64_t> count; ///< incidents at each place; empty: all 1
    Crs crs;
    bool areas = false;
    double widest_m = 0; ///< of the areas: square root of the largest
    Provenance provenance;
};

struct DemandOptions {
    io::ReadOptions read;
    std::int64_t min_bin = 1;   ///< areas with a lower gi_bin are left out; -3 keeps all
    std::int64_t min_count = 5; ///< areas that do not say their number of incidents count as this many
};

/// Reads incidents (points) or hot spots (polygons with gi_bin and n or value). Areas go by longitude and
/// latitude with 7 decimals, as a pipe carries them, so that a file and a pipe give the same circles.
///
/// throws   Error when nothing is left to cover
TargetDemand read_demand(const std::string& path, const DemandOptions& options, const cli::Context& context);

} // namespace vigil::tools
