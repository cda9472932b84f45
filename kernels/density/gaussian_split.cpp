#include "kernels/density/gaussian_split.h"

#include "kernels/density/gaussian.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vigil {

namespace {

constexpr double two_pi2 = 2 * std::numbers::pi * std::numbers::pi;

/// The variance q at which four sums over nodes (two an axis) together stay within a third of tol.
double least_q(double tol)
{
    return std::log(24.1 / tol) / two_pi2;
}

/// Largest relative error of a sum over the nodes of a Gaussian of variance q.
double aliasing(double q)
{
    const double first = std::exp(-two_pi2 * q);
    return 2 * first / (1 - first);
}

/// Of the two ways to have a + b = variance and a b = q variance, the smaller a.
double smaller_part(double variance, double q)
{
    return (variance - std::sqrt(std::max(0.0, variance * (variance - 4 * q)))) / 2;
}

/// Cut and bound for a chain with these aliasing errors an axis.
GaussianSplit finished(GaussianSplit split, double first_error, double second_error, double tol)
{
    const double factors = 1 + (split.blur > 0 ? 1 : 0) + (split.read > 0 ? 1 : 0);
    const double axis = first_error + second_error + first_error * second_error;
    const double both = axis * (2 + axis);
    const double cuts = 2 * factors * (1 + both);
    split.cut = gaussian_axis_cut(0.999 * (tol - both) / cuts);
    split.bound = both + cuts * split.cut * std::exp(0.5 - split.cut * split.cut / 2);
    return split;
}

} // namespace

GaussianSplit split_to_nodes(double sigma, double tol)
{
    const double q = least_q(tol);
    const double variance = sigma * sigma;
    if (variance < 4.02 * q) {
        return finished({.scatter = sigma}, 0, 0, tol);
    }
    const double scatter = smaller_part(variance, q);
    return finished({.scatter = std::sqrt(scatter), .blur = std::sqrt(variance - scatter)}, aliasing(q), 0,
                    tol);
}

double sigma_for_anywhere(double tol)
{
    // blur^2 = scatter^2 = 2.2 q leaves 4.4 q after the first sum; the second then needs read^2 = 4.4 / 3.4
    // q.
    return std::max(3.0, std::sqrt(5.7 * least_q(tol)));
}

GaussianSplit split_anywhere(double sigma, double tol)
{
    const double q = least_q(tol);
    const double read = smaller_part(sigma * sigma, q);
    const double rest = sigma * sigma - read;
    const double scatter = smaller_part(rest, q);
    return finished(
        {.scatter = std::sqrt(scatter), .blur = std::sqrt(rest - scatter), .read = std::sqrt(read)},
        aliasing(q), aliasing(q), tol);
}

std::vector<double> gaussian_samples(double sd, double first, std::int64_t n)
{
    std::vector<double> out;
    for (std::int64_t i = 0; i < n; ++i) {
        const double u = (first + static_cast<double>(i)) / sd;
        out.push_back(std::exp(-u * u / 2) / (sd * std::sqrt(2 * std::numbers::pi)));
    }
    return out;
}

void require_gaussian(std::span<const Place> places, double sigma_m, double tol)
{
    require(std::isfinite(sigma_m) && sigma_m > 0, "the bandwidth must be a number of metres above 0");
    require(tol >= 1e-16 && tol <= 0.01, "the error allowed must be in [1e-16, 0.01]");
    require(std::all_of(places.begin(), places.end(),
                        [](const Place& p) {
                            return std::isfinite(p.x) && std::isfinite(p.y) && std::isfinite(p.weight);
                        }),
            "a coordinate or weight of a place is not a finite number");
}

} // namespace vigil
