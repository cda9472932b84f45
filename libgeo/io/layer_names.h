#pragma once

#include <string>
#include <vector>

namespace vigil::io {

/// Names of the layers of a GIS file that have a geometry, in the order of the file.
///
/// throws   Error when it is not a plain local file of a known vector format
std::vector<std::string> layer_names(const std::string& path, bool allow_vsi = false);

} // namespace vigil::io
