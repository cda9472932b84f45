#pragma once

#include "kernels/kernel_shape.h"

#include <span>
#include <vector>

namespace vigil {

/// Bandwidths that also carry how little is known of each place. A place that lies anywhere within a circle
/// of radius u, all of it alike, has a variance of u^2 / 4 along each axis; it adds to the kernel's own:
///
///     sigma_i^2 = sigma(h_i)^2 + u_i^2 / 4
///
/// The shape of the kernel stays (the exact answer is the kernel convolved with the disc); weight, mean and
/// variance are exact.
///
/// bandwidths_m   n values > 0
/// uncertainty_m  n radii >= 0, metres
/// returns        n bandwidths of `shape` with those standard deviations, at least bandwidths_m
/// throws         Error when the sizes differ or a radius is negative or not finite
std::vector<double> widened_bandwidths(KernelShape shape, std::span<const double> bandwidths_m,
                                       std::span<const double> uncertainty_m);

} // namespace vigil
