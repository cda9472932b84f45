#include "kernels/weights/kernel_weights.h"

#include "kernels/nearest.h"
#include "kernels/weights/inverse_distance.h"
#include "kernels/weights/link_rows.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace vigil {

namespace {

constexpr std::size_t chunk = 4096;

double reach_of(const KernelWeights& options)
{
    return options.shape == KernelShape::gaussian ? options.gaussian_reach : 1;
}

void check(const KernelWeights& options)
{
    require((options.bandwidth_m != 0) != (options.nearest != 0),
            "kernel weights need a bandwidth or a number of nearest places, one of the two");
    require(options.bandwidth_m >= 0 && std::isfinite(options.bandwidth_m),
            "a bandwidth of {} m is not a positive distance", options.bandwidth_m);
    // exp(-38^2 / 2) is the smallest double there is, nearly
    require(options.gaussian_reach > 0 && options.gaussian_reach <= 38,
            "a Gaussian reach of {} bandwidths is outside 0..38", options.gaussian_reach);
}

/// Appends what place i counts at a distance, unless that is nothing.
void add(std::vector<Linked>& row, std::uint32_t j, double z, const KernelWeights& options)
{
    // A place on the border may lie a hair beyond it, as for bands.
    const double reach = reach_of(options);
    const double within = z > reach && z <= reach * (1 + 1e-9) ? reach : z;
    const double weight = kernel_weight(options.shape, within, options.gaussian_reach);
    if (weight > 0) {
        row.push_back({j, weight});
    }
}

Weights fixed(std::span<const XY> places, const KernelWeights& options)
{
    const double h = options.bandwidth_m;
    const Weights links = distance_band(places, h * reach_of(options));
    return weights_by_row(places.size(), chunk, true, [&] {
        return [&](std::size_t i, std::vector<Linked>& row) {
            if (options.self) {
                add(row, static_cast<std::uint32_t>(i), 0, options);
            }
            for (const std::uint32_t j : links.neighbours(i)) {
                add(row, j, distance_m(places[i], places[j]) / h, options);
            }
        };
    });
}

Weights adaptive(std::span<const XY> places, const KernelWeights& options)
{
    const std::vector<double> far_m = kth_nearest_distances(places, options.nearest);
    const PlaceIndex index({places.begin(), places.end()});
    return weights_by_row(places.size(), chunk, true, [&] {
        return [&](std::size_t i, std::vector<Linked>& row) {
            const double h = far_m[i] * (1 + 1e-7);
            const double radius_m = h * reach_of(options) * (1 + 1e-9);
            const double radius_m2 = std::max(radius_m * radius_m, std::numeric_limits<double>::min());
            index.search(places[i], radius_m2, [&](std::uint32_t j, double dist_m2) {
                if (j != i || options.self) {
                    add(row, j, dist_m2 == 0 ? 0 : std::sqrt(dist_m2) / h, options);
                }
                return radius_m2;
            });
        };
    });
}

} // namespace

double kernel_weight(KernelShape shape, double z, double gaussian_reach)
{
    if (shape == KernelShape::gaussian) {
        return z <= gaussian_reach ? std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi) : 0;
    }
    if (!(z <= 1)) {
        return 0;
    }
    const double left = 1 - z * z;
    switch (shape) {
    case KernelShape::uniform:
        return 0.5;
    case KernelShape::triangular:
        return 1 - z;
    case KernelShape::epanechnikov:
        return 0.75 * left;
    case KernelShape::quartic:
        return 15.0 / 16 * left * left;
    case KernelShape::triweight:
        return 35.0 / 32 * left * left * left;
    default: // cosine; its cosine of the nearest double to pi / 2 is not 0
        return z == 1 ? 0 : std::numbers::pi / 4 * std::cos(std::numbers::pi / 2 * z);
    }
}

std::vector<double> kth_nearest_distances(std::span<const XY> places, std::size_t k)
{
    const Weights links = nearest_neighbours(places, k);
    const std::vector<double> length_m = link_lengths(places, links);
    std::vector<double> far_m(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto row = length_m.begin() + static_cast<std::ptrdiff_t>(i * k);
        far_m[i] = *std::max_element(row, row + static_cast<std::ptrdiff_t>(k));
    }
    return far_m;
}

Weights kernel_weights(std::span<const XY> places, const KernelWeights& options)
{
    check(options);
    return options.bandwidth_m > 0 ? fixed(places, options) : adaptive(places, options);
}

} // namespace vigil
