#pragma once

#include "kernels/earth.h"
#include "kernels/route/edge_snapper.h"
#include "kernels/route/leg_finder.h"
#include "kernels/route/place_ends.h"
#include "tests/kernels/route_build_checks.h"
#include "tests/support/hand_network.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace vigil::test {

/// Options that let many ways pass.
inline LegOptions lax(std::size_t most)
{
    LegOptions options;
    options.most = most;
    options.alternatives.most_stretch = 1.8;
    options.alternatives.most_sharing = 0.9;
    options.alternatives.local_optimality = 0.1;
    return options;
}

/// A small town with loops, parallel streets, streets of no length, one-way streets and turn bans.
struct LegTown {
    RouteNetwork network;
    std::map<EdgeSide, EdgeSide> ban; ///< binds motor vehicles
};

inline LegTown noisy_leg_town(std::uint64_t seed)
{
    Dice dice(seed);
    HandNetwork hand;
    const auto nodes = static_cast<std::uint32_t>(3 + dice.below(8));
    for (std::uint32_t v = 0; v < nodes; ++v) {
        hand.node(0.001 * static_cast<double>(dice.below(20)), 0.001 * static_cast<double>(dice.below(20)));
    }
    const Vehicles everyone = vehicle::car | vehicle::foot;
    const std::uint32_t kinds[] = {
        hand.kind({.forward = everyone, .backward = everyone}, "road"),
        hand.kind({.forward = everyone, .backward = everyone}, "street"),
        hand.kind({.forward = everyone, .backward = vehicle::foot}, "one-way"),
        hand.kind({.forward = vehicle::none, .backward = everyone}, "against"),
        hand.kind({.mode = Mode::walk, .forward = vehicle::foot, .backward = vehicle::foot}, "path")};
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ends;
    for (std::size_t e = 0; e < nodes + nodes / 2; ++e) {
        const auto a = static_cast<std::uint32_t>(dice.below(nodes));
        const auto b = static_cast<std::uint32_t>(dice.below(nodes));
        const double length_m = dice.below(8) == 0 ? 0 : 10 + static_cast<double>(dice.below(90)) * 1.37;
        hand.edge(a, b, length_m, kinds[dice.below(5)], std::numeric_limits<float>::quiet_NaN(),
                  static_cast<std::uint32_t>(dice.below(3)));
        ends.emplace_back(a, b);
    }
    LegTown town;
    const auto head = [&](EdgeSide s) {
        return is_backward(s) ? ends[edge_of(s)].first : ends[edge_of(s)].second;
    };
    const auto sides = static_cast<EdgeSide>(2 * ends.size());
    for (EdgeSide s = 0; s < sides; ++s) {
        const auto t = static_cast<EdgeSide>(dice.below(sides));
        if (head(s) == head(reversed(t))) {
            town.ban[s] = t;
            hand.ban(s, t, vehicle::motor);
        }
    }
    town.network = hand.network();
    return town;
}

/// Costs by lot of everything that a vehicle may travel.
inline Costs noisy_costs(const RouteNetwork& network, Vehicles who, std::uint64_t seed)
{
    Dice dice(seed);
    Costs costs;
    costs.unit_minutes = 0.01;
    for (EdgeSide s = 0; s < 2 * network.edges(); ++s) {
        const EdgeKind& kind = network.kind_of(edge_of(s));
        const bool open = ((is_backward(s) ? kind.backward : kind.forward) & who) != 0;
        const bool has_length = network.edge[edge_of(s)].length_m > 0;
        const auto cost = static_cast<Weight>((has_length ? 1 : 0) + dice.below(has_length ? 300 : 30));
        costs.of_side.push_back(open ? cost : unreachable);
    }
    for (std::uint32_t a = 0; a < network.arcs(); ++a) {
        const bool closed = (who & ~network.arc_closed[a]) == 0;
        costs.of_arc.push_back(closed ? unreachable : costs.of_side[network.arc_side[a]]);
    }
    return costs;
}

inline EdgePlace noisy_place(const RouteNetwork& network, Dice& dice)
{
    const auto e = static_cast<std::uint32_t>(dice.below(network.edges()));
    const double shares[] = {0, 1, 0.5, 0.123, static_cast<double>(dice.below(1000)) / 1000};
    return {e, shares[dice.below(5)] * network.edge[e].length_m};
}

inline std::uint32_t head_of_side(const RouteNetwork& network, EdgeSide side)
{
    return network.tail_of_side(reversed(side));
}

/// The node a place is at, if any.
inline std::uint32_t node_under(const RouteNetwork& network, EdgePlace place)
{
    const RouteEdge& edge = network.edge[place.edge];
    return place.offset_m == 0 ? edge.from : place.offset_m == edge.length_m ? edge.to : no_index;
}

/// Ways by edge sides: costs, bans as pairs of sides; knows nothing of arcs and copies.
class SideBrute {
  public:
    SideBrute(const LegTown& town, const Costs& costs, bool bans) : town_(town), costs_(costs), bans_(bans) {}

    [[nodiscard]] bool may_turn(EdgeSide s, EdgeSide t) const
    {
        const auto ban = town_.ban.find(s);
        return head_of_side(town_.network, s) == town_.network.tail_of_side(t) &&
               !(bans_ && ban != town_.ban.end() && ban->second == t);
    }
    [[nodiscard]] Weight part(EdgeSide side, double part_m) const
    {
        const double full = costs_.of_side[side];
        return static_cast<Weight>(std::lround(full * (part_m / town_.network.edge[edge_of(side)].length_m)));
    }
    /// The cheapest cost between two places, by going on from every side until nothing becomes cheaper.
    [[nodiscard]] Weight cheapest(EdgePlace from, EdgePlace to) const
    {
        const RouteNetwork& n = town_.network;
        const std::uint32_t start = node_under(n, from);
        const std::uint32_t end = node_under(n, to);
        if (from == to || (start != no_index && start == end)) {
            return 0;
        }
        std::vector<Weight> best(costs_.of_side.size(), unreachable);
        for (EdgeSide s = 0; s < best.size(); ++s) {
            if (start == no_index ? edge_of(s) == from.edge : n.tail_of_side(s) == start) {
                best[s] = begin(s, start == no_index, from);
            }
        }
        for (bool changed = true; changed;) {
            changed = false;
            for (EdgeSide s = 0; s < best.size(); ++s) {
                for (EdgeSide t = 0; t < best.size(); ++t) {
                    if (open(t) && may_turn(s, t) && add(best[s], costs_.of_side[t]) < best[t]) {
                        best[t] = add(best[s], costs_.of_side[t]);
                        changed = true;
                    }
                }
            }
        }
        return arrive(from, to, best);
    }

  private:
    [[nodiscard]] bool open(EdgeSide s) const { return costs_.of_side[s] < unreachable; }
    [[nodiscard]] double left_m(EdgeSide s, EdgePlace place) const
    {
        const double length_m = town_.network.edge[place.edge].length_m;
        return is_backward(s) ? place.offset_m : length_m - place.offset_m;
    }
    [[nodiscard]] Weight begin(EdgeSide s, bool inside, EdgePlace from) const
    {
        if (!open(s)) {
            return unreachable;
        }
        return inside ? part(s, left_m(s, from)) : costs_.of_side[s];
    }
    [[nodiscard]] Weight arrive(EdgePlace from, EdgePlace to, const std::vector<Weight>& best) const
    {
        const RouteNetwork& n = town_.network;
        const std::uint32_t start = node_under(n, from);
        const std::uint32_t end = node_under(n, to);
        Weight least = unreachable;
        if (end != no_index) {
            for (EdgeSide s = 0; s < best.size(); ++s) {
                least = std::min(least, head_of_side(n, s) == end ? best[s] : unreachable);
            }
            return least;
        }
        for (const EdgeSide t : {2 * to.edge, 2 * to.edge + 1}) {
            if (!open(t)) {
                continue;
            }
            const Weight last = part(t, left_m(reversed(t), to));
            for (EdgeSide s = 0; s < best.size(); ++s) {
                least = may_turn(s, t) ? std::min(least, add(best[s], last)) : least;
            }
            if (start == n.tail_of_side(t)) {
                least = std::min(least, last);
            }
            if (start == no_index && from.edge == to.edge && left_m(t, from) > left_m(t, to)) {
                least = std::min(least, part(t, std::abs(from.offset_m - to.offset_m)));
            }
        }
        return least;
    }

    const LegTown& town_;
    const Costs& costs_;
    bool bans_;
};

/// A way goes from one place to the other without a gap; its cost by sides, `unreachable` over a ban.
inline Weight walked(const LegTown& town, const Costs& costs, bool bans, const RouteWay& way, EdgePlace from,
                     EdgePlace to)
{
    const RouteNetwork& n = town.network;
    const SideBrute brute(town, costs, bans);
    REQUIRE(!way.sides.empty());
    if (way.stays) {
        const bool one_node = node_under(n, from) != no_index && node_under(n, from) == node_under(n, to);
        REQUIRE((from == to || one_node));
        return 0;
    }
    const EdgeSide first = way.sides.front();
    const EdgeSide last = way.sides.back();
    const auto begin_of = [&](EdgeSide s) {
        return is_backward(s) ? n.edge[edge_of(s)].length_m : 0.0;
    };
    if (!(edge_of(first) == from.edge && way.start_m == from.offset_m)) {
        REQUIRE(n.tail_of_side(first) == node_under(n, from));
        REQUIRE(way.start_m == begin_of(first));
    }
    if (!(edge_of(last) == to.edge && way.end_m == to.offset_m)) {
        REQUIRE(head_of_side(n, last) == node_under(n, to));
        REQUIRE(way.end_m == begin_of(reversed(last)));
    }
    Weight sum = 0;
    for (std::size_t i = 0; i < way.sides.size(); ++i) {
        const EdgeSide s = way.sides[i];
        if (i > 0) {
            REQUIRE(head_of_side(n, way.sides[i - 1]) == n.tail_of_side(s));
        }
        if (costs.of_side[s] >= unreachable || (i > 0 && !brute.may_turn(way.sides[i - 1], s))) {
            return unreachable;
        }
        const double a = i == 0 ? way.start_m : begin_of(s);
        const double b = i + 1 == way.sides.size() ? way.end_m : begin_of(reversed(s));
        REQUIRE((is_backward(s) ? a >= b : a <= b));
        sum = add(sum, n.edge[edge_of(s)].length_m > 0 ? brute.part(s, std::abs(a - b)) : costs.of_side[s]);
    }
    return sum;
}

} // namespace vigil::test
