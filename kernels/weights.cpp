#include "kernels/weights.h"

#include "kernels/band_search.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <nanoflann.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace vigil {

namespace {

constexpr std::size_t chunk = 4096;

/// The k nearest so far, by distance and then by index, so that ties do not depend on the search.
class Nearest {
  public:
    using DistanceType = double;

    Nearest(std::size_t k, std::size_t self) : k_(k), self_(self) { found_.reserve(k + 1); }

    [[nodiscard]] bool full() const { return found_.size() == k_; }
    [[nodiscard]] std::size_t size() const { return found_.size(); }
    /// A little more than the worst, so that places equally far are still offered.
    // NOLINTNEXTLINE(readability-identifier-naming): nanoflann calls it so
    [[nodiscard]] double worstDist() const
    {
        return full() ? found_.back().first * (1 + 1e-12) + std::numeric_limits<double>::min()
                      : std::numeric_limits<double>::max();
    }
    // NOLINTNEXTLINE(readability-identifier-naming): likewise
    bool addPoint(double dist_m2, std::size_t index)
    {
        const std::pair candidate{dist_m2, index};
        if (index == self_ || (full() && !(candidate < found_.back()))) {
            return true;
        }
        found_.insert(std::upper_bound(found_.begin(), found_.end(), candidate), candidate);
        if (found_.size() > k_) {
            found_.pop_back();
        }
        return true;
    }
    [[nodiscard]] const std::vector<std::pair<double, std::size_t>>& found() const { return found_; }

  private:
    std::size_t k_;
    std::size_t self_;
    std::vector<std::pair<double, std::size_t>> found_;
};

struct Cloud {
    std::span<const XY> places;
    [[nodiscard]] std::size_t kdtree_get_point_count() const { return places.size(); }
    [[nodiscard]] double kdtree_get_pt(std::size_t i, std::size_t dimension) const
    {
        return dimension == 0 ? places[i].x : places[i].y;
    }
    template <typename Bounds>
    bool kdtree_get_bbox(Bounds& /*bounds*/) const
    {
        return false;
    }
};
using Tree =
    nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Cloud>, Cloud, 2, std::size_t>;

/// Calls use(i, found) with the k nearest others of every place, many at a time.
template <typename Use>
void for_nearest(std::span<const XY> places, std::size_t k, Use use)
{
    require(k >= 1 && k < places.size(), "{} nearest neighbours need more than {} places; there are {}", k, k,
            places.size());
    require(places.size() < std::numeric_limits<std::uint32_t>::max(), "{} places are too many",
            places.size());
    for (const XY p : places) {
        require(std::isfinite(p.x) && std::isfinite(p.y), "a coordinate is not a finite number");
    }
    const Cloud cloud{places};
    const Tree tree(2, cloud, nanoflann::KDTreeSingleIndexAdaptorParams(16));
    parallel_chunks(places.size(), chunk, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            Nearest nearest(k, i);
            const double query[] = {places[i].x, places[i].y};
            tree.findNeighbors(nearest, query, nanoflann::SearchParams());
            use(i, nearest.found());
        }
    });
}

} // namespace

Weights distance_band(std::span<const XY> places, double band_m)
{
    const BandSearch search(places, band_m);
    std::vector<std::size_t> degree(places.size());
    parallel_chunks(search.buckets(), 64, [&](std::size_t first, std::size_t last) {
        search.scan(first, last, [&](std::size_t s, auto near) {
            std::size_t count = 0;
            near([&](std::size_t /*t*/) { ++count; });
            degree[search.place(s)] = count - 1; // not itself
        });
    });
    Weights weights;
    weights.end.reserve(places.size());
    std::size_t total = 0;
    for (const std::size_t count : degree) {
        weights.end.push_back(total += count);
    }
    weights.neighbour.resize(total);
    parallel_chunks(search.buckets(), 64, [&](std::size_t first, std::size_t last) {
        search.scan(first, last, [&](std::size_t s, auto near) {
            const auto begin =
                weights.neighbour.begin() + static_cast<std::ptrdiff_t>(weights.begin_of(search.place(s)));
            auto next = begin;
            near([&](std::size_t t) {
                if (t != s) {
                    *next++ = search.place(t);
                }
            });
            std::sort(begin, next);
        });
    });
    return weights;
}

Weights nearest_neighbours(std::span<const XY> places, std::size_t k)
{
    Weights weights;
    for (std::size_t i = 1; i <= places.size(); ++i) {
        weights.end.push_back(i * k);
    }
    weights.neighbour.resize(k < places.size() ? k * places.size() : 0);
    for_nearest(places, k, [&](std::size_t i, const auto& found) {
        const auto begin = weights.neighbour.begin() + static_cast<std::ptrdiff_t>(i * k);
        std::transform(found.begin(), found.end(), begin,
                       [](const auto& one) { return static_cast<std::uint32_t>(one.second); });
        std::sort(begin, begin + static_cast<std::ptrdiff_t>(k));
    });
    return weights;
}

std::vector<double> nearest_distances(std::span<const XY> places)
{
    std::vector<double> nearest_m(places.size());
    for_nearest(places, 1,
                [&](std::size_t i, const auto& found) { nearest_m[i] = std::sqrt(found.front().first); });
    return nearest_m;
}

} // namespace vigil
