#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/gdal.h"
#include "libgeo/io/raster_io.h"
#include "libgeo/text.h"

#include <ogr_srs_api.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

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

/// The GeoTIFF, known to have a band.
Dataset open_raster(const std::string& path, bool allow_vsi)
{
    require(format_of_file(path, allow_vsi) == InputFormat::geotiff, "{}: is not a GeoTIFF", path);
    Dataset dataset = open_for_reading(path, InputFormat::geotiff, allow_vsi);
    require(GDALGetRasterCount(dataset.get()) > 0, "{}: holds no band", path);
    return dataset;
}

/// What the file says of the band that it does not say of its statistics.
std::vector<std::pair<std::string, std::string>> notes_of(GDALRasterBandH band)
{
    std::vector<std::pair<std::string, std::string>> notes;
    char** const items = GDALGetMetadata(band, nullptr);
    for (int i = 0; items != nullptr && items[i] != nullptr; ++i) {
        const std::string_view item(items[i]);
        const std::size_t equals = item.find('=');
        if (equals != std::string_view::npos && !item.starts_with("STATISTICS_") &&
            !item.starts_with("VIGIL_PER_CELL=")) {
            notes.emplace_back(item.substr(0, equals), item.substr(equals + 1));
        }
    }
    return notes;
}

RasterBand described(GDALRasterBandH band)
{
    return {.name = text_or_empty(GDALGetDescription(band)),
            .unit = text_or_empty(GDALGetRasterUnitType(band)),
            .per_cell = GDALGetMetadataItem(band, "VIGIL_PER_CELL", nullptr) != nullptr,
            .notes = notes_of(band)};
}

std::string quoted(const std::string& name)
{
    std::string text;
    append_json(text, name);
    return text;
}

/// Names are given by whoever made the file, and a file may have thousands.
std::string listed(GDALDatasetH dataset)
{
    constexpr int most = 12;
    const int count = GDALGetRasterCount(dataset);
    std::string list;
    for (int i = 1; i <= std::min(count, most); ++i) {
        const std::string name = text_or_empty(GDALGetDescription(GDALGetRasterBand(dataset, i)));
        list += fmt::format("{}{}{}", i == 1 ? "" : ", ", i, name.empty() ? "" : " " + quoted(name));
    }
    return count > most ? list + ", ..." : list;
}

/// A name wins over a number, since bands may be named after years.
int number_of(GDALDatasetH dataset, const std::string& band, const std::string& path)
{
    if (band.empty()) {
        return 1;
    }
    const int count = GDALGetRasterCount(dataset);
    for (int i = 1; i <= count; ++i) {
        if (text_or_empty(GDALGetDescription(GDALGetRasterBand(dataset, i))) == band) {
            return i;
        }
    }
    int number = 0;
    const auto [end, error] = std::from_chars(band.data(), band.data() + band.size(), number);
    require(error == std::errc() && end == band.data() + band.size() && number >= 1 && number <= count,
            "{}: has no band {}; it has {}", path, quoted(band), listed(dataset));
    return number;
}

} // namespace

LoadedRaster read_raster(const std::string& path, bool allow_vsi, std::uint64_t max_bytes,
                         const std::string& band_name)
{
    const Dataset dataset = open_raster(path, allow_vsi);
    const GDALRasterBandH band = GDALGetRasterBand(dataset.get(), number_of(dataset.get(), band_name, path));

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
    RasterBand description = described(band);
    loaded.description.band = std::move(description.name);
    loaded.description.unit = std::move(description.unit);
    loaded.description.per_cell = description.per_cell;
    loaded.description.title =
        text_or_empty(GDALGetMetadataItem(dataset.get(), "TIFFTAG_IMAGEDESCRIPTION", nullptr));
    loaded.description.style = text_or_empty(GDALGetMetadataItem(dataset.get(), "VIGIL_STYLE", nullptr));
    return loaded;
}

std::vector<RasterBand> read_raster_bands(const std::string& path, bool allow_vsi)
{
    const Dataset dataset = open_raster(path, allow_vsi);
    std::vector<RasterBand> bands;
    for (int i = 1; i <= GDALGetRasterCount(dataset.get()); ++i) {
        bands.push_back(described(GDALGetRasterBand(dataset.get(), i)));
    }
    return bands;
}

PlacedGrid read_raster_grid(const std::string& path, bool allow_vsi)
{
    const Dataset dataset = open_raster(path, allow_vsi);
    return {.grid = grid_of(dataset.get(), path), .crs = crs_of(dataset.get(), path)};
}

} // namespace vigil::io
