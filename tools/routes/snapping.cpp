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

std::uint32_t largest_part(const LoadedScenarios& scenarios)
{
    const auto& nodes = scenarios.part_nodes;
    return nodes.empty() ? 0 : *std::max_element(nodes.begin(), nodes.end());
}

/// Edges that places may go to: not links between modes, which nobody is on, nor past --largest.
std::vector<std::uint8_t> edges_for_places(const RoutesOptions& o, const RouteNetwork& network,
                                           const LoadedScenarios& scenarios)
{
    const auto& nodes = scenarios.part_nodes;
    const std::uint32_t most = largest_part(scenarios);
    std::vector<std::uint8_t> allowed = scenarios.usable;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        if (network.kind_of(e).mode == Mode::transfer || (o.largest && nodes[e] < most)) {
            allowed[e] = 0;
        }
    }
    return allowed;
}

/// Edges of islands.
std::vector<std::uint8_t> islands(const RoutesOptions& o, const LoadedScenarios& scenarios)
{
    const auto& nodes = scenarios.part_nodes;
    const std::uint32_t most = largest_part(scenarios);
    const auto few = static_cast<std::uint32_t>(std::min<std::int64_t>(o.island_nodes, most / smaller_by));
    std::vector<std::uint8_t> island;
    island.reserve(nodes.size());
    for (const std::uint32_t n : nodes) {
        island.push_back(n < few ? 1 : 0);
    }
    return island;
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

/// Moves who stands on an island to a larger part, where one is near enough.
void look_past_islands(const RoutesOptions& o, const RouteNetwork& network, const LoadedScenarios& scenarios,
                       std::vector<std::uint8_t> allowed, std::span<const LonLat> places, Found& found)
{
    const std::vector<std::uint8_t> island = islands(o, scenarios);
    std::vector<std::size_t> who;
    std::vector<LonLat> where;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (found[i] && island[found[i]->place.edge] != 0) {
            who.push_back(i);
            where.push_back(places[i]);
        }
    }
    if (who.empty()) {
        return; // an index of the larger parts is not needed
    }
    for (std::size_t e = 0; e < allowed.size(); ++e) {
        if (island[e] != 0) {
            allowed[e] = 0;
        }
    }
    const Found larger = nearest_of(o, network, allowed, where);
    for (std::size_t k = 0; k < who.size(); ++k) {
        if (larger[k] && larger[k]->distance_m <= found[who[k]]->distance_m + past_island_m) {
            found[who[k]] = larger[k];
        }
    }
}

} // namespace

SnappedPlaces snap_places(const RoutesOptions& o, const RouteNetwork& network,
                          const LoadedScenarios& scenarios, std::span<const LonLat> places)
{
    const std::vector<std::uint8_t> allowed = edges_for_places(o, network, scenarios);
    Found found = nearest_of(o, network, allowed, places);
    look_past_islands(o, network, scenarios, allowed, places, found);
    SnappedPlaces snapped;
    for (const auto& one : found) {
        snapped.distance_m.push_back(one ? one->distance_m : std::nan(""));
        const bool near = one && one->distance_m <= o.max_snap_m;
        snapped.places.push_back(near ? std::optional(one->place) : std::nullopt);
    }
    return snapped;
}

} // namespace vigil::tools
