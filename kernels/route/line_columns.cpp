#include "kernels/route/line_columns.h"

#include "libgeo/error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
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

enum class Direction : std::uint8_t { both, forward, backward };

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

std::vector<float> speeds_of(const Field* field, std::size_t rows, const LineColumns& columns)
{
    std::vector<float> speeds;
    for (std::size_t row = 0; field != nullptr && row < rows; ++row) {
        const auto speed = to_speed_kmh(text_of(*field, row));
        speeds.push_back(static_cast<float>(speed.value_or(columns.default_speed_kmh)));
    }
    if (field == nullptr && columns.default_speed_kmh > 0) {
        speeds.assign(rows, static_cast<float>(columns.default_speed_kmh));
    }
    return speeds;
}

std::optional<double> to_number(const std::string& text)
{
    double number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && rest == text.data() + text.size() && std::isfinite(number);
    return whole ? std::optional(number) : std::nullopt;
}

std::vector<float> minutes_of(const Field* field, std::size_t rows, const std::string& name)
{
    std::vector<float> minutes;
    for (std::size_t row = 0; field != nullptr && row < rows; ++row) {
        const std::string text = text_of(*field, row);
        if (text.empty()) { // the profile's speed decides
            minutes.push_back(std::numeric_limits<float>::quiet_NaN());
            continue;
        }
        const std::optional<double> cost = to_number(text);
        require(cost && *cost >= 0 && *cost < 1e7,
                "feature {}: column {} holds no cost; it must be minutes, 0 or more, or nothing", row + 1,
                name);
        minutes.push_back(static_cast<float>(*cost));
    }
    return minutes;
}

Mode to_mode(const std::string& text, std::size_t row, const std::string& name)
{
    const std::string word = lower(text);
    if (word.empty()) {
        return Mode::road;
    }
    for (const Mode mode : {Mode::road, Mode::walk, Mode::rail, Mode::ferry}) {
        if (word == name_of(mode)) {
            return mode;
        }
    }
    fail(ExitCode::input, "feature {}: column {} is not understood; it may be road, walk, rail or ferry",
         row + 1, name);
}

bool says_yes(const std::string& text)
{
    const std::optional<double> number = to_number(text);
    const std::string word = lower(text);
    return number ? *number > 0 : word == "yes" || word == "y" || word == "true" || word == "t";
}

std::vector<std::uint8_t> borders_of(const Field* field, std::size_t rows)
{
    std::vector<std::uint8_t> border;
    for (std::size_t row = 0; field != nullptr && row < rows; ++row) {
        border.push_back(says_yes(text_of(*field, row)) ? 1 : 0);
    }
    return border;
}

std::vector<std::int16_t> levels_of(const Field* field, std::size_t rows)
{
    std::vector<std::int16_t> level;
    for (std::size_t row = 0; field != nullptr && row < rows; ++row) {
        const std::string text = text_of(*field, row);
        const double number = to_number(text).value_or(says_yes(text) ? 1 : 0);
        level.push_back(static_cast<std::int16_t>(std::clamp(std::round(number), -100.0, 100.0)));
    }
    return level;
}

/// Who may use a line of a mode when nothing more is known.
Vehicles vehicles_of(Mode mode)
{
    switch (mode) {
    case Mode::rail:
        return vehicle::train;
    case Mode::walk:
        return vehicle::foot;
    case Mode::road:
    case Mode::ferry:
    case Mode::transfer:
        break;
    }
    return vehicle::motor | vehicle::foot;
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

NotUnderstood not_understood_speeds(const Table& table, const LineColumns& columns)
{
    NotUnderstood found;
    const Field* const field = column(table, columns.speed, "--speed");
    for (std::size_t row = 0; field != nullptr && row < table.rows(); ++row) {
        const std::string text = text_of(*field, row);
        if (!text.empty() && !to_number(text) && !to_speed_kmh(text)) {
            found.first = found.count == 0 ? row + 1 : found.first;
            ++found.count;
        }
    }
    return found;
}

LineKinds line_kinds(const Table& table, const LineColumns& columns)
{
    const std::size_t rows = table.rows();
    LineKinds kinds;
    const Field* const mode = column(table, columns.mode, "--mode");
    for (std::size_t row = 0; mode != nullptr && row < rows; ++row) {
        kinds.mode.push_back(to_mode(text_of(*mode, row), row, columns.mode));
    }
    for (std::size_t row = 0; row < rows; ++row) {
        kinds.forward.push_back(vehicles_of(kinds.mode.empty() ? Mode::road : kinds.mode[row]));
    }
    kinds.backward = kinds.forward;
    const auto directions = directions_of(column(table, columns.oneway, "--oneway"), rows, columns.oneway);
    for (std::size_t row = 0; row < directions.size(); ++row) {
        if (directions[row] == Direction::forward) {
            kinds.backward[row] &= vehicle::foot;
        } else if (directions[row] == Direction::backward) {
            kinds.forward[row] &= vehicle::foot;
        }
    }
    kinds.speed_kmh = speeds_of(column(table, columns.speed, "--speed"), rows, columns);
    kinds.minutes = minutes_of(column(table, columns.cost, "--cost"), rows, columns.cost);
    kinds.name = texts_of(column(table, columns.name, "--name"), rows);
    kinds.road_class = texts_of(column(table, columns.road_class, "--class"), rows);
    kinds.tag = texts_of(column(table, columns.surface, "--surface"), rows);
    for (std::string& tag : kinds.tag) {
        tag = tag.empty() ? tag : "surface=" + lower(tag);
    }
    kinds.border = borders_of(column(table, columns.border, "--border"), rows);
    kinds.level = levels_of(column(table, columns.level, "--level"), rows);
    return kinds;
}

} // namespace vigil
