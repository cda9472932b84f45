#pragma once

#include "libgeo/time.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace vigil {

inline constexpr Seconds day_s = 86400;

/// Reads along a cell.
class TimeCell {
  public:
    explicit TimeCell(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

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

/// 1 to 12 of an English month name or its first three letters, lower case; else 0.
unsigned month_of(std::string_view word);

/// The time of day with its offset, up to the end of the cell, as seconds to add to the date; nothing when it
/// is malformed. `has_time` stays false when the cell ends with the date.
std::optional<Seconds> time_of_day(TimeCell& in, bool& has_time);

} // namespace vigil
