// ArcGIS Pro layer files: Esri's Cartographic Information Model (CIM) as JSON, version 2.
#include "libgeo/style.h"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace vigil {

namespace {

using Json = nlohmann::ordered_json;

double points(double mm)
{
    return mm * 72 / 25.4;
}

Json colour(Colour c)
{
    return {{"type", "CIMRGBColor"}, {"values", {c.red, c.green, c.blue, c.alpha * 100.0 / 255.0}}};
}

Json stroke(Colour c, double width_mm)
{
    return {{"type", "CIMSolidStroke"},  {"enable", true},         {"capStyle", "Round"},
            {"joinStyle", "Round"},      {"lineStyle3D", "Strip"}, {"miterLimit", 10},
            {"width", points(width_mm)}, {"color", colour(c)}};
}

Json polygon_symbol(const StyleClass& one)
{
    Json layers = Json::array();
    if (one.stroke.alpha > 0) {
        layers.push_back(stroke(one.stroke, one.stroke_mm));
    }
    layers.push_back({{"type", "CIMSolidFill"}, {"enable", true}, {"color", colour(one.fill)}});
    return {{"type", "CIMPolygonSymbol"}, {"symbolLayers", layers}};
}

Json line_symbol(const StyleClass& one)
{
    Json layers = Json::array({stroke(one.stroke, one.stroke_mm)}); // the first layer is drawn on top
    if (one.casing_mm > 0) {
        layers.push_back(stroke(one.casing, one.stroke_mm + 2 * one.casing_mm));
    }
    return {{"type", "CIMLineSymbol"}, {"symbolLayers", layers}};
}

Json point_symbol(const StyleClass& one)
{
    // A circle of radius 2 as a ring of one arc, scaled to the marker's size.
    const Json start = {0.0, 2.0};
    const Json circle = {{"curveRings", {{start, {{"a", {start, {0.0, 0.0}, 0, 1}}}}}}};
    const Json graphic = {
        {"type", "CIMMarkerGraphic"}, {"geometry", circle}, {"symbol", polygon_symbol(one)}};
    const Json marker = {{"type", "CIMVectorMarker"},
                         {"enable", true},
                         {"anchorPointUnits", "Relative"},
                         {"dominantSizeAxis3D", "Y"},
                         {"size", points(one.size_mm)},
                         {"billboardMode3D", "FaceNearPlane"},
                         {"frame", {{"xmin", -2.0}, {"ymin", -2.0}, {"xmax", 2.0}, {"ymax", 2.0}}},
                         {"markerGraphics", Json::array({graphic})},
                         {"scaleSymbolsProportionally", true},
                         {"respectFrame", true}};
    return {{"type", "CIMPointSymbol"},
            {"symbolLayers", Json::array({marker})},
            {"haloSize", 1},
            {"scaleX", 1},
            {"angleAlignment", "Display"}};
}

Json symbol_reference(const Style& style, const StyleClass& one)
{
    Json symbol;
    switch (*style.geometry) {
    case GeometryKind::point:
        symbol = point_symbol(one);
        break;
    case GeometryKind::line:
        symbol = line_symbol(one);
        break;
    case GeometryKind::polygon:
        symbol = polygon_symbol(one);
        break;
    }
    return {{"type", "CIMSymbolReference"}, {"symbol", std::move(symbol)}};
}

Json unique_values(const Style& style)
{
    Json classes = Json::array();
    for (const StyleClass& one : style.classes) {
        const Json value = {{"type", "CIMUniqueValue"},
                            {"fieldValues", {std::to_string(static_cast<long long>(one.value))}}};
        classes.push_back({{"type", "CIMUniqueValueClass"},
                           {"editable", true},
                           {"label", one.label},
                           {"patch", "Default"},
                           {"symbol", symbol_reference(style, one)},
                           {"values", Json::array({value})},
                           {"visible", true}});
    }
    const Json group = {{"type", "CIMUniqueValueGroup"}, {"classes", classes}, {"heading", style.title}};
    return {{"type", "CIMUniqueValueRenderer"},
            {"fields", {style.field}},
            {"groups", Json::array({group})},
            {"useDefaultSymbol", false},
            {"polygonSymbolColorTarget", "Fill"}};
}

Json class_breaks(const Style& style)
{
    Json breaks = Json::array();
    for (const StyleClass& one : style.classes) {
        breaks.push_back({{"type", "CIMClassBreak"},
                          {"label", one.label},
                          {"patch", "Default"},
                          {"symbol", symbol_reference(style, one)},
                          {"upperBound", one.upper}});
    }
    return {{"type", "CIMClassBreaksRenderer"},
            {"barrierWeight", "High"},
            {"breaks", breaks},
            {"classBreakType", "GraduatedColor"},
            {"classificationMethod", "Manual"},
            {"field", style.field},
            {"heading", style.title},
            {"minimumBreak", style.classes.front().lower},
            {"showInAscendingOrder", true},
            {"polygonSymbolColorTarget", "Fill"}};
}

Json renderer(const Style& style)
{
    switch (style.kind) {
    case StyleKind::categories:
        return unique_values(style);
    case StyleKind::graduated:
        return class_breaks(style);
    default:
        return {{"type", "CIMSimpleRenderer"},
                {"label", style.classes.front().label},
                {"patch", "Default"},
                {"symbol", symbol_reference(style, style.classes.front())}};
    }
}

Json label_class(const Style& style)
{
    StyleClass halo;
    halo.fill = {255, 255, 255, 217};
    halo.stroke.alpha = 0;
    StyleClass ink = halo;
    ink.fill = {20, 30, 40, 255};
    const Json text = {{"type", "CIMTextSymbol"},
                       {"fontFamilyName", "Arial"},
                       {"fontStyleName", "Bold"},
                       {"height", 9},
                       {"haloSize", 1},
                       {"haloSymbol", polygon_symbol(halo)},
                       {"symbol", polygon_symbol(ink)}};
    return {{"type", "CIMLabelClass"},
            {"expression", "$feature." + style.label_field},
            {"expressionEngine", "Arcade"},
            {"featuresToLabel", "AllVisibleFeatures"},
            {"name", "Class 1"},
            {"priority", -1},
            {"textSymbol", {{"type", "CIMSymbolReference"}, {"symbol", text}}},
            {"useCodedValue", true},
            {"visibility", true},
            {"iD", -1}};
}

/// How ArcGIS finds `data`, a file beside the layer file.
Json connection(const std::string& data, const std::string& layer)
{
    const std::filesystem::path path(data);
    const std::string extension = path.extension().string();
    std::string factory = "Shapefile";
    std::string workspace = "DATABASE=.";
    std::string dataset = path.filename().string();
    if (extension == ".gpkg") {
        factory = "Sql";
        workspace = "AUTHENTICATION_MODE=OSA;DATABASE=.\\" + dataset;
        dataset = "main." + layer;
    } else if (extension == ".tif") {
        factory = "Raster";
    }
    return {{"type", "CIMStandardDataConnection"},
            {"workspaceConnectionString", workspace},
            {"workspaceFactory", factory},
            {"dataset", dataset},
            {"datasetType", factory == "Raster" ? "esriDTRasterDataset" : "esriDTFeatureClass"}};
}

Json feature_layer(const Style& style, const Json& data)
{
    Json fields = Json::array();
    for (const auto& [field, alias] : style.aliases) {
        fields.push_back({{"type", "CIMFieldDescription"},
                          {"alias", alias},
                          {"fieldName", field},
                          {"visible", true},
                          {"searchMode", "Exact"}});
    }
    Json table = {{"type", "CIMFeatureTable"},
                  {"displayField", style.label_field.empty() ? style.field : style.label_field},
                  {"editable", true},
                  {"fieldDescriptions", fields},
                  {"dataConnection", data},
                  {"studyAreaSpatialRel", "esriSpatialRelUndefined"},
                  {"searchOrder", "esriSearchOrderSpatial"}};
    Json layer = {{"type", "CIMFeatureLayer"},
                  {"featureTable", std::move(table)},
                  {"selectable", true},
                  {"featureCacheType", "Session"},
                  {"displayFiltersType", "ByScale"},
                  {"renderer", renderer(style)},
                  {"scaleSymbols", true},
                  {"snappable", true}};
    if (!style.label_field.empty()) {
        layer["labelClasses"] = Json::array({label_class(style)});
        layer["labelVisibility"] = true;
    }
    return layer;
}

/// One class between each pair of stops, in the colour of its middle.
Json raster_layer(const Style& style, const Json& data)
{
    Json breaks = Json::array();
    for (std::size_t i = 1; i < style.classes.size(); ++i) {
        const StyleClass& lower = style.classes[i - 1];
        const StyleClass& upper = style.classes[i];
        breaks.push_back({{"type", "CIMRasterClassBreak"},
                          {"upperBound", upper.value},
                          {"label", lower.label + " – " + upper.label},
                          {"color", colour(ramp_colour(style, (lower.value + upper.value) / 2))}});
    }
    const Json nothing = colour({255, 255, 255, 0});
    return {{"type", "CIMRasterLayer"},
            {"dataConnection", data},
            {"colorizer",
             {{"type", "CIMRasterClassifyColorizer"},
              {"resamplingType", "BilinearInterpolation"},
              {"noDataColor", nothing},
              {"classBreaks", breaks},
              {"classificationMethod", "Manual"},
              {"field", "<VALUE>"},
              {"heading", style.unit},
              {"minimumBreak", style.classes.front().value},
              {"showInAscendingOrder", true}}}};
}

} // namespace

std::string to_lyrx(const Style& style, const std::string& data, const std::string& layer)
{
    const std::string uri = "CIMPATH=map/" + style.name + ".xml";
    Json definition = {{"name", style.title},
                       {"uRI", uri},
                       {"layerType", "Operational"},
                       {"showLegends", true},
                       {"visibility", true},
                       {"expanded", true},
                       {"displayCacheType", "Permanent"},
                       {"maxDisplayCacheAge", 5},
                       {"showPopups", true},
                       {"serviceLayerID", -1},
                       {"blendingMode", "Alpha"}};
    const Json source = connection(data, layer);
    definition.update(style.kind == StyleKind::ramp ? raster_layer(style, source)
                                                    : feature_layer(style, source));
    const Json document = {{"type", "CIMLayerDocument"},
                           {"version", "2.9.0"},
                           {"build", 32739},
                           {"layers", Json::array({uri})},
                           {"layerDefinitions", Json::array({std::move(definition)})},
                           {"rGBColorProfile", "sRGB IEC61966-2.1"},
                           {"cMYKColorProfile", "U.S. Web Coated (SWOP) v2"}};
    return document.dump(2) + "\n";
}

} // namespace vigil
