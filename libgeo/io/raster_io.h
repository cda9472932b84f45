#pragma once

#include "libgeo/crs.h"
#include "libgeo/io/output.h"
#include "libgeo/raster.h"

#include <string>

namespace vigil::io {

/// What a raster's numbers are.
struct RasterDescription {
    std::string band;  ///< "density"
    std::string unit;  ///< "incidents per km2"
    std::string title; ///< "Kernel density of incidents"
    std::string style; ///< name of the definition in styles/, or empty
};

/// Writes a cloud-optimised GeoTIFF (float32, tiled, DEFLATE, averaged overviews, statistics, unit, band
/// description and provenance inside) and a .qml beside it. NaN cells become NoData (-9999).
///
/// throws   Error (output)
void write_raster(const std::string& path, const Raster<double>& raster, const Crs& crs,
                  const RasterDescription& description, const WriteOptions& options);

struct LoadedRaster {
    Raster<double> raster; ///< NaN where NoData
    Crs crs;
    RasterDescription description;
};

/// Reads band 1 of a north-up GeoTIFF with square cells.
///
/// throws   Error when it is not a plain local GeoTIFF, is rotated, or has no CRS
LoadedRaster read_raster(const std::string& path, bool allow_vsi = false);

} // namespace vigil::io
