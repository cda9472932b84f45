#pragma once

#include "kernels/kernel_shape.h"

#include <cstddef>

/// The innermost loop of GeodesicSurface.
namespace vigil::geodesic_detail {

/// One place and one row.
struct Spread {
    KernelShape shape = KernelShape::quartic;
    const double* u2_of_tau = nullptr; ///< coefficients of (s / bandwidth)^2 in powers of tau
    std::size_t terms = 1;
    double tau_per_t = 0;
    double sin_half = 0; ///< of half the place's longitude
    double cos_half = 1;
    double peak = 1; ///< value at distance 0
};

/// out[i] += peak K(s_i) / K(0) for n columns in reach, given sin and cos of half their longitudes.
void spread(const Spread& place, const double* sin_half, const double* cos_half, std::size_t n, double* out);

} // namespace vigil::geodesic_detail
