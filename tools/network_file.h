#pragma once

#include "kernels/network.h"
#include "libgeo/features.h"
#include "libgeo/io/features_io.h"
#include "tools/cli/command.h"

#include <string>

namespace vigil::tools {

/// How lines become a network: the same in every command that reads one.
struct NetworkInput {
    std::string path, layer;
    std::string crs_in; ///< CRS of lines that do not say theirs
    std::string crs;    ///< CRS to work in
    bool allow_vsi = false;
    NetworkColumns columns;
    NetworkOptions options;
};

/// --tolerance --node --oneway --speed --default-speed --name --class.
void add_network_options(cli::Command& command, NetworkInput& input);

struct LoadedNetwork {
    BuiltNetwork built;
    InputRecord record;
    bool made_by_vigil = false; ///< has the columns that `vigil network` writes
};

/// Reads lines, projects them to metres and builds the network. The edges of a file that `vigil network`
/// wrote are taken as they are, with their costs and directions.
///
/// throws   Error naming the file
LoadedNetwork load_network(const NetworkInput& input, const cli::Context& context);

/// Warns of what was dropped, tells with -v what the network is like.
void tell_network(const LoadedNetwork& loaded, const cli::Context& context);

} // namespace vigil::tools
