#include "kernels/optimise/snap_places.h"

#include "kernels/compensated_sum.h"
#include "kernels/weights.h"
#include "libgeo/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <unordered_map>

namespace vigil {

namespace {

constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();

void check(std::span<const XY> incidents, std::span<const double> weights, double distance_m)
{
    require(distance_m >= 0 && std::isfinite(distance_m), "{} m is not a distance", distance_m);
    require(weights.empty() || weights.size() == incidents.size(), "{} weights for {} incidents",
            weights.size(), incidents.size());
    require(incidents.size() < nobody, "{} incidents are too many", incidents.size());
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        require(std::isfinite(incidents[i].x) && std::isfinite(incidents[i].y),
                "incident {} has a coordinate that is not finite", i + 1);
        require(weights.empty() || (std::isfinite(weights[i]) && weights[i] >= 0),
                "incident {} has a weight that is negative or not finite; weights are 0 or more", i + 1);
    }
}

/// Merges what coincides: places from west to east, weights added from the smallest up.
SnappedPlaces coincident(std::span<const XY> incidents, std::span<const double> weights)
{
    const auto weight = [&](std::uint32_t i) {
        return weights.empty() ? 1.0 : weights[i];
    };
    std::vector<std::uint32_t> order(incidents.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tuple(incidents[a].x, incidents[a].y, weight(a)) <
               std::tuple(incidents[b].x, incidents[b].y, weight(b));
    });
    SnappedPlaces result;
    result.of.resize(incidents.size());
    CompensatedSum sum;
    for (const std::uint32_t i : order) {
        if (result.places.empty() || !(result.places.back() == incidents[i])) {
            result.places.push_back(incidents[i]);
            result.weight.push_back(0);
            result.count.push_back(0);
            sum = {};
        }
        sum.add(weight(i));
        result.weight.back() = sum.value();
        ++result.count.back();
        result.of[i] = static_cast<std::uint32_t>(result.places.size() - 1);
    }
    return result;
}

/// Places by square bucket as wide as the distance. What is drawn in is taken out, so each place is met by
/// few.
class Buckets {
  public:
    Buckets(std::span<const XY> places, double distance_m)
        : places_(places), reach_m2_(squared_reach_m2(distance_m)), corner_(bounding_box(places))
    {
        side_ = std::max(distance_m * (1 + 1e-8), std::max(corner_.width(), corner_.height()) * 0x1p-30);
        for (std::uint32_t i = 0; i < places.size(); ++i) {
            of_[key(row(places[i].y), col(places[i].x))].push_back(i);
        }
    }
    /// Calls take(j) for every place left within the distance, and takes it out.
    template <typename Take>
    void draw(XY here, Take take)
    {
        for (std::int64_t r = row(here.y) - 1; r <= row(here.y) + 1; ++r) {
            for (std::int64_t c = col(here.x) - 1; c <= col(here.x) + 1; ++c) {
                const auto found = of_.find(key(r, c));
                if (found == of_.end()) {
                    continue;
                }
                std::erase_if(found->second, [&](std::uint32_t j) {
                    const bool near = squared_distance_m2(here, places_[j]) <= reach_m2_;
                    if (near) {
                        take(j);
                    }
                    return near;
                });
            }
        }
    }

  private:
    [[nodiscard]] std::int64_t row(double y) const
    {
        return static_cast<std::int64_t>((y - corner_.min_y) / side_) + 1; // 0 stays free
    }
    [[nodiscard]] std::int64_t col(double x) const
    {
        return static_cast<std::int64_t>((x - corner_.min_x) / side_) + 1;
    }
    static std::int64_t key(std::int64_t row, std::int64_t col)
    {
        return row * (std::int64_t{1} << 32) + col;
    }

    std::span<const XY> places_;
    double reach_m2_;
    Box corner_;
    double side_ = 0;
    std::unordered_map<std::int64_t, std::vector<std::uint32_t>> of_; ///< only looked up, never walked
};

/// To which place each one goes, the heaviest drawing in first.
std::vector<std::uint32_t> drawn_to(const SnappedPlaces& places, double distance_m)
{
    const auto n = static_cast<std::uint32_t>(places.places.size());
    std::vector<std::uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return places.weight[a] > places.weight[b]; });
    Buckets buckets(places.places, distance_m);
    std::vector<std::uint32_t> to(n, nobody);
    for (const std::uint32_t seed : order) {
        if (to[seed] != nobody) {
            continue;
        }
        buckets.draw(places.places[seed], [&](std::uint32_t j) { to[j] = seed; });
    }
    return to;
}

} // namespace

SnappedPlaces snap_places(std::span<const XY> incidents, std::span<const double> weights, double distance_m)
{
    check(incidents, weights, distance_m);
    SnappedPlaces fine = coincident(incidents, weights);
    if (distance_m == 0 || fine.places.empty()) {
        return fine;
    }
    const std::vector<std::uint32_t> to = drawn_to(fine, distance_m);
    SnappedPlaces result;
    std::vector<std::uint32_t> number(to.size());
    for (std::uint32_t d = 0; d < to.size(); ++d) {
        if (to[d] == d) {
            number[d] = static_cast<std::uint32_t>(result.places.size());
            result.places.push_back(fine.places[d]);
        }
    }
    std::vector<CompensatedSum> weight(result.places.size());
    result.count.resize(result.places.size());
    for (std::uint32_t d = 0; d < to.size(); ++d) {
        weight[number[to[d]]].add(fine.weight[d]);
        result.count[number[to[d]]] += fine.count[d];
        if (to[d] != d) {
            result.moved += fine.count[d];
            result.farthest_m =
                std::max(result.farthest_m, vigil::distance_m(fine.places[d], fine.places[to[d]]));
        }
    }
    for (const CompensatedSum& sum : weight) {
        result.weight.push_back(sum.value());
    }
    result.of.reserve(fine.of.size());
    for (const std::uint32_t d : fine.of) {
        result.of.push_back(number[to[d]]);
    }
    return result;
}

SnapChoice choose_snap_distance(std::span<const XY> incidents)
{
    const Spacing spacing = spacing_of(incidents);
    SnapChoice result{std::min(spacing.mean_m, spacing.median_m), {}};
    result.choices.push_back(
        {"snap distance", metres(result.distance_m),
         fmt::format("the smaller of the mean ({}) and the median ({}) distance to the nearest other place, "
                     "{} strays left out",
                     metres(spacing.mean_m), metres(spacing.median_m), spacing.strays)});
    return result;
}

} // namespace vigil
