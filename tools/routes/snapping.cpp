#include "tools/routes/snapping.h"

#include "kernels/route/edge_snapper.h"
#include "kernels/route/joint_snapper.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vigil::tools {

namespace {

/// A larger part of the network may be this much farther than an island.
constexpr double past_island_m = 1000;
/// A part that is not this many times smaller than the largest is no island, however few nodes it has.
constexpr std::uint32_t smaller_by = 100;

/// Edges that places may go to: not links between modes, which nobody is on, nor past --largest.
std::vector<std::uint8_t> edges_for_places(const RoutesOptions& o, const RouteNetwork& network,
                                           const LoadedScenarios& scenarios)
{
    const auto& nodes = scenarios.part_nodes;
    const std::uint32_t most = nodes.empty() ? 0 : *std::max_element(nodes.begin(), nodes.end());
    std::vector<std::uint8_t> allowed = scenarios.usable;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        if (network.kind_of(e).mode == Mode::transfer || (o.largest && nodes[e] < most)) {
            allowed[e] = 0;
        }
    }
    return allowed;
}

/// The same without islands.
std::vector<std::uint8_t> without_islands(const RoutesOptions& o, const LoadedScenarios& scenarios,
                                          std::vector<std::uint8_t> allowed)
{
    const auto& nodes = scenarios.part_nodes;
    const std::uint32_t most = nodes.empty() ? 0 : *std::max_element(nodes.begin(), nodes.end());
    const auto few = static_cast<std::uint32_t>(std::min<std::int64_t>(o.island_nodes, most / smaller_by));
    for (std::size_t e = 0; e < allowed.size(); ++e) {
        if (nodes[e] < few) {
            allowed[e] = 0;
        }
    }
    return allowed;
}

using Found = std::vector<std::optional<SnapCandidate>>;

Found nearest_of(const RoutesOptions& o, const RouteNetwork& network, std::span<const std::uint8_t> allowed,
                 std::span<const LonLat> places)
{
    if (o.snap_to == SnapTo::edge) {
        return EdgeSnapper(network, allowed).nearest_of(places);
    }
    const JointSnapper joints(network, allowed);
    Found found(places.size());
    parallel_chunks(places.size(), 64, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            found[i] = joints.nearest(places[i]);
        }
    });
    return found;
}

} // namespace

SnappedPlaces snap_places(const RoutesOptions& o, const RouteNetwork& network,
                          const LoadedScenarios& scenarios, std::span<const LonLat> places)
{
    const std::vector<std::uint8_t> allowed = edges_for_places(o, network, scenarios);
    const std::vector<std::uint8_t> parts = without_islands(o, scenarios, allowed);
    Found found = nearest_of(o, network, allowed, places);
    if (parts != allowed) {
        const Found larger = nearest_of(o, network, parts, places);
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (larger[i] && larger[i]->distance_m <= found[i]->distance_m + past_island_m) {
                found[i] = larger[i];
            }
        }
    }
    SnappedPlaces snapped;
    for (const auto& one : found) {
        snapped.distance_m.push_back(one ? one->distance_m : std::nan(""));
        const bool near = one && one->distance_m <= o.max_snap_m;
        snapped.places.push_back(near ? std::optional(one->place) : std::nullopt);
    }
    return snapped;
}

} // namespace vigil::tools
