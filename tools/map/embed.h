#pragma once

#include "tools/map/canvas.h"

#include <string>

namespace vigil::map {

/// The picture with how it was made inside: a PNG text chunk ("Comment", UTF-8) before the image data, or an
/// SVG <metadata> element. The picture looks the same.
std::string with_provenance(std::string picture, PictureFormat format, const std::string& text);

} // namespace vigil::map
