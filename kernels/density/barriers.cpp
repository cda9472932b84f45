#include "kernels/density/barriers.h"

#include "kernels/join_ends.h"
#include "kernels/noding.h"
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
#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace vigil {

namespace {

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double same_direction = 1e-9; ///< radians

/// Where a line of sight ends: a corner of a barrier, or a free place.
struct Stop {
    XY at;
    std::uint32_t corner = none;
};

/// A segment of a barrier between two corners, from < to.
struct Wall {
    std::uint32_t from = 0, to = 0;
    auto operator<=>(const Wall&) const = default;
};

double cross(XY a, XY b)
{
    return a.x * b.y - a.y * b.x;
}

double dot(XY a, XY b)
{
    return a.x * b.x + a.y * b.y;
}

XY minus(XY a, XY b)
{
    return {a.x - b.x, a.y - b.y};
}

int sign(double value)
{
    return value > 0 ? 1 : (value < 0 ? -1 : 0);
}

int turn(XY a, XY b, XY c)
{
    return sign(cross(minus(b, a), minus(c, a)));
}

/// Order by angle from east, counter-clockwise.
bool by_angle(XY a, XY b)
{
    const auto lower = [](XY d) {
        return d.y < 0 || (d.y == 0 && d.x < 0);
    };
    return lower(a) != lower(b) ? lower(b) : cross(a, b) > 0;
}

/// Barriers as corners and walls that meet only at corners.
///
/// About a corner its walls bound wedges. A way may pass from direction to direction within a wedge, not from
/// one into another, or it would slip through the barrier at the corner. What a way passes is therefore not a
/// corner but one of its wedges: wedge k lies counter-clockwise of spoke k, up to the next spoke.
class Barriers {
  public:
    explicit Barriers(const Geometries& barriers)
    {
        LineSet segments;
        for (std::size_t r = 0; r < barriers.ring_end.size(); ++r) {
            const auto ring = barriers.ring(r);
            for (std::size_t i = 1; i < ring.size(); ++i) {
                if (distance_m(ring[i - 1], ring[i]) > same_place_m) {
                    segments.add(ring.subspan(i - 1, 2), r);
                }
            }
        }
        const Noded noded = node_lines(segments, same_place_m);
        const JoinedEnds joined = join_ends(noded.lines.xy, same_place_m);
        corners_ = joined.nodes;
        for (std::size_t line = 0; line < noded.lines.size(); ++line) {
            for (std::size_t i = noded.lines.begin_of(line) + 1; i < noded.lines.end[line]; ++i) {
                const auto [from, to] = std::minmax(joined.node[i - 1], joined.node[i]);
                if (from != to) {
                    walls_.push_back({from, to});
                }
            }
        }
        std::sort(walls_.begin(), walls_.end());
        walls_.erase(std::unique(walls_.begin(), walls_.end()), walls_.end());
        spokes_.resize(corners_.size());
        for (const Wall& wall : walls_) {
            spokes_[wall.from].push_back(wall.to);
            spokes_[wall.to].push_back(wall.from);
        }
        std::size_t wedges = 0;
        for (std::uint32_t v = 0; v < corners_.size(); ++v) {
            std::sort(spokes_[v].begin(), spokes_[v].end(), [&](std::uint32_t a, std::uint32_t b) {
                return by_angle(minus(corners_[a], corners_[v]), minus(corners_[b], corners_[v]));
            });
            first_wedge_.push_back(static_cast<std::uint32_t>(wedges));
            corner_of_.insert(corner_of_.end(), spokes_[v].size(), v);
            wedges += spokes_[v].size();
        }
    }

    [[nodiscard]] std::size_t corners() const { return corners_.size(); }
    [[nodiscard]] std::size_t wedges() const { return corner_of_.size(); }
    [[nodiscard]] Stop corner(std::uint32_t v) const { return {corners_[v], v}; }
    [[nodiscard]] Stop corner_of(std::uint32_t wedge) const { return corner(corner_of_[wedge]); }
    [[nodiscard]] const std::vector<std::uint32_t>& spokes(std::uint32_t v) const { return spokes_[v]; }

    /// Walls that come within a distance of a place.
    [[nodiscard]] std::vector<std::uint32_t> near(XY place, double within_m) const
    {
        std::vector<std::uint32_t> result;
        for (std::uint32_t k = 0; k < walls_.size(); ++k) {
            const XY a = minus(corners_[walls_[k].from], place);
            const XY along = minus(corners_[walls_[k].to], corners_[walls_[k].from]);
            const double share = std::clamp(-dot(a, along) / dot(along, along), 0.0, 1.0);
            const double dx = a.x + share * along.x;
            const double dy = a.y + share * along.y;
            if (dx * dx + dy * dy <= within_m * within_m * (1 + 1e-9)) {
                result.push_back(k);
            }
        }
        return result;
    }

    /// May one go straight from a to b? Not through walls, nor past the corner of one: there the way bends.
    /// `likely` is asked first: the wall that was in the way of the cell before.
    [[nodiscard]] bool sight(const Stop& a, const Stop& b, const std::vector<std::uint32_t>& walls,
                             std::uint32_t& likely) const
    {
        if (likely != none && blocks(walls_[likely], a, b)) {
            return false;
        }
        const auto found = std::find_if(walls.begin(), walls.end(),
                                        [&](std::uint32_t k) { return blocks(walls_[k], a, b); });
        likely = found == walls.end() ? likely : *found;
        return found == walls.end();
    }
    [[nodiscard]] bool sight(const Stop& a, const Stop& b, const std::vector<std::uint32_t>& walls) const
    {
        std::uint32_t likely = none;
        return sight(a, b, walls, likely);
    }

    /// The wedge of a corner in which one looks towards a stop. None along a wall whose other end is between:
    /// that way passes the other end.
    [[nodiscard]] std::optional<std::uint32_t> wedge(std::uint32_t v, const Stop& stop) const
    {
        const auto& spokes = spokes_[v];
        const XY to = minus(stop.at, corners_[v]);
        if (to == XY{0, 0}) {
            return wedge(v, {{corners_[v].x + 1, corners_[v].y + 1e-6}, none});
        }
        const double length_m = std::hypot(to.x, to.y);
        for (std::size_t k = 0; k < spokes.size(); ++k) {
            const XY spoke = minus(corners_[spokes[k]], corners_[v]);
            const double spoke_m = std::hypot(spoke.x, spoke.y);
            if (std::fabs(cross(spoke, to)) > same_direction * spoke_m * length_m || dot(spoke, to) < 0) {
                continue;
            }
            if (stop.corner != none || length_m > spoke_m) {
                return std::nullopt;
            }
            const Wall wall{std::min(v, spokes[k]), std::max(v, spokes[k])};
            const bool left = (side(wall, stop) > 0) == (wall.from == v);
            return left ? left_of(v, k) : right_of(v, k);
        }
        const auto next =
            std::upper_bound(spokes.begin(), spokes.end(), to, [&](XY direction, std::uint32_t w) {
                return by_angle(direction, minus(corners_[w], corners_[v]));
            });
        const auto k = static_cast<std::size_t>(next - spokes.begin());
        return right_of(v, k % spokes.size());
    }

    /// Wedges on either side of spoke k, seen from the corner.
    [[nodiscard]] std::uint32_t left_of(std::uint32_t v, std::size_t k) const
    {
        return first_wedge_[v] + static_cast<std::uint32_t>(k);
    }
    [[nodiscard]] std::uint32_t right_of(std::uint32_t v, std::size_t k) const
    {
        return left_of(v, (k + spokes_[v].size() - 1) % spokes_[v].size());
    }
    [[nodiscard]] std::size_t spoke_to(std::uint32_t v, std::uint32_t w) const
    {
        return static_cast<std::size_t>(std::find(spokes_[v].begin(), spokes_[v].end(), w) -
                                        spokes_[v].begin());
    }

  private:
    [[nodiscard]] bool blocks(const Wall& wall, const Stop& a, const Stop& b) const
    {
        const auto ends_at = [&wall](const Stop& stop) {
            return stop.corner == wall.from || stop.corner == wall.to;
        };
        return turn(a.at, b.at, corners_[wall.from]) * turn(a.at, b.at, corners_[wall.to]) <= 0 &&
               !ends_at(a) && !ends_at(b) && side(wall, a) * side(wall, b) <= 0 && beside(wall, a.at, b.at);
    }
    /// Is some of a wall neither behind a nor beyond b? Turns alone cannot tell where all are in line.
    [[nodiscard]] bool beside(const Wall& wall, XY a, XY b) const
    {
        const XY along = minus(b, a);
        const double from = dot(minus(corners_[wall.from], a), along);
        const double to = dot(minus(corners_[wall.to], a), along);
        return std::fmax(from, to) >= 0 && std::fmin(from, to) <= dot(along, along);
    }

    /// 1 left of a wall, -1 right of it; a free place is never on it, but east, then north.
    [[nodiscard]] int side(const Wall& wall, const Stop& stop) const
    {
        const XY a = corners_[wall.from];
        const XY b = corners_[wall.to];
        const int at = turn(a, b, stop.at);
        if (at != 0 || stop.corner != none) {
            return at;
        }
        return b.y < a.y || (b.y == a.y && b.x > a.x) ? 1 : -1;
    }

    std::vector<XY> corners_;
    std::vector<Wall> walls_;
    std::vector<std::vector<std::uint32_t>> spokes_; ///< of each corner, counter-clockwise
    std::vector<std::uint32_t> first_wedge_;
    std::vector<std::uint32_t> corner_of_; ///< of each wedge
};

struct Step {
    std::uint32_t wedge = 0;
    double length_m = 0;
};

/// Steps from every wedge to those it sees within reach, and along walls.
std::vector<std::vector<Step>> visibility(const Barriers& barriers, double reach_m)
{
    std::vector<std::vector<Step>> steps(barriers.wedges());
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
                    steps[barriers.left_of(v, k)].push_back({barriers.right_of(w, back), length_m});
                    steps[barriers.right_of(v, k)].push_back({barriers.left_of(w, back), length_m});
                    continue;
                }
                const auto leaving = barriers.wedge(v, there);
                const auto arriving = barriers.wedge(w, here);
                if (leaving && arriving && barriers.sight(here, there, walls)) {
                    steps[*leaving].push_back({*arriving, length_m});
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
        if (wedge && barriers.sight(start, corner, source.walls)) {
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
