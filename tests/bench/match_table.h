#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace vigil::bench {

struct MatchTableOptions {
    std::string tracks;   ///< folder of tracks, see KnownTrack
    std::string ids_file; ///< identifiers of the tracks to use; empty: all
    std::vector<double> intervals_s{1, 10, 60, 120, 300};
    std::optional<double> sigma_m; ///< of every fix; else estimated for each track, as `vigil match` does
    std::size_t draws = 100;       ///< 0: the best route alone, and no calibration
};

/// Matches tracks whose way is known, thinned to each interval, and prints one line for each: how much of the
/// way was found, how fast, and whether the probabilities hold. One thread; times are of matching alone.
///
/// throws   Error when a track cannot be read
void print_match_table(const MatchTableOptions& options);

} // namespace vigil::bench
