#include "kernels/weights/polygon_near.h"

#include "kernels/line_set.h"
#include "kernels/segment_grid.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace vigil {

namespace {

using Pair = std::pair<std::uint32_t, std::uint32_t>;

/// A part of a segment, as shares of its length.
struct Part {
    double first = 1;
    double last = 0;

    [[nodiscard]] bool empty() const { return first > last; }
    void add(Part other)
    {
        if (!other.empty()) {
            first = std::min(first, other.first);
            last = std::max(last, other.last);
        }
    }
};

/// Where low <= at + u slope <= high for u in [0, 1].
Part between(double at, double slope, double low, double high)
{
    if (slope == 0) {
        return at >= low && at <= high ? Part{0, 1} : Part{};
    }
    const auto [first, last] = std::minmax({(low - at) / slope, (high - at) / slope});
    return {std::max(first, 0.0), std::min(last, 1.0)};
}

/// The part of a-b within a distance of a place.
Part near_place(XY a, XY b, XY place, double reach)
{
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double squared = dx * dx + dy * dy;
    const double along = squared > 0 ? ((place.x - a.x) * dx + (place.y - a.y) * dy) / squared : 0;
    const double off2 = squared_distance_m2(place, {a.x + along * dx, a.y + along * dy});
    if (off2 > reach * reach) {
        return {};
    }
    const double half = squared > 0 ? std::sqrt((reach * reach - off2) / squared) : 0;
    return {std::max(along - half, 0.0), std::min(along + half, 1.0)};
}

/// The part of a-b within a distance of the segment c-d. What lies around a segment is convex, so
/// it is one stretch: from the first to the last that is near its ends or beside it.
Part near_segment(XY a, XY b, XY c, XY d, double reach)
{
    Part part;
    part.add(near_place(a, b, c, reach));
    part.add(near_place(a, b, d, reach));
    const double length = distance_m(c, d);
    if (length > 0) {
        const double ux = (d.x - c.x) / length;
        const double uy = (d.y - c.y) / length;
        const XY from{(a.x - c.x) * ux + (a.y - c.y) * uy, (a.y - c.y) * ux - (a.x - c.x) * uy};
        const XY step{(b.x - a.x) * ux + (b.y - a.y) * uy, (b.y - a.y) * ux - (b.x - a.x) * uy};
        const Part along = between(from.x, step.x, 0, length);
        const Part beside = between(from.y, step.y, -reach, reach);
        part.add({std::max(along.first, beside.first), std::min(along.last, beside.last)});
    }
    return part;
}

/// The rings of polygons as lines that know their feature.
LineSet borders(const Geometries& polygons)
{
    LineSet lines;
    std::size_t part = 0;
    std::size_t ring = 0;
    for (std::size_t f = 0; f < polygons.size(); ++f) {
        for (; part < polygons.feature_end[f]; ++part) {
            for (; ring < polygons.part_end[part]; ++ring) {
                lines.add(polygons.ring(ring), f);
            }
        }
    }
    return lines;
}

/// A stretch of `of`'s border that is near that of `to`, from and to metres along all borders.
struct Stretch {
    std::uint32_t of = 0;
    std::uint32_t to = 0;
    double first = 0;
    double last = 0;
    auto operator<=>(const Stretch&) const = default;
};

/// Looks at pairs of segments and keeps which features are near.
class Meetings {
  public:
    Meetings(const LineSet& lines, double reach, bool measured)
        : lines_(lines), reach_(reach), measured_(measured), owner_(lines.xy.size()), along_(lines.xy.size())
    {
        double along = 0;
        for (std::size_t line = 0; line < lines.size(); ++line) {
            for (std::size_t v = lines.begin_of(line); v < lines.end[line]; ++v) {
                owner_[v] = static_cast<std::uint32_t>(lines.source[line]);
                along += v > lines.begin_of(line) ? distance_m(lines.xy[v - 1], lines.xy[v]) : 0;
                along_[v] = along;
            }
        }
    }

    void look_at(std::size_t s, std::size_t t)
    {
        if (owner_[s] == owner_[t]) {
            return;
        }
        const Part part = near(s, t);
        if (part.empty()) {
            return;
        }
        if (measured_) {
            keep(s, t, part);
            keep(t, s, near(t, s));
        } else {
            pairs_.emplace_back(owner_[s], owner_[t]);
            pairs_.emplace_back(owner_[t], owner_[s]);
            tidy_when_many();
        }
    }

    /// Pairs in both directions, sorted, each once.
    std::vector<Pair> take(double least)
    {
        if (measured_) {
            longer_than(least);
        }
        tidy();
        return std::move(pairs_);
    }

  private:
    [[nodiscard]] Part near(std::size_t s, std::size_t t) const
    {
        return near_segment(lines_.xy[s], lines_.xy[s + 1], lines_.xy[t], lines_.xy[t + 1], reach_);
    }
    void keep(std::size_t s, std::size_t t, Part part)
    {
        const double length = along_[s + 1] - along_[s];
        stretches_.push_back(
            {owner_[s], owner_[t], along_[s] + part.first * length, along_[s] + part.last * length});
    }
    void longer_than(double least)
    {
        std::sort(stretches_.begin(), stretches_.end());
        for (std::size_t begin = 0; begin < stretches_.size();) {
            const Pair pair{stretches_[begin].of, stretches_[begin].to};
            double total = 0;
            double reached = -1;
            for (; begin < stretches_.size() && Pair{stretches_[begin].of, stretches_[begin].to} == pair;
                 ++begin) {
                const Stretch& one = stretches_[begin];
                total += std::max(0.0, one.last - std::max(one.first, reached));
                reached = std::max(reached, one.last);
            }
            if (total > least) {
                pairs_.push_back(pair);
                pairs_.emplace_back(pair.second, pair.first);
            }
        }
    }
    void tidy()
    {
        std::sort(pairs_.begin(), pairs_.end());
        pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
    }
    /// The same pair is met again and again along a border.
    void tidy_when_many()
    {
        if (pairs_.size() >= many_) {
            tidy();
            many_ = std::max(many_, 2 * pairs_.size());
        }
    }

    const LineSet& lines_;
    double reach_;
    bool measured_;
    std::vector<std::uint32_t> owner_; ///< of each vertex
    std::vector<double> along_;        ///< how far each vertex is along all borders
    std::vector<Pair> pairs_;
    std::vector<Stretch> stretches_;
    std::size_t many_ = std::size_t{1} << 20U;
};

void check(const Geometries& polygons, double tolerance, double together)
{
    require(polygons.kind == GeometryKind::polygon, "contiguity needs polygons");
    require(polygons.size() < std::numeric_limits<std::uint32_t>::max(), "{} polygons are too many",
            polygons.size());
    require(tolerance > 0 && std::isfinite(tolerance), "a tolerance of {} is not positive", tolerance);
    require(together >= 0 && std::isfinite(together), "{} tolerances are not a length", together);
    for (const XY p : polygons.xy) {
        require(std::isfinite(p.x) && std::isfinite(p.y), "a coordinate is not a finite number");
    }
}

} // namespace

Weights polygon_contiguity_near(const Geometries& polygons, Contiguity contiguity, double tolerance,
                                double together)
{
    check(polygons, tolerance, together);
    const LineSet lines = borders(polygons);
    const double reach = tolerance * (1 + 1e-9);
    Meetings meetings(lines, reach, contiguity == Contiguity::rook);
    if (!lines.xy.empty()) {
        for_near_segments(lines, reach, [&](std::size_t s, std::size_t t) { meetings.look_at(s, t); });
    }
    const std::vector<Pair> pairs = meetings.take(together * reach);
    Weights weights;
    weights.end.reserve(polygons.size());
    weights.neighbour.reserve(pairs.size());
    auto next = pairs.begin();
    for (std::size_t i = 0; i < polygons.size(); ++i) {
        for (; next != pairs.end() && next->first == i; ++next) {
            weights.neighbour.push_back(next->second);
        }
        weights.end.push_back(weights.links());
    }
    return weights;
}

} // namespace vigil
