#include "kernels/places.h"

#include "libgeo/error.h"

#include <tbb/parallel_sort.h>

#include <cmath>
#include <cstddef>
#include <tuple>

namespace vigil {

namespace {

void check(std::span<const XY> points, std::span<const double> weights)
{
    require(weights.empty() || weights.size() == points.size(), "{} weights for {} incidents", weights.size(),
            points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        require(std::isfinite(points[i].x) && std::isfinite(points[i].y),
                "incident {} has a coordinate that is not finite", i + 1);
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
        require(std::isfinite(weights[i]) && weights[i] >= 0,
                "incident {} has a weight that is negative or not finite; weights are 0 or more", i + 1);
    }
}

} // namespace

std::vector<Place> merged_places(std::span<const XY> points, std::span<const double> weights)
{
    check(points, weights);
    std::vector<Place> places;
    places.reserve(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double weight = weights.empty() ? 1 : weights[i];
        if (weight > 0) {
            places.push_back({points[i].x + 0.0, points[i].y + 0.0, weight}); // + 0.0: one zero, not two
        }
    }
    // the weight is part of the key, so that coincident weights add up in one order
    tbb::parallel_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
        return std::tie(a.x, a.y, a.weight) < std::tie(b.x, b.y, b.weight);
    });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (kept > 0 && places[kept - 1].x == places[i].x && places[kept - 1].y == places[i].y) {
            places[kept - 1].weight += places[i].weight;
        } else {
            places[kept++] = places[i];
        }
    }
    places.resize(kept);
    return places;
}

double total_weight(std::span<const Place> places)
{
    double sum = 0;
    for (const Place& place : places) {
        sum += place.weight;
    }
    return sum;
}

} // namespace vigil
