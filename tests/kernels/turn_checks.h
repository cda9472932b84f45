#pragma once

#include "kernels/route/match/turn_graph.h"
#include "tests/kernels/route_build_checks.h"
#include "tests/support/hand_network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <vector>

namespace vigil::test {

/// A town of 3 x 2 corners, 0.0009 degrees (100 m) apart on the equator, with streets between corners that
/// are neighbours, diagonals included: parallel ones, one-way ones, some without length, some that lead back
/// to their corner, and turn bans. All turns are by multiples of 45 degrees.
struct TurnTown {
    RouteNetwork network;
    std::vector<std::array<int, 2>> step; ///< of each street, in corners; 0, 0: it has no direction
    std::vector<std::array<std::uint32_t, 2>> ends;
    std::map<EdgeSide, EdgeSide> ban;
    Costs costs; ///< 0.6 s a unit; those of streets are multiples of three
};

inline Costs with_arcs(Costs costs, const RouteNetwork& network)
{
    for (std::uint32_t a = 0; a < network.arcs(); ++a) {
        costs.of_arc.push_back(network.arc_closed[a] != 0 ? unreachable : costs.of_side[network.arc_side[a]]);
    }
    return costs;
}

/// One edge for a street, or, with `cut`, three: 3 e, 3 e + 1 and 3 e + 2 are those of street e. Thirds of
/// a block are whole units of 1e-7 degrees.
class TurnTownBuilder {
  public:
    explicit TurnTownBuilder(bool cut) : cut_(cut)
    {
        for (std::uint32_t v = 0; v < 6; ++v) {
            hand_.node(block_deg * (v % 3), block_deg * (v / 3));
        }
        both_ = hand_.kind({.forward = vehicle::car, .backward = vehicle::car}, "road");
        one_way_ = hand_.kind({.forward = vehicle::car}, "one-way");
    }
    /// thirds   of the costs along and against
    void street(std::uint32_t a, std::uint32_t b, double length_m, std::array<Weight, 2> thirds)
    {
        const std::uint32_t kind = thirds[1] == unreachable ? one_way_ : both_;
        if (cut_) {
            const std::uint32_t p = between(a, b, 1);
            const std::uint32_t q = between(a, b, 2);
            hand_.edge(a, p, length_m / 3, kind);
            hand_.edge(p, q, length_m / 3, kind);
            hand_.edge(q, b, length_m / 3, kind);
        } else {
            hand_.edge(a, b, length_m, kind);
        }
        for (int part = 0; part < (cut_ ? 3 : 1); ++part) {
            for (const Weight third : thirds) {
                costs_.of_side.push_back(third == unreachable || cut_ ? third : 3 * third);
            }
        }
    }
    void ban(EdgeSide s, EdgeSide t)
    {
        hand_.ban(cut_ ? part_of(s, is_backward(s) ? 0 : 2) : s,
                  cut_ ? part_of(t, is_backward(t) ? 2 : 0) : t, vehicle::motor);
    }
    void finish(TurnTown& town)
    {
        town.network = hand_.network();
        costs_.unit_minutes = 0.01;
        town.costs = with_arcs(costs_, town.network);
    }
    static EdgeSide part_of(EdgeSide s, std::uint32_t third)
    {
        return 2 * (3 * edge_of(s) + third) + (s & 1U);
    }

  private:
    static constexpr double block_deg = 0.0009;
    std::uint32_t between(std::uint32_t a, std::uint32_t b, int third)
    {
        const auto mid = [&](std::uint32_t from, std::uint32_t to) {
            return (from * (3.0 - third) + to * static_cast<double>(third)) / 3;
        };
        return hand_.node(block_deg * mid(a % 3, b % 3), block_deg * mid(a / 3, b / 3));
    }

    bool cut_;
    HandNetwork hand_;
    std::uint32_t both_ = 0, one_way_ = 0;
    Costs costs_;
};

struct TurnTownOptions {
    std::size_t streets = 7;
    bool cut = false; ///< three edges for each street
};

inline TurnTown noisy_turn_town(std::uint64_t seed, const TurnTownOptions& options = {})
{
    Dice dice(seed);
    TurnTownBuilder builder(options.cut);
    TurnTown town;
    while (town.step.size() < options.streets) {
        const auto a = static_cast<std::uint32_t>(dice.below(6));
        const auto b = static_cast<std::uint32_t>(dice.below(6));
        const std::array<int, 2> step = {static_cast<int>(b % 3) - static_cast<int>(a % 3),
                                         static_cast<int>(b / 3) - static_cast<int>(a / 3)};
        if (std::abs(step[0]) > 1 || (a == b && dice.below(3) != 0)) {
            continue;
        }
        const bool flat = dice.below(8) == 0;
        const bool one_way = dice.below(4) == 0;
        const auto along = static_cast<Weight>(5 + dice.below(60));
        const auto against = one_way ? unreachable : static_cast<Weight>(5 + dice.below(60));
        builder.street(a, b, flat ? 0 : a == b ? 60 : 100 * std::hypot(step[0], step[1]), {along, against});
        town.step.push_back(flat ? std::array<int, 2>{0, 0} : step);
        town.ends.push_back({a, b});
    }
    const auto sides = static_cast<EdgeSide>(2 * options.streets);
    for (EdgeSide s = 0; s < sides; ++s) {
        const auto t = static_cast<EdgeSide>(dice.below(sides));
        if (town.ends[edge_of(s)][is_backward(s) ? 0 : 1] == town.ends[edge_of(t)][is_backward(t) ? 1 : 0]) {
            town.ban[s] = t;
            builder.ban(s, t);
        }
    }
    builder.finish(town);
    return town;
}

/// Ways with turns by edge sides, bans as pairs of sides; knows nothing of arcs, copies and places.
class TurnBrute {
  public:
    explicit TurnBrute(const TurnTown& town) : town_(town) {}

    [[nodiscard]] std::uint32_t tail(EdgeSide s) const
    {
        return town_.ends[edge_of(s)][is_backward(s) ? 1 : 0];
    }
    [[nodiscard]] bool open(EdgeSide s) const { return town_.costs.of_side[s] < unreachable; }
    [[nodiscard]] bool may_turn(EdgeSide s, EdgeSide t) const
    {
        const auto ban = town_.ban.find(s);
        return open(s) && open(t) && tail(reversed(s)) == tail(t) &&
               (ban == town_.ban.end() || ban->second != t);
    }
    /// With the default TurnCosts, in units of 0.6 s.
    [[nodiscard]] Weight turn(EdgeSide s, EdgeSide t) const
    {
        if (t == reversed(s)) {
            return 33; // 20 / 0.6 = 33.3
        }
        std::size_t ends = 0;
        for (const auto& end : town_.ends) {
            ends += (end[0] == tail(t) ? 1U : 0U) + (end[1] == tail(t) ? 1U : 0U);
        }
        const auto a = town_.step[edge_of(s)];
        const auto b = town_.step[edge_of(t)];
        const int sign = is_backward(s) == is_backward(t) ? 1 : -1;
        const int dot = sign * (a[0] * b[0] + a[1] * b[1]);
        const bool no_direction = (a[0] == 0 && a[1] == 0) || (b[0] == 0 && b[1] == 0);
        if (ends < 3 || no_direction) {
            return 0;
        }
        if (dot <= 0) {
            return 22; // 90 degrees or more: 13 / 0.6 = 21.7
        }
        return a[0] * b[1] == a[1] * b[0] ? 0
                                          : 9; // 45 degrees: (45 - 10) / (90 - 10) * 13 / 0.6 = 9.5 - 0.02
    }
    /// From before side `first` to before each side: all sequences in which no side comes twice.
    [[nodiscard]] std::vector<Weight> enumerate(EdgeSide first) const
    {
        std::vector<Weight> best(town_.costs.of_side.size(), unreachable);
        std::vector<bool> used(best.size());
        if (open(first)) {
            go_on(first, 0, used, best);
        }
        return best;
    }
    /// The same from some sides that have a cost to begin with, by going on until nothing becomes cheaper.
    [[nodiscard]] std::vector<Weight> relax(std::vector<Weight> best) const
    {
        for (bool changed = true; changed;) {
            changed = false;
            for (EdgeSide s = 0; s < best.size(); ++s) {
                for (EdgeSide t = 0; t < best.size(); ++t) {
                    if (best[s] < unreachable && may_turn(s, t) &&
                        best[s] + town_.costs.of_side[s] + turn(s, t) < best[t]) {
                        best[t] = best[s] + town_.costs.of_side[s] + turn(s, t);
                        changed = true;
                    }
                }
            }
        }
        return best;
    }

  private:
    void go_on(EdgeSide s, Weight so_far, std::vector<bool>& used, std::vector<Weight>& best) const
    {
        best[s] = std::min(best[s], so_far);
        used[s] = true;
        for (EdgeSide t = 0; t < best.size(); ++t) {
            if (!used[t] && may_turn(s, t)) {
                go_on(t, so_far + town_.costs.of_side[s] + turn(s, t), used, best);
            }
        }
        used[s] = false;
    }

    const TurnTown& town_;
};

} // namespace vigil::test
