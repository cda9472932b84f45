#include "libgeo/osm_access.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace vigil {

namespace {

constexpr double fastest_kmh = 500; // beyond it a number is a slip of the pen

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Takes a number without sign off the front of `text`.
std::optional<double> take_number(std::string_view& text)
{
    if (text.empty() || !is_digit(text.front())) {
        return {};
    }
    double value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc()) {
        return {};
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// "1:30", "01:30:00", "90"
std::optional<double> clock_minutes(std::string_view text)
{
    double part[3] = {};
    int parts = 0;
    for (;;) {
        const std::optional<double> number = take_number(text);
        if (!number || parts == 3) {
            return {};
        }
        part[parts++] = *number;
        if (text.empty()) {
            break;
        }
        if (text.front() != ':') {
            return {};
        }
        text.remove_prefix(1);
    }
    return parts == 1 ? part[0] : part[0] * 60 + part[1] + part[2] / 60;
}

/// "PT1H30M", "P1DT2H": ISO 8601 without years, months and weeks
std::optional<double> iso_minutes(std::string_view text)
{
    text.remove_prefix(1); // P
    double minutes = 0;
    bool in_time = false;
    bool any = false;
    while (!text.empty()) {
        if (text.front() == 'T' && !in_time) {
            in_time = true;
            text.remove_prefix(1);
            continue;
        }
        const std::optional<double> number = take_number(text);
        if (!number || text.empty()) {
            return {};
        }
        const char unit = text.front();
        text.remove_prefix(1);
        const double length = unit == 'D' && !in_time  ? 24 * 60
                              : unit == 'H' && in_time ? 60
                              : unit == 'M' && in_time ? 1
                              : unit == 'S' && in_time ? 1.0 / 60
                                                       : 0;
        if (length == 0) {
            return {};
        }
        minutes += *number * length;
        any = true;
    }
    return any ? std::optional(minutes) : std::nullopt;
}

} // namespace

double osm_speed_kmh(std::string_view text)
{
    text = trimmed(text.substr(0, text.find_first_of(";|"))); // of several, the first
    if (text == "walk") {
        return 7;
    }
    const std::optional<double> number = take_number(text);
    if (!number) {
        return 0;
    }
    const std::string_view unit = trimmed(text);
    const double kmh = unit.empty() || unit == "km/h" || unit == "kmh" || unit == "kph" ? *number
                       : unit == "mph"                                                  ? *number * 1.609344
                       : unit == "knots" || unit == "knot" || unit == "kn"              ? *number * 1.852
                                                                                        : 0;
    return kmh <= fastest_kmh ? kmh : 0;
}

double osm_minutes(std::string_view text)
{
    text = trimmed(text);
    const std::optional<double> minutes = text.starts_with('P') ? iso_minutes(text) : clock_minutes(text);
    const bool known = minutes && *minutes > 0 && std::isfinite(*minutes);
    return known ? *minutes : std::numeric_limits<double>::quiet_NaN();
}

} // namespace vigil
