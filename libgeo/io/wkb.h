#pragma once

#include "libgeo/features.h"

#include <cstddef>
#include <string>

namespace vigil::io {

/// Feature `row` as little-endian ISO WKB in `out` (replaced), multi when `multi`; empty when it has no part.
void to_wkb(std::string& out, const Geometries& geometry, std::size_t row, bool multi);

} // namespace vigil::io
