#include "libgeo/style.h"

#include "libgeo/style_definitions.h"
#include "libgeo/style_fit.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace vigil {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::pair<std::string_view, StyleKind> kinds[] = {{"single", StyleKind::single},
                                                            {"categories", StyleKind::categories},
                                                            {"graduated", StyleKind::graduated},
                                                            {"ramp", StyleKind::ramp}};
constexpr std::pair<std::string_view, GeometryKind> geometries[] = {
    {"point", GeometryKind::point}, {"line", GeometryKind::line}, {"polygon", GeometryKind::polygon}};

template <typename T, std::size_t n>
T by_word(const std::pair<std::string_view, T> (&words)[n], const std::string& word)
{
    for (const auto& [known, value] : words) {
        if (known == word) {
            return value;
        }
    }
    throw std::invalid_argument("a style definition says " + word);
}

/// "#rrggbb" or "#rrggbbaa".
Colour parse_colour(const std::string& text)
{
    std::uint32_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 1, end, number, 16);
    if ((text.size() != 7 && text.size() != 9) || text.front() != '#' || error != std::errc{} ||
        stop != end) {
        throw std::invalid_argument("a style definition has the colour " + text);
    }
    if (text.size() == 7) {
        number = (number << 8U) | 0xffU;
    }
    return {static_cast<std::uint8_t>(number >> 24U), static_cast<std::uint8_t>(number >> 16U),
            static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)};
}

/// The parts of a class that `json` gives; the rest stays as it is in `base`.
StyleClass parse_class(const Json& json, StyleClass base)
{
    const auto colour = [&](const char* key, Colour otherwise) {
        return json.contains(key) ? parse_colour(json[key].get<std::string>()) : otherwise;
    };
    base.label = json.value("label", base.label);
    base.value = json.value("value", base.value);
    base.lower = json.value("lower", base.lower);
    base.upper = json.value("upper", base.upper);
    base.fill = colour("fill", base.fill);
    base.stroke = colour("stroke", base.stroke);
    base.stroke_mm = json.value("stroke_mm", base.stroke_mm);
    base.casing = colour("casing", base.casing);
    base.casing_mm = json.value("casing_mm", base.casing_mm);
    base.size_mm = json.value("size_mm", base.size_mm);
    return base;
}

std::string range_label(double lower, double upper)
{
    return fmt::format("{} – {}", legend_number(lower), legend_number(upper));
}

std::vector<StyleClass> ramp_classes(std::span<const double> stops, std::span<const Colour> palette,
                                     StyleClass base)
{
    std::vector<StyleClass> classes;
    for (const double stop : stops) {
        base.value = stop;
        base.label = legend_number(stop);
        base.fill = palette_colour(palette, (stop - stops.front()) / (stops.back() - stops.front()));
        classes.push_back(base);
    }
    return classes;
}

std::vector<StyleClass> range_classes(std::span<const double> bounds, std::span<const Colour> palette,
                                      StyleClass base)
{
    std::vector<StyleClass> classes;
    if (bounds.size() == 1) {
        base.lower = base.upper = bounds[0];
        base.label = legend_number(bounds[0]);
        base.fill = palette_colour(palette, 0.5);
        return {base};
    }
    const auto last = static_cast<double>(std::max<std::size_t>(bounds.size() - 2, 1));
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
        base.lower = bounds[i];
        base.upper = bounds[i + 1];
        base.label = range_label(base.lower, base.upper);
        base.fill = palette_colour(palette, static_cast<double>(i) / last);
        classes.push_back(base);
    }
    return classes;
}

void fit(Style& style, const Json& json, std::span<const double> values)
{
    std::vector<Colour> palette;
    for (const Json& colour : json.at("palette")) {
        palette.push_back(parse_colour(colour.get<std::string>()));
    }
    const int most = json.at("fit").at("classes").get<int>();
    const std::string by = json.at("fit").at("by").get<std::string>();
    const std::vector<double> bounds = by == "quantiles"   ? quantile_bounds(values, most)
                                       : by == "symmetric" ? symmetric_stops(values, most)
                                                           : round_stops(values, most);
    const StyleClass base = parse_class(json, {});
    style.fitted = true;
    style.classes = style.kind == StyleKind::ramp ? ramp_classes(bounds, palette, base)
                                                  : range_classes(bounds, palette, base);
}

const StyleDefinition* definition(const std::string& name)
{
    for (const StyleDefinition& one : style_definitions()) {
        if (one.name == name) {
            return &one;
        }
    }
    return nullptr;
}

} // namespace

Style style_for(const std::string& name, std::span<const double> values)
{
    const StyleDefinition* const found = definition(name);
    if (found == nullptr) {
        throw std::out_of_range("no style " + name);
    }
    const Json json = Json::parse(found->json);
    Style style;
    style.name = name;
    style.title = json.at("title").get<std::string>();
    style.unit = json.value("unit", "");
    style.kind = by_word(kinds, json.at("kind").get<std::string>());
    if (style.kind != StyleKind::ramp) {
        style.geometry = by_word(geometries, json.at("geometry").get<std::string>());
    }
    style.field = json.value("field", "");
    style.label_field = json.value("label_field", "");
    style.fields = json.value("fields", std::vector<std::string>{});
    if (json.contains("fit")) {
        fit(style, json, values);
        return style;
    }
    const StyleClass base = parse_class(json, {});
    for (const Json& one : json.at("classes")) {
        style.classes.push_back(parse_class(one, base));
    }
    return style;
}

Style style_for(const Features& layer)
{
    Style style = style_for(layer.style);
    const Field* const deciding = layer.table.find(style.field);
    if (style.fitted && deciding != nullptr) {
        style = style_for(layer.style, numbers_of(*deciding));
    }
    style.geometry = layer.geometry.kind;
    for (const Field& field : layer.table.fields) {
        if (!field.alias.empty()) {
            style.aliases.emplace_back(field.name, field.unit.empty()
                                                       ? field.alias
                                                       : fmt::format("{} ({})", field.alias, field.unit));
        }
    }
    return style;
}

std::vector<std::string> style_names()
{
    std::vector<std::string> names;
    for (const StyleDefinition& one : style_definitions()) {
        names.emplace_back(one.name);
    }
    return names;
}

bool has_style(const std::string& name)
{
    return definition(name) != nullptr;
}

std::string recognise_style(const Features& layer)
{
    const auto has = [&](const std::string& field) {
        return layer.table.find(field) != nullptr;
    };
    if (has_style(layer.name)) {
        const Style named = style_for(layer.name);
        if (named.kind != StyleKind::ramp && (named.field.empty() || has(named.field))) {
            return layer.name;
        }
    }
    for (const StyleDefinition& one : style_definitions()) {
        const std::string name(one.name);
        const std::vector<std::string> fields = style_for(name).fields;
        if (!fields.empty() && std::all_of(fields.begin(), fields.end(), has)) {
            return name;
        }
    }
    return {};
}

std::vector<double> numbers_of(const Field& field)
{
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> numbers;
    if (const auto* reals = std::get_if<std::vector<double>>(&field.values)) {
        numbers = *reals;
    } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&field.values)) {
        for (const std::int64_t v : *integers) {
            numbers.push_back(v == missing_integer ? missing : static_cast<double>(v));
        }
    }
    return numbers;
}

const StyleClass* class_of(const Style& style, double value)
{
    if (style.kind == StyleKind::single) {
        return &style.classes.front();
    }
    for (const StyleClass& one : style.classes) {
        const bool first = &one == &style.classes.front();
        const bool inside = style.kind == StyleKind::categories
                                ? value == one.value
                                : value <= one.upper && (value > one.lower || (first && value == one.lower));
        if (inside) {
            return &one;
        }
    }
    return nullptr;
}

Colour ramp_colour(const Style& style, double value)
{
    if (std::isnan(value)) {
        return {0, 0, 0, 0};
    }
    const auto& stops = style.classes;
    const auto above =
        std::find_if(stops.begin(), stops.end(), [&](const StyleClass& stop) { return value <= stop.value; });
    if (above == stops.begin() || above == stops.end()) {
        return above == stops.end() ? stops.back().fill : stops.front().fill;
    }
    const auto below = above - 1;
    const Colour ends[] = {below->fill, above->fill};
    return palette_colour(ends, (value - below->value) / (above->value - below->value));
}

std::string hex(Colour colour)
{
    return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

} // namespace vigil
