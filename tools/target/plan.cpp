#include "tools/target/plan.h"

#include "libgeo/io/crs.h"
#include "libgeo/io/geodesic.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace vigil::tools {

namespace {

constexpr double stand_off_m = 1;
constexpr double least_degree_m = 110500; ///< a degree of latitude or of the equator is never shorter

LonLat rounded(LonLat place)
{
    return {std::round(place.lon_deg * 1e6) / 1e6, std::round(place.lat_deg * 1e6) / 1e6};
}

/// Places by latitude, to find those near a circle.
class ByLatitude {
  public:
    explicit ByLatitude(const std::vector<LonLat>& places) : places_(places), order_(places.size())
    {
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        std::sort(order_.begin(), order_.end(),
                  [&](std::size_t a, std::size_t b) { return places[a].lat_deg < places[b].lat_deg; });
    }
    /// Indices of the places within `radius_m` of `centre` on the ellipsoid, ascending.
    [[nodiscard]] std::vector<std::size_t> within(LonLat centre, double radius_m) const
    {
        const double reach_deg = radius_m / least_degree_m;
        const double narrowest =
            std::cos(std::min(90.0, std::abs(centre.lat_deg) + reach_deg) * std::numbers::pi / 180);
        const double across_deg = reach_deg / std::max(narrowest, 1e-9);
        std::vector<std::size_t> inside;
        const auto south =
            std::lower_bound(order_.begin(), order_.end(), centre.lat_deg - reach_deg,
                             [&](std::size_t i, double latitude) { return places_[i].lat_deg < latitude; });
        for (auto at = south; at != order_.end() && places_[*at].lat_deg <= centre.lat_deg + reach_deg;
             ++at) {
            const LonLat place = places_[*at];
            if (std::abs(std::remainder(place.lon_deg - centre.lon_deg, 360)) <= across_deg &&
                io::geodesic_distance_m(centre, place) <= radius_m) {
                inside.push_back(*at);
            }
        }
        std::sort(inside.begin(), inside.end());
        return inside;
    }

  private:
    const std::vector<LonLat>& places_;
    std::vector<std::size_t> order_;
};

std::vector<XY> centres_of(const Coverage& coverage)
{
    std::vector<XY> centres;
    for (const CoverageCircle& circle : coverage.circles) {
        centres.push_back(circle.centre);
    }
    return centres;
}

/// Sums in an order that does not depend on the rows: by value.
double ordered_sum(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return std::accumulate(values.begin(), values.end(), 0.0);
}

/// Counts again what the rounded circles cover.
void recount(const TargetDemand& demand, std::int64_t min_count, TargetPlan& plan)
{
    const ByLatitude places(demand.lonlat);
    std::vector<std::vector<std::size_t>> inside(plan.circles.size());
    parallel_chunks(plan.circles.size(), 4, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) {
            inside[k] = places.within(plan.circles[k].centre, plan.circles[k].radius_km * 1000);
        }
    });
    std::vector<char> covered(demand.xy.size(), 0);
    std::vector<TargetCircle> kept;
    double worth = 0;
    for (std::size_t k = 0; k < plan.circles.size(); ++k) {
        TargetCircle circle = plan.circles[k];
        std::vector<double> all;
        std::vector<double> fresh;
        circle.gain_count = 0;
        for (const std::size_t i : inside[k]) {
            const double weight = demand.weight.empty() ? 1 : demand.weight[i];
            all.push_back(weight);
            if (covered[i] == 0) {
                fresh.push_back(weight);
                circle.gain_count += demand.count.empty() ? 1 : demand.count[i];
            }
        }
        if (circle.gain_count < min_count) {
            ++plan.dropped;
            continue;
        }
        for (const std::size_t i : inside[k]) {
            covered[i] = 1;
        }
        circle.covered = ordered_sum(std::move(all));
        circle.gain = ordered_sum(std::move(fresh));
        plan.covered += circle.gain;
        worth += circle.gain - plan.cost_per_km2 * std::numbers::pi * circle.radius_km * circle.radius_km;
        circle.cum_share = std::min(1.0, plan.covered / plan.total);
        circle.worth = worth;
        circle.bound = std::max(plan.circles[kept.size()].bound, worth);
        kept.push_back(circle);
    }
    plan.circles = std::move(kept);
    plan.worth = worth;
    plan.bound = std::max(plan.bound, worth);
}

} // namespace

TargetPlan plan_targets(const TargetDemand& demand, const PlanOptions& options, const cli::Context& context)
{
    CoverageOptions coverage_options{.max_circles = options.circles, .min_count = options.min_count};
    coverage_options.radii_m.clear();
    for (const double radius_km : options.radii_km) {
        coverage_options.radii_m.push_back(radius_km * 1000);
    }
    context.require_memory(coverage_bytes(demand.xy, coverage_options.radii_m),
                           fmt::format("{} places and {} radii", demand.xy.size(), options.radii_km.size()),
                           "use larger --radius or fewer of them");
    const double largest_m =
        *std::max_element(coverage_options.radii_m.begin(), coverage_options.radii_m.end());
    coverage_options.stand_off_m = demand.areas ? 0 : stand_off_m;
    coverage_options.cost_per_km2 = options.cost_per_km2.value_or(
        options.radii_km.size() == 1 ? 0 : mean_density_per_km2(demand.xy, demand.weight, largest_m));

    const Coverage coverage =
        max_coverage(demand.xy, demand.weight, demand.count, coverage_options, context.progress);
    TargetPlan plan;
    plan.crs = demand.crs;
    plan.total = coverage.total;
    plan.bound = coverage.at_most.back();
    plan.cost_per_km2 = coverage_options.cost_per_km2;
    plan.beyond = coverage.beyond;
    const auto centres = io::to_lonlat(centres_of(coverage), demand.crs);
    for (std::size_t k = 0; k < centres.size(); ++k) {
        plan.planned += coverage.circles[k].gain;
        plan.circles.push_back({.centre = rounded(centres[k]),
                                .radius_km = coverage.circles[k].radius_m / 1000,
                                .bound = coverage.at_most[k]});
    }
    recount(demand, options.min_count, plan);
    return plan;
}

} // namespace vigil::tools
