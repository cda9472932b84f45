#include "kernels/contours/rings.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>

namespace vigil::contour_detail {

namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

struct Ring {
    std::size_t first = none;  ///< segment that begins at its north-western vertex
    std::size_t on_row = none; ///< and at its first vertex on a line through centres
    bool hole = false;
    std::size_t shell = none;       ///< of a hole: the ring that it is cut from
    std::vector<std::size_t> holes; ///< of a shell
};

class Rings {
  public:
    Rings(std::vector<Segment> segments, const Surface& surface, const Band& band, double gap)
        : segments_(std::move(segments)), surface_(surface), band_(band), gap_(gap)
    {
        std::sort(segments_.begin(), segments_.end(),
                  [](const Segment& a, const Segment& b) { return a.from < b.from; });
        link();
        trace();
        assign_holes();
    }

    [[nodiscard]] Geometries polygons() const
    {
        Geometries out;
        out.kind = GeometryKind::polygon;
        for (const Ring& ring : rings_) {
            if (!ring.hole) {
                out.add_ring(places(ring));
                for (const std::size_t hole : ring.holes) {
                    out.add_ring(places(rings_[hole]));
                }
                out.end_part();
            }
        }
        out.end_feature();
        return out;
    }

  private:
    [[nodiscard]] Vertex vertex(std::size_t segment) const
    {
        return {surface_.grid(), segments_[segment].from};
    }

    /// The k-th smallest end is the k-th smallest beginning, since each vertex is both once.
    void link()
    {
        std::vector<std::size_t> by_end(segments_.size());
        std::iota(by_end.begin(), by_end.end(), std::size_t{0});
        std::sort(by_end.begin(), by_end.end(),
                  [&](std::size_t a, std::size_t b) { return segments_[a].to < segments_[b].to; });
        next_.resize(segments_.size());
        for (std::size_t k = 0; k < by_end.size(); ++k) {
            next_[by_end[k]] = k;
        }
    }

    void trace()
    {
        ring_of_.assign(segments_.size(), none);
        for (std::size_t first = 0; first < segments_.size(); ++first) {
            if (ring_of_[first] != none) {
                continue;
            }
            Ring ring;
            ring.first = first;
            std::size_t at = first;
            do {
                ring_of_[at] = rings_.size();
                if (at < ring.on_row && vertex(at).on_centre_row()) {
                    ring.on_row = at;
                }
                at = next_[at];
            } while (at != first);
            // the area is on the left: leaving northwards, it lies to the west, outside of the ring
            ring.hole = ring.on_row != none && vertex(next_[ring.on_row]).i < vertex(ring.on_row).i;
            rings_.push_back(ring);
        }
    }

    void assign_holes()
    {
        std::size_t before = none; // the vertex to the west on the same line through centres
        for (std::size_t k = 0; k < segments_.size(); ++k) {
            const Vertex here = vertex(k);
            if (!here.on_centre_row()) {
                continue;
            }
            Ring& ring = rings_[ring_of_[k]];
            if (ring.hole && ring.on_row == k) {
                const Ring& neighbour = rings_[ring_of_[before]];
                ring.shell = neighbour.hole ? neighbour.shell : ring_of_[before];
            }
            before = k;
        }
        for (std::size_t r = 0; r < rings_.size(); ++r) {
            if (rings_[r].hole) {
                rings_[rings_[r].shell].holes.push_back(r);
            }
        }
    }

    /// A closed ring, without the points on straight edges of the data.
    [[nodiscard]] std::vector<XY> places(const Ring& ring) const
    {
        std::vector<XY> all;
        std::vector<bool> plain;
        std::size_t at = ring.first;
        do {
            const Vertex here = vertex(at);
            all.push_back(place_of(here, surface_, band_, gap_));
            plain.push_back(here.kind == Vertex::Kind::point);
            at = next_[at];
        } while (at != ring.first);
        std::vector<XY> kept;
        for (std::size_t k = 0; k < all.size(); ++k) {
            const XY before = all[k == 0 ? all.size() - 1 : k - 1];
            const XY after = all[k + 1 == all.size() ? 0 : k + 1];
            const bool straight = (before.x == all[k].x && all[k].x == after.x) ||
                                  (before.y == all[k].y && all[k].y == after.y);
            if (!(plain[k] && straight)) {
                kept.push_back(all[k]);
            }
        }
        kept.push_back(kept.front());
        return kept;
    }

    std::vector<Segment> segments_;
    const Surface& surface_;
    Band band_;
    double gap_;
    std::vector<std::size_t> next_, ring_of_;
    std::vector<Ring> rings_;
};

} // namespace

Geometries joined_rings(std::vector<Segment> segments, const Surface& surface, const Band& band, double gap)
{
    return Rings(std::move(segments), surface, band, gap).polygons();
}

} // namespace vigil::contour_detail
