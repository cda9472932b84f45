#pragma once

#include "kernels/join_ends.h"
#include "kernels/noding.h"
#include "libgeo/features.h"
#include "libgeo/plane.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace vigil::density_detail {

inline constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
inline constexpr double same_direction = 1e-9; ///< radians

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

inline double cross(XY a, XY b)
{
    return a.x * b.y - a.y * b.x;
}

inline double dot(XY a, XY b)
{
    return a.x * b.x + a.y * b.y;
}

inline XY minus(XY a, XY b)
{
    return {a.x - b.x, a.y - b.y};
}

inline int sign(double value)
{
    return value > 0 ? 1 : (value < 0 ? -1 : 0);
}

inline int turn(XY a, XY b, XY c)
{
    return sign(cross(minus(b, a), minus(c, a)));
}

/// Order by angle from east, counter-clockwise.
inline bool by_angle(XY a, XY b)
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

    /// Can a shortest way bend in a wedge? Not in one narrower than half a turn.
    [[nodiscard]] bool bends(std::uint32_t wedge) const
    {
        const std::uint32_t v = corner_of_[wedge];
        const std::size_t k = wedge - first_wedge_[v];
        const XY begin = minus(corners_[spokes_[v][k]], corners_[v]);
        const XY end = minus(corners_[spokes_[v][(k + 1) % spokes_[v].size()]], corners_[v]);
        const double area = cross(begin, end);
        return spokes_[v].size() == 1 || area < 0 || (dot(begin, end) < 0 && area < -1e-6 * dot(begin, end));
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

} // namespace vigil::density_detail
