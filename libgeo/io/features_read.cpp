#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"
#include "libgeo/io/gdal.h"
#include "libgeo/io/layer_read.h"
#include "libgeo/io/ogr_fields.h"
#include "libgeo/io/ogr_geometry.h"
#include "libgeo/io/spatial_reference.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>

#include <cstdint>
#include <optional>
#include <set>

namespace vigil::io {

namespace {

/// GeoJSON text as a file that GDAL can read: standard input and compressed files have no other way in.
class TextInMemory {
  public:
    TextInMemory(const std::string& path, bool allow_vsi) : source_(path, UINT64_MAX, allow_vsi) {}
    TextInMemory(const TextInMemory&) = delete;
    TextInMemory& operator=(const TextInMemory&) = delete;
    ~TextInMemory()
    {
        if (!name_.empty()) {
            VSIUnlink(name_.c_str());
        }
    }
    [[nodiscard]] std::string_view bytes() const { return source_.bytes(); }
    std::string file_of(InputFormat format)
    {
        name_ = fmt::format("/vsimem/vigil-{}.{}", static_cast<const void*>(this),
                            format == InputFormat::geojson_seq ? "geojsonl" : "geojson");
        const std::string_view text = source_.bytes();
        // NOLINTNEXTLINE: an old C signature; the bytes are only read
        auto* data = reinterpret_cast<GByte*>(const_cast<char*>(text.data()));
        VSILFILE* file = VSIFileFromMemBuffer(name_.c_str(), data, text.size(), FALSE);
        require(file != nullptr, "{}: cannot be read", source_.name());
        VSIFCloseL(file);
        return name_;
    }

  private:
    Source source_;
    std::string name_;
};

/// Names of the views of a GeoPackage. A view is a program of whoever made the file, and is not run.
std::set<std::string> views_of(const Dataset& dataset)
{
    std::set<std::string> views;
    OGRLayerH rows = GDALDatasetExecuteSQL(
        dataset.get(), "SELECT name FROM sqlite_master WHERE type = 'view'", nullptr, nullptr);
    while (rows != nullptr) {
        const Feature row(OGR_L_GetNextFeature(rows));
        if (row == nullptr) {
            break;
        }
        views.insert(OGR_F_GetFieldAsString(row.get(), 0));
    }
    GDALDatasetReleaseResultSet(dataset.get(), rows);
    return views;
}

std::vector<OGRLayerH> place_layers(const Dataset& dataset, InputFormat format)
{
    const std::set<std::string> views =
        format == InputFormat::geopackage ? views_of(dataset) : std::set<std::string>{};
    std::vector<OGRLayerH> layers;
    for (int i = 0; i < GDALDatasetGetLayerCount(dataset.get()); ++i) {
        OGRLayerH layer = GDALDatasetGetLayer(dataset.get(), i);
        if (OGR_L_GetGeomType(layer) != wkbNone && !views.contains(OGR_L_GetName(layer))) {
            layers.push_back(layer);
        }
    }
    return layers;
}

} // namespace

OGRLayerH choose_layer(const Dataset& dataset, InputFormat format, const std::string& path,
                       const std::string& wanted)
{
    const std::vector<OGRLayerH> layers = place_layers(dataset, format);
    require(!layers.empty(), "{}: holds no layer with geometries", path);
    std::string names;
    for (OGRLayerH layer : layers) {
        if (wanted == OGR_L_GetName(layer)) {
            return layer;
        }
        names += (names.empty() ? "" : ", ") + std::string(OGR_L_GetName(layer));
    }
    require(wanted.empty(), "{}: has no layer {}; it has: {}", path, wanted, names);
    require(layers.size() == 1, "{}: has several layers; choose one with --layer: {}", path, names);
    return layers.front();
}

std::optional<Crs> layer_crs(OGRLayerH layer)
{
    OGRSpatialReferenceH reference = OGR_L_GetSpatialRef(layer);
    if (reference == nullptr || OSRIsLocal(reference) != 0 ||
        std::string_view(OSRGetName(reference)).starts_with("Undefined")) {
        return std::nullopt;
    }
    const char* const options[] = {"FORMAT=WKT2_2019", nullptr};
    char* text = nullptr;
    const OGRErr error = OSRExportToWktEx(reference, &text, options);
    const std::unique_ptr<char, CloseWith<CPLFree>> owner(text);
    if (error != OGRERR_NONE || text == nullptr) {
        return std::nullopt;
    }
    return crs_from_user(text);
}

void require_read(const std::string& path)
{
    const std::string failure = gdal_failure();
    require(failure.empty(), "{}: cannot be read to its end: {}", path, failure);
}

Features read_features(const std::string& path, const FeatureReadOptions& options)
{
    use_gdal();
    std::optional<TextInMemory> text;
    InputFormat format = InputFormat::geojson_seq;
    if (path == "-") {
        text.emplace(path, options.allow_vsi);
        format = recognise(path, text->bytes());
        require(format == InputFormat::geojson || format == InputFormat::geojson_seq,
                "standard input: holds {}; give GeoJSON or GeoJSONSeq", format_name(format));
    } else {
        format = format_of_file(path, options.allow_vsi);
        require(format != InputFormat::csv && format != InputFormat::gpx && format != InputFormat::geotiff,
                "{}: is {}; give GeoPackage, Shapefile, GeoJSON or FlatGeobuf", path, format_name(format));
    }
    const std::string shown = path == "-" ? "standard input" : path;
    const Dataset dataset = text ? open_recognised(text->file_of(format), shown, format)
                                 : open_for_reading(path, format, options.allow_vsi);
    OGRLayerH layer = choose_layer(dataset, format, shown, options.layer);

    Features features;
    features.name = path == "-" ? "features" : OGR_L_GetName(layer);
    const std::optional<Crs> crs = options.crs.empty() ? layer_crs(layer) : crs_from_user(options.crs);
    require(crs.has_value(), "{}: no CRS; add --input-crs with the code the file was made in", shown);
    features.crs = *crs;
    GeometryCollector geometries(shown);
    FieldCollector fields(OGR_L_GetLayerDefn(layer));
    OGR_L_ResetReading(layer);
    std::size_t number = 0;
    while (const Feature feature{OGR_L_GetNextFeature(layer)}) {
        geometries.add(OGR_F_GetGeometryRef(feature.get()), ++number);
        fields.add(feature.get());
    }
    require_read(shown);
    require(number > 0, "{}: layer {} holds no feature", shown, features.name);
    require(geometries.kind().has_value(), "{}: no feature of layer {} has a geometry", shown, features.name);
    features.geometry = geometries.take();
    features.table = fields.take();
    return features;
}

} // namespace vigil::io
