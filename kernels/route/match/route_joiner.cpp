#include "kernels/route/match/route_joiner.h"

#include <algorithm>
#include <cmath>

namespace vigil::match {

namespace {

/// The place farther ahead of two on a side.
double ahead(EdgeSide side, double a_m, double b_m)
{
    return is_backward(side) ? std::min(a_m, b_m) : std::max(a_m, b_m);
}

} // namespace

void RouteJoiner::begin_stretch(const MatchState& from, EdgeSide side, bool joined)
{
    stretches_.push_back({{{side}, from.offset_m, from.offset_m, true}, joined});
}

void RouteJoiner::add(const MatchState& from, const LegWay& leg, const MatchState& to)
{
    const EdgeSide first = leg.way.sides.front();
    if (broken_) {
        begin_stretch(from, first, false);
        broken_ = false;
    } else if (stretches_.back().way.sides.back() != first) {
        // Somebody turned round where the stretch before ended.
        begin_stretch({first, stretches_.back().way.end_m}, first, true);
    }
    RouteWay& way = stretches_.back().way;
    if (leg.way.sides.size() > 1) {
        way.sides.insert(way.sides.end(), leg.way.sides.begin() + 1, leg.way.sides.end());
        way.end_m = to.offset_m;
    } else {
        way.end_m = ahead(first, way.end_m, to.offset_m);
    }
    way.stays = way.sides.size() == 1 && way.start_m == way.end_m;
}

double minutes_of(const RouteNetwork& network, const Costs& costs, const RouteWay& way)
{
    const std::vector<double> length_m = side_lengths_m(network, way);
    double minutes = 0;
    for (std::size_t i = 0; i < way.sides.size(); ++i) {
        const double whole_m = network.edge[edge_of(way.sides[i])].length_m;
        const double full = static_cast<double>(costs.of_side[way.sides[i]]) * costs.unit_minutes;
        minutes += whole_m > 0 ? full * (length_m[i] / whole_m) : full;
    }
    return way.stays ? 0 : minutes;
}

} // namespace vigil::match
