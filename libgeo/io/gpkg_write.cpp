#include "libgeo/error.h"
#include "libgeo/io/features_write.h"
#include "libgeo/io/gpkg_index.h"
#include "libgeo/io/ogr_write.h"
#include "libgeo/io/provenance.h"

#include <cpl_conv.h>

#include <set>

namespace vigil::io {

namespace {

/// SQLite need not be careful with a file that nobody sees before it is whole and flushed.
class FastSqlite {
  public:
    FastSqlite()
    {
        CPLSetThreadLocalConfigOption("OGR_SQLITE_SYNCHRONOUS", "OFF");
        CPLSetThreadLocalConfigOption("OGR_SQLITE_JOURNAL", "MEMORY");
        CPLSetThreadLocalConfigOption("OGR_SQLITE_CACHE", "256");
    }
    FastSqlite(const FastSqlite&) = delete;
    FastSqlite& operator=(const FastSqlite&) = delete;
    ~FastSqlite()
    {
        CPLSetThreadLocalConfigOption("OGR_SQLITE_SYNCHRONOUS", nullptr);
        CPLSetThreadLocalConfigOption("OGR_SQLITE_JOURNAL", nullptr);
        CPLSetThreadLocalConfigOption("OGR_SQLITE_CACHE", nullptr);
    }
};

/// Titles must differ within a file: the second "Routes" becomes "Routes (routes_2)".
std::string unique_title(const Features& layer, std::set<std::string>& taken)
{
    std::string title = layer.title.empty() ? layer.name : layer.title;
    if (!taken.insert(title).second) {
        title += " (" + layer.name + ")";
        taken.insert(title);
    }
    return title;
}

void add_provenance(OGRLayerH handle, const WriteOptions& options)
{
    if (options.drop_provenance) {
        return;
    }
    for (const auto& [key, value] : provenance_items(options.provenance)) {
        GDALSetMetadataItem(handle, key.c_str(), value.c_str(), nullptr);
    }
}

/// One row of layer_styles, as QGIS makes it.
struct StyleRow {
    std::string layer;
    std::string title;
    StyleText text;
};

OGRLayerH make_style_table(const Dataset& dataset, const std::string& target)
{
    const char* const options[] = {"FID=id", nullptr};
    OGRLayerH table = GDALDatasetCreateLayer(dataset.get(), "layer_styles", nullptr, wkbNone,
                                             const_cast<char**>(options)); // NOLINT: an old C signature
    struct Column {
        const char* name;
        OGRFieldType type;
        int width;
    };
    constexpr Column columns[] = {{"f_table_catalog", OFTString, 256},
                                  {"f_table_schema", OFTString, 256},
                                  {"f_table_name", OFTString, 256},
                                  {"f_geometry_column", OFTString, 256},
                                  {"styleName", OFTString, 30},
                                  {"styleQML", OFTString, 0},
                                  {"styleSLD", OFTString, 0},
                                  {"useAsDefault", OFTInteger, 0},
                                  {"description", OFTString, 0},
                                  {"owner", OFTString, 30},
                                  {"ui", OFTString, 30},
                                  {"update_time", OFTDateTime, 0}};
    for (const Column& column : columns) {
        const FieldDefinition definition(OGR_Fld_Create(column.name, column.type));
        OGR_Fld_SetWidth(definition.get(), column.width);
        if (column.type == OFTInteger) {
            OGR_Fld_SetSubType(definition.get(), OFSTBoolean);
        }
        if (table == nullptr || OGR_L_CreateField(table, definition.get(), FALSE) != OGRERR_NONE) {
            require_written(target);
            fail(ExitCode::output, "{}: the table of styles cannot be made", target);
        }
    }
    return table;
}

/// QGIS looks styles up by ('', '', layer, geometry column); NULL in place of '' would hide them.
void add_styles(const Dataset& dataset, const std::vector<StyleRow>& rows, const std::string& target)
{
    if (rows.empty()) {
        return;
    }
    OGRLayerH table = make_style_table(dataset, target);
    const std::string date = source_date().empty() ? "1970-01-01T00:00:00.000Z" : source_date();
    for (const StyleRow& row : rows) {
        const Feature feature(OGR_F_Create(OGR_L_GetLayerDefn(table)));
        const auto set = [&](const char* name, const std::string& value) {
            OGR_F_SetFieldString(feature.get(), OGR_F_GetFieldIndex(feature.get(), name), value.c_str());
        };
        set("f_table_catalog", "");
        set("f_table_schema", "");
        set("f_table_name", row.layer);
        set("f_geometry_column", "geom");
        set("styleName", row.layer.substr(0, 30));
        set("styleQML", row.text.qml);
        set("styleSLD", row.text.sld);
        set("useAsDefault", "1");
        set("description", row.title);
        set("owner", "");
        set("update_time", date);
        if (OGR_L_CreateFeature(table, feature.get()) != OGRERR_NONE) {
            require_written(target);
            fail(ExitCode::output, "{}: the table of styles is not fully written", target);
        }
    }
}

void verify(const std::string& file, const std::string& target, std::span<const Features> layers)
{
    const Dataset dataset = reopen("GPKG", file, target);
    for (const Features& layer : layers) {
        verify_layer(dataset, layer, layer.name, target, false);
        const std::string query = "SELECT COUNT(*) FROM \"" + doubled(layer.name, '"') + "\"";
        OGRLayerH result = GDALDatasetExecuteSQL(dataset.get(), query.c_str(), nullptr, nullptr);
        std::size_t rows = 0;
        if (result != nullptr) {
            const Feature row(OGR_L_GetNextFeature(result));
            rows = row == nullptr ? 0 : static_cast<std::size_t>(OGR_F_GetFieldAsInteger64(row.get(), 0));
        }
        GDALDatasetReleaseResultSet(dataset.get(), result);
        if (rows != layer.geometry.size()) {
            fail(ExitCode::output, "{}: not fully written: layer {} holds {} of {} features", target,
                 layer.name, rows, layer.geometry.size());
        }
    }
    require_written(target);
}

} // namespace

void write_geopackage(const PendingOutput& output, const std::string& target,
                      std::span<const Features> layers, const WriteOptions& options)
{
    const FastSqlite fast;
    Dataset dataset = create_dataset("GPKG", output.file(), target);
    std::set<std::string> titles;
    std::vector<StyleRow> styles;
    for (const Features& layer : layers) {
        const std::string title = unique_title(layer, titles);
        OGRLayerH handle = add_layer(dataset, layer, layer.name,
                                     {{"GEOMETRY_NAME", "geom"},
                                      {"FID", "fid"},
                                      {"SPATIAL_INDEX", "NO"},
                                      {"IDENTIFIER", title},
                                      {"DESCRIPTION", layer.summary}},
                                     target, false, true);
        add_provenance(handle, options);
        if (StyleText text = style_text(layer); !text.qml.empty()) {
            styles.push_back({layer.name, title, std::move(text)});
        }
    }
    add_styles(dataset, styles, target);
    close_written(dataset, target);
    verify(output.file(), target, layers);
}

} // namespace vigil::io
