#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

namespace vigil {

/// Values as whole multiples of a power of two, so that sums are exact in 64 bits whatever their
/// order.
///
///     of(x) = round(x per_unit)
///     per_unit = 1 for whole numbers, else 2^s with 2^60 <= total 2^s < 2^61
///
/// Whole numbers stay as they are; others are rounded to about 2^-62 of the total of |x|.
class FixedPoint {
  public:
    /// values   NaN ones are left out; none is infinite
    explicit FixedPoint(std::span<const double> values)
    {
        for (const double x : values) {
            largest_ = std::max(largest_, std::isnan(x) ? 0 : std::fabs(x));
        }
        const int halvings = largest_ > 0x1.0p900 ? 64 : 0; // so that no total overflows
        const double scale = std::ldexp(1.0, -halvings);
        double total = 0;
        for (const double x : values) {
            total += std::isnan(x) ? 0 : std::fabs(x) * scale;
        }
        int exponent = 0;
        std::frexp(total, &exponent); // total < 2^exponent
        exponent += halvings;
        exact_ = all_whole(values, std::ldexp(1.0, std::min(53 - exponent, 1000)));
        const int room = 61 - exponent;
        if (total > 0 && (room < 0 || !all_whole(values, 1))) {
            per_unit_ = std::ldexp(1.0, std::min(room, 1000));
        }
    }

    /// NaN counts 0; what is far beyond the total stays within 2^62.
    [[nodiscard]] std::int64_t of(double x) const
    {
        return std::isnan(x) ? 0 : std::llround(std::clamp(x * per_unit_, -0x1.0p62, 0x1.0p62));
    }
    [[nodiscard]] double per_unit() const { return per_unit_; }

    /// Whether sums of the values are exact, even as doubles: whole numbers, halves, and the like.
    [[nodiscard]] bool exact() const { return exact_; }

    /// Steps by which a sum of k values can be off for each of its terms, rounding of the values
    /// included: 0 when exact. Sums closer than k slacks are ties (0.1 + 0.2 and 0.3).
    [[nodiscard]] std::int64_t slack() const
    {
        return exact_ ? 0 : 1 + static_cast<std::int64_t>(largest_ * per_unit_ * 0x1.0p-48);
    }

  private:
    static bool all_whole(std::span<const double> values, double scale)
    {
        return std::all_of(values.begin(), values.end(),
                           [scale](double x) { return std::isnan(x) || x * scale == std::trunc(x * scale); });
    }

    double per_unit_ = 1;
    double largest_ = 0;
    bool exact_ = true;
};

} // namespace vigil
