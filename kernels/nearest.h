#pragma once

#include "libgeo/plane.h"

#include <nanoflann.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace vigil {

/// A k-d tree over places on the plane. (nanoflann 1.4 wants squared radii).
///
/// cost   O(n log n) to build, O(n) memory; a search takes O(log n + places met)
class PlaceIndex {
  public:
    /// places   n places, metres, finite
    explicit PlaceIndex(std::vector<XY> places) : source_{std::move(places)}, tree_(2, source_, {leaf_size})
    {
    }
    PlaceIndex(const PlaceIndex&) = delete;
    PlaceIndex& operator=(const PlaceIndex&) = delete;
    ~PlaceIndex() = default;

    [[nodiscard]] std::size_t size() const { return source_.places.size(); }
    [[nodiscard]] const std::vector<XY>& places() const { return source_.places; }

    /// Calls visit(i, dist_m2) for places within a radius that the visits shrink: each returns the squared
    /// radius to search from then on (start with `radius_m2`). Places come in no particular order.
    template <typename Visit>
    void search(XY centre, double radius_m2, Visit&& visit) const
    {
        if (size() == 0) {
            return;
        }
        Results<Visit> results{visit, radius_m2};
        const double query[] = {centre.x, centre.y};
        tree_.findNeighbors(results, query, nanoflann::SearchParams());
    }

  private:
    static constexpr std::size_t leaf_size = 10;

    struct Source {
        std::vector<XY> places;
        [[nodiscard]] std::size_t kdtree_get_point_count() const { return places.size(); }
        [[nodiscard]] double kdtree_get_pt(std::size_t i, std::size_t axis) const
        {
            return axis == 0 ? places[i].x : places[i].y;
        }
        template <typename Bounds>
        bool kdtree_get_bbox(Bounds& /*bounds*/) const
        {
            return false; // nanoflann finds it
        }
    };

    /// What nanoflann calls a result set.
    template <typename Visit>
    struct Results {
        Visit& visit;
        double radius_m2;
        [[nodiscard]] bool full() const { return true; }
        // NOLINTNEXTLINE(readability-identifier-naming): nanoflann calls it so
        [[nodiscard]] double worstDist() const { return radius_m2; }
        // NOLINTNEXTLINE(readability-identifier-naming): likewise
        bool addPoint(double dist_m2, std::uint32_t i)
        {
            radius_m2 = visit(i, dist_m2);
            return true;
        }
    };

    using Tree = nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Source>, Source, 2,
                                                     std::uint32_t>;
    Source source_;
    Tree tree_;
};

} // namespace vigil
