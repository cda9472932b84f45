#include "kernels/density/barriers.h"

#include "kernels/density/barrier_walls.h"
#include "kernels/places.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <queue>
#include <utility>
#include <vector>

namespace vigil {

namespace {

using namespace density_detail;

constexpr double infinite = std::numeric_limits<double>::infinity();

struct Step {
    std::uint32_t wedge = 0;
    double length_m = 0;
};

/// Steps from every wedge to those it sees within reach, and along walls.
std::vector<std::vector<Step>> visibility(const Barriers& barriers, double reach_m)
{
    std::vector<std::vector<Step>> steps(barriers.wedges());
    const auto step = [&](std::uint32_t leaving, std::uint32_t arriving, double length_m) {
        if (barriers.bends(arriving)) {
            steps[leaving].push_back({arriving, length_m});
        }
    };
    parallel_chunks(barriers.corners(), 8, [&](std::size_t begin, std::size_t end) {
        for (auto v = static_cast<std::uint32_t>(begin); v < end; ++v) {
            const Stop here = barriers.corner(v);
            const auto walls = barriers.near(here.at, reach_m);
            for (std::uint32_t w = 0; w < barriers.corners(); ++w) {
                const Stop there = barriers.corner(w);
                const double length_m = distance_m(here.at, there.at);
                if (w == v || length_m > reach_m) {
                    continue;
                }
                const auto& spokes = barriers.spokes(v);
                if (const std::size_t k = barriers.spoke_to(v, w); k < spokes.size()) {
                    const std::size_t back = barriers.spoke_to(w, v);
                    step(barriers.left_of(v, k), barriers.right_of(w, back), length_m);
                    step(barriers.right_of(v, k), barriers.left_of(w, back), length_m);
                    continue;
                }
                const auto leaving = barriers.wedge(v, there);
                const auto arriving = barriers.wedge(w, here);
                if (leaving && arriving && barriers.bends(*arriving) && barriers.sight(here, there, walls)) {
                    step(*leaving, *arriving, length_m);
                }
            }
        }
    });
    return steps;
}

/// A place with barriers in reach, and how far it is to the wedges.
struct Source {
    Place place;
    std::vector<std::uint32_t> walls; ///< in reach
    std::vector<Step> reached;        ///< by distance
};

std::vector<Step> seen_from(const Barriers& barriers, const Source& source, double reach_m)
{
    const Stop start{{source.place.x, source.place.y}, none};
    std::vector<Step> seen;
    for (std::uint32_t v = 0; v < barriers.corners(); ++v) {
        const Stop corner = barriers.corner(v);
        const double length_m = distance_m(start.at, corner.at);
        if (length_m > reach_m) {
            continue;
        }
        const auto wedge = barriers.wedge(v, start);
        if (wedge && length_m == 0) {
            return {{*wedge, 0}}; // at a corner: all ways begin in its wedge
        }
        if (wedge && barriers.bends(*wedge) && barriers.sight(start, corner, source.walls)) {
            seen.push_back({*wedge, length_m});
        }
    }
    return seen;
}

void find_ways(const Barriers& barriers, const std::vector<std::vector<Step>>& steps, double reach_m,
               Source& source)
{
    using Entry = std::pair<double, std::uint32_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    std::vector<double> distance(barriers.wedges(), infinite);
    const auto offer = [&](const Step& step, double so_far_m) {
        const double total_m = so_far_m + step.length_m;
        if (total_m <= reach_m && total_m < distance[step.wedge]) {
            distance[step.wedge] = total_m;
            queue.emplace(total_m, step.wedge);
        }
    };
    for (const Step& step : seen_from(barriers, source, reach_m)) {
        offer(step, 0);
    }
    while (!queue.empty()) {
        const auto [so_far_m, wedge] = queue.top();
        queue.pop();
        if (so_far_m > distance[wedge]) {
            continue;
        }
        source.reached.push_back({wedge, so_far_m});
        for (const Step& step : steps[wedge]) {
            offer(step, so_far_m);
        }
    }
}

/// Length of the shortest way, or infinite when it is longer than the reach.
double way_m(const Barriers& barriers, const Source& source, XY cell, double reach_m,
             std::vector<std::uint32_t>& likely)
{
    const Stop start{{source.place.x, source.place.y}, none};
    const Stop goal{cell, none};
    const double straight_m = distance_m(start.at, cell);
    if (straight_m > reach_m) {
        return infinite;
    }
    const bool at_corner = !source.reached.empty() && source.reached.front().length_m == 0;
    if (!at_corner && barriers.sight(start, goal, source.walls, likely.back())) {
        return straight_m;
    }
    double best_m = infinite;
    for (std::size_t k = 0; k < source.reached.size(); ++k) {
        const Step& step = source.reached[k];
        if (step.length_m >= best_m) {
            break;
        }
        const Stop corner = barriers.corner_of(step.wedge);
        const double total_m = step.length_m + distance_m(corner.at, cell);
        if (total_m <= reach_m && total_m < best_m && barriers.wedge(corner.corner, goal) == step.wedge &&
            barriers.sight(corner, goal, source.walls, likely[k])) {
            best_m = total_m;
        }
    }
    return best_m;
}

std::int64_t clamped(double value, std::int64_t most)
{
    return static_cast<std::int64_t>(std::clamp(value, 0.0, static_cast<double>(most)));
}

void add_row(const Barriers& barriers, const std::vector<Source>& sources, const DensityOptions& options,
             double reach_m, std::int64_t row, Raster<double>& raster)
{
    const Grid& grid = raster.grid;
    const double y = grid.centre_y(row);
    for (const Source& source : sources) {
        if (std::fabs(source.place.y - y) > reach_m) {
            continue;
        }
        std::vector<std::uint32_t> likely(source.reached.size() + 1,
                                          none); // of each corner, then of the place
        const double col = (source.place.x - grid.left_x) / grid.cell_m;
        const std::int64_t last = clamped(col + reach_m / grid.cell_m + 1, grid.cols);
        for (std::int64_t c = clamped(col - reach_m / grid.cell_m - 1, grid.cols); c < last; ++c) {
            const double length_m = way_m(barriers, source, {grid.centre_x(c), y}, reach_m, likely);
            if (length_m <= reach_m) {
                raster.at(row, c) +=
                    source.place.weight * kernel_value(options.shape, options.bandwidth_m, length_m);
            }
        }
    }
}

} // namespace

Raster<double> barrier_density(std::span<const XY> points, std::span<const double> weights,
                               const Geometries& barriers, const Grid& grid, const DensityOptions& options,
                               const Progress& progress)
{
    require(barriers.kind != GeometryKind::point, "barriers are lines or polygons, not points");
    require(!options.allow_negative, "barriers take weights of 0 or more only");
    for (const XY corner : barriers.xy) {
        require(std::isfinite(corner.x) && std::isfinite(corner.y),
                "a barrier has a coordinate that is not finite");
    }
    const DensitySurface checked({}, {}, {}, grid, options);
    const double reach_m = checked.reach_m();
    const Barriers walls(barriers);
    std::vector<Source> sources;
    std::vector<XY> free_places;
    std::vector<double> free_weights;
    const std::vector<Place> places = merged_places(points, weights);
    std::vector<std::vector<std::uint32_t>> near(places.size());
    parallel_chunks(places.size(), 64, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            near[i] = walls.near({places[i].x, places[i].y}, reach_m);
        }
    });
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (near[i].empty()) {
            free_places.push_back({places[i].x, places[i].y});
            free_weights.push_back(places[i].weight);
        } else {
            sources.push_back({places[i], std::move(near[i]), {}});
        }
    }
    Raster<double> raster = density(free_places, free_weights, grid, options).raster;
    if (sources.empty()) {
        progress(1);
        return raster;
    }
    const auto steps = visibility(walls, reach_m);
    parallel_chunks(sources.size(), 4, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            find_ways(walls, steps, reach_m, sources[i]);
        }
    });
    std::atomic<std::size_t> done = 0;
    std::mutex reporting;
    const auto rows = static_cast<std::size_t>(grid.rows);
    parallel_chunks(rows, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t row = begin; row < end; ++row) {
            add_row(walls, sources, options, reach_m, static_cast<std::int64_t>(row), raster);
        }
        const std::size_t now = done += end - begin;
        if (const std::unique_lock lock(reporting, std::try_to_lock); lock.owns_lock()) {
            progress(static_cast<double>(now) / static_cast<double>(rows));
        }
    });
    return raster;
}

} // namespace vigil
