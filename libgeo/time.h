#pragma once

#include <cstdint>

namespace vigil {

/// Seconds since 1970-01-01T00:00:00 of the clock that the data was written in (naive unless an offset was
/// given, in which case it is UTC).
using Seconds = std::int64_t;

/// When something happened: an instant when start == end, else somewhere in [start, end).
/// A month-only date is the interval of that month, never a made-up day.
struct TimeSpan {
    Seconds start = missing;
    Seconds end = missing;

    static constexpr Seconds missing = INT64_MIN;
    bool operator==(const TimeSpan&) const = default;
    [[nodiscard]] bool known() const { return start != missing; }
    [[nodiscard]] bool instant() const { return start == end; }
};

} // namespace vigil
