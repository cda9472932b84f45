#include "libgeo/csv.h"
#include "libgeo/io/columns.h"

#include <cctype>

namespace vigil::io {

namespace {

std::string_view without(std::string_view text, std::string_view ends)
{
    while (!text.empty() && ends.find(text.front()) != std::string_view::npos) {
        text.remove_prefix(1);
    }
    while (!text.empty() && ends.find(text.back()) != std::string_view::npos) {
        text.remove_suffix(1);
    }
    return text;
}

/// Two numbers with a comma, semicolon or spaces between them; more of them are passed over.
std::optional<XY> two_numbers(std::string_view text)
{
    text = without(text, " \t");
    const std::size_t end = text.find_first_of(",; \t");
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view rest = without(text.substr(end), ",; \t");
    const std::size_t stop = std::min(rest.find_first_of(",; \t"), rest.size());
    const auto first = number_from(text.substr(0, end));
    const auto second = number_from(rest.substr(0, stop));
    return first && second ? std::optional<XY>({*first, *second}) : std::nullopt;
}

bool is_word(std::string_view text, std::string_view upper)
{
    if (text.size() < upper.size()) {
        return false;
    }
    for (std::size_t i = 0; i < upper.size(); ++i) {
        if (std::toupper(static_cast<unsigned char>(text[i])) != upper[i]) {
            return false;
        }
    }
    return true;
}

std::string_view without_srid(std::string_view text)
{
    return is_word(text, "SRID=") ? text.substr(std::min(text.find(';'), text.size() - 1) + 1) : text;
}

std::optional<XY> wkt_point(std::string_view text)
{
    text = trimmed(without_srid(text));
    const std::size_t open = text.find('(');
    const std::size_t close = text.rfind(')');
    if (!is_word(text, "POINT") || open == std::string_view::npos || close == std::string_view::npos ||
        close < open) {
        return std::nullopt;
    }
    return two_numbers(text.substr(open + 1, close - open - 1));
}

std::optional<XY> geojson_point(std::string_view text)
{
    const std::size_t key = text.find("\"coordinates\"");
    const std::size_t open = text.find('[', std::min(key, text.size()));
    const std::size_t close = text.find(']', std::min(open, text.size()));
    if (text.find("\"Point\"") == std::string_view::npos || close == std::string_view::npos) {
        return std::nullopt;
    }
    return two_numbers(text.substr(open + 1, close - open - 1));
}

} // namespace

std::optional<XY> place_from(std::string_view cell, PlaceForm form)
{
    const std::string_view text = trimmed(without_formula_guard(cell));
    if (form == PlaceForm::wkt) {
        return wkt_point(text);
    }
    if (form == PlaceForm::geojson) {
        return geojson_point(text);
    }
    const auto pair = two_numbers(without(text, "()[] \t"));
    return pair ? std::optional<XY>({pair->y, pair->x}) : std::nullopt;
}

std::optional<PlaceForm> place_form(std::string_view cell)
{
    for (const PlaceForm form : {PlaceForm::wkt, PlaceForm::geojson, PlaceForm::lat_lon}) {
        if (place_from(cell, form)) {
            return form;
        }
    }
    return std::nullopt;
}

} // namespace vigil::io
