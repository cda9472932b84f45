#include "kernels/density/geodesic_distance.h"

#include "kernels/density/gauss_legendre.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vigil {

namespace {

constexpr double to_rad = std::numbers::pi / 180;

const GaussLegendre<16>& quadrature()
{
    static const GaussLegendre<16> rule;
    return rule;
}

} // namespace

ReducedLatitude reduced_latitude(double lat_deg)
{
    if (std::abs(lat_deg) >= 90) { // the cosine of the nearest double to pi / 2 is not 0
        constexpr double half = std::numbers::sqrt2 / 2;
        return {0, half, std::copysign(half, lat_deg)};
    }
    const double lat = lat_deg * to_rad;
    const double beta = std::atan2((1 - wgs84::f) * std::sin(lat), std::cos(lat));
    return {std::cos(beta), std::cos(beta / 2), std::sin(beta / 2)};
}

Parallels parallels(const ReducedLatitude& one, const ReducedLatitude& other)
{
    return {.sin_p = one.sin_half * other.cos_half + one.cos_half * other.sin_half,
            .cos_p = one.cos_half * other.cos_half - one.sin_half * other.sin_half,
            .sin_q = other.sin_half * one.cos_half - other.cos_half * one.sin_half,
            .cos_q = one.cos_half * other.cos_half + one.sin_half * other.sin_half,
            .cc = one.cos_beta * other.cos_beta};
}

double geodesic_length_m(const Parallels& lats, double sin_half, double cos_half)
{
    constexpr int most_steps = 40;
    const auto& rule = quadrature();
    const double lambda = 2 * std::atan2(sin_half, cos_half);
    double omega = lambda;
    for (int step = 0;; ++step) {
        const double s = std::sin(omega / 2);
        const double x = std::min(lats.v() + lats.cc * s * s, 1.0);
        if (x == 0) {
            return 0;
        }
        const double sin_half_arc = std::sqrt(x);
        const double cos_half_arc = std::sqrt(1 - x);
        const double half_arc = std::atan2(sin_half_arc, cos_half_arc);
        // sin(beta) along the arc is mid cos(tau) + tilt sin(tau), tau counted from its middle
        const double mid = lats.sin_p * lats.cos_q / cos_half_arc;
        const double tilt = lats.cos_p * lats.sin_q / sin_half_arc;
        const double sin_alpha0 = lats.cc * s * std::cos(omega / 2) / (sin_half_arc * cos_half_arc);
        double length = 0;
        double excess = 0;
        for (std::size_t i = 0; i < rule.node.size(); ++i) {
            const double tau = half_arc * rule.node[i];
            const double z = mid * std::cos(tau) + tilt * std::sin(tau);
            const double root = std::sqrt(1 + wgs84::ep2 * z * z);
            length += rule.weight[i] * root;
            excess += rule.weight[i] * (2 - wgs84::f) / (1 + (1 - wgs84::f) * root);
        }
        const double next = lambda + wgs84::f * sin_alpha0 * half_arc * excess;
        const bool settled = std::abs(next - omega) <= 2e-16 * omega;
        omega = next;
        if (settled || step == most_steps) {
            return wgs84::b_m * half_arc * length;
        }
    }
}

double geodesic_length_m(LonLat from, LonLat to)
{
    const double dlon = std::abs(std::remainder(to.lon_deg - from.lon_deg, 360.0)) * to_rad;
    return geodesic_length_m(parallels(reduced_latitude(from.lat_deg), reduced_latitude(to.lat_deg)),
                             std::sin(dlon / 2), std::cos(dlon / 2));
}

} // namespace vigil
