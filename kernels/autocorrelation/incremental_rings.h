#pragma once

#include "libgeo/plane.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace vigil::incremental {

/// Another place within the largest distance, or the place itself.
struct Hit {
    std::uint32_t place = 0; ///< its position in the order of the search
    std::uint32_t ring = 0;  ///< the first distance that reaches it
};

/// Finds the places within the largest of some distances, and which of the distances is the first
/// to reach them. Places stand in square buckets of a quarter of that distance, row by row; a disc
/// is a run of them per row.
class RingSearch {
  public:
    /// places        n, finite
    /// distances_m   as check_distances wants them
    /// throws        Error when a coordinate is not finite or n >= 2^32
    RingSearch(std::span<const XY> places, std::span<const double> distances_m);

    [[nodiscard]] std::size_t buckets() const { return keys_.size(); }
    [[nodiscard]] std::size_t size() const { return xy_.size(); }
    /// The place at position s of the order of the search.
    [[nodiscard]] std::uint32_t place(std::size_t s) const { return order_[s]; }

    /// For each place s of buckets [first, last): body(s, hits), the hits always in the same
    /// order.
    template <typename Body>
    void scan(std::size_t first, std::size_t last, Body body) const
    {
        std::vector<Hit> hits;
        for (std::size_t b = first; b < last; ++b) {
            const Runs runs = runs_around(b);
            std::size_t candidates = 1; // one to write to beyond the last hit
            for (const auto& [begin, end] : runs) {
                candidates += end - begin;
            }
            hits.resize(std::max(hits.size(), candidates));
            for (std::size_t s = begin_[b]; s < begin_[b + 1]; ++s) {
                body(s, std::span<const Hit>(hits.data(), collect(runs, xy_[s], hits.data())));
            }
        }
    }

  private:
    static constexpr std::int64_t per_reach = 4; ///< buckets to a largest distance
    static constexpr std::uint32_t slots = 4096; ///< of squared distance, to look rings up by
    using Runs = std::array<std::pair<std::size_t, std::size_t>, 2 * per_reach + 1>;

    [[nodiscard]] Runs runs_around(std::size_t bucket) const;
    [[nodiscard]] std::uint32_t ring_of(double dist_m2) const
    {
        std::uint32_t ring = ring_at_[static_cast<std::size_t>(dist_m2 * slots_per_m2_)];
        while (dist_m2 > reach_m2_[ring]) {
            ++ring;
        }
        return ring;
    }
    /// Writes the hits around a place and gives their number.
    std::size_t collect(const Runs& runs, XY here, Hit* hits) const
    {
        const double most = reach_m2_.back();
        std::size_t found = 0;
        for (const auto& [begin, end] : runs) {
            for (std::size_t t = begin; t < end; ++t) {
                const double dist_m2 = squared_distance_m2(here, xy_[t]);
                hits[found].place = static_cast<std::uint32_t>(t);
                found += dist_m2 <= most ? 1 : 0; // no branch: a third of the candidates are no hits
            }
        }
        for (std::size_t k = 0; k < found; ++k) {
            hits[k].ring = ring_of(squared_distance_m2(here, xy_[hits[k].place]));
        }
        return found;
    }

    std::vector<double> reach_m2_; ///< one per distance
    double slots_per_m2_;
    std::vector<std::uint16_t> ring_at_; ///< the first ring that a slot may belong to
    std::vector<std::uint32_t> order_;   ///< places by bucket, then by index
    std::vector<XY> xy_;                 ///< in that order
    std::vector<std::uint64_t> keys_;    ///< occupied buckets, ascending: row * 2^32 + column
    std::vector<std::size_t> begin_;     ///< where each bucket begins, and the end
};

} // namespace vigil::incremental
