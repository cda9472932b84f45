#include "kernels/route/match/turn_graph.h"

#include "kernels/earth.h"
#include "libgeo/error.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace vigil {

namespace {

constexpr float no_heading = std::numeric_limits<float>::quiet_NaN();
constexpr double chord_reach_m = 15;

/// A difference of longitudes or headings, in -180 to 180.
double wrapped_deg(double deg)
{
    return std::remainder(deg, 360.0);
}

/// A place on the plane that touches the Earth at `origin`, metres to the east and north.
XY on_plane(FixedLonLat origin, FixedLonLat place)
{
    constexpr double metres_per_degree = mean_earth_radius_m * std::numbers::pi / 180;
    const LonLat o = to_lon_lat(origin);
    const LonLat p = to_lon_lat(place);
    return {wrapped_deg(p.lon_deg - o.lon_deg) * std::cos(o.lat_deg * std::numbers::pi / 180) *
                metres_per_degree,
            (p.lat_deg - o.lat_deg) * metres_per_degree};
}

/// The i-th vertex of a drawing seen from one of its ends.
FixedLonLat vertex(std::span<const FixedLonLat> shape, bool from_the_back, std::size_t i)
{
    return shape[from_the_back ? shape.size() - 1 - i : i];
}

/// How far along the drawing the chord reaches. A closed drawing is looked at half way round at most: its
/// other end is where it begins.
double reach_of(std::span<const FixedLonLat> shape)
{
    if (shape.front() != shape.back()) {
        return chord_reach_m;
    }
    double all_m = 0;
    for (std::size_t i = 1; i < shape.size() && all_m < 2 * chord_reach_m; ++i) {
        const XY step = on_plane(shape[i - 1], shape[i]);
        all_m += std::hypot(step.x, step.y);
    }
    return std::min(chord_reach_m, all_m / 2);
}

/// The direction in which a drawing leaves one of its ends, degrees from east towards north; NaN when it
/// leads nowhere.
float heading_deg(std::span<const FixedLonLat> shape, bool from_the_back)
{
    const FixedLonLat origin = vertex(shape, from_the_back, 0);
    double rest_m = reach_of(shape);
    XY at{0, 0};
    for (std::size_t i = 1; i < shape.size() && rest_m > 0; ++i) {
        const XY next = on_plane(origin, vertex(shape, from_the_back, i));
        const double step_m = std::hypot(next.x - at.x, next.y - at.y);
        const double share = step_m > rest_m ? rest_m / step_m : 1;
        at = {at.x + share * (next.x - at.x), at.y + share * (next.y - at.y)};
        rest_m -= step_m;
    }
    if (at.x == 0 && at.y == 0) {
        return no_heading;
    }
    return static_cast<float>(std::atan2(at.y, at.x) * 180 / std::numbers::pi);
}

std::vector<float> headings_deg(const RouteNetwork& network)
{
    std::vector<float> heading(2 * std::size_t{network.edges()}, no_heading);
    tbb::parallel_for(std::uint32_t{0}, network.edges(), [&](std::uint32_t e) {
        if (network.edge[e].length_m > 0 && network.kind_of(e).mode != Mode::transfer) {
            heading[2 * std::size_t{e}] = heading_deg(network.shape_of(e), false);
            heading[2 * std::size_t{e} + 1] = heading_deg(network.shape_of(e), true);
        }
    });
    return heading;
}

/// Of each node: whether three ends of edges or more meet there. A loop has two; copies are as their nodes.
std::vector<std::uint8_t> junctions(const RouteNetwork& network)
{
    std::vector<std::uint32_t> ends(network.place_nodes);
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        ++ends[network.edge[e].from];
        ++ends[network.edge[e].to];
    }
    std::vector<std::uint8_t> junction(network.nodes());
    for (std::uint32_t v = 0; v < network.nodes(); ++v) {
        junction[v] = ends[network.node_of[v]] >= 3 ? 1U : 0U;
    }
    return junction;
}

/// Begins of the groups of items 0 .. items - 1 by key, 0 .. keys - 1; one more closes the last.
template <typename KeyOf>
std::vector<std::uint32_t> group_begins(std::uint32_t keys, std::uint32_t items, KeyOf key_of)
{
    std::vector<std::uint32_t> begin(std::size_t{keys} + 1);
    for (std::uint32_t i = 0; i < items; ++i) {
        ++begin[key_of(i) + 1];
    }
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    return begin;
}

Weight to_units(double seconds, double unit_minutes)
{
    return static_cast<Weight>(
        std::min(std::round(seconds / 60 / unit_minutes), static_cast<double>(unreachable)));
}

/// Seconds of a turn at a junction that is no turning round.
double turn_s(double deg, const TurnCosts& turns)
{
    if (deg <= turns.straight_deg) {
        return 0;
    }
    const double share = deg >= 90 ? 1 : (deg - turns.straight_deg) / (90 - turns.straight_deg);
    return share * turns.right_angle_s;
}

void check(const TurnCosts& turns)
{
    const auto usable = [](double value) {
        return std::isfinite(value) && value >= 0;
    };
    require(usable(turns.right_angle_s) && usable(turns.reverse_s) && usable(turns.straight_deg),
            "turn costs {} s, {} s and {} degrees: each must be 0 or more", turns.right_angle_s,
            turns.reverse_s, turns.straight_deg);
}

} // namespace

TurnGraph::TurnGraph(const RouteNetwork& network)
    : network_(&network), leaving_deg_(headings_deg(network)), junction_(junctions(network))
{
    const std::uint32_t arcs = network.arcs();
    std::uint64_t turns = 0;
    first_out_.reserve(std::size_t{arcs} + 1);
    for (std::uint32_t a = 0; a < arcs; ++a) {
        first_out_.push_back(static_cast<std::uint32_t>(turns));
        const std::uint32_t v = network.head[a];
        turns += network.first_out[v + 1] - network.first_out[v];
        if (turns >= no_index) {
            fail(ExitCode::limit, "more than 2^32 turns: the network is too large to match on");
        }
    }
    first_out_.push_back(static_cast<std::uint32_t>(turns));
    head_.reserve(turns);
    for (std::uint32_t a = 0; a < arcs; ++a) {
        const std::uint32_t v = network.head[a];
        for (std::uint32_t b = network.first_out[v]; b < network.first_out[v + 1]; ++b) {
            head_.push_back(b);
        }
    }
    side_begin_ =
        group_begins(2 * network.edges(), arcs, [&](std::uint32_t a) { return network.arc_side[a]; });
    std::vector<std::uint32_t> next(side_begin_.begin(), side_begin_.end() - 1);
    side_arc_.resize(arcs);
    for (std::uint32_t a = 0; a < arcs; ++a) {
        side_arc_[next[network.arc_side[a]]++] = a;
    }
}

std::vector<Weight> TurnGraph::weights(const Costs& costs, const TurnCosts& turns) const
{
    check(turns);
    const RouteNetwork& network = *network_;
    require(costs.of_arc.size() == network.arcs(), "{} costs for {} arcs", costs.of_arc.size(),
            network.arcs());
    const Weight reverse = to_units(turns.reverse_s, costs.unit_minutes);
    std::vector<Weight> weight(head_.size(), unreachable);
    tbb::parallel_for(std::uint32_t{0}, network.arcs(), [&](std::uint32_t a) {
        if (costs.of_arc[a] >= unreachable) {
            return;
        }
        const bool counts = junction_[network.head[a]] != 0;
        for (std::uint32_t i = first_out_[a]; i < first_out_[a + 1]; ++i) {
            const std::uint32_t b = head_[i];
            if (costs.of_arc[b] >= unreachable) {
                continue;
            }
            Weight turn = 0;
            if (network.arc_side[b] == reversed(network.arc_side[a])) {
                turn = reverse;
            } else if (counts) {
                turn = to_units(turn_s(turn_deg(a, b), turns), costs.unit_minutes);
            }
            weight[i] = add(costs.of_arc[a], turn);
        }
    });
    return weight;
}

std::vector<std::uint32_t> TurnGraph::rank() const
{
    const RouteNetwork& network = *network_;
    if (network.rank.empty()) {
        return {};
    }
    std::vector<std::uint32_t> next = group_begins(
        network.nodes(), network.arcs(), [&](std::uint32_t a) { return network.rank[network.head[a]]; });
    std::vector<std::uint32_t> rank(network.arcs());
    for (std::uint32_t a = 0; a < network.arcs(); ++a) {
        rank[a] = next[network.rank[network.head[a]]]++;
    }
    return rank;
}

std::span<const std::uint32_t> TurnGraph::arcs_of(EdgeSide side) const
{
    return std::span(side_arc_).subspan(side_begin_[side], side_begin_[side + 1] - side_begin_[side]);
}

double TurnGraph::turn_deg(std::uint32_t from, std::uint32_t to) const
{
    const EdgeSide back = reversed(network_->arc_side[from]);
    if (network_->arc_side[to] == back) {
        return 180;
    }
    // Between the two edges, seen from the node, is what is left of a half turn.
    const double between_deg = std::abs(wrapped_deg(
        static_cast<double>(leaving_deg_[network_->arc_side[to]]) - static_cast<double>(leaving_deg_[back])));
    return std::isnan(between_deg) ? 0 : 180 - between_deg;
}

} // namespace vigil
