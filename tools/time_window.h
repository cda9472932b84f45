#pragma once

#include "libgeo/incidents.h"
#include "libgeo/time.h"
#include "tools/cli/context.h"

#include <limits>
#include <optional>
#include <string>

namespace vigil::tools {

/// What happened at or after `from` and before `until`.
struct TimeWindow {
    Seconds from = std::numeric_limits<Seconds>::min() + 1;
    Seconds until = std::numeric_limits<Seconds>::max();
};

/// The window that --since and --until give; none when both are empty.
/// throws   UsageError when one is no date, or they are the wrong way round
std::optional<TimeWindow> time_window(const std::string& since, const std::string& until);

/// Refuses incidents without times, and warns of those whose time is not known.
void require_times(const Incidents& incidents, const cli::Context& context);

} // namespace vigil::tools
