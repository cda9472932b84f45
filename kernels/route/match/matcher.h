#pragma once

#include "kernels/route/match/candidates.h"
#include "kernels/route/match/leg_law.h"
#include "kernels/route/match/leg_routes.h"
#include "kernels/route/match/match_state.h"
#include "kernels/route/match/sighting.h"
#include "kernels/route/match/turn_graph.h"
#include "kernels/route/route_way.h"
#include "libgeo/route_network.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace vigil {

enum class MatchStatus : std::uint8_t {
    matched,  ///< on the route
    gap,      ///< on the network, but no way leads here from the sighting before: a new part begins
    outlier,  ///< left out: no way fits it and its neighbours, or no edge is near
    isolated, ///< "unreachable": no usable edge within reach, or none that is connected with any other
              ///< sighting
};
inline constexpr std::string_view name_of(MatchStatus status)
{
    constexpr std::string_view names[] = {"matched", "gap", "outlier", "unreachable"};
    return names[static_cast<std::size_t>(status)];
}

/// What became of a sighting, in the order of input.
struct SightingMatch {
    MatchStatus status = MatchStatus::isolated;
    bool thinned = false; ///< too near the one before to tell anything; its place is read off the best route
    std::uint32_t order = 0; ///< its place in the best order, from 0
    std::uint32_t part = 0;  ///< the connected part of the route that it is on
    double sigma_m = 0;      ///< as used
    MatchState state;        ///< on the best route
    LonLat at;               ///< there
    double distance_m = 0;   ///< from the sighting to there; NaN when it is not on the route
    double probability = 0;  ///< of this edge (both sides together), given everything; NaN when thinned
    double second = 0;       ///< probability of the runner-up edge
    std::uint32_t second_edge = no_index;
    double entropy_bits = 0; ///< over edges
};

/// A route through the sightings of a case. Of a case in several parts there is one way for each; where the
/// traveller turned round between two nodes, another stretch begins.
struct MatchedRoute {
    struct Stretch {
        RouteWay way;
        bool joined = false; ///< goes on where the stretch before it ends
    };
    std::vector<Stretch> stretches;
    std::vector<std::uint32_t> order; ///< the sightings that were used, as visited on it
    double probability = 0;           ///< share of the draws that go this way, or nearly (most_sharing)
    double minutes = 0;               ///< generalised
    double length_m = 0;
};

/// An edge that somebody may have travelled.
struct EdgeProbability {
    EdgeSide side = 0;
    double probability = 0; ///< share of the draws that travel it in this direction
    bool on_best = false;
};

/// What is known of the way between two sightings that follow one another on the best route.
struct LegMatch {
    std::uint32_t from = 0, to = 0;   ///< sightings
    double probability = 0;           ///< share of draws that take the likeliest way between both
    double second = 0;                ///< and the second likeliest
    double entropy_bits = 0;          ///< over the ways drawn
    std::uint32_t ways = 0;           ///< different ones
    double minutes = 0, length_m = 0; ///< of the best route's leg
    double elapsed_s = 0;             ///< NaN unknown
    RouteWay way;                     ///< of the best route
};

struct CaseMatch {
    std::vector<SightingMatch> sightings;
    std::vector<MatchedRoute> routes;   ///< the best first, then the others as drawn, likeliest first
    std::vector<EdgeProbability> edges; ///< ascending side
    std::vector<LegMatch> legs;
    double corridor_p = 0; ///< edges of at least this probability are the corridor: the least set of
                           ///< likeliest edges that holds `corridor` of the drawn routes whole
    std::size_t draws = 0;
    bool order_assumed = false; ///< too many sightings were in no order: taken as they come
    double log_evidence = 0;
};

struct MatchOptions {
    double sigma_m = 10; ///< of sightings that do not say theirs
    TurnCosts turns;
    CandidateOptions candidates;
    LegLaw law;
    RouteSpread spread;
    std::size_t draws = 100;     ///< routes drawn
    std::size_t most_routes = 5; ///< listed beside the best one
    double most_sharing = 0.8; ///< of its length: a route that shares more with one listed counts as that one
    double corridor = 0.9;
    std::uint64_t seed = 1;
};

/// What matchers on several threads share.
class MatchNetwork {
  public:
    /// costs   what travel costs; the network must outlive this
    /// throws  Error when costs are of another network
    MatchNetwork(const RouteNetwork& network, Costs costs, const MatchOptions& options);
    ~MatchNetwork();
    MatchNetwork(const MatchNetwork&) = delete;
    MatchNetwork& operator=(const MatchNetwork&) = delete;

    struct Shared;
    [[nodiscard]] const Shared& shared() const { return *shared_; }

  private:
    std::unique_ptr<const Shared> shared_;
};

/// Matches one case after another. One per thread; keeps its memory.
class Matcher {
  public:
    explicit Matcher(const MatchNetwork& network);
    ~Matcher();

    /// item   number of the case, for its random numbers
    /// Never fails because of what a case holds: sightings that cannot be used have a status that says so.
    [[nodiscard]] CaseMatch match(std::span<const Sighting> sightings, std::uint64_t item);
    /// The same without draws: the best route alone.
    [[nodiscard]] CaseMatch best(std::span<const Sighting> sightings);

  private:
    struct Workshop;
    std::unique_ptr<Workshop> workshop_;
};

} // namespace vigil
