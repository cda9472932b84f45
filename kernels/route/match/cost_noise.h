#pragma once

#include "libgeo/route_network.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace vigil {

/// The inverse Gaussian with this mean and variance `spread` * mean, made from a normal and a uniform number:
/// of the two values that give the same square of a standard normal, one by chance.
///
/// mean, spread   > 0, in the same unit
/// normal         standard normal; its sign does not matter
/// uniform        in [0, 1)
/// source         Michael, Schucany & Haas (1976), Generating random variates using transformations with
///                multiple roots, The American Statistician 30, 88-90. With h = spread normal^2 / 2 the roots
///                are large = mean + h + sqrt(h (2 mean + h)) and mean^2 / large, which loses no digits.
template <typename Real>
[[gnu::always_inline]] inline Real inverse_gaussian(Real mean, Real spread, Real normal, Real uniform)
{
    const Real h = spread * (normal * normal / 2);
    const Real large = mean + h + std::sqrt(h * (2 * mean + h));
    const Real small = mean * (mean / large);
    return uniform * (mean + small) <= mean ? small : large;
}

/// A fraction, so that who chooses between two divides once.
template <typename Real>
struct Ratio {
    Real over, under;
};

/// The z with P(Z <= z) = 1/2 + q of a standard normal Z, q in [0, 0.425]; to 7 digits.
///
/// source   Wichura (1988), Algorithm AS 241: the percentage points of the normal distribution, Applied
///          Statistics 37, 477-484 (PPND7)
template <typename Real>
[[gnu::always_inline]] inline Ratio<Real> normal_middle(Real q)
{
    const Real r = Real(0.180625) - q * q;
    return {q * (((Real(59.109374720) * r + Real(159.29113202)) * r + Real(50.434271938)) * r +
                 Real(3.3871327179)),
            ((Real(67.187563600) * r + Real(78.757757664)) * r + Real(17.895169469)) * r + 1};
}

/// The same where q is 0.425 to 0.5 - e^-25, from r = sqrt(-ln(0.5 - q)), up to 5.
template <typename Real>
[[gnu::always_inline]] inline Ratio<Real> normal_tail(Real r)
{
    const Real s = r - Real(1.6);
    return {((Real(0.17023821103) * s + Real(1.3067284816)) * s + Real(2.7568153900)) * s +
                Real(1.4234372777),
            (Real(0.12021132975) * s + Real(0.73700164250)) * s + 1};
}

/// ln x of a normal number, to 7 digits of the result or of 1: x = 2^e m with m in [sqrt(1/2), sqrt(2)), and
/// ln m = 2 artanh((m - 1) / (m + 1)) by its series. The same on every machine, unlike that of libraries.
[[gnu::always_inline]] inline float ln_of(float x)
{
    constexpr std::int32_t half = 0x3f3504f3; // the bits of sqrt(1/2)
    const std::int32_t bits = std::bit_cast<std::int32_t>(x);
    const std::int32_t e = (bits - half) >> 23;
    const float m = std::bit_cast<float>(bits - e * (1 << 23));
    const float s = (m - 1) / (m + 1);
    const float s2 = s * s;
    const float series = 2 + s2 * (2.0F / 3 + s2 * (2.0F / 5 + s2 * (2.0F / 7)));
    return static_cast<float>(e) * 0.6931471806F + s * series;
}

/// The z above 0 with P(|Z| <= z) = bits / 2^32 of a standard normal Z; to 6 digits, beyond 4 to 4.
[[gnu::always_inline]] inline float normal_magnitude(std::uint32_t bits)
{
    // conversion from signed numbers is what processors have; both are at most 2^31
    const float q = static_cast<float>(static_cast<std::int32_t>(bits >> 1U)) * 0x1p-32F;
    const float tail = static_cast<float>(static_cast<std::int32_t>((~bits >> 1U))) * 0x1p-32F + 0x1p-34F;
    const bool middle = q <= 0.425F;
    const Ratio<float> near = normal_middle(std::min(q, 0.425F));
    const Ratio<float> far = normal_tail(std::sqrt(-ln_of(tail)));
    return (middle ? near.over : far.over) / (middle ? near.under : far.under);
}

/// What travellers think that edge sides cost: inverse Gaussian, right on average, with variance `minutes`
/// times the mean. One number for each side and draw whatever is asked, and whoever asks.
///
/// cost   about 5 ns a number where sixteen are asked for at once
class CostNoise {
  public:
    static constexpr std::size_t lanes = 16;

    /// Numbers of draws, side by side.
    struct Draws {
        alignas(64) std::array<std::uint32_t, lanes> low{}, high{};

        void set(std::size_t lane, std::uint64_t draw)
        {
            low[lane] = static_cast<std::uint32_t>(draw);
            high[lane] = static_cast<std::uint32_t>(draw >> 32U);
        }
    };
    struct Costs {
        alignas(64) std::array<Weight, lanes> of;
    };

    /// minutes        variance / mean, > 0
    /// unit_minutes   of weights (Costs)
    CostNoise(double minutes, double unit_minutes, std::uint64_t seed)
        : spread_(static_cast<float>(minutes / unit_minutes)), seed_(seed ^ stream)
    {
    }

    /// The cost of a side with mean `mean`, below `unreachable`, in each draw; whole units, and at least one.
    /// Random(seed, side) gives their 32 bits for the normal number, then 32 for the uniform one.
    void costs(EdgeSide side, Weight mean, const Draws& draws, Costs& costs) const;
    /// In one draw.
    [[nodiscard]] Weight cost(EdgeSide side, Weight mean, std::uint64_t draw) const;

  private:
    static constexpr std::uint64_t stream = 0x636f73746e6f6973; ///< no other use of a seed draws the same

    float spread_; ///< variance / mean, units
    std::uint64_t seed_;
};

} // namespace vigil
