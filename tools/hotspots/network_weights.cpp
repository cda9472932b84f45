#include "tools/hotspots/network_weights.h"

#include "kernels/snap.h"
#include "kernels/weights/network_weights.h"
#include "libgeo/error.h"
#include "tools/network_file.h"

#include <algorithm>
#include <filesystem>

namespace vigil::tools {

Weights network_weights(std::span<const XY> places, const Crs& crs, double band_m, std::size_t k,
                        const HotspotOptions& o, const cli::Context& context)
{
    NetworkInput input;
    input.path = o.network;
    input.layer = o.network_layer;
    input.crs = crs.wkt;
    input.allow_vsi = o.read.allow_vsi;
    const LoadedNetwork loaded = load_network(input, context);
    tell_network(loaded, context);
    const Network& network = loaded.built.network;
    const Snapper snapper(network);
    std::vector<NetworkPlace> on_network;
    std::vector<double> access_m;
    for (const XY place : places) {
        const std::optional<Snapped> snapped = snapper.snap(place);
        require(snapped.has_value(), "{}: the network has no edges", o.network);
        on_network.push_back(snapped->place);
        access_m.push_back(snapped->distance_m);
    }
    if (!access_m.empty()) {
        context.tell("{}: features lie up to {:.1f} m off the network",
                     std::filesystem::path(o.network).filename().string(),
                     *std::max_element(access_m.begin(), access_m.end()));
    }
    Weights weights = band_m > 0 ? network_band(network, on_network, band_m, access_m)
                                 : network_nearest(network, on_network, k, access_m);
    weights.weight.clear(); // near is near
    return weights;
}

} // namespace vigil::tools
