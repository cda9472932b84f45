#pragma once

#include "libgeo/crs.h"
#include "libgeo/io/gdal.h"

#include <ogr_api.h>

#include <optional>
#include <string>

namespace vigil::io {

/// The layer called `wanted`, or the only one with geometries. Tables without geometry (styles) and views are
/// passed over.
///
/// throws   Error listing the layers
OGRLayerH choose_layer(const Dataset& dataset, InputFormat format, const std::string& path,
                       const std::string& wanted);

/// The CRS a layer says it is in, if it says so.
std::optional<Crs> layer_crs(OGRLayerH layer);

/// Ends the reading of `path` when GDAL has reported a failure: a part is never taken for the whole.
/// throws   Error naming `path`
void require_read(const std::string& path);

} // namespace vigil::io
