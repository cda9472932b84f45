#pragma once

#include "libgeo/crs.h"
#include "libgeo/io/incidents_io.h"
#include "libgeo/plane.h"
#include "libgeo/provenance.h"
#include "tools/cli/command.h"

#include <string>
#include <vector>

namespace vigil::tools {

/// Where origins and destinations stand.
struct RouteEndsInput {
    std::string pairs;    ///< a table with both places in each row
    std::string from, to; ///< or one file for each
    std::string from_x, from_y, to_x, to_y, from_id, to_id, from_layer, to_layer;
    std::string id; ///< of a pair
    std::string crs_in;
    bool allow_vsi = false;
};

/// --pairs --from --to and the options that say how they are read.
void add_route_ends_options(cli::Command& command, RouteEndsInput& input);

struct RouteEnds {
    std::vector<XY> from, to;
    std::vector<std::string> from_id, to_id;
    std::vector<std::string> pair_id; ///< empty unless read from pairs
    std::vector<InputRecord> records;
    std::size_t skipped = 0; ///< rows with no usable place
};

/// Reads the places and brings them to `crs`.
///
/// throws   UsageError when neither pairs nor both files are given; Error naming the file
RouteEnds read_route_ends(const RouteEndsInput& input, const Crs& crs, const cli::Context& context);

} // namespace vigil::tools
