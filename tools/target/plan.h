#pragma once

#include "kernels/coverage.h"
#include "tools/target/demand.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace vigil::tools {

/// A circle as it is written: rounded centre and radius, and what it covers on the ellipsoid.
struct TargetCircle {
    LonLat centre; ///< 6 decimals
    double radius_km = 0;
    double gain = 0;             ///< weight that no earlier circle covers
    double covered = 0;          ///< weight inside
    double cum_share = 0;        ///< of the total, covered by this and the earlier circles
    double worth = 0;            ///< weight covered so far less the cost of the circles
    double bound = 0;            ///< no list of this many circles can be worth more
    std::int64_t gain_count = 0; ///< incidents that no earlier circle covers
};

struct TargetPlan {
    std::vector<TargetCircle> circles;
    Crs crs;            ///< of the plane that they were chosen on
    double total = 0;   ///< weight of all places
    double planned = 0; ///< weight covered on the plane, before rounding
    double covered = 0; ///< weight covered by what is written
    double worth = 0;   ///< covered less cost
    double bound = 0;   ///< no list of as many circles as were allowed can be worth more
    double cost_per_km2 = 0;
    std::int64_t beyond = 0;  ///< incidents that no allowed circle covers
    std::int64_t dropped = 0; ///< circles that fell below the least number of incidents when rounded
};

struct PlanOptions {
    std::int64_t circles = 200;
    std::vector<double> radii_km = {1};
    std::optional<double> cost_per_km2;
    std::int64_t min_count = 5;
};

/// Chooses the circles, rounds them, and counts again by geodesic distance what the rounded circles cover.
/// Circles that then add fewer than min_count incidents are dropped. Incidents are never centres: candidates
/// keep a metre away from them, areas' centroids need not.
TargetPlan plan_targets(const TargetDemand& demand, const PlanOptions& options, const cli::Context& context);

} // namespace vigil::tools
