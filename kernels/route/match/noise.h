#pragma once

#include "kernels/route/match/matcher.h"

#include <cstddef>
#include <optional>
#include <span>

namespace vigil {

/// How far fixes lie from the ways that were travelled.
struct Noise {
    double sigma_m = 0;
    std::size_t sightings = 0; ///< that it was estimated from
};

/// The standard deviation of sightings whose sigma is not known, from their distances d to the routes that a
/// first match finds:
///
///     sigma = max(1.4826 median(d), quantile_90(d) / 1.6449)
///
/// Both are sigma when d is the absolute value of a normal variable; the second is the larger when tails are
/// heavier, as those of GPS in streets between houses are. Only sightings near their neighbours count (those
/// of tracks), as a lone one is always matched by what is nearest. At least 2 m, at most 100 m.
///
/// network      with the sigma to begin with in its options
/// case_begin   cases + 1; some 5,000 sightings, spread evenly over the cases, are looked at
/// returns      nothing when fewer than 50 sightings count
/// source       Newson & Krumm (2009), section 4.1
std::optional<Noise> estimate_noise(const MatchNetwork& network, std::span<const Sighting> sightings,
                                    std::span<const std::size_t> case_begin);

} // namespace vigil
