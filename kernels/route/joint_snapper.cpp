#include "kernels/route/joint_snapper.h"

#include "kernels/earth.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>

namespace vigil {

namespace {

BallIndex::Point point_of(LonLat place)
{
    const XYZ p = earth_centred(place);
    return {p.x, p.y, p.z};
}

} // namespace

JointSnapper::JointSnapper(const RouteNetwork& network, std::span<const std::uint8_t> usable)
{
    require(usable.empty() || usable.size() == network.edges(), "{} flags for {} edges", usable.size(),
            network.edges());
    std::vector<BallIndex::Ball> points;
    const auto add = [&](std::uint32_t edge, double offset_m, FixedLonLat at) {
        joints_.push_back({{edge, offset_m}, to_lon_lat(at), 0, 0});
        points.push_back({point_of(to_lon_lat(at)), 0});
    };
    const auto add_joints_of = [&](std::uint32_t e) {
        const auto shape = network.shape_of(e);
        const double length_m = network.edge[e].length_m;
        for (const EdgePiece& piece : network.pieces_of(e)) {
            add(e, std::min(static_cast<double>(piece.begin_m), length_m), shape[piece.vertex]);
        }
        if (length_m > 0) { // else there is but one place on it
            add(e, length_m, shape.back());
        }
    };
    for (const bool with_length : {true, false}) {
        for (std::uint32_t e = 0; e < network.edges(); ++e) {
            if ((usable.empty() || usable[e] != 0) && (network.edge[e].length_m > 0) == with_length) {
                add_joints_of(e);
            }
        }
    }
    if (!points.empty()) {
        index_.emplace(points);
    }
}

std::optional<SnapCandidate> JointSnapper::nearest(LonLat place) const
{
    require(std::isfinite(place.lon_deg) && std::abs(place.lat_deg) <= 90,
            "a place to snap is not a place on Earth");
    if (!index_) {
        return std::nullopt;
    }
    const XYZ p = earth_centred(place);
    double least_m = EdgeSnapper::infinite;
    std::size_t best = 0;
    index_->search(point_of(place), least_m, [&](std::uint32_t position) {
        const std::size_t joint = index_->order()[position];
        const double dist_m = chord_m(p, earth_centred(joints_[joint].at));
        if (dist_m < least_m || (dist_m == least_m && joint < best)) {
            least_m = dist_m;
            best = joint;
        }
        return least_m;
    });
    SnapCandidate found = joints_[best];
    found.distance_m = found.score_m = arc_of_chord_m(least_m);
    return found;
}

} // namespace vigil
