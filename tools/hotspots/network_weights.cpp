#include "tools/hotspots/network_weights.h"

#include "kernels/route/edge_snapper.h"
#include "kernels/weights/network_weights.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "tools/route_network/input.h"

#include <algorithm>
#include <filesystem>

namespace vigil::tools {

namespace {

/// Roads and paths; everything when there are none.
std::vector<std::uint8_t> streets_of(const RouteNetwork& network)
{
    std::vector<std::uint8_t> streets;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        const Mode mode = network.kind_of(e).mode;
        streets.push_back(mode == Mode::road || mode == Mode::walk ? 1 : 0);
    }
    const bool any = std::find(streets.begin(), streets.end(), 1) != streets.end();
    return any ? streets : std::vector<std::uint8_t>();
}

} // namespace

Weights network_weights(std::span<const XY> places, const Crs& crs, double band_m, std::size_t k,
                        const HotspotOptions& o, const cli::Context& context)
{
    RouteNetworkInput input;
    input.paths = {o.network};
    input.layer = o.network_layer;
    input.allow_vsi = o.read.allow_vsi;
    const LoadedRouteNetwork loaded = load_route_network(input, false, context);
    tell_route_network(loaded, context);
    const RouteNetwork& network = loaded.network;
    const EdgeSnapper snapper(network, streets_of(network));
    std::vector<EdgePlace> on_network;
    std::vector<double> access_m;
    for (const std::optional<SnapCandidate>& snapped : snapper.nearest_of(io::to_lonlat(places, crs))) {
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
