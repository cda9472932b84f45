#include "kernels/coverage/demand.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vigil::coverage {

namespace {

/// The power of two that makes n of the largest weight just fit 2^60.
double weight_scale(std::span<const double> weights, std::size_t n)
{
    const double most = weights.empty() ? 1 : *std::max_element(weights.begin(), weights.end());
    if (n == 0 || most == 0) {
        return 1;
    }
    int exponent = 0;
    std::frexp(most * static_cast<double>(n), &exponent);
    return std::ldexp(1.0, 60 - exponent);
}

} // namespace

double Demand::total() const
{
    return static_cast<double>(std::accumulate(weight.begin(), weight.end(), std::int64_t{0})) / scale;
}

Demand merged(std::span<const XY> places, std::span<const double> weights,
              std::span<const std::int64_t> counts)
{
    Demand demand;
    demand.scale = weight_scale(weights, places.size());
    std::vector<std::size_t> order(places.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const XY p = places[a];
        const XY q = places[b];
        return p.y != q.y ? p.y < q.y : p.x < q.x;
    });
    for (const std::size_t i : order) {
        if (demand.xy.empty() || demand.xy.back() != places[i]) {
            demand.xy.push_back(places[i]);
            demand.weight.push_back(0);
            demand.count.push_back(0);
        }
        demand.weight.back() += std::llround((weights.empty() ? 1 : weights[i]) * demand.scale);
        demand.count.back() += counts.empty() ? 1 : counts[i];
    }
    return demand;
}

} // namespace vigil::coverage
