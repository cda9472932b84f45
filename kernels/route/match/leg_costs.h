#pragma once

#include "kernels/route/dijkstra.h"
#include "kernels/route/hierarchy/hierarchy.h"
#include "kernels/route/match/match_state.h"
#include "kernels/route/match/turn_graph.h"

#include <span>
#include <vector>

namespace vigil {

/// How a state meets the turn graph. Part of an edge costs in proportion to its length (part_weight); both
/// parts of an edge without length cost nothing.
///
/// The seeds fit searches on the turn graph: from those that leave one state to those that arrive at another
/// the weight is that of the rest of the first edge, the turns, the edges between and the part of the last.
class StateEnds {
  public:
    /// weights   TurnGraph::weights of these costs. All three must outlive this.
    /// throws    Error when there is not one weight for each arc of the graph
    StateEnds(const TurnGraph& turns, const Costs& costs, std::span<const Weight> weights);

    /// Where ways that leave a state go on: each next arc, with the rest of the edge and the turn.
    /// None from an edge side that is closed. Where the traveller came from is forgotten: no ban is under
    /// way. `seeds` are replaced.
    void leaving(const MatchState& state, std::vector<Seed>& seeds) const;
    /// Where ways that arrive at a state enter its edge, with the part up to it: by its arc from the node
    /// where it begins, or from a copy of that, where open. `seeds` are replaced.
    void arriving(const MatchState& state, std::vector<Seed>& seeds) const;
    /// Straight on along one side; `unreachable` when `to` is behind `from` or on another side, or
    /// when the side is closed.
    [[nodiscard]] Weight direct(const MatchState& from, const MatchState& to) const;

  private:
    const TurnGraph* turns_;
    const Costs* costs_;
    std::span<const Weight> weights_;
};

} // namespace vigil
