#pragma once

#include "libgeo/plane.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace vigil {

/// Places sorted into square buckets as wide as the band, so that the neighbours of a place lie in its own
/// and the eight buckets around, which are three runs of the sorted order.
class BandSearch {
  public:
    /// throws   Error when band_m is not positive or a coordinate is not finite
    BandSearch(std::span<const XY> places, double band_m);

    [[nodiscard]] std::size_t buckets() const { return keys_.size(); }
    /// The place at position s of the sorted order.
    [[nodiscard]] std::uint32_t place(std::size_t s) const { return order_[s]; }

    /// For each place s of buckets [first, last): body(s, near), where near(each) calls each(t) for every
    /// place t within the band, s itself included, always in the same order. s and t are sorted positions.
    template <typename Body>
    void scan(std::size_t first, std::size_t last, Body body) const
    {
        for (std::size_t b = first; b < last; ++b) {
            const std::array<Run, 3> runs = runs_around(b);
            for (std::size_t s = begin_[b]; s < begin_[b + 1]; ++s) {
                const XY here = xy_[s];
                body(s, [&](auto&& each) {
                    for (const Run& run : runs) {
                        for (std::size_t t = run.first; t < run.second; ++t) {
                            if (squared_distance_m2(here, xy_[t]) <= reach_m2_) {
                                each(t);
                            }
                        }
                    }
                });
            }
        }
    }

  private:
    using Run = std::pair<std::size_t, std::size_t>;
    [[nodiscard]] std::array<Run, 3> runs_around(std::size_t bucket) const;

    double reach_m2_;
    std::vector<std::uint32_t> order_; ///< places by bucket, then by index
    std::vector<XY> xy_;               ///< in that order
    std::vector<std::uint64_t> keys_;  ///< occupied buckets, ascending: row * 2^32 + column
    std::vector<std::size_t> begin_;   ///< where each bucket begins, and the end
};

} // namespace vigil
