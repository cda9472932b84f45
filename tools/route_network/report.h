#pragma once

#include "kernels/route/line_columns.h"
#include "libgeo/io/osm_read.h"
#include "tools/cli/context.h"

#include <cstddef>
#include <string>

namespace vigil::tools {

/// What was met in one layer of lines.
struct LineLayerReport {
    LineReport lines;
    std::size_t features = 0; ///< but for links
    std::size_t links = 0;    ///< between modes, left out
    std::size_t cuts = 0;     ///< by --node
    NotUnderstood speeds;
};

/// Warns of what was dropped from a layer of lines, tells with -v how it was joined.
void tell_line_layer(const std::string& name, const LineLayerReport& report, const cli::Context& context);

/// Tells with -v what OpenStreetMap extracts hold.
void tell_osm(const std::string& name, const io::OsmReport& report, const cli::Context& context);

} // namespace vigil::tools
