#pragma once

#include "libgeo/io/gdal.h"
#include "libgeo/io/raster_io.h"
#include "libgeo/io/raster_write_rows.h"

#include <string>
#include <utility>
#include <vector>

namespace vigil::io {

/// A list of KEY=VALUE as GDAL takes it.
class KeyValues {
  public:
    KeyValues() = default;
    KeyValues(const KeyValues&) = delete;
    KeyValues& operator=(const KeyValues&) = delete;
    ~KeyValues();
    void set(const std::string& key, const std::string& value);
    [[nodiscard]] char** get() const { return list_; }

  private:
    char** list_ = nullptr;
};

/// GDAL's own default is a share of the whole machine. Call it before large rasters are read or written.
void limit_gdal_cache();
double gdal_cache_bytes();

/// What a finished GeoTIFF is to look like.
struct RasterLayout {
    int tile = 256;        ///< edge, cells
    bool overviews = true; ///< halved until the longer side is at most one tile
};

/// throws   UsageError when `path` or `format` is not a GeoTIFF's
RasterLayout raster_layout(const std::string& path, bool to_stream, const std::string& format,
                           const Grid& grid);

/// An uncompressed file of `bands` bands and empty overviews that BandRows fills.
Dataset create_scratch(const std::string& file, const std::string& path, const Grid& grid, int bands,
                       const RasterLayout& layout);

/// Says where the grid lies. throws   Error (output) when the CRS cannot be written
void set_place(GDALDatasetH dataset, const Grid& grid, const Crs& crs);

void set_words(GDALDatasetH dataset, const std::vector<RasterBand>& bands, const std::string& title,
               const std::string& style, const WriteOptions& options);

/// So that a GIS need not guess the stretch from a sample.
void set_statistics(GDALRasterBandH band, const RowStatistics& statistics, double cells);

/// The compressed file from the scratch file. throws   Error (output) naming `path`
void copy_compressed(GDALDatasetH scratch, const std::string& file, const std::string& path,
                     const RasterLayout& layout);

/// Reads every value of the file back, overviews too, and compares checksums: GDAL 3.6 can lose errors.
/// throws   Error (output) naming `path`
void verify_raster(const std::string& file, const std::string& path, const std::vector<BandRows>& bands);

/// The style beside the raster, so that a GIS opens it in colours.
void write_raster_style(const std::string& file, const std::string& path, const std::string& style,
                        const RasterBand& band, double largest);

/// How many threads the run may use.
std::string thread_count();

} // namespace vigil::io
