#include "libgeo/io/raster_io.h"

#include "libgeo/error.h"
#include "libgeo/io/gdal.h"
#include "libgeo/io/provenance.h"
#include "libgeo/style.h"
#include "libgeo/version.h"

#include <cpl_string.h>
#include <ogr_srs_api.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <vector>

namespace vigil::io {

namespace {

constexpr float no_data = -9999;
constexpr int rows_at_once = 512;
constexpr GIntBig cache_bytes = 64 << 20; // GDAL's own default is a share of the whole machine

using Srs = std::unique_ptr<std::remove_pointer_t<OGRSpatialReferenceH>, CloseWith<OSRRelease>>;

/// A list of KEY=VALUE as GDAL takes it.
class KeyValues {
  public:
    void set(const std::string& key, const std::string& value)
    {
        list_ = CSLSetNameValue(list_, key.c_str(), value.c_str());
    }
    KeyValues() = default;
    KeyValues(const KeyValues&) = delete;
    KeyValues& operator=(const KeyValues&) = delete;
    ~KeyValues() { CSLDestroy(list_); }
    [[nodiscard]] char** get() const { return list_; }

  private:
    char** list_ = nullptr;
};

std::string lower_extension(const std::string& path)
{
    std::string extension = std::filesystem::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

void require_geotiff(const std::string& path, const PendingOutput& output, const std::string& format)
{
    if (!format.empty()) {
        if (format != "tif" && format != "tiff" && format != "gtiff" && format != "cog") {
            throw UsageError(fmt::format("--format {}: a raster is written as tif", format));
        }
        return;
    }
    const std::string extension = lower_extension(path);
    if (!output.to_stream() && extension != ".tif" && extension != ".tiff") {
        throw UsageError(
            fmt::format("{}: a raster is written as GeoTIFF; name it .tif or add --format tif", path));
    }
}

/// Values as they stand in the file.
std::vector<float> rounded(const Raster<double>& raster, const std::string& path)
{
    std::vector<float> values(raster.values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double value = raster.values[i];
        if (std::fabs(value) > static_cast<double>(std::numeric_limits<float>::max())) {
            fail(ExitCode::output, "{}: a value of {:.3g} is too large for the file", path, value);
        }
        values[i] = std::isnan(value) ? no_data : static_cast<float>(value);
    }
    return values;
}

/// So that a GIS need not guess the stretch from a sample.
void set_statistics(GDALRasterBandH band, const std::vector<float>& values)
{
    double n = 0;
    double mean = 0;
    double squares = 0; // of deviations (Welford 1962)
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (const float value : values) {
        if (value != no_data) {
            const auto v = static_cast<double>(value);
            n += 1;
            const double off = v - mean;
            mean += off / n;
            squares += off * (v - mean);
            least = std::min(least, v);
            most = std::max(most, v);
        }
    }
    if (n == 0) {
        return;
    }
    const auto set = [band](const char* key, double value) {
        GDALSetMetadataItem(band, key, fmt::format("{}", value).c_str(), nullptr);
    };
    set("STATISTICS_MINIMUM", least);
    set("STATISTICS_MAXIMUM", most);
    set("STATISTICS_MEAN", mean);
    set("STATISTICS_STDDEV", std::sqrt(squares / n));
    const double percent = 100 * n / static_cast<double>(values.size());
    GDALSetMetadataItem(band, "STATISTICS_VALID_PERCENT", fmt::format("{:.4g}", percent).c_str(), nullptr);
}

void set_place(GDALDatasetH dataset, const Grid& grid, const Crs& crs)
{
    double corner[6] = {grid.left_x, grid.cell_m, 0, grid.top_y, 0, -grid.cell_m};
    GDALSetGeoTransform(dataset, corner);
    const Srs srs(OSRNewSpatialReference(nullptr));
    if (OSRSetFromUserInput(srs.get(), crs.wkt.c_str()) != OGRERR_NONE) {
        fail(ExitCode::output, "the CRS {} cannot be written to a GeoTIFF", crs.label());
    }
    OSRSetAxisMappingStrategy(srs.get(), OAMS_TRADITIONAL_GIS_ORDER);
    GDALSetSpatialRef(dataset, srs.get());
}

void set_words(GDALDatasetH dataset, const RasterDescription& description, const WriteOptions& options)
{
    const auto set = [dataset](const std::string& key, const std::string& value) {
        if (!value.empty()) {
            GDALSetMetadataItem(dataset, key.c_str(), value.c_str(), nullptr);
        }
    };
    set("AREA_OR_POINT", "Area");
    set("TIFFTAG_SOFTWARE", std::string("vigil ") + version);
    set("TIFFTAG_IMAGEDESCRIPTION", description.title);
    set("VIGIL_STYLE", description.style);
    if (!options.drop_provenance) {
        for (const auto& [key, value] : provenance_items(options.provenance)) {
            set(key, value);
        }
    }
    const GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
    GDALSetDescription(band, description.band.c_str());
    GDALSetRasterUnitType(band, description.unit.c_str());
    GDALSetRasterNoDataValue(band, static_cast<double>(no_data));
}

/// The raster as a GDAL dataset that borrows `values`.
Dataset in_memory(std::vector<float>& values, const Grid& grid)
{
    Dataset dataset(GDALCreate(GDALGetDriverByName("MEM"), "", static_cast<int>(grid.cols),
                               static_cast<int>(grid.rows), 0, GDT_Float32, nullptr));
    KeyValues options;
    options.set("DATAPOINTER", fmt::format("{}", static_cast<const void*>(values.data())));
    if (dataset == nullptr || GDALAddBand(dataset.get(), GDT_Float32, options.get()) != CE_None) {
        fail(ExitCode::output, "the raster cannot be prepared for writing: {}", gdal_failure());
    }
    return dataset;
}

void write_cog(const std::string& file, const std::string& path, const Dataset& source, const Grid& grid)
{
    const bool small = std::max(grid.rows, grid.cols) <= 1024;
    const auto threads = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
    KeyValues options;
    options.set("COMPRESS", "DEFLATE");
    options.set("PREDICTOR", "YES");
    options.set("LEVEL", "1"); // 3 % larger than level 6, twice as fast
    options.set("BLOCKSIZE", small ? "256" : "512");
    options.set("OVERVIEW_RESAMPLING", "AVERAGE");
    options.set("BIGTIFF", "IF_SAFER");
    options.set("NUM_THREADS", fmt::format("{}", threads));
    Dataset written(GDALCreateCopy(GDALGetDriverByName("COG"), file.c_str(), source.get(), TRUE,
                                   options.get(), nullptr, nullptr));
    require_written(path);
    close_written(written, path);
}

/// Reads the file back and compares every value, overviews for readability: GDAL 3.6 can lose errors.
void verify(const std::string& file, const std::string& path, const std::vector<float>& values,
            const Grid& grid)
{
    const auto broken = [&path] {
        fail(ExitCode::output, "{}: what was written does not read back; is the disk full?", path);
    };
    forget_gdal_failures();
    const char* const drivers[] = {"GTiff", nullptr};
    const Dataset dataset(
        GDALOpenEx(file.c_str(), GDAL_OF_READONLY | GDAL_OF_RASTER, drivers, nullptr, nullptr));
    if (dataset == nullptr || GDALGetRasterXSize(dataset.get()) != grid.cols ||
        GDALGetRasterYSize(dataset.get()) != grid.rows) {
        broken();
    }
    const auto compare = [&](GDALRasterBandH band, const float* expected) {
        const int cols = GDALGetRasterBandXSize(band);
        const int rows = GDALGetRasterBandYSize(band);
        std::vector<float> strip(static_cast<std::size_t>(cols) * static_cast<std::size_t>(rows_at_once));
        for (int row = 0; row < rows; row += rows_at_once) {
            const int height = std::min(rows_at_once, rows - row);
            const std::size_t n = static_cast<std::size_t>(cols) * static_cast<std::size_t>(height);
            if (GDALRasterIO(band, GF_Read, 0, row, cols, height, strip.data(), cols, height, GDT_Float32, 0,
                             0) != CE_None) {
                broken();
            }
            const std::size_t begin = static_cast<std::size_t>(row) * static_cast<std::size_t>(cols);
            if (expected != nullptr && std::memcmp(strip.data(), expected + begin, n * sizeof(float)) != 0) {
                broken();
            }
        }
    };
    const GDALRasterBandH band = GDALGetRasterBand(dataset.get(), 1);
    compare(band, values.data());
    for (int level = 0; level < GDALGetOverviewCount(band); ++level) {
        compare(GDALGetOverview(band, level), nullptr);
    }
    if (!gdal_failure().empty()) {
        broken();
    }
}

/// The style beside the raster, so that a GIS opens it in colours.
void write_style(const std::string& file, const std::string& path, const Raster<double>& raster,
                 const RasterDescription& description)
{
    Style style = style_for(description.style, raster.values);
    style.unit = description.unit;
    std::ofstream out(file, std::ios::binary);
    out << to_qml(style);
    out.close();
    if (!out) {
        fail(ExitCode::output, "{}: its style (.qml) cannot be written: {}", path, std::strerror(errno));
    }
}

} // namespace

void write_raster(const std::string& path, const Raster<double>& raster, const Crs& crs,
                  const RasterDescription& description, const WriteOptions& options)
{
    use_gdal();
    GDALSetCacheMax64(cache_bytes);
    PendingOutput output(path, options.overwrite);
    require_geotiff(path, output, options.format);
    std::vector<float> values = rounded(raster, path);
    forget_gdal_failures();
    {
        Dataset source = in_memory(values, raster.grid);
        set_place(source.get(), raster.grid, crs);
        set_words(source.get(), description, options);
        set_statistics(GDALGetRasterBand(source.get(), 1), values);
        require_written(path);
        write_cog(output.file(), path, source, raster.grid);
    }
    verify(output.file(), path, values, raster.grid);
    if (!description.style.empty() && !output.to_stream()) {
        write_style(output.sidecar(".qml"), path, raster, description);
    }
    output.commit();
}

double write_raster_bytes(double rows, double cols)
{
    constexpr double buffers = 64e6; // libraries, compression
    return rows * cols * (sizeof(float) + 1) + cols * rows_at_once * sizeof(float) +
           static_cast<double>(cache_bytes) + buffers;
}

} // namespace vigil::io
