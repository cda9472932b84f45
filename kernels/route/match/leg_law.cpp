#include "kernels/route/match/leg_law.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vigil {

bool LegLikelihood::impossible(const LegFacts& leg) const
{
    if (std::isnan(leg.most_elapsed_s)) {
        return false;
    }
    constexpr double sigmas = 2.5;
    constexpr double clock_s = 1; // times are whole seconds
    const double least_m = leg.straight_m - sigmas * (leg.sigma_from_m + leg.sigma_to_m);
    return least_m > law_.most_speed_kmh / 3.6 * (std::max(0.0, leg.most_elapsed_s) + clock_s);
}

double LegLikelihood::beta_minutes(const LegFacts& leg, double cost_minutes, double scale) const
{
    return law_.least_minutes + cost_minutes / scale + (leg.sigma_from_m + leg.sigma_to_m) * pace_;
}

double LegLikelihood::near(const LegFacts& leg, double cost_minutes) const
{
    const double straight = leg.straight_m * pace_;
    return -std::abs(cost_minutes - straight) / beta_minutes(leg, straight, law_.scale);
}

double LegLikelihood::elapsed(const LegFacts& leg, double cost_minutes) const
{
    if (std::isnan(leg.elapsed_s) || leg.most_elapsed_s <= 0) {
        return 0;
    }
    constexpr double least = 1e-4; // minutes: a stay costs nothing, and takes any time
    const double cost = std::max(cost_minutes, least);
    const auto spreads = [&](double seconds) {
        return std::log(std::max(seconds / 60, least) / cost) / law_.elapsed_spread;
    };
    const double z = spreads(leg.elapsed_s);
    const double density = std::exp(-0.5 * z * z) / (law_.elapsed_spread * std::sqrt(2 * std::numbers::pi) *
                                                     std::max(leg.elapsed_s / 60, least));
    const double reached = 0.5 * std::erfc(-spreads(leg.most_elapsed_s) / std::numbers::sqrt2);
    return std::log((1 - law_.dwell) * density + law_.dwell * reached / law_.dwell_minutes);
}

double LegLikelihood::far(const LegFacts& leg, double cost_minutes, double least_minutes) const
{
    return -(cost_minutes - least_minutes) / beta_minutes(leg, least_minutes, law_.scale) +
           elapsed(leg, cost_minutes);
}

double LegLikelihood::any_order(double cost_minutes, double beta_minutes)
{
    return -cost_minutes / beta_minutes;
}

} // namespace vigil
