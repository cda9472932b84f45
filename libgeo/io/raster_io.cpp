#include "libgeo/io/raster_io.h"

#include "libgeo/io/raster_write.h"
#include "libgeo/io/raster_write_file.h"

#include <algorithm>
#include <stdexcept>

namespace vigil::io {

void write_raster(const std::string& path, const Raster<double>& raster, const Crs& crs,
                  const RasterDescription& description, const WriteOptions& options)
{
    write_rasters(path, {&raster, 1}, crs,
                  {{.name = description.band, .unit = description.unit, .per_cell = description.per_cell}},
                  description.title, description.style, options);
}

void write_rasters(const std::string& path, std::span<const Raster<double>> rasters, const Crs& crs,
                   const std::vector<RasterBand>& bands, const std::string& title, const std::string& style,
                   const WriteOptions& options)
{
    if (rasters.empty() || rasters.size() != bands.size()) {
        throw std::logic_error("as many rasters as bands are needed");
    }
    RasterWriter writer(path, rasters.front().grid, crs, bands, title, style, options);
    for (std::size_t i = 0; i < rasters.size(); ++i) {
        if (rasters[i].grid != rasters.front().grid) {
            throw std::logic_error("bands of one raster have one grid");
        }
        writer.write_rows(i, 0, rasters[i].values);
    }
    writer.finish();
}

double write_raster_bytes(double rows, double cols, double bands)
{
    constexpr double buffers = 64e6; // libraries, compression
    // a row of tiles of a band and of its overviews, together twice that of the band; pairs of rows
    const double in_work = bands * cols * (2 * scratch_tile * sizeof(float) + 4 * sizeof(double));
    const double read_back = cols * std::min(rows, 512.0) * sizeof(float);
    return in_work + read_back + gdal_cache_bytes() + buffers;
}

double write_raster_disk_bytes(double rows, double cols, double bands)
{
    constexpr double overviews = 4.0 / 3;
    return bands * rows * cols * overviews * sizeof(float) * 2; // values, then at worst as much compressed
}

} // namespace vigil::io
