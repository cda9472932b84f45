#pragma once

#include <nanoflann.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace vigil {

/// A k-d tree over balls in space, kept in single precision around their middle: half the memory, and twice
/// the balls in a cache line. A search hands out every ball that may reach into the radius, and perhaps some
/// that end a little before; who needs exact distances measures what the balls stand for. (nanoflann 1.4
/// wants squared radii).
///
/// Balls are renumbered so that neighbours in the tree are neighbours in memory: visits speak of positions,
/// and `order()[position]` is the number the ball came with.
///
/// cost   O(n log n) to build, O(n) memory; a search takes O(log n + balls met), when radii differ little
class BallIndex {
  public:
    using Point = std::array<double, 3>;
    struct Ball {
        Point centre{};
        double radius_m = 0;
    };

    /// balls   n < 2^32, metres, finite, no more than 1e8 m from the origin
    explicit BallIndex(std::span<const Ball> balls)
        : centre_(middle(balls)), source_{rounded(balls, centre_)}, tree_(3, source_, {leaf_size}),
          order_(tree_.vAcc)
    {
        for (const Single& p : source_.places) {
            for (std::size_t k = 0; k < 3; ++k) {
                extent_m_ = std::max(extent_m_, static_cast<double>(std::abs(p[k])));
            }
            largest_m_ = std::max(largest_m_, static_cast<double>(p[3]));
        }
        std::vector<Single> sorted(order_.size());
        for (std::uint32_t i = 0; i < order_.size(); ++i) {
            sorted[i] = source_.places[order_[i]];
            tree_.vAcc[i] = i;
        }
        source_.places = std::move(sorted);
    }
    BallIndex(const BallIndex&) = delete;
    BallIndex& operator=(const BallIndex&) = delete;
    ~BallIndex() = default;

    [[nodiscard]] std::size_t size() const { return source_.places.size(); }
    [[nodiscard]] std::span<const std::uint32_t> order() const { return order_; }

    /// Calls visit(position) for balls that reach into a radius that the visits shrink: each returns the
    /// radius to search from then on (start with `radius_m`). Balls come in no particular order.
    template <typename Visit>
    void search(const Point& centre, double radius_m, Visit&& visit) const
    {
        if (size() == 0) {
            return;
        }
        std::array<float, 3> query{};
        double farthest_m = extent_m_;
        for (std::size_t k = 0; k < 3; ++k) {
            const double c = centre[k] - centre_[k];
            query[k] = static_cast<float>(c);
            farthest_m = std::max(farthest_m, std::abs(c));
        }
        Results<Visit> results{visit, source_.places, largest_m_, rounding * farthest_m + 1e-8, radius_m};
        tree_.findNeighbors(results, query.data(), nanoflann::SearchParams());
    }

  private:
    using Single = std::array<float, 4>; ///< centre, radius
    static constexpr std::size_t leaf_size = 8;
    /// Two places rounded to 24 bits are nearer or farther by at most 2 sqrt(3) 2^-24 of the largest
    /// coordinate.
    static constexpr double rounding = 2.1e-7;
    /// The tree adds up squares in single precision, three halves of 2^-24 lost on each level at most. Every
    /// level halves one of three ranges, from 2^28 m to the 2^-30 m of the coordinates given, or a heap of
    /// equal places: 58 * 3 + 32 levels.
    static constexpr double widening = 1 + 500 * 0x1p-24;

    struct Source {
        std::vector<Single> places;
        [[nodiscard]] std::size_t kdtree_get_point_count() const { return places.size(); }
        [[nodiscard]] float kdtree_get_pt(std::size_t i, std::size_t axis) const { return places[i][axis]; }
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
        const std::vector<Single>& balls;
        double largest_m;
        double slack_m;
        double radius_m;
        float near_m = widened(radius_m + slack_m);
        float reach_m2 = squared(widened(radius_m + slack_m + largest_m));
        static float widened(double r) { return static_cast<float>(r * widening); }
        static float squared(float r) { return r * r; }
        [[nodiscard]] bool full() const { return true; }
        // NOLINTNEXTLINE(readability-identifier-naming): nanoflann calls it so
        [[nodiscard]] float worstDist() const { return reach_m2; }
        // NOLINTNEXTLINE(readability-identifier-naming): likewise
        bool addPoint(float dist_m2, std::uint32_t i)
        {
            // the radius may have shrunk within the leaf, and most balls are smaller than the largest
            if (dist_m2 <= squared(near_m + balls[i][3])) {
                const double r = visit(i);
                if (r != radius_m) {
                    radius_m = r;
                    near_m = widened(radius_m + slack_m);
                    reach_m2 = squared(widened(radius_m + slack_m + largest_m));
                }
            }
            return true;
        }
    };

    static Point middle(std::span<const Ball> balls)
    {
        Point low{}, high{};
        for (std::size_t k = 0; k < 3 && !balls.empty(); ++k) {
            low[k] = high[k] = balls[0].centre[k];
            for (const Ball& ball : balls) {
                low[k] = std::min(low[k], ball.centre[k]);
                high[k] = std::max(high[k], ball.centre[k]);
            }
        }
        return {(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2};
    }
    static std::vector<Single> rounded(std::span<const Ball> balls, const Point& centre)
    {
        std::vector<Single> result(balls.size());
        for (std::size_t i = 0; i < balls.size(); ++i) {
            for (std::size_t k = 0; k < 3; ++k) {
                result[i][k] = static_cast<float>(balls[i].centre[k] - centre[k]);
            }
            result[i][3] = static_cast<float>(balls[i].radius_m * (1 + 0x1p-20)); // roundings, too
        }
        return result;
    }

    using Tree = nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<float, Source>, Source, 3,
                                                     std::uint32_t>;
    Point centre_;
    double extent_m_ = 0;  ///< largest coordinate, seen from the middle
    double largest_m_ = 0; ///< radius
    Source source_;
    Tree tree_;
    std::vector<std::uint32_t> order_;
};

} // namespace vigil
