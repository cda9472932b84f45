#include "libgeo/io/ogr_write.h"

#include "libgeo/error.h"
#include "libgeo/io/features_write.h"
#include "libgeo/io/gpkg_index.h"
#include "libgeo/io/spatial_reference.h"
#include "libgeo/io/wkb.h"
#include "libgeo/text.h"

#include <cpl_string.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <variant>

namespace vigil::io {

namespace {

using Integers = std::vector<std::int64_t>;
using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

/// A NULL-terminated list of "KEY=VALUE", as GDAL's C functions take it.
class OptionList {
  public:
    explicit OptionList(const LayerOptions& options)
    {
        for (const auto& [key, value] : options) {
            list_ = CSLSetNameValue(list_, key.c_str(), value.c_str());
        }
    }
    OptionList(const OptionList&) = delete;
    OptionList& operator=(const OptionList&) = delete;
    ~OptionList() { CSLDestroy(list_); }
    [[nodiscard]] char** list() const { return list_; }

  private:
    char** list_ = nullptr;
};

OGRwkbGeometryType geometry_type(const Geometries& geometry)
{
    const bool multi = is_multi(geometry);
    switch (geometry.kind) {
    case GeometryKind::point:
        return multi ? wkbMultiPoint : wkbPoint;
    case GeometryKind::line:
        return multi ? wkbMultiLineString : wkbLineString;
    case GeometryKind::polygon:
        break;
    }
    return multi ? wkbMultiPolygon : wkbPolygon;
}

OGRFieldType field_type(const ColumnValues& values)
{
    if (std::holds_alternative<Texts>(values)) {
        return OFTString;
    }
    if (std::holds_alternative<Numbers>(values)) {
        return OFTReal;
    }
    const auto fits = [](std::int64_t value) {
        return value == missing_integer || (value >= std::numeric_limits<std::int32_t>::min() &&
                                            value <= std::numeric_limits<std::int32_t>::max());
    };
    const Integers& integers = std::get<Integers>(values);
    return std::all_of(integers.begin(), integers.end(), fits) ? OFTInteger : OFTInteger64;
}

int longest_bytes(const Texts& texts)
{
    std::size_t longest = 1;
    for (const std::string& text : texts) {
        longest = std::max(longest, valid_utf8(text).size());
    }
    return static_cast<int>(longest);
}

/// Width and decimals that hold a column in a text table of 24 columns: 15 decimals, or fewer for large
/// values.
void set_real_width(OGRFieldDefnH definition, const Numbers& numbers)
{
    double largest = 1;
    for (const double value : numbers) {
        largest = std::isfinite(value) ? std::max(largest, std::abs(value)) : largest;
    }
    constexpr int width = 24;
    const int digits = static_cast<int>(std::floor(std::log10(largest))) + 2; // rounding may add one
    OGR_Fld_SetWidth(definition, width);
    OGR_Fld_SetPrecision(definition, std::clamp(width - 2 - digits, 0, 15));
}

void add_fields(OGRLayerH handle, const Table& table, const std::string& target, bool text_width)
{
    for (const Field& field : table.fields) {
        const FieldDefinition definition(OGR_Fld_Create(field.name.c_str(), field_type(field.values)));
        if (text_width) {
            if (const auto* texts = std::get_if<Texts>(&field.values)) {
                OGR_Fld_SetWidth(definition.get(), longest_bytes(*texts));
            } else if (const auto* numbers = std::get_if<Numbers>(&field.values)) {
                set_real_width(definition.get(), *numbers);
            }
        }
        OGR_L_CreateField(handle, definition.get(), FALSE);
        require_written(target);
    }
}

void set_value(OGRFeatureH feature, int index, const ColumnValues& values, std::size_t row)
{
    if (const auto* integers = std::get_if<Integers>(&values)) {
        const std::int64_t value = (*integers)[row];
        value == missing_integer ? OGR_F_SetFieldNull(feature, index)
                                 : OGR_F_SetFieldInteger64(feature, index, value);
    } else if (const auto* numbers = std::get_if<Numbers>(&values)) {
        const double value = (*numbers)[row];
        std::isfinite(value) ? OGR_F_SetFieldDouble(feature, index, value)
                             : OGR_F_SetFieldNull(feature, index);
    } else {
        OGR_F_SetFieldString(feature, index, valid_utf8(std::get<Texts>(values)[row]).c_str());
    }
}

void set_geometry(OGRFeatureH feature, const std::string& wkb, const std::string& target)
{
    if (wkb.empty()) {
        OGR_F_SetGeometryDirectly(feature, nullptr);
        return;
    }
    OGRGeometryH geometry = nullptr;
    const OGRErr error = OGR_G_CreateFromWkb(wkb.data(), nullptr, &geometry, static_cast<int>(wkb.size()));
    if (error != OGRERR_NONE || OGR_F_SetGeometryDirectly(feature, geometry) != OGRERR_NONE) {
        fail(ExitCode::output, "{}: a geometry could not be made", target);
    }
}

void add_features(OGRLayerH handle, const Features& layer, const std::string& target,
                  std::vector<IndexEntry>* index)
{
    const bool multi = is_multi(layer.geometry);
    const Feature feature(OGR_F_Create(OGR_L_GetLayerDefn(handle)));
    std::string wkb;
    for (std::size_t row = 0; row < layer.geometry.size(); ++row) {
        OGR_F_SetFID(feature.get(), OGRNullFID);
        for (std::size_t i = 0; i < layer.table.fields.size(); ++i) {
            set_value(feature.get(), static_cast<int>(i), layer.table.fields[i].values, row);
        }
        to_wkb(wkb, layer.geometry, row, multi);
        set_geometry(feature.get(), wkb, target);
        if (OGR_L_CreateFeature(handle, feature.get()) != OGRERR_NONE) {
            require_written(target);
            fail(ExitCode::output, "{}: not fully written", target);
        }
        if (index != nullptr && !wkb.empty()) {
            OGREnvelope box;
            OGR_G_GetEnvelope(OGR_F_GetGeometryRef(feature.get()), &box);
            index->push_back(index_entry(OGR_F_GetFID(feature.get()), box));
        }
    }
    require_written(target);
}

} // namespace

Dataset create_dataset(const char* driver, const std::string& file, const std::string& target)
{
    use_gdal();
    forget_gdal_failures();
    Dataset dataset(GDALCreate(GDALGetDriverByName(driver), file.c_str(), 0, 0, 0, GDT_Unknown, nullptr));
    if (dataset == nullptr) {
        require_written(target);
        fail(ExitCode::output, "{}: cannot be made", target);
    }
    return dataset;
}

OGRLayerH add_layer(const Dataset& dataset, const Features& layer, const std::string& name,
                    const LayerOptions& options, const std::string& target, bool text_width,
                    bool packed_index)
{
    const OptionList list(options);
    const SpatialReference reference = spatial_reference(layer.crs);
    OGRLayerH handle = GDALDatasetCreateLayer(dataset.get(), name.c_str(), reference.get(),
                                              geometry_type(layer.geometry), list.list());
    if (handle == nullptr) {
        require_written(target);
        fail(ExitCode::output, "{}: layer {} cannot be made", target, name);
    }
    add_fields(handle, layer.table, target, text_width);
    std::optional<PackedIndex> index;
    std::vector<IndexEntry> entries;
    if (packed_index) {
        index.emplace(dataset, name, target);
    }
    const bool transactions = GDALDatasetTestCapability(dataset.get(), ODsCTransactions) != 0;
    if (transactions) {
        GDALDatasetStartTransaction(dataset.get(), FALSE);
    }
    add_features(handle, layer, target, packed_index ? &entries : nullptr);
    if (transactions) {
        GDALDatasetCommitTransaction(dataset.get());
    }
    require_written(target);
    if (index) {
        index->write(std::move(entries));
    }
    return handle;
}

Dataset reopen(const char* driver, const std::string& file, const std::string& target)
{
    forget_gdal_failures();
    const char* const drivers[] = {driver, nullptr};
    Dataset dataset(GDALOpenEx(file.c_str(), GDAL_OF_READONLY | GDAL_OF_VECTOR, drivers, nullptr, nullptr));
    if (dataset == nullptr) {
        require_written(target);
        fail(ExitCode::output, "{}: what was written cannot be opened again", target);
    }
    return dataset;
}

void verify_layer(const Dataset& dataset, const Features& layer, const std::string& name,
                  const std::string& target, bool count_all)
{
    OGRLayerH handle = GDALDatasetGetLayerByName(dataset.get(), name.c_str());
    if (handle == nullptr) {
        fail(ExitCode::output, "{}: not fully written: layer {} is not there", target, name);
    }
    std::size_t count = 0;
    if (count_all) {
        OGR_L_ResetReading(handle);
        while (const Feature feature{OGR_L_GetNextFeature(handle)}) {
            ++count;
        }
    } else {
        count = static_cast<std::size_t>(OGR_L_GetFeatureCount(handle, TRUE));
    }
    require_written(target);
    const int wanted = wkbFlatten(geometry_type(layer.geometry));
    const int found = wkbFlatten(OGR_L_GetGeomType(handle));
    const int single = wanted > 3 ? wanted - 3 : wanted; // wkbMultiPoint is 4, wkbPoint 1
    // A Shapefile says "lines" or "polygons" for single and multi alike.
    if (count != layer.geometry.size() || (found != wanted && found != single)) {
        fail(ExitCode::output, "{}: not fully written: layer {} holds {} of {} features", target, name, count,
             layer.geometry.size());
    }
}

} // namespace vigil::io
