#include "kernels/density/geodesic_spread.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace vigil::geodesic_detail {

namespace {

constexpr std::size_t block = 128; ///< columns worked on together: they stay in the nearest cache

/// exp(x) for -700 <= x <= 0 within 2 units of the last place, in a form that vectorises: 2^n exp(r) with
/// |r| <= ln(2) / 2 and the series to r^13 / 13!.
inline double exp_below_0(double x)
{
    constexpr double shift =
        6755399441055744.0; // 1.5 * 2^52: adding it leaves the nearest integer in the low bits
    constexpr double ln2_high = 0x1.62e42feep-1; // times any |n| <= 1024 it is exact
    constexpr double ln2_low = 0x1.a39ef35793c76p-33;
    constexpr double log2_e = 1.4426950408889634;
    const double shifted = x * log2_e + shift;
    const double n = shifted - shift;
    const double r = (x - n * ln2_high) - n * ln2_low;
    double series = 1.0 / 6227020800;
    series = series * r + 1.0 / 479001600;
    series = series * r + 1.0 / 39916800;
    series = series * r + 1.0 / 3628800;
    series = series * r + 1.0 / 362880;
    series = series * r + 1.0 / 40320;
    series = series * r + 1.0 / 5040;
    series = series * r + 1.0 / 720;
    series = series * r + 1.0 / 120;
    series = series * r + 1.0 / 24;
    series = series * r + 1.0 / 6;
    series = series * r + 0.5;
    series = series * r + 1;
    series = series * r + 1;
    const std::uint64_t power = (std::bit_cast<std::uint64_t>(shifted) + 1023) << 52U;
    return series * std::bit_cast<double>(power);
}

template <typename Shape>
inline void add(double peak, const double* u2, std::size_t n, double* out, const Shape& shape)
{
    for (std::size_t i = 0; i < n; ++i) {
        out[i] += peak * shape(u2[i]);
    }
}

inline double rest(double u2)
{
    const double x = 1 - u2;        // a cell at the rim may be rounded to just beyond
    return 0.5 * (x + std::abs(x)); // max(x, 0), without the branch that keeps compilers from vectorising
}

/// cos(pi / 2 sqrt(u2)) for u2 in [0, 1], 0 beyond: the cosine's series in u2, to 2e-17, needs no root.
inline double cosine(double u2)
{
    constexpr int terms = 11;
    const double z = u2 * (std::numbers::pi * std::numbers::pi / 4);
    double series = 1;
    for (int k = terms; k >= 1; --k) {
        series = 1 - z * (1.0 / (2 * k * (2 * k - 1))) * series;
    }
    return 0.5 * (series + std::abs(series)); // max(series, 0)
}

/// A new kernel works through kernel_value; a line here makes it fast.
inline void add_shape(const Spread& place, const double* u2, std::size_t n, double* out)
{
    const double peak = place.peak;
    switch (place.shape) {
    case KernelShape::uniform:
        return add(peak, u2, n, out, [](double) { return 1.0; });
    case KernelShape::epanechnikov:
        return add(peak, u2, n, out, [](double v) { return rest(v); });
    case KernelShape::quartic:
        return add(peak, u2, n, out, [](double v) { return rest(v) * rest(v); });
    case KernelShape::triweight:
        return add(peak, u2, n, out, [](double v) { return rest(v) * rest(v) * rest(v); });
    case KernelShape::triangular: // 1 - u = (1 - u^2) / (1 + u), which keeps its digits near the rim
        return add(peak, u2, n, out, [](double v) { return rest(v) / (1 + std::sqrt(std::max(v, 0.0))); });
    case KernelShape::cosine:
        return add(peak, u2, n, out, [](double v) { return cosine(v); });
    case KernelShape::gaussian:
        return add(peak, u2, n, out, [](double v) { return exp_below_0(-0.5 * v); });
    default:
        const double unit = 1 / kernel_peak(place.shape, 1);
        return add(peak * unit, u2, n, out,
                   [&](double v) { return kernel_value(place.shape, 1, std::sqrt(std::max(v, 0.0))); });
    }
}

} // namespace

// AVX2 without FMA: the same operations as without it, so the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_THREAD__)
[[gnu::target_clones("avx2", "default")]]
#endif
void spread(const Spread& place, const double* sin_half, const double* cos_half, std::size_t n, double* out)
{
    std::array<double, block> tau;
    std::array<double, block> u2;
    for (std::size_t from = 0; from < n; from += block) {
        const std::size_t m = std::min(block, n - from);
        for (std::size_t i = 0; i < m; ++i) {
            const double s = sin_half[from + i] * place.cos_half - cos_half[from + i] * place.sin_half;
            tau[i] = place.tau_per_t * (s * s);
        }
        std::size_t k = place.terms - 1;
        const double highest = place.u2_of_tau[k];
        const double next = k > 0 ? place.u2_of_tau[k - 1] : 0;
        for (std::size_t i = 0; i < m; ++i) {
            u2[i] = k > 0 ? highest * tau[i] + next : highest;
        }
        k = k > 0 ? k - 1 : 0;
        for (; k >= 2; k -= 2) { // two steps at a time halve the passes through memory
            const double c1 = place.u2_of_tau[k - 1];
            const double c0 = place.u2_of_tau[k - 2];
            for (std::size_t i = 0; i < m; ++i) {
                u2[i] = (u2[i] * tau[i] + c1) * tau[i] + c0;
            }
        }
        if (k == 1) {
            const double c0 = place.u2_of_tau[0];
            for (std::size_t i = 0; i < m; ++i) {
                u2[i] = u2[i] * tau[i] + c0;
            }
        }
        add_shape(place, u2.data(), m, out + from);
    }
}

} // namespace vigil::geodesic_detail
