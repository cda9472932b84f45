#pragma once

#include "libgeo/io/incidents_io.h"

#include <optional>
#include <string>

namespace vigil::tools {

/// With fewer records than this an extent would tell where single incidents were: it is withheld.
inline constexpr std::uint64_t fewest_for_extent = 5;

/// The extent that may be shown: rounded outwards to a thousandth of a degree or to 100 units (about 100 m),
/// so that its corners are nobody's address; nothing with fewer than fewest_for_extent records.
std::optional<Box> shown_extent(const io::ReadReport& report);

/// What was read and how it was understood, for people. Holds no attribute values and no single place.
std::string report_text(const io::ReadReport& report);

/// The same for programs.
std::string report_json(const io::ReadReport& report);

} // namespace vigil::tools
