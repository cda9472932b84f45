#include "kernels/route/match/leg_costs.h"

#include "kernels/route/profile.h"
#include "libgeo/error.h"

#include <algorithm>

namespace vigil {

namespace {

double share(double part_m, double whole_m)
{
    return whole_m > 0 ? std::clamp(part_m / whole_m, 0.0, 1.0) : 0.0;
}

} // namespace

StateEnds::StateEnds(const TurnGraph& turns, const Costs& costs, std::span<const Weight> weights)
    : turns_(&turns), costs_(&costs), weights_(weights)
{
    require(weights.size() == turns.graph().arcs(), "{} weights for {} turns", weights.size(),
            turns.graph().arcs());
}

void StateEnds::leaving(const MatchState& state, std::vector<Seed>& seeds) const
{
    seeds.clear();
    const std::span<const std::uint32_t> arcs = turns_->arcs_of(state.side);
    if (arcs.empty() || costs_->of_side[state.side] >= unreachable) {
        return;
    }
    const double whole_m = turns_->network().edge[edge_of(state.side)].length_m;
    const double rest_m = is_backward(state.side) ? state.offset_m : whole_m - state.offset_m;
    const Weight rest = part_weight(costs_->of_side[state.side], share(rest_m, whole_m));
    const std::uint32_t arc = arcs.front(); // from the node itself: no ban is under way
    const GraphView graph = turns_->graph();
    for (std::uint32_t i = graph.first_out[arc]; i < graph.first_out[arc + 1]; ++i) {
        if (weights_[i] < unreachable) {
            const Weight turn = weights_[i] - costs_->of_arc[arc];
            seeds.push_back({graph.head[i], add(rest, turn)});
        }
    }
}

void StateEnds::arriving(const MatchState& state, std::vector<Seed>& seeds) const
{
    seeds.clear();
    const double whole_m = turns_->network().edge[edge_of(state.side)].length_m;
    const double part_m = is_backward(state.side) ? whole_m - state.offset_m : state.offset_m;
    const Weight part = part_weight(costs_->of_side[state.side], share(part_m, whole_m));
    for (const std::uint32_t arc : turns_->arcs_of(state.side)) {
        if (costs_->of_arc[arc] < unreachable) {
            seeds.push_back({arc, part});
        }
    }
}

Weight StateEnds::direct(const MatchState& from, const MatchState& to) const
{
    if (from.side != to.side) {
        return unreachable;
    }
    const double part_m = is_backward(from.side) ? from.offset_m - to.offset_m : to.offset_m - from.offset_m;
    if (part_m < 0) {
        return unreachable;
    }
    const double whole_m = turns_->network().edge[edge_of(from.side)].length_m;
    return part_weight(costs_->of_side[from.side], share(part_m, whole_m));
}

} // namespace vigil
