// OGC Styled Layer Descriptors: 1.1 with Symbology Encoding 1.1 for features, 1.0 for rasters.
#include "libgeo/style.h"
#include "libgeo/xml.h"

#include <fmt/format.h>

namespace vigil {

namespace {

/// SLD lengths are pixels of 0.28 mm.
std::string pixels(double mm)
{
    return fmt::format("{:.2f}", mm / 0.28);
}

void parameter(XmlWriter& xml, std::string_view name, std::string_view value)
{
    xml.text("se:SvgParameter", value, {{"name", name}});
}

std::string opacity(Colour c)
{
    return fmt::format("{:.3g}", c.alpha / 255.0);
}

void write_fill(XmlWriter& xml, Colour colour)
{
    xml.open("se:Fill");
    parameter(xml, "fill", hex(colour));
    parameter(xml, "fill-opacity", opacity(colour));
    xml.close();
}

void write_stroke(XmlWriter& xml, Colour colour, double width_mm)
{
    if (colour.alpha == 0) {
        return;
    }
    xml.open("se:Stroke");
    parameter(xml, "stroke", hex(colour));
    parameter(xml, "stroke-opacity", opacity(colour));
    parameter(xml, "stroke-width", pixels(width_mm));
    parameter(xml, "stroke-linejoin", "round");
    xml.close();
}

void write_line(XmlWriter& xml, Colour colour, double width_mm)
{
    xml.open("se:LineSymbolizer");
    write_stroke(xml, colour, width_mm);
    xml.close();
}

void write_symbolizer(XmlWriter& xml, GeometryKind kind, const StyleClass& one)
{
    switch (kind) {
    case GeometryKind::line:
        if (one.casing_mm > 0) {
            write_line(xml, one.casing, one.stroke_mm + 2 * one.casing_mm);
        }
        write_line(xml, one.stroke, one.stroke_mm);
        return;
    case GeometryKind::polygon:
        xml.open("se:PolygonSymbolizer");
        write_fill(xml, one.fill);
        write_stroke(xml, one.stroke, one.stroke_mm);
        break;
    case GeometryKind::point:
        xml.open("se:PointSymbolizer");
        xml.open("se:Graphic");
        xml.open("se:Mark");
        xml.text("se:WellKnownName", "circle");
        write_fill(xml, one.fill);
        write_stroke(xml, one.stroke, one.stroke_mm);
        xml.close();
        xml.text("se:Size", pixels(one.size_mm));
        xml.close();
        break;
    }
    xml.close();
}

void close_all(XmlWriter& xml, int open)
{
    for (; open > 0; --open) {
        xml.close();
    }
}

void compare(XmlWriter& xml, std::string_view relation, const std::string& field, double value)
{
    xml.open(relation);
    xml.text("ogc:PropertyName", field);
    xml.text("ogc:Literal", fmt::format("{}", value));
    xml.close();
}

void write_filter(XmlWriter& xml, const Style& style, const StyleClass& one)
{
    if (style.kind == StyleKind::single) {
        return;
    }
    xml.open("ogc:Filter");
    if (style.kind == StyleKind::categories) {
        compare(xml, "ogc:PropertyIsEqualTo", style.field, one.value);
    } else {
        const bool first = &one == &style.classes.front();
        xml.open("ogc:And");
        compare(xml, first ? "ogc:PropertyIsGreaterThanOrEqualTo" : "ogc:PropertyIsGreaterThan", style.field,
                one.lower);
        compare(xml, "ogc:PropertyIsLessThanOrEqualTo", style.field, one.upper);
        xml.close();
    }
    xml.close();
}

void write_title(XmlWriter& xml, const std::string& name, const std::string& title)
{
    xml.text("se:Name", name);
    xml.open("se:Description");
    xml.text("se:Title", title);
    xml.close();
}

void write_label_rule(XmlWriter& xml, const Style& style)
{
    xml.open("se:Rule");
    xml.open("se:TextSymbolizer");
    xml.open("se:Label");
    xml.text("ogc:PropertyName", style.label_field);
    xml.close();
    xml.open("se:Font");
    parameter(xml, "font-family", "DejaVu Sans");
    parameter(xml, "font-size", "12");
    parameter(xml, "font-weight", "bold");
    xml.close();
    xml.open("se:Halo");
    xml.text("se:Radius", "2");
    write_fill(xml, {255, 255, 255, 217});
    xml.close();
    write_fill(xml, {20, 30, 40, 255});
    xml.close();
    xml.close();
}

/// SLD 1.0, whose ColorMapEntry carries the opacity; servers read it more widely than SE 1.1's Interpolate.
std::string raster_sld(const Style& style, XmlWriter xml)
{
    xml.open("StyledLayerDescriptor", {{"version", "1.0.0"}, {"xmlns", "http://www.opengis.net/sld"}});
    xml.open("NamedLayer");
    xml.text("Name", style.name);
    xml.open("UserStyle");
    xml.text("Name", style.name);
    xml.text("Title", style.title);
    xml.open("FeatureTypeStyle");
    xml.open("Rule");
    xml.text("Title", style.unit);
    xml.open("RasterSymbolizer");
    xml.open("ColorMap", {{"type", "ramp"}});
    for (const StyleClass& stop : style.classes) {
        xml.empty("ColorMapEntry", {{"color", hex(stop.fill)},
                                    {"quantity", fmt::format("{}", stop.value)},
                                    {"opacity", opacity(stop.fill)},
                                    {"label", stop.label}});
    }
    close_all(xml, 7);
    return std::move(xml).done();
}

std::string vector_sld(const Style& style, XmlWriter xml)
{
    xml.open("StyledLayerDescriptor", {{"version", "1.1.0"},
                                       {"xmlns", "http://www.opengis.net/sld"},
                                       {"xmlns:ogc", "http://www.opengis.net/ogc"},
                                       {"xmlns:se", "http://www.opengis.net/se"}});
    xml.open("NamedLayer");
    xml.text("se:Name", style.name);
    xml.open("UserStyle");
    write_title(xml, style.name, style.title);
    xml.open("se:FeatureTypeStyle");
    for (const StyleClass& one : style.classes) {
        xml.open("se:Rule");
        write_title(xml, one.label, one.label);
        write_filter(xml, style, one);
        write_symbolizer(xml, *style.geometry, one);
        xml.close();
    }
    if (!style.label_field.empty()) {
        write_label_rule(xml, style);
    }
    close_all(xml, 4);
    return std::move(xml).done();
}

} // namespace

std::string to_sld(const Style& style)
{
    XmlWriter xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    return style.kind == StyleKind::ramp ? raster_sld(style, std::move(xml))
                                         : vector_sld(style, std::move(xml));
}

} // namespace vigil
