// QGIS 3 layer styles. Symbol properties are written twice, as <Option> (3.20 and later) and <prop>
// (earlier).
#include "libgeo/style.h"
#include "libgeo/xml.h"

#include <fmt/format.h>

#include <span>

namespace vigil {

namespace {

using Property = std::pair<std::string_view, std::string>;

std::string rgba(Colour c)
{
    return fmt::format("{},{},{},{}", c.red, c.green, c.blue, c.alpha);
}

std::string millimetres(double mm)
{
    return fmt::format("{:g}", mm);
}

void write_symbol_layer(XmlWriter& xml, std::string_view layer_class, std::span<const Property> properties)
{
    xml.open("layer", {{"class", layer_class}, {"enabled", "1"}, {"locked", "0"}, {"pass", "0"}});
    xml.open("Option", {{"type", "Map"}});
    for (const auto& [name, value] : properties) {
        xml.empty("Option", {{"type", "QString"}, {"name", name}, {"value", value}});
    }
    xml.close();
    for (const auto& [name, value] : properties) {
        xml.empty("prop", {{"k", name}, {"v", value}});
    }
    xml.close();
}

void write_line(XmlWriter& xml, Colour colour, double width_mm)
{
    const Property properties[] = {{"capstyle", "round"},        {"joinstyle", "round"},
                                   {"line_color", rgba(colour)}, {"line_style", "solid"},
                                   {"line_width_unit", "MM"},    {"line_width", millimetres(width_mm)}};
    write_symbol_layer(xml, "SimpleLine", properties);
}

void write_fill(XmlWriter& xml, const StyleClass& one)
{
    const Property properties[] = {{"color", rgba(one.fill)},
                                   {"joinstyle", "bevel"},
                                   {"outline_color", rgba(one.stroke)},
                                   {"outline_style", one.stroke.alpha == 0 ? "no" : "solid"},
                                   {"outline_width", millimetres(one.stroke_mm)},
                                   {"outline_width_unit", "MM"},
                                   {"style", "solid"}};
    write_symbol_layer(xml, "SimpleFill", properties);
}

void write_marker(XmlWriter& xml, const StyleClass& one)
{
    const Property properties[] = {{"color", rgba(one.fill)},
                                   {"joinstyle", "bevel"},
                                   {"name", "circle"},
                                   {"outline_color", rgba(one.stroke)},
                                   {"outline_style", one.stroke.alpha == 0 ? "no" : "solid"},
                                   {"outline_width", millimetres(one.stroke_mm)},
                                   {"outline_width_unit", "MM"},
                                   {"scale_method", "diameter"},
                                   {"size", millimetres(one.size_mm)},
                                   {"size_unit", "MM"}};
    write_symbol_layer(xml, "SimpleMarker", properties);
}

void write_symbol(XmlWriter& xml, GeometryKind kind, const StyleClass& one, const std::string& name)
{
    const char* const type = kind == GeometryKind::point  ? "marker"
                             : kind == GeometryKind::line ? "line"
                                                          : "fill";
    xml.open("symbol",
             {{"type", type}, {"name", name}, {"alpha", "1"}, {"clip_to_extent", "1"}, {"force_rhr", "0"}});
    switch (kind) {
    case GeometryKind::point:
        write_marker(xml, one);
        break;
    case GeometryKind::polygon:
        write_fill(xml, one);
        break;
    case GeometryKind::line:
        if (one.casing_mm > 0) {
            write_line(xml, one.casing, one.stroke_mm + 2 * one.casing_mm);
        }
        write_line(xml, one.stroke, one.stroke_mm);
        break;
    }
    xml.close();
}

/// The list that ties classes to symbols by their number.
void write_classes(XmlWriter& xml, const Style& style)
{
    if (style.kind == StyleKind::single) {
        return;
    }
    const bool ranges = style.kind == StyleKind::graduated;
    xml.open(ranges ? "ranges" : "categories");
    for (std::size_t i = 0; i < style.classes.size(); ++i) {
        const StyleClass& one = style.classes[i];
        const std::string symbol = fmt::format("{}", i);
        if (ranges) {
            xml.empty("range", {{"lower", fmt::format("{}", one.lower)},
                                {"upper", fmt::format("{}", one.upper)},
                                {"symbol", symbol},
                                {"label", one.label},
                                {"render", "true"}});
        } else {
            xml.empty("category", {{"value", fmt::format("{}", one.value)},
                                   {"symbol", symbol},
                                   {"label", one.label},
                                   {"render", "true"},
                                   {"type", "long"}});
        }
    }
    xml.close();
}

void write_vector_renderer(XmlWriter& xml, const Style& style)
{
    const char* const type = style.kind == StyleKind::single       ? "singleSymbol"
                             : style.kind == StyleKind::categories ? "categorizedSymbol"
                                                                   : "graduatedSymbol";
    // Symbol levels put all casings under all lines, so that crossing lines join.
    const bool cased = !style.classes.empty() && style.classes.front().casing_mm > 0;
    const char* const levels = cased ? "1" : "0";
    if (style.kind == StyleKind::single) {
        xml.open("renderer-v2",
                 {{"type", type}, {"symbollevels", levels}, {"forceraster", "0"}, {"enableorderby", "0"}});
    } else {
        xml.open("renderer-v2", {{"type", type},
                                 {"attr", style.field},
                                 {"graduatedMethod", "GraduatedColor"},
                                 {"symbollevels", levels},
                                 {"forceraster", "0"},
                                 {"enableorderby", "0"}});
    }
    write_classes(xml, style);
    xml.open("symbols");
    for (std::size_t i = 0; i < style.classes.size(); ++i) {
        write_symbol(xml, *style.geometry, style.classes[i], fmt::format("{}", i));
    }
    xml.close();
    xml.close();
}

void write_labels(XmlWriter& xml, const Style& style)
{
    xml.open("labeling", {{"type", "simple"}});
    xml.open("settings", {{"calloutType", "simple"}});
    xml.open("text-style", {{"fieldName", style.label_field},
                            {"isExpression", "0"},
                            {"fontFamily", "DejaVu Sans"},
                            {"fontSize", "9"},
                            {"fontSizeUnit", "Point"},
                            {"fontWeight", "75"},
                            {"textColor", "20,30,40,255"},
                            {"textOpacity", "1"}});
    xml.empty("text-buffer", {{"bufferDraw", "1"},
                              {"bufferSize", "0.8"},
                              {"bufferSizeUnits", "MM"},
                              {"bufferColor", "255,255,255,255"},
                              {"bufferOpacity", "0.85"},
                              {"bufferJoinStyle", "128"}});
    xml.close();
    xml.empty("text-format", {{"wrapChar", ""}, {"multilineAlign", "1"}});
    const bool over = *style.geometry == GeometryKind::polygon;
    xml.empty("placement", {{"placement", over ? "1" : "6"},
                            {"centroidWhole", "1"},
                            {"quadOffset", "4"},
                            {"dist", "0"},
                            {"priority", "5"}});
    xml.empty("rendering", {{"drawLabels", "1"}, {"displayAll", "0"}, {"obstacle", "0"}, {"zIndex", "0"}});
    xml.close();
    xml.close();
}

void write_aliases(XmlWriter& xml, const Style& style)
{
    xml.open("aliases");
    for (std::size_t i = 0; i < style.aliases.size(); ++i) {
        const auto& [field, alias] = style.aliases[i];
        xml.empty("alias", {{"field", field}, {"index", fmt::format("{}", i)}, {"name", alias}});
    }
    xml.close();
}

std::string vector_qml(const Style& style, XmlWriter xml)
{
    xml.open("qgis", {{"version", "3.22.0"},
                      {"styleCategories", "Symbology|Labeling|Fields"},
                      {"labelsEnabled", style.label_field.empty() ? "0" : "1"}});
    write_vector_renderer(xml, style);
    if (!style.label_field.empty()) {
        write_labels(xml, style);
    }
    write_aliases(xml, style);
    xml.text("layerGeometryType", *style.geometry == GeometryKind::point  ? "0"
                                  : *style.geometry == GeometryKind::line ? "1"
                                                                          : "2");
    xml.close();
    return std::move(xml).done();
}

std::string raster_qml(const Style& style, XmlWriter xml)
{
    const std::string least = fmt::format("{}", style.classes.front().value);
    const std::string most = fmt::format("{}", style.classes.back().value);
    xml.open("qgis", {{"version", "3.22.0"}, {"styleCategories", "Symbology"}});
    xml.open("pipe");
    xml.open("rasterrenderer", {{"type", "singlebandpseudocolor"},
                                {"band", "1"},
                                {"opacity", "1"},
                                {"alphaBand", "-1"},
                                {"nodataColor", ""},
                                {"classificationMin", least},
                                {"classificationMax", most}});
    xml.open("rasterTransparency");
    xml.open("singleValuePixelList");
    xml.empty("pixelListEntry", {{"min", "0"}, {"max", "0"}, {"percentTransparent", "100"}});
    xml.close();
    xml.close();
    xml.open("rastershader");
    xml.open("colorrampshader", {{"colorRampType", "INTERPOLATED"},
                                 {"classificationMode", "1"},
                                 {"clip", "0"},
                                 {"minimumValue", least},
                                 {"maximumValue", most}});
    for (const StyleClass& stop : style.classes) {
        xml.empty("item", {{"value", fmt::format("{}", stop.value)},
                           {"color", hex(stop.fill)},
                           {"alpha", fmt::format("{}", stop.fill.alpha)},
                           {"label", &stop == &style.classes.back() && !style.unit.empty()
                                         ? fmt::format("{} {}", stop.label, style.unit)
                                         : stop.label}});
    }
    xml.close();
    xml.close();
    xml.close();
    xml.empty("rasterresampler", {{"maxOversampling", "2"}, {"zoomedInResampler", "bilinear"}});
    xml.close();
    xml.text("blendMode", "0");
    xml.close();
    return std::move(xml).done();
}

} // namespace

std::string to_qml(const Style& style)
{
    XmlWriter xml("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n");
    return style.kind == StyleKind::ramp ? raster_qml(style, std::move(xml))
                                         : vector_qml(style, std::move(xml));
}

} // namespace vigil
