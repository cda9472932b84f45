#include "libgeo/time_text.h"

#include "libgeo/csv.h"
#include "libgeo/time_cell.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>

namespace vigil {

namespace {

TimeSpan instant(Seconds at)
{
    return {at, at};
}

std::optional<TimeText> dated(TimeCell& in, int year, unsigned month, unsigned day, TimeForm date_form,
                              TimeForm time_form)
{
    const auto date = seconds_of_date(year, month, day);
    bool has_time = false;
    const auto seconds = time_of_day(in, has_time);
    if (!date || !seconds) {
        return std::nullopt;
    }
    TimeText out;
    out.form = has_time ? time_form : date_form;
    out.span = has_time ? instant(*date + *seconds) : TimeSpan{*date, *date + day_s};
    return out;
}

std::optional<TimeText> month_only(int year, unsigned month, TimeForm form)
{
    const auto span = month_span(year, month);
    if (!span) {
        return std::nullopt;
    }
    TimeText out;
    out.span = *span;
    out.form = form;
    return out;
}

int full_year(int year, int digits)
{
    return digits > 2 ? year : (year < 69 ? 2000 + year : 1900 + year);
}

/// 2024-03-04..., 2024/03/04..., 2024-03; the year has been read.
std::optional<TimeText> year_first(TimeCell& in, int year)
{
    const char separator = in.peek();
    in.skip(separator);
    const int month = in.number(1, 2);
    if (month < 0) {
        return std::nullopt;
    }
    if (in.done()) {
        return month_only(year, static_cast<unsigned>(month), TimeForm::iso_month);
    }
    if (!in.skip(separator)) {
        return std::nullopt;
    }
    const int day = in.number(1, 2);
    return day < 0 ? std::nullopt
                   : dated(in, year, static_cast<unsigned>(month), static_cast<unsigned>(day),
                           TimeForm::iso_date, TimeForm::iso_time);
}

/// 03/04/2024 and 3.4.24 (points: always day first); the first number has been read.
std::optional<TimeText> numeric(TimeCell& in, int first)
{
    const char separator = in.peek();
    in.skip(separator);
    const int second = in.number(1, 2);
    if (second < 0 || !in.skip(separator)) {
        return std::nullopt;
    }
    const int written = in.number(2, 4);
    if (written < 0 || in.last_digits() == 3) {
        return std::nullopt;
    }
    const int year = full_year(written, in.last_digits());
    const auto a = static_cast<unsigned>(first);
    const auto b = static_cast<unsigned>(second);
    const bool day_first = seconds_of_date(year, b, a).has_value();
    const bool month_first = separator != '.' && seconds_of_date(year, a, b).has_value();
    auto out = day_first ? dated(in, year, b, a, TimeForm::numeric_date, TimeForm::numeric_time)
                         : dated(in, year, a, b, TimeForm::numeric_date, TimeForm::numeric_time);
    if (out && !day_first && !month_first) {
        return std::nullopt;
    }
    if (out) {
        out->day_first_only = day_first && !month_first;
        out->month_first_only = month_first && !day_first;
        out->ambiguous = day_first && month_first && a != b;
    }
    return out;
}

/// 4-Mar-24, 4 March 2024; the day has been read.
std::optional<TimeText> day_and_name(TimeCell& in, int day)
{
    const char separator = in.peek();
    in.skip(separator);
    std::array<char, 9> room{};
    const unsigned month = month_of(in.word(room));
    in.skip('.');
    if (month == 0 || !(in.skip(separator) || in.skip(' '))) {
        return std::nullopt;
    }
    const int written = in.number(2, 4);
    return written < 0 ? std::nullopt
                       : dated(in, full_year(written, in.last_digits()), month, static_cast<unsigned>(day),
                               TimeForm::named_date, TimeForm::named_time);
}

/// March 4, 2024; Mar 2024; Mar-24.
std::optional<TimeText> name_first(TimeCell& in)
{
    std::array<char, 9> room{};
    const unsigned month = month_of(in.word(room));
    in.skip('.');
    if (month == 0 || !(in.skip(' ') || in.skip('-') || in.skip('/'))) {
        return std::nullopt;
    }
    const int number = in.number(1, 4);
    if (number < 0) {
        return std::nullopt;
    }
    const int digits = in.last_digits();
    if (in.done()) {
        return digits == 2 || digits == 4
                   ? month_only(full_year(number, digits), month, TimeForm::named_month)
                   : std::nullopt;
    }
    in.skip(',');
    in.spaces();
    const int year = in.number(4, 4);
    return year < 0 ? std::nullopt
                    : dated(in, year, month, static_cast<unsigned>(number), TimeForm::named_date,
                            TimeForm::named_time);
}

/// Epoch seconds and milliseconds, Excel serials: told apart by their size.
std::optional<TimeText> counted(std::string_view text)
{
    const auto value = number_from(text);
    if (!value || !std::isfinite(*value)) {
        return std::nullopt;
    }
    TimeText out;
    if (*value >= 1e8 && *value < 1e10) { // 1973 to 2286
        out.form = TimeForm::epoch_seconds;
        out.span = instant(static_cast<Seconds>(std::floor(*value)));
    } else if (*value >= 1e11 && *value < 1e13) {
        out.form = TimeForm::epoch_milliseconds;
        out.span = instant(static_cast<Seconds>(std::floor(*value / 1000)));
    } else if (*value >= 20000 && *value < 80000) { // 1954 to 2119
        out.form = TimeForm::excel_serial;
        const double days = *value - 25569; // 1970-01-01 is day 25569 of Excel's calendar
        const auto at = static_cast<Seconds>(std::llround(days * 86400));
        out.span = *value == std::floor(*value) ? TimeSpan{at, at + day_s} : instant(at);
    } else {
        return std::nullopt;
    }
    return out;
}

bool eight_digits(std::string_view text)
{
    return text.size() >= 8 && text.find_first_not_of("0123456789") >= 8 &&
           (text.size() == 8 || text[8] == 'T' || text[8] == ' ');
}

} // namespace

std::optional<TimeText> time_from(std::string_view text)
{
    text = trimmed(without_formula_guard(text));
    if (text.size() < 4 || text.size() > 40) {
        return std::nullopt;
    }
    TimeCell in(text);
    if (eight_digits(text)) {
        const int year = in.fixed(4);
        const int month = in.fixed(2);
        const int day = in.fixed(2);
        if (auto out = dated(in, year, static_cast<unsigned>(month), static_cast<unsigned>(day),
                             TimeForm::iso_date, TimeForm::iso_time)) {
            return out;
        }
        return text.size() == 8 ? std::nullopt : counted(text);
    }
    if (text.front() < '0' || text.front() > '9') {
        return name_first(in);
    }
    const int first = in.number(1, 4);
    if (first < 0) {
        return counted(text);
    }
    const char next = in.peek();
    const bool separated = next == '-' || next == '/' || next == '.';
    if (in.last_digits() == 4 && (next == '-' || next == '/')) {
        return year_first(in, first);
    }
    if (in.last_digits() > 2 || (!separated && next != ' ')) {
        return counted(text);
    }
    TimeCell after = in;
    after.skip(next);
    if (separated && after.peek() >= '0' && after.peek() <= '9') {
        return numeric(in, first);
    }
    return day_and_name(in, first);
}

TimeSpan with_day_and_month_exchanged(TimeSpan span)
{
    const auto exchanged = [](Seconds at) {
        const auto days =
            std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(at)));
        const std::chrono::year_month_day date{days};
        const auto other = seconds_of_date(static_cast<int>(date.year()), static_cast<unsigned>(date.day()),
                                           static_cast<unsigned>(date.month()));
        return other ? *other + (at - days.time_since_epoch().count() * day_s) : TimeSpan::missing;
    };
    const Seconds length = span.end - span.start;
    const Seconds start = exchanged(span.start);
    return start == TimeSpan::missing ? TimeSpan{} : TimeSpan{start, start + length};
}

std::string_view form_name(TimeForm form, bool day_first)
{
    switch (form) {
    case TimeForm::iso_date:
        return "Y-m-d";
    case TimeForm::iso_time:
        return "Y-m-d H:M";
    case TimeForm::iso_month:
        return "Y-m";
    case TimeForm::numeric_date:
        return day_first ? "d/m/Y" : "m/d/Y";
    case TimeForm::numeric_time:
        return day_first ? "d/m/Y H:M" : "m/d/Y H:M";
    case TimeForm::named_date:
        return "d Mon Y";
    case TimeForm::named_time:
        return "d Mon Y H:M";
    case TimeForm::named_month:
        return "Mon Y";
    case TimeForm::epoch_seconds:
        return "seconds since 1970";
    case TimeForm::epoch_milliseconds:
        return "milliseconds since 1970";
    case TimeForm::excel_serial:
        return "Excel serial day";
    }
    return "";
}

std::string iso_text(Seconds time)
{
    const std::chrono::sys_seconds moment{std::chrono::seconds(time)};
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(moment - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

} // namespace vigil
