#pragma once

#include "kernels/route/match/match_state.h"
#include "kernels/route/match/turn_graph.h"
#include "tests/kernels/match_town.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace vigil::test {

/// Ways by edge sides under one metric; knows bans as pairs of sides, nothing of arcs, copies and
/// hierarchies.
class SideWays {
  public:
    SideWays(const SightingTown& town, const TurnGraph& turns, std::vector<Weight> of_side,
             double unit_minutes, const TurnCosts& turn_costs)
        : network_(town.network), of_side_(std::move(of_side)), unit_minutes_(unit_minutes)
    {
        const std::size_t n = of_side_.size();
        turn_.resize(n);
        before_.resize(n);
        for (EdgeSide s = 0; s < n; ++s) {
            turn_[s].assign(n, unreachable);
            before_[s].assign(n, no_index);
        }
        for (EdgeSide s = 0; s < n; ++s) {
            for (EdgeSide t = 0; t < n; ++t) {
                if (of_side_[s] < unreachable && of_side_[t] < unreachable &&
                    network_.tail_of_side(reversed(s)) == network_.tail_of_side(t) &&
                    town.banned.count({s, t}) == 0) {
                    turn_[s][t] = turn_weight(turns, turn_costs, s, t);
                }
            }
        }
        for (EdgeSide s = 0; s < n; ++s) {
            between_.push_back(turn_[s]);
            for (bool changed = true; changed;) {
                changed = false;
                for (EdgeSide t = 0; t < n; ++t) {
                    for (EdgeSide u = 0; u < n; ++u) {
                        const Weight sum = add(add(between_[s][t], of_side_[t]), turn_[t][u]);
                        if (between_[s][t] < unreachable && turn_[t][u] < unreachable &&
                            sum < between_[s][u]) {
                            between_[s][u] = sum;
                            before_[s][u] = t;
                            changed = true;
                        }
                    }
                }
            }
        }
    }

    [[nodiscard]] double minutes(Weight weight) const { return weight * unit_minutes_; }
    [[nodiscard]] double pace() const
    {
        double all = 0;
        double length_m = 0;
        for (EdgeSide s = 0; s < of_side_.size(); ++s) {
            if (of_side_[s] < unreachable) {
                all += minutes(of_side_[s]);
                length_m += network_.edge[edge_of(s)].length_m;
            }
        }
        return all / length_m;
    }
    [[nodiscard]] Weight direct(const MatchState& a, const MatchState& b) const
    {
        const double ahead_m = behind_m(b) - behind_m(a);
        return a.side == b.side && ahead_m >= 0 ? part(a.side, ahead_m) : unreachable;
    }
    [[nodiscard]] Weight cheapest(const MatchState& a, const MatchState& b) const
    {
        return std::min(direct(a, b), round_about(a, b));
    }
    /// Its sides.
    [[nodiscard]] std::vector<EdgeSide> way(const MatchState& a, const MatchState& b) const
    {
        if (direct(a, b) <= round_about(a, b)) {
            return {a.side};
        }
        std::vector<EdgeSide> sides{b.side};
        for (EdgeSide t = before_[a.side][b.side]; t != no_index; t = before_[a.side][t]) {
            sides.push_back(t);
        }
        sides.push_back(a.side);
        std::reverse(sides.begin(), sides.end());
        return sides;
    }
    /// What a way costs.
    [[nodiscard]] Weight along(const MatchState& a, const std::vector<EdgeSide>& sides,
                               const MatchState& b) const
    {
        if (sides.size() == 1) {
            return direct(a, b);
        }
        Weight sum = rest(a);
        for (std::size_t i = 1; i < sides.size(); ++i) {
            sum = add(sum, turn_[sides[i - 1]][sides[i]]);
            sum = add(sum, i + 1 < sides.size() ? of_side_[sides[i]] : part(b.side, behind_m(b)));
        }
        return sides.front() == a.side && sides.back() == b.side ? sum : unreachable;
    }

  private:
    static Weight turn_weight(const TurnCosts& costs, double unit, double deg, bool round, bool junction)
    {
        const double share = std::clamp((deg - costs.straight_deg) / (90 - costs.straight_deg), 0.0, 1.0);
        const double seconds = round ? costs.reverse_s : junction ? share * costs.right_angle_s : 0;
        return static_cast<Weight>(std::lround(seconds / 60 / unit));
    }
    [[nodiscard]] Weight turn_weight(const TurnGraph& turns, const TurnCosts& costs, EdgeSide s,
                                     EdgeSide t) const
    {
        const std::uint32_t corner = network_.tail_of_side(t);
        std::size_t ends = 0;
        for (std::uint32_t e = 0; e < network_.edges(); ++e) {
            ends += (network_.edge[e].from == corner ? 1U : 0U) + (network_.edge[e].to == corner ? 1U : 0U);
        }
        const double deg = turns.turn_deg(turns.arcs_of(s).front(), turns.arcs_of(t).front());
        return turn_weight(costs, unit_minutes_, deg, t == reversed(s), ends >= 3);
    }
    [[nodiscard]] double behind_m(const MatchState& a) const
    {
        return is_backward(a.side) ? network_.edge[edge_of(a.side)].length_m - a.offset_m : a.offset_m;
    }
    [[nodiscard]] Weight part(EdgeSide side, double part_m) const
    {
        const double whole_m = network_.edge[edge_of(side)].length_m;
        const double share = whole_m > 0 ? std::clamp(part_m / whole_m, 0.0, 1.0) : 0.0;
        return static_cast<Weight>(std::lround(of_side_[side] * share));
    }
    [[nodiscard]] Weight rest(const MatchState& a) const
    {
        return part(a.side, behind_m({reversed(a.side), a.offset_m}));
    }
    [[nodiscard]] Weight round_about(const MatchState& a, const MatchState& b) const
    {
        const Weight between = between_[a.side][b.side];
        return between < unreachable ? add(add(rest(a), between), part(b.side, behind_m(b))) : unreachable;
    }

    const RouteNetwork& network_;
    std::vector<Weight> of_side_;
    double unit_minutes_;
    std::vector<std::vector<Weight>> turn_;     ///< after one side, before another
    std::vector<std::vector<Weight>> between_;  ///< the same over any sides between
    std::vector<std::vector<EdgeSide>> before_; ///< the last of those
};

} // namespace vigil::test
