#pragma once

#include "libgeo/features.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace vigil {

struct Colour {
    std::uint8_t red = 0, green = 0, blue = 0, alpha = 255;
    bool operator==(const Colour&) const = default;
};

enum class StyleKind {
    single,     ///< every feature alike
    categories, ///< one class per value of `field`
    graduated,  ///< classes by ranges of `field`
    ramp,       ///< raster: colours interpolated between stops
};

/// One class of a layer, or one stop of a ramp.
struct StyleClass {
    std::string label;           ///< legend text
    double value = 0;            ///< categories: the value; ramp: the stop
    double lower = 0, upper = 0; ///< graduated: lower < v <= upper; the first class holds its lower bound too
    Colour fill;                 ///< polygons, points and ramp stops
    Colour stroke;               ///< lines, and outlines of polygons and points
    double stroke_mm = 0.26;     ///< width
    Colour casing;               ///< lines: drawn under the stroke
    double casing_mm = 0;        ///< lines: how far the casing shows on each side; 0 none
    double size_mm = 2;          ///< points: diameter
};

/// How one output layer is drawn, in QGIS, ArcGIS and vigil's own maps.
/// Defined once in styles/<name>.json; stops and ranges given there as relative are fitted to the data.
struct Style {
    std::string name;
    std::string title; ///< legend title
    std::string unit;
    StyleKind kind = StyleKind::single;
    std::optional<GeometryKind> geometry; ///< empty for rasters
    std::string field;                    ///< the field that decides the class; empty for single and ramp
    std::string label_field;              ///< field written beside each feature, or empty
    std::vector<std::string> fields;      ///< a layer that has all of these is drawn this way
    bool fitted = false;                  ///< classes depend on the data they are drawn for
    std::vector<StyleClass> classes;
    std::vector<std::pair<std::string, std::string>> aliases; ///< field name -> what a person reads
};

/// The definition called `name`, its relative classes fitted to `values` (those of the field or raster; what
/// is not finite is passed over). The order of the values does not matter. Without values, relative classes
/// run from 0 to 1.
///
/// throws   std::out_of_range for an unknown name (our own mistake)
Style style_for(const std::string& name, std::span<const double> values = {});

/// The definition that layer.style names, fitted to the layer: its field's values, its geometry and the
/// aliases of its fields. Use this one to write or draw a layer.
Style style_for(const Features& layer);

/// Names of all definitions, sorted.
std::vector<std::string> style_names();
bool has_style(const std::string& name);

/// The definition a layer is written with: that of its name if the layer has its field, or one whose listed
/// fields it all has ("fields" in styles/<name>.json); empty when there is none.
std::string recognise_style(const Features& layer);

/// The numbers of a field, NaN where missing; empty for text.
std::vector<double> numbers_of(const Field& field);

/// The class that `value` falls in, or nullptr when it falls in none. Not for ramps.
const StyleClass* class_of(const Style& style, double value);

/// The colour of a ramp at `value`: interpolated, clamped at both ends, transparent for NaN.
Colour ramp_colour(const Style& style, double value);

/// "#rrggbb".
std::string hex(Colour colour);

std::string to_qml(const Style& style); ///< QGIS 3
std::string to_sld(const Style& style); ///< OGC: SLD 1.1 with SE 1.1 for features, SLD 1.0 for rasters
/// ArcGIS Pro layer file for `data` (file name beside it) and layer name.
std::string to_lyrx(const Style& style, const std::string& data, const std::string& layer);

} // namespace vigil
