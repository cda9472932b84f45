#pragma once

#include "kernels/density/cross_validation.h"

#include <string>

namespace vigil::tools {

/// A criterion over the bandwidth (logarithmic), with the chosen one marked, as an SVG document.
std::string curve_picture(const BandwidthCurve& curve);

} // namespace vigil::tools
