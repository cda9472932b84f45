#pragma once

#include "libgeo/io/incidents_io.h"
#include "libgeo/plane.h"
#include "libgeo/provenance.h"
#include "tools/cli/command.h"

#include <string>
#include <vector>

namespace vigil::tools {

/// Where origins and destinations stand.
struct RouteEndsInput {
    std::string pairs;            ///< a table with both places in each row
    std::string stops;            ///< or a table with one place in each row, several for each case
    std::string case_column, seq; ///< of stops
    std::string from, to;         ///< or one file for each
    std::string from_x, from_y, to_x, to_y, from_id, to_id, from_layer, to_layer;
    std::string id; ///< of a pair
    std::string crs_in;
    bool allow_vsi = false;
};

/// --pairs --stops --from --to and the options that say how they are read.
void add_route_ends_options(cli::Command& command, RouteEndsInput& input);

/// How places are to be joined.
enum class Joining {
    pairs,   ///< the first with the first, the second with the second, ...
    stops,   ///< the stops of each case one after the other
    all,     ///< every origin with every destination
    nearest, ///< every origin with the destination that is cheapest to reach
};

struct RouteEnds {
    std::vector<LonLat> from, to; ///< with stops: all places in `from`, nothing in `to`
    std::vector<std::string> from_id, to_id;
    std::vector<std::string> case_id;    ///< of pairs and stops
    std::vector<std::size_t> case_begin; ///< of stops: those of case c are [case_begin[c], case_begin[c + 1])
    std::vector<InputRecord> records;
    std::size_t lone_stops = 0; ///< cases of one stop
};

/// Reads the places.
///
/// throws   UsageError when not exactly one of pairs, stops, and both files is given; Error naming the file
RouteEnds read_route_ends(const RouteEndsInput& input, const cli::Context& context);

} // namespace vigil::tools
