#pragma once

#include "libgeo/features.h"
#include "libgeo/io/gdal.h"

#include <ogr_api.h>

#include <string>
#include <utility>
#include <vector>

namespace vigil::io {

/// Layer creation options of a driver: ("SPATIAL_INDEX", "YES").
using LayerOptions = std::vector<std::pair<std::string, std::string>>;

/// Makes a new dataset with a driver. throws  Error (output) naming `target`
Dataset create_dataset(const char* driver, const std::string& file, const std::string& target);

/// Adds a layer with its fields and all its features. Integers take 32 bits where all fit; NaN and infinite
/// numbers and missing integers become NULL; text becomes valid UTF-8. `text_width` gives text fields the
/// width of their longest value in bytes, as Shapefile wants; `packed_index` gives a GeoPackage layer made
/// without index one that is written at once.
///
/// throws   Error (output) naming `target`
OGRLayerH add_layer(const Dataset& dataset, const Features& layer, const std::string& name,
                    const LayerOptions& options, const std::string& target, bool text_width = false,
                    bool packed_index = false);

/// Reopens what was written and compares the kind of geometry and the number of features.
/// `count_all` reads every feature instead of trusting the file's own count.
///
/// throws   Error (output) naming `target`
void verify_layer(const Dataset& dataset, const Features& layer, const std::string& name,
                  const std::string& target, bool count_all);

/// Opens a file that was just written, with the one driver that wrote it.
Dataset reopen(const char* driver, const std::string& file, const std::string& target);

} // namespace vigil::io
