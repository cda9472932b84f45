#pragma once

#include "tools/map/picture.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace vigil::map {

struct LayerOptions {
    std::string style;      ///< a definition's name; empty: the one the layer was written with, else plain
    std::string crs;        ///< for files that do not say theirs
    bool allow_vsi = false; ///< accept GDAL's virtual paths
    std::uint64_t max_memory_bytes = UINT64_MAX;
};

/// Reads what a path holds: a raster's first band, or another ("cube.tif:3", drawn in the colours that all
/// bands of its unit share); every layer of a GIS file, or one of them ("file.gpkg:edges"); or a table of
/// incidents. Lines come before points, so that points are drawn on top.
///
/// throws   Error when it cannot be read, UsageError for an unknown style or one that does not fit
std::vector<Layer> read_layers(const std::string& path, const LayerOptions& options);

/// "file.gpkg:edges" as file and layer; a file of that whole name wins, and then the layer is empty.
std::pair<std::string, std::string> split_layer(const std::string& given);

} // namespace vigil::map
