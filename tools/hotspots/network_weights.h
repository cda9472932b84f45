#pragma once

#include "kernels/weights.h"
#include "tools/hotspots/options.h"

#include <span>

namespace vigil::tools {

/// Neighbours along --network: within band_m, or the k nearest when band_m is 0. Places that are off the
/// network walk to its nearest point first.
///
/// places   metres in `crs`
/// throws   Error naming the network's file
Weights network_weights(std::span<const XY> places, const Crs& crs, double band_m, std::size_t k,
                        const HotspotOptions& options, const cli::Context& context);

} // namespace vigil::tools
