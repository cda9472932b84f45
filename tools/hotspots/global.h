#pragma once

#include "tools/hotspots/neighbourhood.h"

#include <span>
#include <string>

namespace vigil::tools {

/// Rows of --global for one set of values: one line per statistic and null hypothesis.
std::string global_rows(const std::string& group, std::span<const double> values, const Units& units,
                        const Neighbourhood& near, const HotspotOptions& options,
                        const cli::Context& context);

/// The header above them.
std::string global_header();

} // namespace vigil::tools
