#include "kernels/routes.h"

#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <tbb/enumerable_thread_specific.h>

#include <mutex>

namespace vigil {

namespace {

using Places = std::span<const std::optional<NetworkPlace>>;

/// Destinations that are on the network, and which ones they are.
struct Reachable {
    std::vector<NetworkPlace> places;
    std::vector<std::size_t> index;
};

Reachable reachable(Places destinations)
{
    Reachable out;
    for (std::size_t i = 0; i < destinations.size(); ++i) {
        if (destinations[i]) {
            out.places.push_back(*destinations[i]);
            out.index.push_back(i);
        }
    }
    return out;
}

void join_pair(PathFinder& finder, Places origins, Places destinations, std::size_t i, Route& route)
{
    route = {i, i};
    if (origins[i] && destinations[i]) {
        route.path = finder.path(*origins[i], *destinations[i]);
    }
}

void join_all(PathFinder& finder, const std::optional<NetworkPlace>& origin, const Reachable& targets,
              std::span<Route> routes, std::size_t i)
{
    for (std::size_t k = 0; k < routes.size(); ++k) {
        routes[k] = {i, k};
    }
    if (origin) {
        auto paths = finder.paths(*origin, targets.places);
        for (std::size_t k = 0; k < paths.size(); ++k) {
            routes[targets.index[k]].path = std::move(paths[k]);
        }
    }
}

void join_nearest(PathFinder& finder, const std::optional<NetworkPlace>& origin, const Reachable& targets,
                  std::size_t i, Route& route)
{
    route = {i, std::nullopt};
    if (origin) {
        if (auto nearest = finder.nearest(*origin, targets.places)) {
            route.to = targets.index[nearest->target];
            route.path = std::move(nearest->path);
        }
    }
}

} // namespace

std::vector<Route> find_routes(const Network& network, Places origins, Places destinations, Joining joining,
                               const Progress& progress)
{
    require(joining != Joining::pairs || origins.size() == destinations.size(),
            "{} origins and {} destinations cannot be joined in pairs", origins.size(), destinations.size());
    const std::size_t per_origin = joining == Joining::all ? destinations.size() : 1;
    std::vector<Route> routes(origins.size() * per_origin);
    const Reachable targets = joining == Joining::pairs ? Reachable() : reachable(destinations);
    tbb::enumerable_thread_specific<PathFinder> finders([&] { return PathFinder(network); });
    std::mutex telling;
    std::size_t done = 0;
    parallel_chunks(origins.size(), 8, [&](std::size_t begin, std::size_t end) {
        PathFinder& finder = finders.local();
        for (std::size_t i = begin; i < end; ++i) {
            switch (joining) {
            case Joining::pairs:
                join_pair(finder, origins, destinations, i, routes[i]);
                break;
            case Joining::all:
                join_all(finder, origins[i], targets, std::span(routes).subspan(i * per_origin, per_origin),
                         i);
                break;
            case Joining::nearest:
                join_nearest(finder, origins[i], targets, i, routes[i]);
                break;
            }
        }
        const std::lock_guard lock(telling);
        done += end - begin;
        progress(static_cast<double>(done) / static_cast<double>(origins.size()));
    });
    return routes;
}

} // namespace vigil
