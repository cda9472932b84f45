#pragma once

#include "kernels/route/match/sighting.h"
#include "libgeo/io/incidents_io.h"
#include "libgeo/provenance.h"
#include "libgeo/time.h"
#include "tools/cli/command.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vigil::tools {

/// Where sightings are and how they are read.
struct SightingsInput {
    std::string path;      ///< CSV, any point layer, GPX, or - for standard input
    io::ReadOptions read;  ///< columns, CRS, rejects; `category` tells the cases. overwrite and allow_vsi are
                           ///< set by the command
    std::string seq;       ///< column that numbers the sightings of a case
    std::string precision; ///< column of words for how well a place is known
    std::vector<std::string> precision_sigmas; ///< WORD:METRES, further words or other sigmas for them
    bool unordered = false;                    ///< nothing is known of the order
};

/// --case --seq --unordered --uncertainty --precision ... : all but the file, which is an argument of the
/// command.
void add_sightings_options(cli::Command& command, SightingsInput& input);

/// Sightings, case after case, those of a case by their place in the order (then by row). Columns have as
/// many values as there are sightings, or none.
struct SightingCases {
    std::vector<std::string> case_id; ///< in the order in which they first appear
    std::vector<std::size_t>
        case_begin;                  ///< cases + 1: those of case c are [case_begin[c], case_begin[c + 1])
    std::vector<Sighting> sightings; ///< sigma_m is unknown where the file says nothing
    std::vector<double> seq;         ///< the numbers of --seq; NaN where there is none. Empty without them
    std::vector<TimeSpan> time;      ///< as read, also where it does not count. Empty without times
    std::vector<std::string> id;     ///< identifiers of sightings. Empty without them
    std::vector<std::uint64_t> row;  ///< line or feature in the file
    std::string row_word;            ///< "line" or "feature"
    std::vector<InputRecord> records;
    std::size_t timed = 0;      ///< sightings whose time is known and counts
    std::size_t backward = 0;   ///< whose time is before that of the row before, in the same case
    std::size_t contrary = 0;   ///< whose time goes against its number, and does not count
    std::size_t duplicates = 0; ///< of the place and time of the one before
    std::size_t lone = 0;       ///< cases of one sighting

    [[nodiscard]] std::size_t cases() const { return case_id.size(); }
};

/// Reads sightings, and says what was skipped or does not count.
///
/// sigma_m = uncertainty_m / 2: a place that may be anywhere within a radius R has a standard deviation of R
/// / 2 in each direction. Where it is not known, that of the word in `precision`. 0 is not known: no place is
/// exact.
///
/// throws   UsageError when options contradict one another; Error naming file and row when several columns
/// could
///          tell the cases, a number of the order is none, or a word of precision is not known
SightingCases read_sightings(const SightingsInput& input, const cli::Context& context);

} // namespace vigil::tools
