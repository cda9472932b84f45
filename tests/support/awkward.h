#pragma once

#include "libgeo/features.h"
#include "libgeo/io/crs.h"

#include <string>

namespace vigil::test {

/// Three features with every value that has broken a writer: several parts, a hole, missing and infinite
/// numbers, integers beyond 2^53, quotes, line breaks, formulas. The third has no geometry.
Features awkward(GeometryKind kind, const Crs& crs = io::crs_from_user("EPSG:26912"));

/// The same for a format; FlatGeobuf cannot hold a feature without geometry.
Features awkward_for(const std::string& extension, GeometryKind kind,
                     const Crs& crs = io::crs_from_user("EPSG:26912"));

} // namespace vigil::test
