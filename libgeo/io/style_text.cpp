#include "libgeo/io/features_write.h"
#include "libgeo/style.h"

#include <cmath>
#include <cstdint>
#include <variant>
#include <vector>

namespace vigil::io {

namespace {

std::vector<double> finite_values(const Field* field)
{
    std::vector<double> values;
    if (field == nullptr) {
        return values;
    }
    if (const auto* numbers = std::get_if<std::vector<double>>(&field->values)) {
        for (const double value : *numbers) {
            if (std::isfinite(value)) {
                values.push_back(value);
            }
        }
    } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&field->values)) {
        for (const std::int64_t value : *integers) {
            if (value != missing_integer) {
                values.push_back(static_cast<double>(value));
            }
        }
    }
    return values;
}

} // namespace

StyleText style_text(const Features& layer)
{
    if (layer.style.empty()) {
        return {};
    }
    const std::string field = style_for(layer.style).field;
    Style style = style_for(layer.style, finite_values(layer.table.find(field)));
    style.aliases.clear(); // the layer knows its own fields best
    for (const Field& one : layer.table.fields) {
        const std::string alias = one.alias.empty() ? one.name : one.alias;
        style.aliases.emplace_back(one.name, one.unit.empty() ? alias : alias + " (" + one.unit + ")");
    }
    return {to_qml(style), to_sld(style)};
}

} // namespace vigil::io
