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

    /// Positions [first, second) of the sorted order.
    using Run = std::pair<std::size_t, std::size_t>;
    [[nodiscard]] Run positions(std::size_t bucket) const { return {begin_[bucket], begin_[bucket + 1]}; }
    /// Where the places of the bucket and the eight around it stand.
    [[nodiscard]] std::array<Run, 3> runs_around(std::size_t bucket) const
    {
        Cursor cursor = cursor_at(bucket);
        return runs_around(bucket, cursor);
    }
    /// Where the search for the runs of the next buckets goes on.
    using Cursor = std::array<std::size_t, 3>;
    [[nodiscard]] Cursor cursor_at(std::size_t bucket) const;
    /// The same for bucket after bucket, ascending: each step is short.
    [[nodiscard]] std::array<Run, 3> runs_around(std::size_t bucket, Cursor& cursor) const;
    [[nodiscard]] const std::vector<double>& x() const { return x_; } ///< in the sorted order, metres
    [[nodiscard]] const std::vector<double>& y() const { return y_; }
    [[nodiscard]] double reach_m2() const { return reach_m2_; }

    /// For each place s of buckets [first, last): body(s, near), where near(each) calls each(t) for every
    /// place t within the band, s itself included, always in the same order. s and t are sorted positions.
    template <typename Body>
    void scan(std::size_t first, std::size_t last, Body body) const
    {
        Cursor cursor = cursor_at(first);
        for (std::size_t b = first; b < last; ++b) {
            const std::array<Run, 3> runs = runs_around(b, cursor);
            for (std::size_t s = begin_[b]; s < begin_[b + 1]; ++s) {
                const XY here{x_[s], y_[s]};
                body(s, [&](auto&& each) {
                    for (const Run& run : runs) {
                        for (std::size_t t = run.first; t < run.second; ++t) {
                            if (squared_distance_m2(here, {x_[t], y_[t]}) <= reach_m2_) {
                                each(t);
                            }
                        }
                    }
                });
            }
        }
    }

  private:
    /// The key of the south-western one of the buckets around, and of the two north of it.
    [[nodiscard]] std::uint64_t western_key(std::size_t bucket, std::size_t row) const
    {
        constexpr std::uint64_t one_row = std::uint64_t{1} << 32U;
        return keys_[bucket] - one_row - 1 + row * one_row;
    }

    double reach_m2_;
    std::vector<std::uint32_t> order_; ///< places by bucket, then by index
    std::vector<double> x_, y_;        ///< in that order
    std::vector<std::uint64_t> keys_;  ///< occupied buckets, ascending: row * 2^32 + column
    std::vector<std::size_t> begin_;   ///< where each bucket begins, and the end
};

} // namespace vigil
