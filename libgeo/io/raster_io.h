#pragma once

#include "libgeo/crs.h"
#include "libgeo/io/output.h"
#include "libgeo/raster.h"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace vigil::io {

/// What a raster's numbers are.
struct RasterDescription {
    std::string band;      ///< "density"
    std::string unit;      ///< "incidents per km2"
    std::string title;     ///< "Kernel density of incidents"
    std::string style;     ///< name of the definition in styles/, or empty
    bool per_cell = false; ///< values are counts per cell: see RasterBand
};

/// One band of a raster of several.
struct RasterBand {
    std::string name; ///< "2024-05", "cases"; read_raster finds it by this
    std::string unit;
    /// Values are counts per cell, so that an overview, whose cells are larger, holds sums; otherwise means.
    bool per_cell = false;
    /// Facts about this band alone ("time", "2024-05-01"); kept as its metadata, also without provenance.
    std::vector<std::pair<std::string, std::string>> notes = {};
};

/// Writes one band through RasterWriter (libgeo/io/raster_write.h), which see: the file is the same as if its
/// rows had been written piece by piece. NaN cells become NoData (-9999).
///
/// path     *.tif, *.tiff, "-", or anything with options.format "tif"
/// throws   Error (output); UsageError when the name or format is not a GeoTIFF's
void write_raster(const std::string& path, const Raster<double>& raster, const Crs& crs,
                  const RasterDescription& description, const WriteOptions& options);

/// Writes bands of one grid. `title` and `style` as in RasterDescription; the style is fitted to band 1.
///
/// throws   as above; std::logic_error when the grids differ or their number is not that of `bands`
void write_rasters(const std::string& path, std::span<const Raster<double>> rasters, const Crs& crs,
                   const std::vector<RasterBand>& bands, const std::string& title, const std::string& style,
                   const WriteOptions& options);

/// Memory that writing takes besides the rasters themselves, bytes; `bands` that are written side by side
/// rather than one after another count each.
double write_raster_bytes(double rows, double cols, double bands = 1);

/// Room on the disk of the output while it is made, bytes, for all bands together.
double write_raster_disk_bytes(double rows, double cols, double bands = 1);

struct LoadedRaster {
    Raster<double> raster; ///< NaN where NoData
    Crs crs;
    RasterDescription description; ///< of the band that was read
};

/// Reads one band of a north-up GeoTIFF with square cells.
///
/// band     its name, or its number from 1; empty: the first
/// throws   Error when it is not a plain local GeoTIFF, is rotated, has no CRS, is damaged, or has no such
///          band (the message lists those it has); Error (limit) when its values would take more than
///          max_bytes
LoadedRaster read_raster(const std::string& path, bool allow_vsi = false,
                         std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max(),
                         const std::string& band = {});

/// The bands of a GeoTIFF in order, with their notes; no values are read.
std::vector<RasterBand> read_raster_bands(const std::string& path, bool allow_vsi = false);

struct PlacedGrid {
    Grid grid;
    Crs crs;
};

/// Where the cells of a raster lie; no values are read. Accepts and refuses what read_raster does.
PlacedGrid read_raster_grid(const std::string& path, bool allow_vsi = false);

} // namespace vigil::io
