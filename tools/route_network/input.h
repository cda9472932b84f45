#pragma once

#include "kernels/route/build.h"
#include "kernels/route/line_columns.h"
#include "libgeo/crs.h"
#include "libgeo/io/osm_read.h"
#include "libgeo/provenance.h"
#include "libgeo/route_network.h"
#include "tools/cli/command.h"

#include <optional>
#include <string>
#include <vector>

namespace vigil::tools {

/// What a route network is made from: the same in every command that reads one.
struct RouteNetworkInput {
    std::vector<std::string> paths; ///< OpenStreetMap extracts, layers of lines, or one engine file
    std::string layer;
    std::string crs_in; ///< CRS of lines that do not say theirs
    bool allow_vsi = false;
    LineColumns columns;
    double tolerance_m = 0.5;
    bool node = false;
    double transfer_m = 300;
    std::string borders; ///< polygons of countries
};

/// --tolerance --node --oneway --speed --cost --name --class --mode --level --border --surface --borders
/// --transfer.
void add_line_options(cli::Command& command, RouteNetworkInput& input);

/// --network-crs --crs, the options of lines, --allow-vsi: of commands that read a network and write what
/// they find along it.
void add_network_options(cli::Command& command, RouteNetworkInput& input, std::string& crs);

struct LoadedRouteNetwork {
    RouteNetwork network;
    std::string name; ///< what messages call it: its one input, or how many there were
    Crs crs;          ///< that of the lines, or WGS 84: outputs are written in it
    std::vector<InputRecord> records;
    std::optional<RouteReport> report; ///< when it was built now
    std::optional<io::OsmReport> osm;  ///< of OpenStreetMap extracts
};

/// Opens an engine file, or reads OpenStreetMap extracts and layers of lines and builds their network. What
/// was dropped from a layer of lines is warned of once it is read.
///
/// order    whether to work out the elimination order too
/// throws   Error naming the file
LoadedRouteNetwork load_route_network(const RouteNetworkInput& input, bool order,
                                      const cli::Context& context);

/// Standard input can be read once: throws UsageError when several inputs are "-".
void require_one_standard_input(const std::vector<std::string>& inputs);

/// Tells with -v what the network is like.
void tell_route_network(const LoadedRouteNetwork& loaded, const cli::Context& context);

} // namespace vigil::tools
