#pragma once

#include "kernels/route/match/leg_tables.h"
#include "kernels/route/match/order_lattice.h"

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace vigil::match {

/// Sightings that one route may join, with all legs that may join them.
struct Part {
    std::vector<Step> steps;
    OrderLattice lattice;                                         ///< over the steps
    std::vector<Leg> next;                                        ///< of a chain: from each step to the next
    std::map<std::pair<std::uint32_t, std::uint32_t>, Leg> pairs; ///< otherwise

    [[nodiscard]] const Leg& leg(std::uint32_t from, std::uint32_t to) const
    {
        return pairs.empty() ? next[from] : pairs.at({from, to});
    }
};

/// Sightings by the lower, then the upper bound of their place in the order, then as they come.
std::vector<std::uint32_t> order_of(std::span<const Sighting> sightings);

/// Cuts a case into parts that a route may join, and leaves out what spoils them.
///
/// Sightings of known order: those of precise places that are too near the last one to tell anything are set
/// aside (nearer than 2 sigma, or than half a metre for each second up to 100 m: somebody who stays). Where
/// no way joins two neighbours, up to three sightings are left out after the break, else before it; if that
/// does not help, another part begins there. Of a case with an order that is not known those stay that most
/// others can be joined with.
///
/// source   Newson & Krumm (2009), section 4
class CaseParts {
  public:
    CaseParts(const MatchNetwork::Shared& shared, LegTables& tables) : shared_(shared), tables_(tables) {}

    /// matches   of each sighting, its status set where it is on no part
    std::vector<Part> cut(std::span<const Sighting> sightings, std::vector<SightingMatch>& matches);

  private:
    struct Chain {
        Part part;
        std::vector<std::vector<double>> reached; ///< of each step: ln of the likeliest way to each state
    };

    [[nodiscard]] Step step_of(std::uint32_t sighting) const;
    [[nodiscard]] std::vector<std::uint32_t> thinned(std::span<const std::uint32_t> order) const;
    void cut_chain(std::span<const std::uint32_t> order);
    void begin_chain(Step step);
    [[nodiscard]] bool extend(Step& step);
    std::size_t skip_ahead(std::span<const std::uint32_t> kept, std::size_t k);
    bool step_back(Step& step);
    void end_chain();
    void leave_out_islands(std::vector<Step>& steps);
    void join_in_any_order(std::span<const std::uint32_t> order);
    void leave_out(std::uint32_t sighting, MatchStatus status);

    const MatchNetwork::Shared& shared_;
    LegTables& tables_;
    std::span<const Sighting> sightings_;
    std::vector<SightingMatch>* matches_ = nullptr;
    Chain chain_;
    std::vector<Part> parts_;
    bool too_fast_ = false; ///< the last break: nobody could have been so fast
};

} // namespace vigil::match
