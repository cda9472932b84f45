#include "libgeo/time_cell.h"

#include "libgeo/time_text.h"

#include <chrono>

namespace vigil {

unsigned month_of(std::string_view word)
{
    static constexpr std::array<std::string_view, 12> months = {
        "january", "february", "march",     "april",   "may",      "june",
        "july",    "august",   "september", "october", "november", "december"};
    for (unsigned i = 0; i < months.size(); ++i) {
        if (word == months[i] || (word.size() == 3 && months[i].starts_with(word)) ||
            (i == 8 && word == "sept")) {
            return i + 1;
        }
    }
    return 0;
}

std::optional<Seconds> time_of_day(TimeCell& in, bool& has_time)
{
    has_time = false;
    if (in.done()) {
        return 0;
    }
    if (in.skip('Z')) { // a date with Z
        return in.done() ? std::optional<Seconds>(0) : std::nullopt;
    }
    if (!in.skip('T') && !in.skip(',') && in.peek() != ' ') {
        return std::nullopt;
    }
    in.spaces();
    int hour = in.number(1, 2);
    int minute = 0;
    int second = 0;
    if (hour < 0) {
        hour = in.fixed(2); // 101530
        minute = in.fixed(2);
        second = in.done() || in.peek() == 'Z' ? 0 : in.fixed(2);
    } else {
        if (!in.skip(':')) {
            return std::nullopt;
        }
        minute = in.number(2, 2);
        second = in.skip(':') ? in.number(2, 2) : 0;
    }
    if (in.skip('.') || in.skip(',')) {
        in.fraction();
    }
    in.spaces();
    std::array<char, 9> room{};
    const std::string_view half = in.word(room);
    if (half == "am" || half == "pm") {
        if (hour < 1 || hour > 12) {
            return std::nullopt;
        }
        hour = hour % 12 + (half == "pm" ? 12 : 0);
    } else if (!half.empty() && half != "z" && half != "utc" && half != "gmt") {
        return std::nullopt;
    }
    if (hour < 0 || minute < 0 || second < 0 || hour > 24 || minute > 59 || second > 60) {
        return std::nullopt;
    }
    Seconds offset = 0;
    if (in.peek() == '+' || in.peek() == '-') {
        const int sign = in.skip('+') ? 1 : (in.skip('-'), -1);
        const int hours = in.fixed(2);
        in.skip(':');
        const int minutes = in.done() ? 0 : in.fixed(2);
        if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59) {
            return std::nullopt;
        }
        offset = sign * (hours * 3600 + minutes * 60);
    }
    if (!in.done()) {
        return std::nullopt;
    }
    has_time = true;
    return hour * 3600 + minute * 60 + second - offset;
}

std::optional<Seconds> seconds_of_date(int year, unsigned month, unsigned day)
{
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(day)};
    if (!date.ok() || year < 1600 || year > 2400) {
        return std::nullopt;
    }
    return std::chrono::sys_days(date).time_since_epoch().count() * day_s;
}

std::optional<TimeSpan> month_span(int year, unsigned month)
{
    const auto start = seconds_of_date(year, month, 1);
    const auto end = month == 12 ? seconds_of_date(year + 1, 1, 1) : seconds_of_date(year, month + 1, 1);
    if (!start || !end) {
        return std::nullopt;
    }
    return TimeSpan{*start, *end};
}

} // namespace vigil
