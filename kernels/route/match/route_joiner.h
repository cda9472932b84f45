#pragma once

#include "kernels/route/match/leg_tables.h"
#include "kernels/route/match/matcher.h"

#include <cstdint>
#include <vector>

namespace vigil::match {

/// Joins the ways of legs, one after the other, into the stretches of a route.
class RouteJoiner {
  public:
    /// The next leg begins where no way leads to from the one before.
    void begin_part() { broken_ = true; }
    void add(const MatchState& from, const LegWay& leg, const MatchState& to);
    [[nodiscard]] std::vector<MatchedRoute::Stretch> take() { return std::move(stretches_); }

  private:
    void begin_stretch(const MatchState& from, EdgeSide side, bool joined);

    std::vector<MatchedRoute::Stretch> stretches_;
    bool broken_ = true;
};

/// Generalised minutes of a way: parts of edges count in proportion, turns are not counted.
double minutes_of(const RouteNetwork& network, const Costs& costs, const RouteWay& way);

} // namespace vigil::match
