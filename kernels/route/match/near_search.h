#pragma once

#include "kernels/route/match/leg_costs.h"
#include "kernels/route/match/leg_routes.h"
#include "kernels/route/node_queue.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Cheapest ways from one state to several others nearby, as between two fixes of a GPS: grows over the turn
/// graph no farther than it must. Keeps its memory; one per thread.
///
/// cost   O(m log n) for the part within what is asked for; 16 bytes an arc of the network
class NearSearch {
  public:
    /// All must outlive this.
    NearSearch(const TurnGraph& turns, const StateEnds& ends, std::span<const Weight> weights);

    /// The states that ways lead to from now on.
    void aim_at(std::span<const MatchState> targets);

    /// row       of each target: the cost of the cheapest way, or `unreachable`
    /// margin    ways dearer than the cheapest to any target by more than this need not be found
    /// bound     nor any dearer than this
    void run(const MatchState& from, Weight margin, Weight bound, std::span<Weight> row);

    /// After run: the way to a target that it found; its weight is the row's.
    [[nodiscard]] LegWaySides way_to(std::size_t target) const;

  private:
    struct Label {
        Weight distance = unreachable;
        std::uint32_t before = no_index; ///< node of the turn graph; no_index at a start
        std::uint32_t stamp = 0;
        std::uint32_t aim_stamp = 0;
        std::uint32_t first_aim = no_index; ///< targets that are reached through this node
    };
    struct Aim {
        std::uint32_t target = 0;
        Weight part = 0;
        std::uint32_t next = no_index; ///< another one at the same node
    };
    struct Found {
        Weight weight = unreachable;
        std::uint32_t node = no_index; ///< no_index: straight along one edge
    };

    void reach(std::uint32_t node, Weight distance, std::uint32_t before);
    void settle(std::uint32_t node, Weight distance);

    const TurnGraph* turns_;
    const StateEnds* ends_;
    GraphView graph_;
    std::span<const Weight> weights_;
    std::vector<Label> label_;
    std::uint32_t stamp_ = 0, aim_stamp_ = 0;
    NodeQueue<Weight> queue_;
    std::vector<MatchState> targets_;
    MatchState from_;
    std::vector<Aim> aims_;
    std::vector<Found> found_;
    Weight best_ = unreachable;
    std::vector<Seed> seeds_;
};

} // namespace vigil
