#pragma once

#include "libgeo/io/incidents_io.h"

#include <string>

namespace vigil::tools {

/// With fewer records than this an extent would tell where single incidents were: it is withheld.
inline constexpr std::uint64_t fewest_for_extent = 5;

/// What was read and how it was understood, for people. Holds no attribute values and no single place.
std::string report_text(const io::ReadReport& report);

/// The same for programs.
std::string report_json(const io::ReadReport& report);

} // namespace vigil::tools
