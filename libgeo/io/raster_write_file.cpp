#include "libgeo/io/raster_write_file.h"

#include "libgeo/error.h"
#include "libgeo/io/provenance.h"
#include "libgeo/io/spatial_reference.h"
#include "libgeo/style.h"
#include "libgeo/version.h"

#include <cpl_string.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace vigil::io {

namespace {

constexpr GIntBig cache_bytes = 64 << 20;
constexpr int rows_at_once = 512;

std::string lower_extension(const std::string& path)
{
    std::string extension = std::filesystem::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

void require_geotiff(const std::string& path, bool to_stream, const std::string& format)
{
    if (!format.empty()) {
        if (format != "tif" && format != "tiff" && format != "gtiff" && format != "cog") {
            throw UsageError(fmt::format("--format {}: a raster is written as tif", format));
        }
        return;
    }
    const std::string extension = lower_extension(path);
    if (!to_stream && extension != ".tif" && extension != ".tiff") {
        throw UsageError(
            fmt::format("{}: a raster is written as GeoTIFF; name it .tif or add --format tif", path));
    }
}

/// Whether a band of the file holds the values that one level of the scratch file was given.
bool holds(GDALRasterBandH band, const TileRows& expected)
{
    const int cols = GDALGetRasterBandXSize(band);
    const int rows = GDALGetRasterBandYSize(band);
    if (cols != expected.cols() || rows != expected.rows()) {
        return false;
    }
    Checksum seen;
    const auto width = static_cast<std::size_t>(cols);
    std::vector<float> strip(width * static_cast<std::size_t>(std::min(rows, rows_at_once)));
    for (int row = 0; row < rows; row += rows_at_once) {
        const int height = std::min(rows_at_once, rows - row);
        if (GDALRasterIO(band, GF_Read, 0, row, cols, height, strip.data(), cols, height, GDT_Float32, 0,
                         0) != CE_None) {
            return false;
        }
        for (std::size_t i = 0; i < static_cast<std::size_t>(height); ++i) {
            seen.add({&strip[i * width], width});
        }
    }
    return seen == expected.checksum();
}

bool holds_all(GDALDatasetH dataset, const std::vector<BandRows>& bands)
{
    if (GDALGetRasterCount(dataset) != static_cast<int>(bands.size())) {
        return false;
    }
    for (std::size_t i = 0; i < bands.size(); ++i) {
        const GDALRasterBandH band = GDALGetRasterBand(dataset, static_cast<int>(i) + 1);
        const std::vector<TileRows>& levels = bands[i].levels();
        if (GDALGetOverviewCount(band) + 1 != static_cast<int>(levels.size()) || !holds(band, levels[0])) {
            return false;
        }
        for (std::size_t level = 1; level < levels.size(); ++level) {
            if (!holds(GDALGetOverview(band, static_cast<int>(level) - 1), levels[level])) {
                return false;
            }
        }
    }
    return true;
}

} // namespace

KeyValues::~KeyValues()
{
    CSLDestroy(list_);
}

void KeyValues::set(const std::string& key, const std::string& value)
{
    list_ = CSLSetNameValue(list_, key.c_str(), value.c_str());
}

void limit_gdal_cache()
{
    GDALSetCacheMax64(cache_bytes);
}

double gdal_cache_bytes()
{
    return static_cast<double>(cache_bytes);
}

std::string thread_count()
{
    return fmt::format("{}", tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
}

RasterLayout raster_layout(const std::string& path, bool to_stream, const std::string& format,
                           const Grid& grid)
{
    require_geotiff(path, to_stream, format);
    const bool small = std::max(grid.rows, grid.cols) <= 1024;
    return {.tile = small ? 256 : 512, .overviews = format != "gtiff"};
}

Dataset create_scratch(const std::string& file, const std::string& path, const Grid& grid, int bands,
                       const RasterLayout& layout)
{
    KeyValues options;
    options.set("TILED", "YES");
    options.set("BLOCKXSIZE", fmt::format("{}", scratch_tile));
    options.set("BLOCKYSIZE", fmt::format("{}", scratch_tile));
    options.set("INTERLEAVE", "BAND");
    options.set("BIGTIFF", "YES");
    Dataset scratch(GDALCreate(GDALGetDriverByName("GTiff"), file.c_str(), static_cast<int>(grid.cols),
                               static_cast<int>(grid.rows), bands, GDT_Float32, options.get()));
    require_written(path);
    for (int band = 1; band <= bands; ++band) {
        GDALSetRasterNoDataValue(GDALGetRasterBand(scratch.get(), band), static_cast<double>(raster_no_data));
    }
    std::vector<int> factors;
    for (std::int64_t longer = std::max(grid.rows, grid.cols); layout.overviews && longer > layout.tile;
         longer = (longer + 1) / 2) {
        factors.push_back(factors.empty() ? 2 : factors.back() * 2);
    }
    if (!factors.empty() && GDALBuildOverviews(scratch.get(), "NONE", static_cast<int>(factors.size()),
                                               factors.data(), 0, nullptr, nullptr, nullptr) != CE_None) {
        require_written(path);
    }
    return scratch;
}

void set_place(GDALDatasetH dataset, const Grid& grid, const Crs& crs)
{
    std::array<double, 6> corner{grid.left_x, grid.cell_m, 0, grid.top_y, 0, -grid.cell_m};
    GDALSetGeoTransform(dataset, corner.data());
    const SpatialReference srs = spatial_reference(crs);
    if (srs == nullptr || GDALSetSpatialRef(dataset, srs.get()) != CE_None) {
        fail(ExitCode::output, "the CRS {} cannot be written to a GeoTIFF", crs.label());
    }
}

void set_words(GDALDatasetH dataset, const std::vector<RasterBand>& bands, const std::string& title,
               const std::string& style, const WriteOptions& options)
{
    const auto set = [dataset](const std::string& key, const std::string& value) {
        if (!value.empty()) {
            GDALSetMetadataItem(dataset, key.c_str(), value.c_str(), nullptr);
        }
    };
    set("AREA_OR_POINT", "Area");
    set("TIFFTAG_SOFTWARE", std::string("vigil ") + version);
    set("TIFFTAG_IMAGEDESCRIPTION", title);
    set("VIGIL_STYLE", style);
    if (!options.drop_provenance) {
        for (const auto& [key, value] : provenance_items(options.provenance)) {
            set(key, value);
        }
    }
    for (std::size_t i = 0; i < bands.size(); ++i) {
        const GDALRasterBandH band = GDALGetRasterBand(dataset, static_cast<int>(i) + 1);
        GDALSetDescription(band, bands[i].name.c_str());
        GDALSetRasterUnitType(band, bands[i].unit.c_str());
        for (const auto& [key, value] : bands[i].notes) {
            GDALSetMetadataItem(band, key.c_str(), value.c_str(), nullptr);
        }
        if (bands[i].per_cell) {
            GDALSetMetadataItem(band, "VIGIL_PER_CELL", "YES", nullptr);
        }
    }
}

void set_statistics(GDALRasterBandH band, const RowStatistics& statistics, double cells)
{
    if (statistics.n == 0) {
        return;
    }
    const auto set = [band](const char* key, const std::string& value) {
        GDALSetMetadataItem(band, key, value.c_str(), nullptr);
    };
    set("STATISTICS_MINIMUM", fmt::format("{}", statistics.least));
    set("STATISTICS_MAXIMUM", fmt::format("{}", statistics.most));
    set("STATISTICS_MEAN", fmt::format("{}", statistics.mean));
    set("STATISTICS_STDDEV", fmt::format("{}", std::sqrt(statistics.squares / statistics.n)));
    set("STATISTICS_VALID_PERCENT", fmt::format("{:.4g}", 100 * statistics.n / cells));
}

void copy_compressed(GDALDatasetH scratch, const std::string& file, const std::string& path,
                     const RasterLayout& layout)
{
    KeyValues options;
    options.set("COMPRESS", "DEFLATE");
    options.set("PREDICTOR", "3");
    options.set("ZLEVEL", "1"); // 3 % larger than level 6, twice as fast
    options.set("TILED", "YES");
    options.set("BLOCKXSIZE", fmt::format("{}", layout.tile));
    options.set("BLOCKYSIZE", fmt::format("{}", layout.tile));
    options.set("BIGTIFF", "IF_SAFER");
    options.set("NUM_THREADS", thread_count());
    options.set("COPY_SRC_OVERVIEWS", "YES"); // with one band: byte for byte what the COG driver makes of it
    if (GDALGetRasterCount(scratch) > 1) {
        options.set("INTERLEAVE", "BAND"); // one band is read without the others
    }
    Dataset written(GDALCreateCopy(GDALGetDriverByName("GTiff"), file.c_str(), scratch, TRUE, options.get(),
                                   nullptr, nullptr));
    require_written(path);
    close_written(written, path);
}

void verify_raster(const std::string& file, const std::string& path, const std::vector<BandRows>& bands)
{
    forget_gdal_failures();
    const char* const drivers[] = {"GTiff", nullptr};
    KeyValues options; // of several bands, GDAL 3.6 reports failures that are none when it reads with threads
    options.set("NUM_THREADS", bands.size() == 1 ? thread_count() : "1");
    const Dataset dataset(
        GDALOpenEx(file.c_str(), GDAL_OF_READONLY | GDAL_OF_RASTER, drivers, options.get(), nullptr));
    if (dataset == nullptr || !holds_all(dataset.get(), bands) || !gdal_failure().empty()) {
        fail(ExitCode::output, "{}: what was written does not read back; is the disk full?", path);
    }
}

void write_raster_style(const std::string& file, const std::string& path, const std::string& style,
                        const RasterBand& band, double largest)
{
    const std::array<double, 1> values{largest}; // all that a ramp is fitted to
    Style fitted = style_for(style, values);
    fitted.unit = band.unit;
    std::ofstream out(file, std::ios::binary);
    out << to_qml(fitted);
    out.close();
    if (!out) {
        fail(ExitCode::output, "{}: its style (.qml) cannot be written: {}", path, std::strerror(errno));
    }
}

} // namespace vigil::io
