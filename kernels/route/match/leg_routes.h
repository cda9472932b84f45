#pragma once

#include "kernels/route/match/match_state.h"
#include "kernels/route/match/turn_graph.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace vigil {

/// How much ways vary that people take between the same two places.
struct RouteSpread {
    double minutes = 0.3; ///< variance / mean of the cost that a traveller sees in any part of a way, minutes
    double most_stretch = 1; ///< ways dearer than this many times the cheapest, and `most_sds`, are not
                             ///< looked at
    double most_sds = 2; ///< of sqrt(2 k C), the standard deviation of what seems to lie between two ways of
                         ///< mean C that share nothing: such a way, dearer by 2, seems the cheaper to one
                         ///< traveller in forty
};

/// A way between two states: edge sides, the first from the place of `from`, the last to that of `to`.
/// Both may be on one side of one edge; a way that stays has that side alone.
struct LegWaySides {
    std::vector<EdgeSide> sides;
    Weight weight =
        unreachable; ///< under the plain weights; `unreachable`, and no sides, when there is no way
};

/// Draws ways between places of a network: in each draw every part of the network costs what it would on
/// average, times chance, and the traveller takes the cheapest way (simulated choice; a probit-like model).
///
/// The cost of an edge side with mean c is inverse Gaussian with mean c and variance k c, k = `minutes`: sums
/// of such costs are so too, so it does not matter how roads are cut. It depends on (seed, side, draw number)
/// alone: the same for any number of threads, before every turn, on all copies of an arc and, of equal draw
/// numbers, for the same traveller on all legs. Turns cost everyone what they cost on average; else it would
/// pay to drive into a dead end and back for a luckier turn. The parts of the first and last edge are common
/// to all ways between two states and decide nothing.
///
/// Draws look only at the part of the network between both places: arcs through which a way of mean cost at
/// most C `most_stretch` + `most_sds` sqrt(2 k C) runs, C being the cost of the cheapest (of the dearest pair
/// of places). Straight on along one edge is the cheapest in every draw, since every other way runs through
/// the end of the edge first.
///
/// cost     a draw takes about a fiftieth of a microsecond for each arc of that part
/// source   Sheffi & Powell (1982), An algorithm for the equilibrium assignment problem with random link
///          times, Networks 12, 191-207; Nielsen (2000), A stochastic transit assignment model considering
///          differences in passengers utility functions, Transportation Research B 34, 377-402 (gamma);
///          Michael, Schucany & Haas (1976), Generating random variates using transformations with multiple
///          roots, The American Statistician 30, 88-90
class LegRoutes {
  public:
    /// weights   of the turn graph's arcs, by TurnGraph::weights of `costs`; all must outlive this. One per
    /// thread; takes 24 bytes for each arc of the network.
    LegRoutes(const TurnGraph& turns, const Costs& costs, std::span<const Weight> weights);
    ~LegRoutes();
    LegRoutes(LegRoutes&&) noexcept;
    LegRoutes& operator=(LegRoutes&&) noexcept;
    LegRoutes(const LegRoutes&) = delete;
    LegRoutes& operator=(const LegRoutes&) = delete;

    struct Ask {
        MatchState from, to;
        std::uint64_t draw = 0;
    };
    /// The cheapest way under plain weights.
    [[nodiscard]] LegWaySides cheapest(const MatchState& from, const MatchState& to);
    /// The way of each ask, all of one leg. Asks with the same places and draw get the same way; their order
    /// does not matter. Without a spread all get the cheapest.
    /// throws   Error when the spread or the deviations are below 0, or the stretch below 1
    [[nodiscard]] std::vector<LegWaySides> draw(std::span<const Ask> asks, const RouteSpread& spread,
                                                std::uint64_t seed);

  private:
    struct Workshop;
    std::unique_ptr<Workshop> workshop_;
};

} // namespace vigil
