#pragma once

#include "libgeo/crs.h"
#include "libgeo/io/handle.h"

#include <ogr_srs_api.h>

#include <memory>
#include <string>

namespace vigil::io {

using SpatialReference = std::unique_ptr<void, CloseWith<OSRRelease>>;

/// GDAL's form of a CRS, longitude or easting first; null when `crs` is not known.
/// throws   Error when GDAL does not understand it
SpatialReference spatial_reference(const Crs& crs);

/// The WKT that Shapefile and ArcGIS use in a .prj; empty when `crs` is not known.
std::string esri_wkt(const Crs& crs);

} // namespace vigil::io
