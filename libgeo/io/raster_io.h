#pragma once

#include "libgeo/crs.h"
#include "libgeo/io/output.h"
#include "libgeo/raster.h"

#include <cstdint>
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
/// description and provenance inside) and a .qml beside it. NaN cells become NoData (-9999). What was written
/// is reopened and compared, value by value, before it is moved into place.
///
/// path     *.tif, *.tiff, "-", or anything with options.format "tif"
/// throws   Error (output); UsageError when the name or format is not a GeoTIFF's
/// cost     5 bytes of memory per cell
void write_raster(const std::string& path, const Raster<double>& raster, const Crs& crs,
                  const RasterDescription& description, const WriteOptions& options);

/// Memory that write_raster takes besides the raster itself, bytes.
double write_raster_bytes(double rows, double cols);

struct LoadedRaster {
    Raster<double> raster; ///< NaN where NoData
    Crs crs;
    RasterDescription description;
};

/// Reads band 1 of a north-up GeoTIFF with square cells.
///
/// throws   Error when it is not a plain local GeoTIFF, is rotated, has no CRS, or is damaged;
///          Error (limit) when its values would take more than max_bytes
LoadedRaster read_raster(const std::string& path, bool allow_vsi = false,
                         std::uint64_t max_bytes = UINT64_MAX);

} // namespace vigil::io
