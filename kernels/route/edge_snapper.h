#pragma once

#include "libgeo/route_network.h"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace vigil {

/// Where a place may meet a network.
struct SnapCandidate {
    EdgePlace place;
    LonLat at;             ///< on the drawing of the edge
    double distance_m = 0; ///< from the place that was snapped
    double score_m = 0;    ///< distance with the class prior: distance_m + penalty of the edge
};

/// Finds the nearest places on a route network, exactly, anywhere on Earth.
///
/// Drawings are cut into straight stretches of at most 50 m whose ends lie on the ellipsoid: vertices, and
/// places along the great ellipse between vertices that are farther apart. The middles of the stretches, in
/// three dimensions, go into a k-d tree; the exact distance is then measured to each stretch whose middle is
/// near enough to matter, so the answer is the one a look at every stretch gives, bit for bit. No projection,
/// so no seams: the antimeridian and the poles are places like any other.
///
/// Distances are those of the straight line to the nearest point of a stretch, turned into an arc of the mean
/// Earth (6371.0088 km). A stretch lies at most 0.05 mm below the ellipsoid. Which place is nearest is
/// decided by the straight line; the arc given for it differs from the geodesic by less than a millimetre
/// up to 10 km.
///
/// An edge of no length (a barrier, a border post) is a point: it is taken only when nothing else is as near.
/// Of equals the lowest edge is taken, and on it the smallest offset. Transfers are edges as well: keep them
/// out by `usable`.
///
/// Offsets are length_m * (stretches up to the place) / (all stretches).
///
/// cost   O(m log m) to build and some 100 bytes for each of m stretches; a search looks at a handful
class EdgeSnapper {
  public:
    /// usable      one flag per edge: may be snapped to; empty means all
    /// penalty_m   of each edge, >= 0, added to distances when places are ranked (a class prior); or empty
    /// throws      Error when there is not one value for each edge. The network must outlive this.
    explicit EdgeSnapper(const RouteNetwork& network, std::span<const std::uint8_t> usable = {},
                         std::span<const float> penalty_m = {});
    ~EdgeSnapper();
    EdgeSnapper(const EdgeSnapper&) = delete;
    EdgeSnapper& operator=(const EdgeSnapper&) = delete;
    EdgeSnapper(EdgeSnapper&&) noexcept;
    EdgeSnapper& operator=(EdgeSnapper&&) noexcept;

    /// The nearest place by score; nothing when none is within `most_m` (of distance, not of score).
    /// throws   Error when the place is not finite, or its latitude not in [-90, 90]
    [[nodiscard]] std::optional<SnapCandidate> nearest(LonLat place, double most_m = infinite) const;

    /// The nearest place on each of the k edges of best score within `most_m`, best first; ties as above.
    [[nodiscard]] std::vector<SnapCandidate> candidates(LonLat place, std::size_t k, double most_m) const;

    /// nearest() for many places, on all threads, in an order that the cache likes.
    [[nodiscard]] std::vector<std::optional<SnapCandidate>> nearest_of(std::span<const LonLat> places,
                                                                       double most_m = infinite) const;

    static constexpr double infinite = std::numeric_limits<double>::infinity();

  private:
    struct Index;
    std::unique_ptr<const Index> index_;
};

/// The point of the drawing at a place. Offsets below 0 or beyond the edge stand for its ends.
LonLat lon_lat_at(const RouteNetwork& network, EdgePlace place);

} // namespace vigil
