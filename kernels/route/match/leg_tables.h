#pragma once

#include "kernels/route/hierarchy/small_table.h"
#include "kernels/route/match/leg_law.h"
#include "kernels/route/match/match_network.h"
#include "kernels/route/match/near_search.h"
#include "kernels/route/match/posterior.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vigil::match {

/// A sighting that is used, and where its traveller may have been.
struct Step {
    std::uint32_t sighting = 0;
    Sighting seen;
    double sigma_m = 0;
    bool vague = false;
    std::vector<Candidate> candidates;
    std::vector<MatchState> states;          ///< each candidate, heading either way that is open
    std::vector<std::uint32_t> candidate_of; ///< of each state
    std::vector<std::uint32_t> reverse_of;   ///< of each state: the other heading, or no_index
    std::vector<double> log_emission;        ///< of each state

    /// Keeps those states whose flag is set.
    void keep(std::span<const std::uint8_t> flag);
};

/// How a leg is measured.
enum class LegKind : std::uint8_t { near, far };

struct Leg {
    LegFacts facts;
    LegKind kind = LegKind::far;
    double least_minutes = 0; ///< cheapest of all ways
    double beta_minutes = 0;  ///< of the case, where the order is not known
    LegMatrix matrix;         ///< states of one step by states of the next

    [[nodiscard]] bool possible() const;
};

/// A way from a state of one step to a state of the next.
struct LegWay {
    bool turns_round = false; ///< at the sighting it leaves from
    bool stays = false;       ///< both are one place, as far as anybody can tell
    LegWaySides way;
};

/// A way of somebody who stays where they are.
inline LegWay staying(const MatchState& state)
{
    return {false, true, {{state.side}, 0}};
}

LegFacts facts_of(const Step& from, const Step& to);

/// Works out legs. Keeps its memory; one per thread.
class LegTables {
  public:
    explicit LegTables(const MatchNetwork::Shared& shared);

    [[nodiscard]] Leg leg(const Step& from, const Step& to);
    /// Of legs whose order is not known: all must be made with the same beta.
    [[nodiscard]] Leg leg_in_any_order(const Step& from, const Step& to, double beta_minutes);
    /// The cheapest cost of a far leg, minutes; infinite when there is no way.
    [[nodiscard]] double least_minutes(const Step& from, const Step& to);

    /// The likeliest way between two states.
    [[nodiscard]] LegWay way(const Leg& leg, const Step& from, std::uint32_t a, const Step& to,
                             std::uint32_t b);
    [[nodiscard]] const LegLikelihood& likelihood(LegKind kind) const
    {
        return kind == LegKind::near ? near_law_ : far_law_;
    }

  private:
    void near_costs(const Leg& leg, const Step& from, const Step& to);
    void far_costs(const Step& from, const Step& to);
    void fill(Leg& leg, const Step& from, const Step& to);
    [[nodiscard]] double log_p(const Leg& leg, Weight weight) const;
    [[nodiscard]] LegWaySides way_between(LegKind kind, const MatchState& from, const MatchState& to);

    const MatchNetwork::Shared& shared_;
    LegLikelihood near_law_, far_law_;
    NearSearch search_;
    std::optional<SmallTable> table_;
    std::optional<HierarchyQuery> query_;
    std::vector<Weight> costs_;
    std::vector<std::vector<Seed>> starts_, ends_;
};

} // namespace vigil::match
