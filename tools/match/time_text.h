#pragma once

#include "libgeo/time.h"

#include <string>

namespace vigil::tools {

/// "2024-03-05T14:00:00", or "start/end" of a span (ISO 8601); empty when it is not known.
std::string time_text(const TimeSpan& time);

} // namespace vigil::tools
