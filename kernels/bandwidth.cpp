#include "kernels/bandwidth.h"

#include "kernels/places.h"
#include "libgeo/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

namespace vigil {

namespace {

using Weighted = std::vector<std::pair<double, double>>; // value, weight

/// The least value that has at least `share` of the weight at or below it; the mean with the next value where
/// the share is met exactly, as in a median of an even count.
double quantile(Weighted& values, double share)
{
    std::sort(values.begin(), values.end());
    double total = 0;
    for (const auto& [value, weight] : values) {
        total += weight;
    }
    double below = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        below += values[i].second;
        if (below > share * total || i + 1 == values.size()) {
            return values[i].first;
        }
        if (below == share * total) {
            return (values[i].first + values[i + 1].first) / 2;
        }
    }
    return 0;
}

double interquartile_range(Weighted& values)
{
    return quantile(values, 0.75) - quantile(values, 0.25);
}

/// The smaller of two measures of spread, unless it is 0.
double smaller(double plain, double robust)
{
    return robust > 0 ? std::min(plain, robust) : plain;
}

} // namespace

const char* name_of(BandwidthRule rule)
{
    switch (rule) {
    case BandwidthRule::arcgis:
        return "arcgis";
    case BandwidthRule::scott:
        return "scott";
    case BandwidthRule::normal_scale:
        return "normal-scale";
    case BandwidthRule::oversmoothing:
        return "oversmoothing";
    default:
        return name_of(*criterion_of(rule));
    }
}

std::span<const BandwidthRule> bandwidth_rules()
{
    static constexpr std::array all = {BandwidthRule::arcgis,           BandwidthRule::scott,
                                       BandwidthRule::normal_scale,     BandwidthRule::oversmoothing,
                                       BandwidthRule::berman_diggle,    BandwidthRule::likelihood_cv,
                                       BandwidthRule::least_squares_cv, BandwidthRule::cronie_van_lieshout};
    return all;
}

std::optional<BandwidthCriterion> criterion_of(BandwidthRule rule)
{
    switch (rule) {
    case BandwidthRule::berman_diggle:
        return BandwidthCriterion::berman_diggle;
    case BandwidthRule::likelihood_cv:
        return BandwidthCriterion::likelihood_cv;
    case BandwidthRule::least_squares_cv:
        return BandwidthCriterion::least_squares_cv;
    case BandwidthRule::cronie_van_lieshout:
        return BandwidthCriterion::cronie_van_lieshout;
    default:
        return std::nullopt;
    }
}

Spread spread_of(std::span<const XY> points, std::span<const double> weights)
{
    const std::vector<Place> places = merged_places(points, weights);
    Spread spread;
    if (places.empty()) {
        return spread;
    }
    spread.n = total_weight(places);
    const Place origin = places.front(); // sums of small numbers keep their digits
    for (const Place& place : places) {
        spread.mean.x += place.weight * (place.x - origin.x);
        spread.mean.y += place.weight * (place.y - origin.y);
    }
    spread.mean.x = origin.x + spread.mean.x / spread.n;
    spread.mean.y = origin.y + spread.mean.y / spread.n;

    double sum_x2 = 0;
    double sum_y2 = 0;
    Weighted distances, xs, ys;
    for (const Place& place : places) {
        const double dx = place.x - spread.mean.x;
        const double dy = place.y - spread.mean.y;
        sum_x2 += place.weight * dx * dx;
        sum_y2 += place.weight * dy * dy;
        distances.emplace_back(std::sqrt(dx * dx + dy * dy), place.weight);
        xs.emplace_back(dx, place.weight);
        ys.emplace_back(dy, place.weight);
    }
    spread.standard_distance = std::sqrt((sum_x2 + sum_y2) / spread.n);
    spread.median_distance = quantile(distances, 0.5);
    const double freedom = spread.n > 1 ? spread.n - 1 : spread.n;
    spread.sd_x = std::sqrt(sum_x2 / freedom);
    spread.sd_y = std::sqrt(sum_y2 / freedom);
    spread.iqr_x = interquartile_range(xs);
    spread.iqr_y = interquartile_range(ys);
    return spread;
}

double rule_sigma(BandwidthRule rule, const Spread& spread)
{
    require(!criterion_of(rule), "the {} rule needs the incidents, not only their spread", name_of(rule));
    require(spread.standard_distance > 0,
            "all incidents are in one place, which tells no bandwidth; give one with --bandwidth");
    const double n = spread.n;
    if (rule == BandwidthRule::arcgis) {
        const double robust = std::sqrt(1 / std::numbers::ln2) * spread.median_distance;
        const double h = 0.9 * smaller(spread.standard_distance, robust) * std::pow(n, -0.2);
        return sigma_of(KernelShape::quartic, h);
    }
    const double shrink = std::pow(n, -1.0 / 6);
    const double mean_sd = (spread.sd_x + spread.sd_y) / 2;
    if (rule == BandwidthRule::scott) {
        const double geometric = std::sqrt(spread.sd_x * spread.sd_y);
        return (geometric > 0 ? geometric : mean_sd) * shrink; // on a line one of them is 0
    }
    const double scale = smaller(mean_sd, (spread.iqr_x + spread.iqr_y) / 2 / 1.34);
    if (rule == BandwidthRule::oversmoothing) {
        const double roughness = 1 / (4 * std::numbers::pi);
        const double least_curvature = 16 * 24 * 2 * 4 / (1e4 * std::numbers::pi); // 24 = Gamma(5)
        return scale * std::pow(2 * roughness / least_curvature, 1.0 / 6) * shrink;
    }
    return scale * shrink;
}

double rule_sigma(BandwidthRule rule, std::span<const XY> points, std::span<const double> weights,
                  const SelectionOptions& options, const Progress& progress)
{
    if (const auto criterion = criterion_of(rule)) {
        return bandwidth_curve(*criterion, points, weights, options, progress).chosen_sigma_m;
    }
    return rule_sigma(rule, spread_of(points, weights));
}

double rule_bandwidth(BandwidthRule rule, KernelShape shape, const Spread& spread)
{
    return bandwidth_for_sigma(shape, rule_sigma(rule, spread));
}

} // namespace vigil
