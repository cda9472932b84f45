#pragma once

#include "kernels/getis_ord.h"
#include "libgeo/io/incidents_io.h"
#include "libgeo/io/output.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vigil::tools {

enum class HotspotGrid { fishnet, hexagon, hexagon_pointy, points };
enum class HotspotWeights { unset, queen, rook, band, knn };

/// What `vigil hotspots` was asked for.
struct HotspotOptions {
    std::string input, output;
    HotspotGrid grid = HotspotGrid::fishnet;
    std::optional<double> cell_m;
    std::vector<double> extent; ///< empty, or min x, min y, max x, max y
    std::string mask;
    std::string value; ///< field of a polygon layer; empty: INPUT holds incidents
    HotspotWeights weights = HotspotWeights::unset;
    std::optional<double> band_m;
    std::optional<std::int64_t> k;
    double tolerance = 0;
    HotspotStatistic statistic = HotspotStatistic::gi_star;
    io::ReadOptions read;
    io::WriteOptions write;
};

} // namespace vigil::tools
