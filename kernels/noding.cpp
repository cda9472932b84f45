#include "kernels/noding.h"

#include "kernels/segment_grid.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace vigil {

namespace {

/// A cut of a line: at distance `along_m` from the start of the segment that begins at vertex `vertex`.
struct Cut {
    std::size_t vertex = 0; ///< index into LineSet::xy
    double along_m = 0;
    XY place;
    bool operator==(const Cut&) const = default;
};

struct Projection {
    double along_m = 0;
    double distance_m = 0;
};

Projection project(XY p, XY a, XY b)
{
    const double length = distance_m(a, b);
    const double dot = (p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y);
    const double along = std::clamp(dot / length, 0.0, length);
    const double t = along / length;
    return {along, distance_m(p, {a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)})};
}

/// Twice the signed area of a triangle.
double turn(XY a, XY b, XY c)
{
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/// Where the insides of two segments cross; nothing when they only touch or are parallel.
/// The segments are first put into a fixed order, so that both lines get the same place to the last bit.
std::optional<XY> crossing(XY a, XY b, XY c, XY d)
{
    if (before(b, a)) {
        std::swap(a, b);
    }
    if (before(d, c)) {
        std::swap(c, d);
    }
    if (before(c, a) || (a == c && before(d, b))) {
        std::swap(a, c);
        std::swap(b, d);
    }
    const double side_c = turn(a, b, c);
    const double side_d = turn(a, b, d);
    const double side_a = turn(c, d, a);
    const double side_b = turn(c, d, b);
    if (!(side_c * side_d < 0 && side_a * side_b < 0)) {
        return std::nullopt;
    }
    const double t = side_a / (side_a - side_b);
    return XY{a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
}

class Noder {
  public:
    Noder(const LineSet& lines, double tolerance_m) : lines_(lines), tolerance_m_(tolerance_m)
    {
        line_of_.reserve(lines.xy.size());
        for (std::size_t i = 0; i < lines.size(); ++i) {
            line_of_.insert(line_of_.end(), lines.line(i).size(), i);
        }
    }

    Noded run()
    {
        const double reach_m = std::max(tolerance_m_, same_place_m);
        for_near_segments(lines_, reach_m, [this](std::size_t a, std::size_t b) { meet(a, b); });
        std::sort(cuts_.begin(), cuts_.end(), [](const Cut& a, const Cut& b) {
            if (a.vertex != b.vertex) {
                return a.vertex < b.vertex;
            }
            return a.along_m != b.along_m ? a.along_m < b.along_m : before(a.place, b.place);
        });
        cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
        return split();
    }

  private:
    /// Segments are named by their first vertex.
    void meet(std::size_t s, std::size_t t)
    {
        const bool same_line = line_of_[s] == line_of_[t];
        if (same_line && (s + 1 == t || t + 1 == s)) {
            return; // neighbours share a vertex
        }
        touch(s, t, same_line);
        touch(s + 1, t, same_line);
        touch(t, s, same_line);
        touch(t + 1, s, same_line);
        if (const auto place = crossing(at(s), at(s + 1), at(t), at(t + 1))) {
            cut(s, *place);
            cut(t, *place);
        }
    }

    /// Cuts segment `s` where vertex `v` lies on it, and the vertex's own line there.
    void touch(std::size_t v, std::size_t s, bool same_line)
    {
        const std::size_t line = line_of_[v];
        const bool is_end = v == lines_.begin_of(line) || v + 1 == lines_.end[line];
        const double reach_m = is_end && !same_line ? std::max(tolerance_m_, same_place_m) : same_place_m;
        const Projection on = project(at(v), at(s), at(s + 1));
        if (on.distance_m > reach_m) {
            return;
        }
        cuts_.push_back({s, on.along_m, at(v)});
        if (!is_end) {
            cuts_.push_back({v, 0, at(v)});
        }
    }

    void cut(std::size_t s, XY place) { cuts_.push_back({s, distance_m(at(s), place), place}); }

    [[nodiscard]] XY at(std::size_t vertex) const { return lines_.xy[vertex]; }

    Noded split() const
    {
        Noded out;
        std::vector<XY> piece;
        auto next = cuts_.begin();
        const auto add_vertex = [&](XY p) {
            if (piece.empty() || !(piece.back() == p)) {
                piece.push_back(p);
            }
        };
        for (std::size_t line = 0; line < lines_.size(); ++line) {
            piece.clear();
            const std::size_t last = lines_.end[line] - 1;
            for (std::size_t v = lines_.begin_of(line); v <= last; ++v) {
                add_cut_vertex(v, next, add_vertex);
                for (; next != cuts_.end() && next->vertex == v; ++next) {
                    add_vertex(next->place);
                    if (piece.size() > 1) {
                        out.lines.add(piece, lines_.source[line]);
                        piece.assign(1, next->place);
                        ++out.splits;
                    }
                }
            }
            if (piece.size() > 1) {
                out.lines.add(piece, lines_.source[line]);
            } else {
                --out.splits; // the last cut was at the line's very end
            }
        }
        return out;
    }

    /// A vertex of the line itself, unless a cut at the very start of its segment stands for it.
    template <typename Next, typename Add>
    void add_cut_vertex(std::size_t v, const Next& next, const Add& add_vertex) const
    {
        const bool first_of_line = v == lines_.begin_of(line_of_[v]);
        const bool cut_here = next != cuts_.end() && next->vertex == v && next->along_m == 0;
        if (first_of_line || !cut_here) {
            add_vertex(at(v));
        }
    }

    const LineSet& lines_;
    double tolerance_m_;
    std::vector<std::size_t> line_of_;
    std::vector<Cut> cuts_;
};

} // namespace

Noded node_lines(const LineSet& lines, double tolerance_m)
{
    return Noder(lines, tolerance_m).run();
}

} // namespace vigil
