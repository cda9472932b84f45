#pragma once

#include "kernels/shortest_path.h"
#include "libgeo/network.h"
#include "libgeo/progress.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace vigil {

/// Which places are to be joined.
enum class Joining {
    pairs,   ///< the first with the first, the second with the second, ...
    all,     ///< every one with every one
    nearest, ///< every origin with the destination that is cheapest to reach
};

struct Route {
    std::size_t from = 0;                    ///< index of the origin
    std::optional<std::size_t> to;           ///< index of the destination; none when no one can be reached
    std::optional<Path> path = std::nullopt; ///< none when there is no way
};

/// The cheapest paths between origins and destinations, on all threads.
///
/// origins, destinations   places on the network; nothing for one that is too far from it. Equally many for
///                         Joining::pairs
/// returns   pairs: one route per pair; all: origins x destinations, by origin; nearest: one per origin.
///           The same for any number of threads
/// cost      one Dijkstra search per origin (per pair for Joining::pairs)
std::vector<Route> find_routes(const Network& network, std::span<const std::optional<NetworkPlace>> origins,
                               std::span<const std::optional<NetworkPlace>> destinations, Joining joining,
                               const Progress& progress = {});

} // namespace vigil
