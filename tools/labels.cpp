#include "tools/labels.h"

#include "libgeo/error.h"
#include "libgeo/style.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace vigil::tools {

namespace {

Labels labels_from(const std::vector<std::string>& text)
{
    std::map<std::string, std::size_t> of_name;
    for (const std::string& cell : text) {
        if (!cell.empty()) {
            of_name.emplace(cell, 0);
        }
    }
    Labels labels;
    for (auto& [name, code] : of_name) {
        code = labels.names.size();
        labels.names.push_back(name);
    }
    for (const std::string& cell : text) {
        labels.code.push_back(cell.empty() ? labels.names.size() : of_name.at(cell));
    }
    return labels;
}

std::vector<std::string> text_of(const Categories& categories)
{
    std::vector<std::string> text;
    for (const std::uint32_t code : categories.code) {
        text.push_back(categories.names[code]);
    }
    return text;
}

/// The standard role a --by word names, or nothing when it is a column of its own.
const Categories* role(const std::string& by, const Incidents& incidents)
{
    const Categories* found = nullptr;
    if (by == "category") {
        found = &incidents.category;
    } else if (by == "stage") {
        found = &incidents.stage;
    } else if (by == "source") {
        found = &incidents.source;
    }
    if (found != nullptr) {
        require(found->given(), "--by {}: no such column was found; name it with --{}", by, by);
    }
    return found;
}

} // namespace

std::vector<std::string> text_of(const Field& field)
{
    if (const auto* text = std::get_if<std::vector<std::string>>(&field.values)) {
        return *text;
    }
    if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&field.values)) {
        std::vector<std::string> text;
        for (const std::int64_t value : *whole) {
            text.push_back(value == missing_integer ? std::string() : fmt::format("{}", value));
        }
        return text;
    }
    std::vector<std::string> text;
    for (const double value : numbers_of(field)) {
        text.push_back(std::isnan(value) ? std::string() : fmt::format("{}", value));
    }
    return text;
}

std::vector<std::string> label_columns(const std::string& by)
{
    if (by.empty() || by == "category" || by == "stage" || by == "source") {
        return {};
    }
    return {by};
}

Labels labels_of(const std::string& by, const Incidents& incidents)
{
    if (const Categories* categories = role(by, incidents)) {
        return labels_from(text_of(*categories));
    }
    require(!incidents.attributes.fields.empty(), "--by {}: the incidents have no such column", by);
    return labels_from(text_of(incidents.attributes.fields.front()));
}

} // namespace vigil::tools
