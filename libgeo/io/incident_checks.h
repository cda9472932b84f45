#pragma once

#include "libgeo/io/incident_builder.h"

namespace vigil::io {

/// Rejects zeroed places of a projected CRS that lie far from all others, and refuses a file whose columns of
/// degrees hold something else.
void reject_strays(IncidentBuilder& builder, const std::string& source, const OptionNames& names);

/// Warns about rows that would join the others if their coordinates were swapped or had the other sign.
void warn_of_misplaced(const IncidentBuilder& builder, ReadReport& report);

} // namespace vigil::io
