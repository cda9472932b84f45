#pragma once

#include "kernels/route/hierarchy/hierarchy.h"
#include "kernels/route/match/candidates.h"
#include "kernels/route/match/leg_costs.h"
#include "kernels/route/match/leg_law.h"
#include "kernels/route/match/matcher.h"
#include "kernels/route/match/turn_graph.h"

#include <memory>
#include <mutex>
#include <vector>

namespace vigil::match {

/// One way to measure a network: costs, turns included.
struct Metric {
    Costs costs;
    std::vector<Weight> weights; ///< of the turn graph
    std::unique_ptr<const StateEnds> ends;
    double pace_min_per_m = 0; ///< all costs / all lengths of what may be travelled

    [[nodiscard]] double minutes(Weight weight) const
    {
        return static_cast<double>(weight) * costs.unit_minutes;
    }
    [[nodiscard]] Weight units(double minutes) const;
};

} // namespace vigil::match

namespace vigil {

/// The network as all matchers see it.
struct MatchNetwork::Shared {
    Shared(const RouteNetwork& network, Costs costs, const MatchOptions& options);

    /// The hierarchy over the turn graph with generalised costs; worked out when it is first asked for.
    [[nodiscard]] const CustomisedHierarchy& hierarchy() const;

    const RouteNetwork& network;
    MatchOptions options;
    TurnGraph turns;
    match::Metric travel; ///< generalised cost
    match::Metric even;   ///< length at an even pace, over what may be travelled
    std::unique_ptr<const CandidateFinder> finder;

  private:
    mutable std::once_flag ordered_;
    mutable std::unique_ptr<const Hierarchy> order_;
    mutable std::unique_ptr<CustomisedHierarchy> metric_;
};

} // namespace vigil
