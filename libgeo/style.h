#pragma once

#include "libgeo/features.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
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
    double lower = 0, upper = 0; ///< graduated: lower < v <= upper
    Colour fill;
    Colour stroke;
    double stroke_mm = 0.26;
    double size_mm = 2; ///< points: diameter
};

/// How one output layer is drawn, in QGIS, ArcGIS and vigil's own maps.
/// Defined once in styles/<name>.json; stops and ranges given there as fractions are fitted to the data.
struct Style {
    std::string name;
    std::string title; ///< legend title
    std::string unit;
    StyleKind kind = StyleKind::single;
    std::optional<GeometryKind> geometry; ///< empty for rasters
    std::string field;                    ///< the field that decides the class; empty for single and ramp
    std::string label_field;              ///< field written beside each feature, or empty
    std::vector<StyleClass> classes;
    std::vector<std::pair<std::string, std::string>> aliases; ///< field name -> what a person reads
};

/// The definition called `name`, its relative classes fitted to `values` (finite values of the field or
/// raster). throws   std::out_of_range for an unknown name (our own mistake)
Style style_for(const std::string& name, std::span<const double> values = {});

/// Names of all definitions.
std::vector<std::string> style_names();

std::string to_qml(const Style& style); ///< QGIS 3
std::string to_sld(const Style& style); ///< OGC SLD 1.1 / SE
/// ArcGIS Pro layer file for `data` (file name beside it) and layer name.
std::string to_lyrx(const Style& style, const std::string& data, const std::string& layer);

} // namespace vigil
