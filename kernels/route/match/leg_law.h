#pragma once

#include "libgeo/route_network.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// How likely it is that somebody went from one place to another, given what the cheapest way costs and how
/// long it took: parameters. LegLikelihood has the formulas.
struct LegLaw {
    double least_minutes = 0.02; ///< of beta: what 12 m take at 36 km/h
    double scale = 20;           ///< a way that is dearer by a twentieth is e times less likely
    double order_scale = 5;      ///< the same where the order of sightings is not known
    double elapsed_spread = 0.7; ///< sd of ln (time of a journey / cost)
    double dwell = 0.5;          ///< share of legs on which somebody stayed somewhere; 0 to 1
    double dwell_minutes = 600;  ///< stays are about as long as this
    double reverse = 6;          ///< nats: turning round at a sighting is e^-6 as likely as going on
    double most_speed_kmh = 250; ///< in a straight line; what is faster is impossible
    double near_m = 500;         ///< precise sightings nearer than this are matched by length (see LegKind)
};

/// Two sightings of one case that follow one another.
struct LegFacts {
    double straight_m = 0; ///< between them
    double sigma_from_m = 0, sigma_to_m = 0;
    double elapsed_s = 0, most_elapsed_s = 0; ///< middle and upper bound; NaN when not known
    bool order_known = true;
};

/// ln p(to | from) up to a constant of the leg, from costs C of cheapest ways, in minutes.
///
/// near    (GPS) C is the time at an even pace: the law of Newson & Krumm (2009) on route length against the
///         straight line,
///             -|C - C_gc| / beta,    beta = least + C_gc / scale + (sigma_from + sigma_to) pace
/// far     C is the generalised cost, C* the least of the leg,
///             -(C - C*) / beta + ln p(t | C),    beta = least + C* / scale + (sigma_from + sigma_to) pace
/// orders  legs are compared with each other where the order is not known, so nothing is taken off:
///             -C / beta,    beta = least + C* / order_scale + (sigma_from + sigma_to) pace, one for the case
///
/// p(t | C) is the law of elapsed time t: a journey takes C times a log-normal factor of median 1; in a share
/// `dwell` of legs somebody stays for some time besides,
///             p(t | C) = (1 - dwell) f(t | C) + dwell F(t | C) / dwell_minutes
/// with f and F the log-normal density and distribution function. So a journey may take any time longer than
/// its cost, and hardly one much shorter. Unknown times say nothing.
///
/// source   Newson & Krumm (2009), Hidden Markov map matching through noise and sparseness, ACM GIS, 336-343
class LegLikelihood {
  public:
    /// pace   minutes per metre on the network, on average
    LegLikelihood(const LegLaw& law, double pace_min_per_m) : law_(law), pace_(pace_min_per_m) {}

    /// Whether nobody could have moved so fast, given how uncertain both places are.
    [[nodiscard]] bool impossible(const LegFacts& leg) const;
    [[nodiscard]] double beta_minutes(const LegFacts& leg, double cost_minutes, double scale) const;
    [[nodiscard]] double near(const LegFacts& leg, double cost_minutes) const;
    [[nodiscard]] double far(const LegFacts& leg, double cost_minutes, double least_minutes) const;
    /// beta_minutes: of the case
    [[nodiscard]] static double any_order(double cost_minutes, double beta_minutes);
    /// ln p(t | C); 0 when the time is not known.
    [[nodiscard]] double elapsed(const LegFacts& leg, double cost_minutes) const;
    [[nodiscard]] const LegLaw& law() const { return law_; }
    [[nodiscard]] double pace() const { return pace_; }

  private:
    LegLaw law_;
    double pace_;
};

} // namespace vigil
