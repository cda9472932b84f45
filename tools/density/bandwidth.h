#pragma once

#include "libgeo/features.h"
#include "tools/cli/context.h"
#include "tools/density/options.h"
#include "tools/density/sample.h"

#include <optional>
#include <vector>

namespace vigil::tools {

/// The bandwidths to use: those given, else one by --rule from all incidents, which is told with its sigma.
/// Writes
/// --bandwidth-curve when it is asked for.
///
/// mask   the window that incidents come from, for the rules that ask for one; without it their bounding box
std::vector<double> choose_bandwidths(const DensityToolOptions& o, const Sample& all,
                                      const std::optional<Geometries>& mask, const cli::Context& context);

} // namespace vigil::tools
