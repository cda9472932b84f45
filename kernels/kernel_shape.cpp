#include "kernels/kernel_shape.h"

#include <cmath>
#include <numbers>

namespace vigil {

namespace {

using std::numbers::pi;

/// sigma_of(shape, 1)
double sigma_per_bandwidth(KernelShape shape)
{
    switch (shape) {
    case KernelShape::uniform:
        return 0.5;
    case KernelShape::triangular:
        return std::sqrt(3.0 / 20);
    case KernelShape::epanechnikov:
        return 1 / std::sqrt(6.0);
    case KernelShape::quartic:
        return 1 / std::sqrt(8.0);
    case KernelShape::triweight:
        return 1 / std::sqrt(10.0);
    case KernelShape::cosine: { // half of the integral of d^2 K, with a = pi / 2
        const double a = pi / 2;
        return std::sqrt(pi * pi / (4 * (pi - 2)) * (1 / a - 6 / (a * a * a) + 6 / (a * a * a * a)));
    }
    case KernelShape::gaussian:
        break;
    }
    return 1;
}

} // namespace

const char* name_of(KernelShape shape)
{
    switch (shape) {
    case KernelShape::uniform:
        return "uniform";
    case KernelShape::triangular:
        return "triangular";
    case KernelShape::epanechnikov:
        return "epanechnikov";
    case KernelShape::quartic:
        return "quartic";
    case KernelShape::triweight:
        return "triweight";
    case KernelShape::cosine:
        return "cosine";
    case KernelShape::gaussian:
        break;
    }
    return "gaussian";
}

int polynomial_power(KernelShape shape)
{
    switch (shape) {
    case KernelShape::uniform:
        return 0;
    case KernelShape::epanechnikov:
        return 1;
    case KernelShape::quartic:
        return 2;
    case KernelShape::triweight:
        return 3;
    default:
        return -1;
    }
}

double kernel_peak(KernelShape shape, double bandwidth_m)
{
    const double area_m2 = pi * bandwidth_m * bandwidth_m;
    switch (shape) {
    case KernelShape::uniform:
        return 1 / area_m2;
    case KernelShape::epanechnikov:
        return 2 / area_m2;
    case KernelShape::triangular:
    case KernelShape::quartic:
        return 3 / area_m2;
    case KernelShape::triweight:
        return 4 / area_m2;
    case KernelShape::cosine:
        return pi * pi / (4 * (pi - 2)) / area_m2;
    case KernelShape::gaussian:
        break;
    }
    return 1 / (2 * area_m2);
}

double kernel_value(KernelShape shape, double bandwidth_m, double distance_m)
{
    const double u = distance_m / bandwidth_m;
    const double peak = kernel_peak(shape, bandwidth_m);
    if (shape == KernelShape::gaussian) {
        return peak * std::exp(-u * u / 2);
    }
    if (shape == KernelShape::uniform) {
        return u <= 1 ? peak : 0;
    }
    if (!(u < 1)) {
        return 0;
    }
    const double rest = 1 - u * u;
    switch (shape) {
    case KernelShape::triangular:
        return peak * (1 - u);
    case KernelShape::epanechnikov:
        return peak * rest;
    case KernelShape::triweight:
        return peak * rest * rest * rest;
    case KernelShape::cosine:
        return peak * std::sin(pi / 2 * (1 - u));
    default:
        return peak * rest * rest;
    }
}

double sigma_of(KernelShape shape, double bandwidth_m)
{
    return bandwidth_m * sigma_per_bandwidth(shape);
}

double bandwidth_for_sigma(KernelShape shape, double sigma_m)
{
    return sigma_m / sigma_per_bandwidth(shape);
}

double gaussian_cut(double tail)
{
    double radius = 2;
    for (int step = 0; step < 60; ++step) { // R = sqrt(2 ln(26 R / tail)) contracts quickly
        radius = std::fmax(2, std::sqrt(2 * std::log(26 * radius / tail)));
    }
    return radius;
}

} // namespace vigil
