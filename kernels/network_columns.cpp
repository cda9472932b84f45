#include "kernels/network.h"
#include "libgeo/error.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

namespace vigil {

namespace {

const Field* column(const Table& table, const std::string& name, const char* option)
{
    if (name.empty()) {
        return nullptr;
    }
    const Field* field = table.find(name);
    if (field == nullptr) {
        std::string names;
        for (const Field& one : table.fields) {
            names += (names.empty() ? "" : ", ") + one.name;
        }
        fail(ExitCode::input, "{} {}: there is no such column; there are: {}", option, name,
             names.empty() ? "none" : names);
    }
    return field;
}

std::string text_of(const Field& field, std::size_t row)
{
    if (const auto* texts = std::get_if<std::vector<std::string>>(&field.values)) {
        return (*texts)[row];
    }
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&field.values)) {
        return (*integers)[row] == missing_integer ? std::string() : fmt::format("{}", (*integers)[row]);
    }
    const double number = std::get<std::vector<double>>(field.values)[row];
    return std::isnan(number) ? std::string() : fmt::format("{}", number);
}

std::vector<std::string> texts_of(const Field* field, std::size_t rows)
{
    std::vector<std::string> texts;
    for (std::size_t row = 0; field != nullptr && row < rows; ++row) {
        texts.push_back(text_of(*field, row));
    }
    return texts;
}

std::string lower(std::string text)
{
    for (char& c : text) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return text;
}

std::optional<Direction> to_direction(const std::string& text)
{
    struct Word {
        std::string_view text;
        Direction direction;
    };
    static constexpr std::array<Word, 20> words = {
        {{"", Direction::both},           {"no", Direction::both},         {"n", Direction::both},
         {"0", Direction::both},          {"false", Direction::both},      {"b", Direction::both},
         {"both", Direction::both},       {"reversible", Direction::both}, {"alternating", Direction::both},
         {"yes", Direction::forward},     {"y", Direction::forward},       {"1", Direction::forward},
         {"true", Direction::forward},    {"f", Direction::forward},       {"ft", Direction::forward},
         {"forward", Direction::forward}, {"-1", Direction::backward},     {"reverse", Direction::backward},
         {"t", Direction::backward},      {"tf", Direction::backward}}};
    const std::string word = lower(text);
    if (word == "backward") {
        return Direction::backward;
    }
    for (const Word& one : words) {
        if (word == one.text) {
            return one.direction;
        }
    }
    return std::nullopt;
}

/// "50", "50 km/h", "30 mph"; nothing for other text or numbers that are not positive.
std::optional<double> to_speed_kmh(const std::string& text)
{
    double speed = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, speed);
    if (error != std::errc() || !std::isfinite(speed) || speed <= 0) {
        return std::nullopt;
    }
    std::string unit = lower(std::string(rest, end));
    std::erase(unit, ' ');
    if (unit == "mph") {
        return speed * 1.609344;
    }
    return unit.empty() || unit == "km/h" || unit == "kmh" || unit == "kph" ? std::optional(speed)
                                                                            : std::nullopt;
}

std::vector<double> speeds_of(const Field* field, std::size_t rows, const NetworkColumns& columns)
{
    std::vector<double> speeds;
    for (std::size_t row = 0; field != nullptr && row < rows; ++row) {
        auto speed = to_speed_kmh(text_of(*field, row));
        if (!speed && columns.default_speed_kmh > 0) {
            speed = columns.default_speed_kmh;
        }
        require(speed.has_value(),
                "feature {}: column {} holds no positive speed in km/h; --default-speed fills such gaps",
                row + 1, columns.speed);
        speeds.push_back(*speed);
    }
    return speeds;
}

std::vector<double> costs_of(const Field* field, std::size_t rows, const std::string& name)
{
    std::vector<double> costs;
    for (std::size_t row = 0; field != nullptr && row < rows; ++row) {
        const std::string text = text_of(*field, row);
        double cost = -1;
        const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), cost);
        require(error == std::errc() && rest == text.data() + text.size() && std::isfinite(cost) && cost >= 0,
                "feature {}: column {} holds no cost; it must be a number, 0 or more", row + 1, name);
        costs.push_back(cost);
    }
    return costs;
}

std::vector<Direction> directions_of(const Field* field, std::size_t rows, const std::string& name)
{
    std::vector<Direction> directions;
    for (std::size_t row = 0; field != nullptr && row < rows; ++row) {
        const auto direction = to_direction(text_of(*field, row));
        require(
            direction.has_value(),
            "feature {}: column {} is not understood; it may be yes, true, 1, F or FT (along the drawing), "
            "-1, reverse, T or TF (against it), no, false, 0, B or empty (both ways)",
            row + 1, name);
        directions.push_back(*direction);
    }
    return directions;
}

} // namespace

LineAttributes line_attributes(const Table& table, const NetworkColumns& columns)
{
    const std::size_t rows = table.rows();
    LineAttributes attributes;
    attributes.direction = directions_of(column(table, columns.oneway, "--oneway"), rows, columns.oneway);
    attributes.speed_kmh = speeds_of(column(table, columns.speed, "--speed"), rows, columns);
    attributes.cost = costs_of(column(table, columns.cost, "--cost"), rows, columns.cost);
    attributes.name = texts_of(column(table, columns.name, "--name"), rows);
    attributes.road_class = texts_of(column(table, columns.road_class, "--class"), rows);
    return attributes;
}

} // namespace vigil
