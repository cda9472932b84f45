#include "kernels/weights/delaunay.h"

#include "kernels/weights/exact_sign.h"
#include "kernels/weights/link_rows.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace vigil {

namespace {

/// A directed edge; e and opposite(e) are the two directions of one.
using Edge = std::uint32_t;

Edge opposite(Edge e)
{
    return e ^ 1U;
}

/// Divide and conquer over sites sorted by x, then y, all different. Of the quad-edge structure
/// only the rings of edges around each site are kept; the names of steps are those of the paper.
class Triangulation {
  public:
    explicit Triangulation(std::span<const XY> sites) : sites_(sites)
    {
        next_.reserve(6 * sites.size());
        previous_.reserve(6 * sites.size());
        origin_.reserve(6 * sites.size());
        if (sites.size() >= 2) {
            triangulate(0, static_cast<std::uint32_t>(sites.size()));
        }
    }

    /// Calls use(a, b) for each edge, once in each direction.
    template <typename Use>
    void for_edges(Use use) const
    {
        for (Edge e = 0; e < origin_.size(); ++e) {
            if (origin_[e] != removed) {
                use(origin_[e], origin_[opposite(e)]);
            }
        }
    }

  private:
    static constexpr std::uint32_t removed = std::numeric_limits<std::uint32_t>::max();

    /// The edges of a hull that leave its first site (anticlockwise) and its last (clockwise).
    struct Hull {
        Edge left = 0;
        Edge right = 0;
    };

    [[nodiscard]] std::uint32_t origin(Edge e) const { return origin_[e]; }
    [[nodiscard]] std::uint32_t end(Edge e) const { return origin_[opposite(e)]; }
    [[nodiscard]] Edge left_next(Edge e) const { return previous_[opposite(e)]; }
    [[nodiscard]] Edge right_previous(Edge e) const { return next_[opposite(e)]; }
    [[nodiscard]] bool left_turn(std::uint32_t a, std::uint32_t b, std::uint32_t c) const
    {
        return side_of(sites_[a], sites_[b], sites_[c]) > 0;
    }
    [[nodiscard]] bool left_of(std::uint32_t site, Edge e) const
    {
        return left_turn(site, origin(e), end(e));
    }
    [[nodiscard]] bool right_of(std::uint32_t site, Edge e) const
    {
        return left_turn(site, end(e), origin(e));
    }
    [[nodiscard]] bool inside(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) const
    {
        return in_circle(sites_[a], sites_[b], sites_[c], sites_[d]) > 0;
    }

    Edge make_edge(std::uint32_t from, std::uint32_t to)
    {
        const auto e = static_cast<Edge>(origin_.size());
        for (const auto& [edge, site] : {std::pair{e, from}, std::pair{opposite(e), to}}) {
            origin_.push_back(site);
            next_.push_back(edge);
            previous_.push_back(edge);
        }
        return e;
    }
    /// Joins the rings of a and b, or parts them.
    void splice(Edge a, Edge b)
    {
        std::swap(next_[a], next_[b]);
        previous_[next_[a]] = a;
        previous_[next_[b]] = b;
    }
    Edge connect(Edge a, Edge b)
    {
        const Edge e = make_edge(end(a), origin(b));
        splice(e, left_next(a));
        splice(opposite(e), b);
        return e;
    }
    void remove(Edge e)
    {
        splice(e, previous_[e]);
        splice(opposite(e), previous_[opposite(e)]);
        origin_[e] = origin_[opposite(e)] = removed;
    }

    Hull triangulate(std::uint32_t first, std::uint32_t last)
    {
        if (last - first == 2) {
            const Edge a = make_edge(first, first + 1);
            return {a, opposite(a)};
        }
        if (last - first == 3) {
            return triangle(first);
        }
        const std::uint32_t middle = first + (last - first) / 2;
        const Hull left = triangulate(first, middle);
        const Hull right = triangulate(middle, last);
        return merge(left, right);
    }

    Hull triangle(std::uint32_t first)
    {
        const Edge a = make_edge(first, first + 1);
        const Edge b = make_edge(first + 1, first + 2);
        splice(opposite(a), b);
        if (left_turn(first, first + 1, first + 2)) {
            connect(b, a);
            return {a, opposite(b)};
        }
        if (left_turn(first, first + 2, first + 1)) {
            const Edge c = connect(b, a);
            return {opposite(c), c};
        }
        return {a, opposite(b)}; // on one line
    }

    Hull merge(Hull left, Hull right)
    {
        Edge l = left.right;
        Edge r = right.left;
        for (;;) { // down to the common tangent below
            if (left_of(origin(r), l)) {
                l = left_next(l);
            } else if (right_of(origin(l), r)) {
                r = right_previous(r);
            } else {
                break;
            }
        }
        Edge base = connect(opposite(r), l);
        if (origin(l) == origin(left.left)) {
            left.left = opposite(base);
        }
        if (origin(r) == origin(right.right)) {
            right.right = base;
        }
        while (rise(base)) {
        }
        return {left.left, right.right};
    }

    /// Adds the next edge between the halves above `base`; false when there is none.
    bool rise(Edge& base)
    {
        const auto above = [&](Edge e) {
            return right_of(end(e), base);
        };
        Edge l = next_[opposite(base)];
        if (above(l)) {
            while (inside(end(base), origin(base), end(l), end(next_[l]))) {
                remove(std::exchange(l, next_[l]));
            }
        }
        Edge r = previous_[base];
        if (above(r)) {
            while (inside(end(base), origin(base), end(r), end(previous_[r]))) {
                remove(std::exchange(r, previous_[r]));
            }
        }
        const bool left_possible = above(l);
        const bool right_possible = above(r);
        if (!left_possible && !right_possible) {
            return false;
        }
        if (!left_possible || (right_possible && inside(end(l), origin(l), origin(r), end(r)))) {
            base = connect(r, opposite(base));
        } else {
            base = connect(opposite(base), opposite(l));
        }
        return true;
    }

    std::span<const XY> sites_;
    std::vector<Edge> next_;     ///< anticlockwise around the origin
    std::vector<Edge> previous_; ///< clockwise
    std::vector<std::uint32_t> origin_;
};

/// Places by site: those at site s are order [begin[s], begin[s + 1]).
struct Sites {
    std::vector<XY> xy;
    std::vector<std::uint32_t> order;
    std::vector<std::size_t> begin;

    [[nodiscard]] std::span<const std::uint32_t> at(std::size_t site) const
    {
        return std::span(order).subspan(begin[site], begin[site + 1] - begin[site]);
    }
};

Sites sites_of(std::span<const XY> places)
{
    require(places.size() < std::numeric_limits<std::uint32_t>::max() / 6, "{} places are too many",
            places.size());
    std::vector<std::pair<std::pair<double, double>, std::uint32_t>> sorted;
    sorted.reserve(places.size());
    for (std::uint32_t i = 0; i < places.size(); ++i) {
        require(std::isfinite(places[i].x) && std::isfinite(places[i].y),
                "a coordinate is not a finite number");
        sorted.push_back({{places[i].x, places[i].y}, i});
    }
    std::sort(sorted.begin(), sorted.end());
    Sites sites;
    sites.order.reserve(sorted.size());
    for (const auto& [xy, place] : sorted) {
        if (sites.xy.empty() || !(sites.xy.back() == XY{xy.first, xy.second})) {
            sites.begin.push_back(sites.order.size());
            sites.xy.push_back({xy.first, xy.second});
        }
        sites.order.push_back(place);
    }
    sites.begin.push_back(sites.order.size());
    return sites;
}

} // namespace

Weights delaunay(std::span<const XY> places)
{
    const Sites sites = sites_of(places);
    // Sites around each site, then places.
    std::vector<std::size_t> end(sites.xy.size() + 1);
    std::vector<std::uint32_t> around;
    {
        const Triangulation triangulation(sites.xy);
        triangulation.for_edges([&](std::uint32_t a, std::uint32_t /*b*/) { ++end[a + 1]; });
        for (std::size_t s = 1; s < end.size(); ++s) {
            end[s] += end[s - 1];
        }
        around.resize(end.back());
        triangulation.for_edges([&](std::uint32_t a, std::uint32_t b) { around[end[a]++] = b; });
    }
    std::vector<std::uint32_t> site_of(places.size());
    for (std::uint32_t s = 0; s < sites.xy.size(); ++s) {
        for (const std::uint32_t place : sites.at(s)) {
            site_of[place] = s;
        }
    }
    return weights_by_row(places.size(), 4096, false, [&] {
        return [&](std::size_t i, std::vector<Linked>& row) {
            const std::uint32_t here = site_of[i];
            const auto add = [&](std::uint32_t site) {
                for (const std::uint32_t place : sites.at(site)) {
                    if (place != i) {
                        row.push_back({place, 1});
                    }
                }
            };
            add(here);
            for (std::size_t k = here == 0 ? 0 : end[here - 1]; k < end[here]; ++k) {
                add(around[k]);
            }
        };
    });
}

} // namespace vigil
