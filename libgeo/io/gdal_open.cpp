#include "libgeo/error.h"
#include "libgeo/io/gdal.h"

#include <cpl_conv.h>

namespace vigil::io {

namespace {

constexpr std::size_t first_bytes = std::size_t{64} << 10U;

/// Once a user has opted in to virtual paths, network file systems are open for the rest of the run.
void open_the_network_if(bool allow_vsi)
{
    if (allow_vsi) {
        CPLSetConfigOption("CPL_VSIL_CURL_ALLOWED_FILENAME", nullptr);
    }
}

std::string read_first_bytes(const std::string& path)
{
    const std::unique_ptr<VSILFILE, CloseWith<VSIFCloseL>> file(VSIFOpenL(path.c_str(), "rb"));
    require(file != nullptr, "{}: cannot be read", path);
    std::string bytes(first_bytes, '\0');
    bytes.resize(VSIFReadL(bytes.data(), 1, bytes.size(), file.get()));
    return bytes;
}

} // namespace

const char* driver_name(InputFormat format)
{
    switch (format) {
    case InputFormat::geojson:
        return "GeoJSON";
    case InputFormat::geojson_seq:
        return "GeoJSONSeq";
    case InputFormat::geopackage:
        return "GPKG";
    case InputFormat::shapefile:
        return "ESRI Shapefile";
    case InputFormat::flatgeobuf:
        return "FlatGeobuf";
    case InputFormat::geotiff:
        return "GTiff";
    case InputFormat::gpx:
    case InputFormat::csv:
        break;
    }
    fail(ExitCode::input, "this is a table of text or GPX; a layer or raster file is needed here");
}

InputFormat format_of_file(const std::string& path, bool allow_vsi)
{
    use_gdal();
    require_local_file(path, allow_vsi);
    open_the_network_if(allow_vsi);
    return recognise(path, read_first_bytes(path));
}

Dataset open_for_reading(const std::string& path, InputFormat format, bool allow_vsi)
{
    use_gdal();
    require_local_file(path, allow_vsi);
    open_the_network_if(allow_vsi);
    return open_recognised(path, path, format);
}

Dataset open_recognised(const std::string& path, const std::string& shown, InputFormat format)
{
    forget_gdal_failures();
    const char* const drivers[] = {driver_name(format), nullptr};
    const unsigned kind = format == InputFormat::geotiff ? GDAL_OF_RASTER : GDAL_OF_VECTOR;
    Dataset dataset(
        GDALOpenEx(path.c_str(), GDAL_OF_READONLY | kind | GDAL_OF_VERBOSE_ERROR, drivers, nullptr, nullptr));
    const std::string failure = gdal_failure();
    require(dataset != nullptr, "{}: cannot be read as {}: {}", shown, format_name(format),
            failure.empty() ? "it is cut short or damaged" : failure);
    return dataset;
}

} // namespace vigil::io
