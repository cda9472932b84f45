#pragma once

#include "kernels/lanes.h"

#include <cstddef>
#include <cstdint>
#include <limits>

/// The running sums of a row sweep; used by kernels/density/sweep.cpp only.
namespace vigil::density_detail {

using wide::Lanes;

/// Along one row the kernel of place i is a polynomial of the column's position t, inside [first, last]:
///
///     w (q + 2 p t - t^2)^power,   q = (h_i / H)^2 - dy^2 / H^2 - p^2
///
/// with p the place's position; p and t are counted in H, the widest bandwidth, from the centre of a block of
/// columns. A row is swept from left to right with the sum of the coefficients of all places that are active.
/// Three lanes follow the coefficients (there is room for one after the seven of power 3, see Touch):
///
///     count    of the active places, so that empty cells are exactly 0
///     touched  weight that has come and gone, for the bound on rounding
///     changes  number of terms that have been added, for the same
///
/// All lanes are made at once, as a product of sums of q, p and constants.
template <int power>
inline void set_moments(Lanes& m, double w, double q, double p)
{
    if constexpr (power == 0) {
        m = w * Lanes{1, 0, 1, 0, 0, 0, 0, 0} + Lanes{0, 1, 0, 1, 0, 0, 0, 0};
    } else if constexpr (power == 1) { // q, 2 p, -1
        const Lanes a = q * Lanes{1, 0, 0, 0, 0, 0, 0, 0} + p * Lanes{0, 2, 0, 0, 0, 0, 0, 0} -
                        Lanes{0, 0, 1, 0, -1, 0, 0, 0};
        m = a * w + Lanes{0, 0, 0, 1, 0, 1, 0, 0};
    } else if constexpr (power == 2) { // q^2, 4 p q, 4 p^2 - 2 q, -4 p, 1
        const Lanes a = q * Lanes{1, 0, 0, 0, 0, 0, 0, 0} + p * Lanes{0, 4, 2, -4, 0, 0, 0, 0} +
                        Lanes{0, 0, 0, 0, 1, 0, 1, 0};
        const Lanes b = q * Lanes{1, 1, 0, 0, 0, 0, 0, 0} + p * Lanes{0, 0, 2, 0, 0, 0, 0, 0} +
                        Lanes{0, 0, 0, 1, 1, 0, 1, 0};
        m = (a * b - q * Lanes{0, 0, 2, 0, 0, 0, 0, 0}) * w + Lanes{0, 0, 0, 0, 0, 1, 0, 1};
    } else { // q^3, 6 p q^2, q (12 p^2 - 3 q), p (8 p^2 - 12 q), 3 q - 12 p^2, 6 p, -1
        const Lanes a = q * Lanes{1, 1, 1, 0, 0, 0, 0, 0} + p * Lanes{0, 0, 0, 1, 0, 0, 0, 0} +
                        Lanes{0, 0, 0, 0, 1, 1, 1, 0};
        const Lanes b = q * Lanes{1, 1, 0, 0, 0, 0, 0, 0} + p * Lanes{0, 0, 1, 1, 1, 0, 0, 0} +
                        Lanes{0, 0, 0, 0, 0, 1, 1, 0};
        const Lanes c = q * Lanes{1, 0, 0, 0, 0, 0, 0, 0} + p * Lanes{0, 6, 12, 8, -12, 6, 0, 0} -
                        Lanes{0, 0, 0, 0, 0, 0, 1, 0};
        m = (b * c + q * Lanes{0, 0, -3, -12, 3, 0, 0, 0}) * a * w + Lanes{0, 0, 0, 0, 0, 0, 0, 1};
    }
}

template <int power>
inline constexpr std::size_t count_lane = 2 * power + 1;
template <int power>
inline constexpr std::size_t touched_lane = 2 * power + 2;
template <int power>
inline constexpr std::size_t changes_lane = 2 * power + 3;

/// A place leaves: what came is taken back, but touched and changes only grow.
template <int power>
inline void take_back(Lanes& sum, const Lanes& m)
{
    if constexpr (power == 0) {
        sum += m * Lanes{-1, -1, 1, 1, 0, 0, 0, 0};
    } else if constexpr (power == 1) {
        sum += m * Lanes{-1, -1, -1, -1, 1, 1, 0, 0};
    } else if constexpr (power == 2) {
        sum += m * Lanes{-1, -1, -1, -1, -1, -1, 1, 1};
    } else {
        sum -= m;
    }
}

template <int power>
inline double value_at(const Lanes& sum, double t)
{
    double value = sum[2 * power];
    for (int k = 2 * power - 1; k >= 0; --k) {
        value = value * t + sum[k];
    }
    return value;
}

inline void add_size(Lanes& sum, const Lanes& of)
{
    using Bits = std::int64_t __attribute__((vector_size(64)));
    constexpr std::int64_t no_sign = std::numeric_limits<std::int64_t>::max();
    sum += reinterpret_cast<Lanes>(reinterpret_cast<Bits>(of) & no_sign);
}

/// What changes at a column. (A vector type alone would lose its alignment in a container.)
struct alignas(64) Event {
    Lanes sum{};
};

/// The lanes touched and changes where an Event has no room for them.
struct Touch {
    double touched = 0;
    double changes = 0;
};

} // namespace vigil::density_detail
