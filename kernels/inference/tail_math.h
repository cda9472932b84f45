#pragma once

#include <bit>
#include <cstdint>

namespace vigil::tails {

/// e^x for x <= 0, to 2 ulp, in a form that compilers make vectors of; 0 below -700.
inline double exp_of_negative(double x)
{
    constexpr double magic = 0x1.8p52; // adding it rounds to a whole number, left in the low bits
    constexpr double log2_e = 0x1.71547652b82fep0;
    constexpr double ln2_high = 0x1.62e42fefa0000p-1, ln2_low = 0x1.cf79abc9e3b3ap-40;
    const double clamped = x > -700 ? x : -700.0;
    const double shifted = clamped * log2_e + magic;
    const double n = shifted - magic;
    const double r = (clamped - n * ln2_high) - n * ln2_low;
    double sum = 1.0 / 479001600;
    sum = sum * r + 1.0 / 39916800;
    sum = sum * r + 1.0 / 3628800;
    sum = sum * r + 1.0 / 362880;
    sum = sum * r + 1.0 / 40320;
    sum = sum * r + 1.0 / 5040;
    sum = sum * r + 1.0 / 720;
    sum = sum * r + 1.0 / 120;
    sum = sum * r + 1.0 / 24;
    sum = sum * r + 1.0 / 6;
    sum = sum * r + 0.5;
    sum = sum * r + 1.0;
    sum = sum * r + 1.0;
    const auto power = (std::bit_cast<std::uint64_t>(shifted) << 52U) + std::bit_cast<std::uint64_t>(1.0);
    return sum * std::bit_cast<double>(power);
}

/// log(1 + e) for 0 <= e <= 1, to about 1e-14, from the series of the inverse hyperbolic
/// tangent.
inline double log1p_of_share(double e)
{
    const double y = e / (2 + e);
    const double z = y * y;
    double sum = 1.0 / 27;
    sum = sum * z + 1.0 / 25;
    sum = sum * z + 1.0 / 23;
    sum = sum * z + 1.0 / 21;
    sum = sum * z + 1.0 / 19;
    sum = sum * z + 1.0 / 17;
    sum = sum * z + 1.0 / 15;
    sum = sum * z + 1.0 / 13;
    sum = sum * z + 1.0 / 11;
    sum = sum * z + 1.0 / 9;
    sum = sum * z + 1.0 / 7;
    sum = sum * z + 1.0 / 5;
    sum = sum * z + 1.0 / 3;
    sum = sum * z + 1.0;
    return 2 * y * sum;
}

} // namespace vigil::tails
