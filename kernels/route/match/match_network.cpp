#include "kernels/route/match/match_network.h"

#include "kernels/route/hierarchy/order.h"
#include "kernels/route/profile.h"
#include "libgeo/error.h"

#include <tbb/task_arena.h>

#include <algorithm>
#include <cmath>

namespace vigil {

namespace {

/// 10 m/s: what an even pace is does not matter, as all that is made of it is relative.
constexpr double even_minutes_per_m = 0.1 / 60;

/// Where a profile may go, all at one pace.
Costs even_costs(const RouteNetwork& network, const Costs& travel)
{
    Costs even;
    even.unit_minutes = 1e-3 / 60; // a centimetre
    const auto units_of = [&](EdgeSide side) {
        const double length_m = network.edge[edge_of(side)].length_m;
        return static_cast<Weight>(
            std::min(1e9, std::round(length_m * even_minutes_per_m / even.unit_minutes)));
    };
    even.of_side = travel.of_side;
    for (EdgeSide side = 0; side < even.of_side.size(); ++side) {
        if (even.of_side[side] < unreachable) {
            even.of_side[side] = units_of(side);
        }
    }
    even.of_arc = travel.of_arc;
    for (std::size_t arc = 0; arc < even.of_arc.size(); ++arc) {
        if (even.of_arc[arc] < unreachable) {
            even.of_arc[arc] = units_of(network.arc_side[arc]);
        }
    }
    return even;
}

double mean_pace(const RouteNetwork& network, const Costs& costs)
{
    double minutes = 0;
    double length_m = 0;
    for (EdgeSide side = 0; side < costs.of_side.size(); ++side) {
        if (costs.of_side[side] < unreachable) {
            minutes += static_cast<double>(costs.of_side[side]) * costs.unit_minutes;
            length_m += network.edge[edge_of(side)].length_m;
        }
    }
    return length_m > 0 && minutes > 0 ? minutes / length_m : even_minutes_per_m;
}

match::Metric metric_of(const TurnGraph& turns, Costs costs, const TurnCosts& turn_costs)
{
    match::Metric metric;
    metric.pace_min_per_m = mean_pace(turns.network(), costs);
    metric.weights = turns.weights(costs, turn_costs);
    metric.costs = std::move(costs);
    return metric;
}

/// Fast roads carry more journeys: the weight of a metre of each edge in a vague sighting.
std::vector<float> class_prior(const RouteNetwork& network, const Costs& costs)
{
    std::vector<float> prior(network.edges());
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        const Weight cost = std::min(costs.of_side[2 * e], costs.of_side[2 * e + 1]);
        const double minutes = static_cast<double>(cost) * costs.unit_minutes;
        const double kmh = minutes > 0 ? network.edge[e].length_m / minutes * 0.06 : 0;
        prior[e] = cost < unreachable ? static_cast<float>(std::clamp(kmh / 50, 0.2, 2.0)) : 0.0F;
    }
    return prior;
}

} // namespace

Weight match::Metric::units(double minutes) const
{
    const double units = minutes / costs.unit_minutes;
    return units < unreachable ? static_cast<Weight>(std::lround(std::max(0.0, units))) : unreachable;
}

MatchNetwork::Shared::Shared(const RouteNetwork& the_network, Costs costs, const MatchOptions& the_options)
    : network(the_network), options(the_options), turns(the_network)
{
    require(costs.of_side.size() == 2 * static_cast<std::size_t>(network.edges()) &&
                costs.of_arc.size() == network.arcs(),
            "the costs are of another network");
    even = metric_of(turns, even_costs(network, costs), options.turns);
    travel = metric_of(turns, std::move(costs), options.turns);
    for (match::Metric* metric : {&even, &travel}) {
        metric->ends = std::make_unique<const StateEnds>(turns, metric->costs, metric->weights);
    }
    finder = std::make_unique<const CandidateFinder>(network, usable_edges(network, travel.costs),
                                                     class_prior(network, travel.costs), options.candidates);
}

const CustomisedHierarchy& MatchNetwork::Shared::hierarchy() const
{
    // Isolated: a thread that waits for a part of this work must not take up another case meanwhile, which
    // would wait for this hierarchy.
    const auto work_out = [this] {
        std::vector<std::uint32_t> rank = turns.rank();
        if (rank.empty()) {
            std::vector<FixedLonLat> place(network.arcs());
            for (std::uint32_t arc = 0; arc < network.arcs(); ++arc) {
                place[arc] = network.node[network.head[arc]];
            }
            rank = nested_dissection(turns.graph(), place);
        }
        order_ = std::make_unique<const Hierarchy>(turns.graph(), rank);
        metric_ = std::make_unique<CustomisedHierarchy>(*order_);
        metric_->customise(travel.weights);
        metric_->make_perfect();
    };
    std::call_once(ordered_, [&] { tbb::this_task_arena::isolate(work_out); });
    return *metric_;
}

MatchNetwork::MatchNetwork(const RouteNetwork& network, Costs costs, const MatchOptions& options)
    : shared_(std::make_unique<const Shared>(network, std::move(costs), options))
{
}
MatchNetwork::~MatchNetwork() = default;

} // namespace vigil
