#pragma once

#include "libgeo/features.h"
#include "tools/target/plan.h"

#include <span>
#include <string>

namespace vigil::tools {

/// Meta ad-set targeting: {"targeting": {"geo_locations": {"custom_locations": [{"latitude", "longitude",
/// "radius", "distance_unit": "kilometer"}], "location_types"}, "targeting_automation":
/// {"advantage_audience": 0}}}. The unit is always there, since without it the radius would be read as miles.
/// Nothing else is said, so that equal circles give equal bytes.
std::string meta_json(std::span<const TargetCircle> circles);

/// Google Ads Editor: Campaign, Location as (1km:33.418240:-111.836910), Bid adjustment in percent.
/// Every `per_campaign` circles the campaign's name gets the next number.
std::string google_csv(std::span<const TargetCircle> circles, const std::string& campaign,
                       double bid_adjustment, std::size_t per_campaign);

/// Circles as geodesic polygons of 72 corners; layer and style "targets". In the CRS that they were chosen
/// in, or in WGS 84 and cut when one crosses the antimeridian.
///
/// throws   Error when a circle reaches a pole
Features target_layer(const TargetPlan& plan, const Crs& plane);

/// Coverage by number of circles: rank, radius_km, gain, cum_share, worth, bound.
std::string curve_csv(const TargetPlan& plan);

} // namespace vigil::tools
