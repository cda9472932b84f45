#include "kernels/weights/inverse_distance.h"

#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vigil {

namespace {

constexpr std::size_t chunk = 8192;

void check(const InverseDistance& options)
{
    require(options.band_m >= 0 && std::isfinite(options.band_m), "a band of {} m is not a distance",
            options.band_m);
    require(options.power > 0 && std::isfinite(options.power), "a power of {} is not positive",
            options.power);
    require(options.nearest_m > 0 && std::isfinite(options.nearest_m),
            "{} m is not a positive least distance", options.nearest_m);
}

double weight_at(double length_m, const InverseDistance& options)
{
    const double d = std::max(length_m, options.nearest_m);
    if (options.power == 1) {
        return 1 / d;
    }
    return options.power == 2 ? 1 / (d * d) : std::pow(d, -options.power);
}

/// Everyone is everyone's neighbour.
Weights complete(std::span<const XY> places)
{
    const std::size_t n = places.size();
    if (n > most_places_without_band) {
        fail(ExitCode::limit, "{} places without a band would need {} links; give a band", n, n * (n - 1));
    }
    for (const XY p : places) {
        require(std::isfinite(p.x) && std::isfinite(p.y), "a coordinate is not a finite number");
    }
    Weights weights;
    weights.neighbour.reserve(n == 0 ? 0 : n * (n - 1));
    for (std::uint32_t i = 0; i < n; ++i) {
        for (std::uint32_t j = 0; j < n; ++j) {
            if (j != i) {
                weights.neighbour.push_back(j);
            }
        }
        weights.end.push_back(weights.neighbour.size());
    }
    return weights;
}

} // namespace

std::vector<double> link_lengths(std::span<const XY> places, const Weights& weights)
{
    require(places.size() == weights.size(), "{} places for {} rows of weights", places.size(),
            weights.size());
    std::vector<double> length_m(weights.links());
    parallel_chunks(places.size(), chunk, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            for (std::size_t l = weights.begin_of(i); l < weights.end[i]; ++l) {
                length_m[l] = distance_m(places[i], places[weights.neighbour[l]]);
            }
        }
    });
    return length_m;
}

Weights inverse_distance(std::span<const XY> places, const InverseDistance& options)
{
    check(options);
    Weights weights = options.band_m > 0 ? distance_band(places, options.band_m) : complete(places);
    weights.weight = link_lengths(places, weights);
    parallel_chunks(weights.links(), chunk, [&](std::size_t begin, std::size_t end) {
        for (std::size_t l = begin; l < end; ++l) {
            weights.weight[l] = weight_at(weights.weight[l], options);
        }
    });
    return weights;
}

Weights inverse_distance(const Weights& links, std::span<const double> length_m,
                         const InverseDistance& options)
{
    check(options);
    require(length_m.size() == links.links(), "{} lengths for {} links", length_m.size(), links.links());
    const double reach_m =
        options.band_m > 0 ? options.band_m * (1 + 1e-9) : std::numeric_limits<double>::infinity();
    Weights weights;
    weights.end.reserve(links.size());
    for (std::size_t i = 0; i < links.size(); ++i) {
        for (std::size_t l = links.begin_of(i); l < links.end[i]; ++l) {
            require(length_m[l] >= 0, "a link's length of {} m is not a distance", length_m[l]);
            if (length_m[l] <= reach_m) {
                weights.neighbour.push_back(links.neighbour[l]);
                weights.weight.push_back(weight_at(length_m[l], options));
            }
        }
        weights.end.push_back(weights.links());
    }
    return weights;
}

} // namespace vigil
