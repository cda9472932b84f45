#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/gdal.h"
#include "libgeo/io/incident_source.h"

#include <cpl_vsi.h>
#include <ogr_srs_api.h>

#include <algorithm>
#include <cstring>
#include <deque>

namespace vigil::io {

namespace {

struct FreeCpl {
    void operator()(char* text) const noexcept { VSIFree(text); }
};

/// A file of GDAL's memory file system over bytes that stay elsewhere.
class MemoryFile {
  public:
    explicit MemoryFile(std::string_view bytes)
    {
        use_gdal();
        // GDAL takes the bytes without the const; the dataset is opened read-only
        auto* data = reinterpret_cast<GByte*>(const_cast<char*>(bytes.data()));
        VSIFCloseL(VSIFileFromMemBuffer(path, data, bytes.size(), FALSE));
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { VSIUnlink(path); }

    [[nodiscard]] Dataset open(InputFormat format, const std::string& shown) const
    {
        const char* const drivers[] = {driver_name(format), nullptr};
        forget_gdal_failures();
        Dataset dataset(GDALOpenEx(path, GDAL_OF_READONLY | GDAL_OF_VECTOR, drivers, nullptr, nullptr));
        require(dataset != nullptr, "{}: cannot be read as {}: it is cut short or damaged", shown,
                format_name(format));
        return dataset;
    }

  private:
    static constexpr const char* path = "/vsimem/vigil_input";
};

/// Where the bytes of a GIS file are.
struct OpenLayer {
    std::optional<MemoryFile> memory;
    Dataset dataset;

    OpenLayer(const LayerFile& file, const ReadOptions& options)
    {
        if (file.in_memory) {
            memory.emplace(file.bytes);
            dataset = memory->open(file.format, file.shown);
        } else {
            dataset = open_for_reading(file.path, file.format, options.allow_vsi);
        }
    }
};

/// The layer to read: the one that is named, the only one, or the only one of points.
OGRLayerH layer_of(GDALDatasetH dataset, const std::string& shown, const ReadOptions& options)
{
    const std::string& wanted = options.layer;
    const int n = GDALDatasetGetLayerCount(dataset);
    std::string names;
    std::vector<OGRLayerH> points;
    for (int i = 0; i < n; ++i) {
        OGRLayerH layer = GDALDatasetGetLayer(dataset, i);
        const std::string name = OGR_L_GetName(layer);
        if (name == wanted) {
            return layer;
        }
        const OGRwkbGeometryType type = wkbFlatten(OGR_L_GetGeomType(layer));
        if (type == wkbPoint || type == wkbMultiPoint || type == wkbUnknown) {
            points.push_back(layer);
        }
        names += (names.empty() ? "" : ", ") + name;
    }
    require(wanted.empty(), "{}: {} {}: there is no such layer; there are {}", shown, options.names.layer,
            wanted, names);
    require(!points.empty(), "{}: holds no layer of points ({})", shown, names.empty() ? "no layers" : names);
    require(points.size() == 1, "{}: holds several layers of points; name one with {}: {}", shown,
            options.names.layer, names);
    return points.front();
}

Crs crs_of_layer(OGRLayerH layer)
{
    OGRSpatialReferenceH srs = OGR_L_GetSpatialRef(layer);
    if (srs == nullptr) {
        return {};
    }
    const char* name = OSRGetName(srs);
    if (OSRIsLocal(srs) != 0 || name == nullptr || std::string_view(name).starts_with("Undefined") ||
        std::string_view(name) == "unknown") {
        return {};
    }
    char* text = nullptr;
    const char* const options[] = {"FORMAT=WKT2_2019", nullptr};
    OSRExportToWktEx(srs, &text, options);
    const std::unique_ptr<char, FreeCpl> wkt(text);
    return wkt && *wkt ? crs_from_user(wkt.get()) : Crs{};
}

/// The point of a feature; a multipoint of one point counts.
std::optional<Reason> point_of(OGRFeatureH feature, XY& place)
{
    OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
    if (geometry == nullptr || OGR_G_IsEmpty(geometry) != 0) {
        return Reason::no_place;
    }
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(geometry));
    if (type == wkbMultiPoint && OGR_G_GetGeometryCount(geometry) == 1) {
        geometry = OGR_G_GetGeometryRef(geometry, 0);
        type = wkbPoint;
    }
    if (type != wkbPoint) {
        return Reason::not_a_point;
    }
    place = {OGR_G_GetX(geometry, 0), OGR_G_GetY(geometry, 0)};
    return std::nullopt;
}

std::string cell_of(OGRFeatureH feature, std::size_t column)
{
    const auto index = static_cast<int>(column);
    return column != Columns::none && OGR_F_IsFieldSetAndNotNull(feature, index) != 0
               ? OGR_F_GetFieldAsString(feature, index)
               : std::string();
}

/// Texts of a feature that play a part, with the views that IncidentBuilder takes.
class FeatureCells {
  public:
    const Cells& of(OGRFeatureH feature, const Columns& columns)
    {
        kept_.clear();
        const auto cell = [&](std::size_t column) -> std::string_view {
            return kept_.emplace_back(cell_of(feature, column));
        };
        fill_cells_by(columns, cell, cells_);
        return cells_;
    }

  private:
    std::deque<std::string> kept_;
    Cells cells_;
};

std::vector<std::string> field_names(OGRLayerH layer)
{
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer);
    std::vector<std::string> names;
    for (int i = 0; i < OGR_FD_GetFieldCount(definition); ++i) {
        names.emplace_back(OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, i)));
    }
    return names;
}

/// Calls body(number, feature) for each feature, counted from 1.
/// throws   Error when the file turns out to be damaged on the way
template <typename Body>
void for_each_feature(OGRLayerH layer, const std::string& shown, Body&& body)
{
    OGR_L_ResetReading(layer);
    forget_gdal_failures();
    for (std::uint64_t number = 1;; ++number) {
        const Feature feature(OGR_L_GetNextFeature(layer));
        require(gdal_failure().empty(), "{}: feature {}: cannot be read; the file is damaged or cut short",
                shown, number);
        if (!feature) {
            return;
        }
        body(number, feature.get());
    }
}

} // namespace

void read_layer(const LayerFile& file, const ReadOptions& options, bool keep_text, RawIncidents& raw)
{
    const std::string& shown = file.shown;
    const OpenLayer open(file, options);
    OGRLayerH layer = layer_of(open.dataset.get(), shown, options);
    const std::vector<std::string> names = field_names(layer);
    raw.columns = find_columns(shown, names, options, {});
    const Crs crs = crs_of_input(shown, options, crs_of_layer(layer), false);
    raw.builder = std::make_unique<IncidentBuilder>(raw.columns, CellForm{}, crs, keep_text);
    FeatureCells cells;
    for_each_feature(layer, shown, [&](std::uint64_t number, OGRFeatureH feature) {
        XY place;
        if (const auto reason = point_of(feature, place)) {
            raw.builder->reject(number, *reason);
        } else {
            raw.builder->add(number, place, cells.of(feature, raw.columns));
        }
    });
    for (std::size_t i = 0; i < names.size(); ++i) {
        raw.report.columns.push_back({names[i], raw.columns.role_of(i)});
    }
}

std::vector<std::string> layer_columns(const LayerFile& file, const ReadOptions& options)
{
    const OpenLayer open(file, options);
    return field_names(layer_of(open.dataset.get(), file.shown, options));
}

std::string rejected_features(const LayerFile& file, const ReadOptions& options,
                              const std::vector<Rejection>& rejections)
{
    const OpenLayer open(file, options);
    OGRLayerH layer = layer_of(open.dataset.get(), file.shown, options);
    const std::vector<std::string> names = field_names(layer);
    std::string out;
    for (const std::string& name : names) {
        append_csv_field(out, with_formula_guard(name));
        out += ',';
    }
    out += "x,y,feature,reason\n";
    auto next = rejections.begin();
    for_each_feature(layer, file.shown, [&](std::uint64_t number, OGRFeatureH feature) {
        if (next == rejections.end() || next->row != number) {
            return;
        }
        for (std::size_t i = 0; i < names.size(); ++i) {
            append_csv_field(out, with_formula_guard(cell_of(feature, i)));
            out += ',';
        }
        XY place;
        out += point_of(feature, place) ? "," : fmt::format("{},{}", place.x, place.y);
        out += fmt::format(",{},", number);
        append_csv_field(out, reason_text(next->reason));
        out += '\n';
        ++next;
    });
    return out;
}

} // namespace vigil::io
