#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/gdal.h"
#include "libgeo/io/raster_io.h"

#include <ogr_srs_api.h>

#include <cmath>
#include <limits>

namespace vigil::io {

namespace {

std::string text_or_empty(const char* text)
{
    return text == nullptr ? std::string() : text;
}

Grid grid_of(GDALDatasetH dataset, const std::string& path)
{
    double corner[6] = {0, 1, 0, 0, 0, 1};
    require(GDALGetGeoTransform(dataset, corner) == CE_None, "{}: says nothing of where it lies", path);
    require(corner[2] == 0 && corner[4] == 0, "{}: is rotated; only north-up rasters can be read", path);
    require(corner[1] > 0 && corner[5] < 0, "{}: is not north-up with west on the left", path);
    require(std::fabs(corner[1] + corner[5]) <= 1e-6 * corner[1],
            "{}: has cells of {} x {}; only square cells can be read", path, corner[1], -corner[5]);
    return {.left_x = corner[0],
            .top_y = corner[3],
            .cell_m = corner[1],
            .rows = GDALGetRasterYSize(dataset),
            .cols = GDALGetRasterXSize(dataset)};
}

Crs crs_of(GDALDatasetH dataset, const std::string& path)
{
    const std::string wkt = text_or_empty(GDALGetProjectionRef(dataset));
    require(!wkt.empty(), "{}: no CRS; give it one with gdal_edit.py -a_srs", path);
    return crs_from_user(wkt);
}

/// Reads all values as they are, row by row so that damage is found where it is.
void read_values(GDALRasterBandH band, Raster<double>& raster, const std::string& path)
{
    const int cols = static_cast<int>(raster.grid.cols);
    for (int row = 0; row < raster.grid.rows; ++row) {
        const CPLErr error =
            GDALRasterIO(band, GF_Read, 0, row, cols, 1, &raster.at(row, 0), cols, 1, GDT_Float64, 0, 0);
        require(error == CE_None, "{}: is damaged in row {}", path, row + 1);
    }
    int has_no_data = 0;
    const double no_data = GDALGetRasterNoDataValue(band, &has_no_data);
    for (double& value : raster.values) {
        if (!std::isfinite(value) || (has_no_data != 0 && value == no_data)) {
            value = std::numeric_limits<double>::quiet_NaN();
        }
    }
}

} // namespace

LoadedRaster read_raster(const std::string& path, bool allow_vsi, std::uint64_t max_bytes)
{
    require(format_of_file(path, allow_vsi) == InputFormat::geotiff, "{}: is not a GeoTIFF", path);
    const Dataset dataset = open_for_reading(path, InputFormat::geotiff, allow_vsi);
    require(GDALGetRasterCount(dataset.get()) > 0, "{}: holds no band", path);
    const GDALRasterBandH band = GDALGetRasterBand(dataset.get(), 1);

    LoadedRaster loaded;
    const Grid grid = grid_of(dataset.get(), path);
    const double bytes = static_cast<double>(grid.rows) * static_cast<double>(grid.cols) * sizeof(double);
    if (bytes > static_cast<double>(max_bytes)) {
        fail(ExitCode::limit, "{}: its {} x {} cells need {:.3g} GB of memory; raise --max-memory or cut it",
             path, grid.rows, grid.cols, bytes / 1e9);
    }
    loaded.crs = crs_of(dataset.get(), path);
    loaded.raster = Raster<double>(grid);
    read_values(band, loaded.raster, path);
    loaded.description.band = text_or_empty(GDALGetDescription(band));
    loaded.description.unit = text_or_empty(GDALGetRasterUnitType(band));
    loaded.description.title =
        text_or_empty(GDALGetMetadataItem(dataset.get(), "TIFFTAG_IMAGEDESCRIPTION", nullptr));
    loaded.description.style = text_or_empty(GDALGetMetadataItem(dataset.get(), "VIGIL_STYLE", nullptr));
    return loaded;
}

} // namespace vigil::io
