#pragma once

#include "libgeo/features.h"

#include <cstddef>
#include <vector>

namespace vigil::io {

/// Makes polygons valid in the sense of OGC Simple Features 1.2.1: rings that cross or touch themselves,
/// shells inside holes and the like are noded and put together anew (GEOS' MakeValid). What is left without
/// area keeps no geometry. Valid polygons stay as they are, to the bit.
///
/// polygons   kind polygon; other kinds are left alone
/// returns    the features that were changed, 0-based, ascending
/// throws     Error naming the feature (1-based) when one cannot be repaired
std::vector<std::size_t> make_valid(Geometries& polygons);

} // namespace vigil::io
