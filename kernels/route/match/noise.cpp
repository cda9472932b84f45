#include "kernels/route/match/noise.h"

#include "kernels/route/match/match_network.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vigil {

namespace {

constexpr std::size_t most_sightings = 5000;
constexpr std::size_t most_of_a_case = 1000;
constexpr std::size_t least_sightings = 50;

/// Distances of those sightings of a case that count.
void add_distances(std::span<const Sighting> seen, const CaseMatch& match, double near_m,
                   std::vector<double>& distance_m)
{
    for (const LegMatch& leg : match.legs) {
        const SightingMatch& end = match.sightings[leg.to];
        if (std::isnan(seen[leg.to].sigma_m) && leg.length_m <= near_m) {
            distance_m.push_back(end.distance_m);
        }
    }
}

double quantile(std::vector<double>& values, double share)
{
    const auto at =
        values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

} // namespace

std::optional<Noise> estimate_noise(const MatchNetwork& network, std::span<const Sighting> sightings,
                                    std::span<const std::size_t> case_begin)
{
    Matcher matcher(network);
    std::vector<double> distance_m;
    std::size_t looked_at = 0;
    const std::size_t cases = case_begin.size() - 1;
    const std::size_t step = std::max<std::size_t>(1, sightings.size() / most_sightings);
    for (std::size_t c = 0; c < cases && looked_at < most_sightings; c += std::min(step, cases)) {
        const std::size_t size = std::min(case_begin[c + 1] - case_begin[c], most_of_a_case);
        const std::span<const Sighting> seen = sightings.subspan(case_begin[c], size);
        add_distances(seen, matcher.best(seen), network.shared().options.law.near_m, distance_m);
        looked_at += size;
    }
    if (distance_m.size() < least_sightings) {
        return std::nullopt;
    }
    const double sigma_m = std::max(1.4826 * quantile(distance_m, 0.5), quantile(distance_m, 0.9) / 1.6449);
    return Noise{std::clamp(sigma_m, 2.0, 100.0), distance_m.size()};
}

} // namespace vigil
