#include "libgeo/time_text.h"

#include "libgeo/csv.h"

#include <array>
#include <chrono>
#include <cmath>

namespace vigil {

namespace {

constexpr Seconds day_s = 86400;

/// Reads along a cell.
class Reader {
  public:
    explicit Reader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    [[nodiscard]] bool done() const { return at_ == end_; }
    [[nodiscard]] char peek() const { return done() ? '\0' : *at_; }
    bool skip(char c)
    {
        const bool here = !done() && *at_ == c;
        at_ += here ? 1 : 0;
        return here;
    }
    void spaces()
    {
        while (skip(' ')) {
        }
    }
    /// A whole number of `least` to `most` digits, or -1.
    int number(int least, int most)
    {
        const char* p = at_;
        int value = 0;
        while (p != end_ && p - at_ < most && *p >= '0' && *p <= '9') {
            value = value * 10 + (*p - '0');
            ++p;
        }
        const auto digits = static_cast<int>(p - at_);
        const bool more = p != end_ && *p >= '0' && *p <= '9';
        if (digits < least || more) {
            return -1;
        }
        last_digits_ = digits;
        at_ = p;
        return value;
    }
    /// Exactly `n` digits even when more follow, or -1.
    int fixed(int n)
    {
        if (end_ - at_ < n) {
            return -1;
        }
        const char* const stop = at_ + n;
        int value = 0;
        for (const char* p = at_; p != stop; ++p) {
            if (*p < '0' || *p > '9') {
                return -1;
            }
            value = value * 10 + (*p - '0');
        }
        at_ = stop;
        return value;
    }
    [[nodiscard]] int last_digits() const { return last_digits_; }
    /// The letters from here, lower-cased, at most nine.
    std::string_view word(std::array<char, 9>& room)
    {
        std::size_t n = 0;
        while (!done() && n < room.size()) {
            const char c = *at_;
            const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            if (lower < 'a' || lower > 'z') {
                break;
            }
            room[n++] = lower;
            ++at_;
        }
        return {room.data(), n};
    }
    void fraction()
    {
        while (!done() && *at_ >= '0' && *at_ <= '9') {
            ++at_;
        }
    }

  private:
    const char* at_;
    const char* end_;
    int last_digits_ = 0;
};

/// 1 to 12 of an English month name or its first three letters, else 0.
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

/// Time of day with offset, in seconds to add to the date; nothing when it is malformed.
/// `has_time` stays false when the cell ends with the date.
std::optional<Seconds> time_of_day(Reader& in, bool& has_time)
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

TimeSpan instant(Seconds at)
{
    return {at, at};
}

std::optional<TimeText> dated(Reader& in, int year, unsigned month, unsigned day, TimeForm date_form,
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
std::optional<TimeText> year_first(Reader& in, int year)
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
std::optional<TimeText> numeric(Reader& in, int first)
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
std::optional<TimeText> day_and_name(Reader& in, int day)
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
std::optional<TimeText> name_first(Reader& in)
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

std::optional<TimeText> time_from(std::string_view text)
{
    text = trimmed(without_formula_guard(text));
    if (text.size() < 4 || text.size() > 40) {
        return std::nullopt;
    }
    Reader in(text);
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
    Reader after = in;
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

} // namespace vigil
