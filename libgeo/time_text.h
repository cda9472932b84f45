#pragma once

#include "libgeo/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil {

/// How a date or time was written.
enum class TimeForm : std::uint8_t {
    iso_date,     ///< 2024-03-04, 2024/03/04, 20240304
    iso_time,     ///< the same with a time of day, with or without an offset
    iso_month,    ///< 2024-03: the interval of that month
    numeric_date, ///< 03/04/2024: day or month first
    numeric_time, ///< the same with a time of day
    named_date,   ///< 4-Mar-24, 4 March 2024, March 4, 2024
    named_time,
    named_month,   ///< Mar 2024
    epoch_seconds, ///< 1709510400
    epoch_milliseconds,
    excel_serial, ///< 45355.5: days since 1899-12-30
};

/// "Y-m-d H:M:S" and the like, for messages. `day_first` matters for the numeric forms.
std::string_view form_name(TimeForm form, bool day_first);

/// What one cell says. A date without a time of day is the interval of that day, a month that of the month.
struct TimeText {
    TimeSpan span; ///< numeric forms: read day first when that is possible, else month first
    TimeForm form = TimeForm::iso_date;
    bool day_first_only = false;   ///< 25/03/2024
    bool month_first_only = false; ///< 03/25/2024
    /// 03/04/2024, which can be read both ways (and not 04/04/2024, where both mean the same).
    bool ambiguous = false;
};

/// Recognises a date or time; empty when `text` is none.
/// A time with an offset or Z becomes UTC; two-digit years are 1969 to 2068.
///
/// cost     O(1), without allocation
std::optional<TimeText> time_from(std::string_view text);

/// "2024-03-05T14:00:00" (ISO 8601), without an offset: of the clock that the data was written in.
std::string iso_text(Seconds time);

/// The same span with day and month exchanged: from 3 April to 4 March. For spans that were `ambiguous`.
TimeSpan with_day_and_month_exchanged(TimeSpan span);

/// Seconds since 1970-01-01 of a date that exists, else nothing.
std::optional<Seconds> seconds_of_date(int year, unsigned month, unsigned day);

/// The interval of a month.
std::optional<TimeSpan> month_span(int year, unsigned month);

} // namespace vigil
