#pragma once

#include "kernels/autocorrelation/incremental_rings.h"
#include "kernels/lanes.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

namespace vigil::incremental {

constexpr std::size_t lanes = 8; ///< distances that are added up together
constexpr std::size_t half = 4;
using HalfLanes [[gnu::vector_size(half * sizeof(double))]] = double;

/// Sums of rows of numbers, each from a position of its own onwards: the column sums of the
/// weights, where the row of a place holds 1 / k at each distance and counts from the first
/// distance that reaches it. Rows are stored `lanes` distances at a time, those of all places one
/// after the other.
class TailSums {
  public:
    /// stride   length of a row, a multiple of `lanes`
    explicit TailSums(std::size_t stride) : sums_(stride), groups_(stride / lanes)
    {
        for (std::size_t from = 0; from < lanes; ++from) {
            for (std::size_t lane = from; lane < lanes; ++lane) {
                mask_[from * lanes + lane] = 1;
            }
        }
    }
    /// Where number `distance` of the row of a place stands.
    static std::size_t at(std::size_t place, std::size_t distance, std::size_t places)
    {
        return (distance / lanes * places + place) * lanes + distance % lanes;
    }
    /// Adds up the rows of the hits, each from position max(ring - first, 0) on.
    void add_up(std::span<const Hit> hits, const double* rows, std::size_t places, std::size_t first)
    {
        sort_hits(hits, first);
        for (std::size_t column = 0; column < groups_.size(); ++column) {
            const double* of_column = rows + column * places * lanes;
            double* sum = &sums_[column * lanes];
            std::fill_n(sum, lanes, 0.0);
            for (std::size_t group = 0; group < column; ++group) {
                wide::run_widest<Whole>(sum, of_column, groups_[group].data(), counts_[group]);
            }
            wide::run_widest<Masked>(sum, of_column, groups_[column].data(), counts_[column], mask_.data());
        }
    }
    [[nodiscard]] double operator[](std::size_t position) const { return sums_[position]; }

  private:
    /// sum += the rows of the hits
    struct Whole {
        [[gnu::always_inline]] static double run(double* sum, const double* rows, const Hit* hits,
                                                 std::size_t count)
        {
            HalfLanes low;
            HalfLanes high;
            std::memcpy(&low, sum, sizeof low);
            std::memcpy(&high, sum + half, sizeof high);
            for (std::size_t h = 0; h < count; ++h) {
                HalfLanes row;
                std::memcpy(&row, rows + hits[h].place * lanes, sizeof row);
                low += row;
                std::memcpy(&row, rows + hits[h].place * lanes + half, sizeof row);
                high += row;
            }
            std::memcpy(sum, &low, sizeof low);
            std::memcpy(sum + half, &high, sizeof high);
            return 0;
        }
    };
    /// The same from the lane on that each hit begins with.
    struct Masked {
        [[gnu::always_inline]] static double run(double* sum, const double* rows, const Hit* hits,
                                                 std::size_t count, const double* masks)
        {
            HalfLanes low;
            HalfLanes high;
            std::memcpy(&low, sum, sizeof low);
            std::memcpy(&high, sum + half, sizeof high);
            for (std::size_t h = 0; h < count; ++h) {
                HalfLanes row;
                HalfLanes mask;
                std::memcpy(&row, rows + hits[h].place * lanes, sizeof row);
                std::memcpy(&mask, masks + hits[h].ring * lanes, sizeof mask);
                low += row * mask;
                std::memcpy(&row, rows + hits[h].place * lanes + half, sizeof row);
                std::memcpy(&mask, masks + hits[h].ring * lanes + half, sizeof mask);
                high += row * mask;
            }
            std::memcpy(sum, &low, sizeof low);
            std::memcpy(sum + half, &high, sizeof high);
            return 0;
        }
    };
    void sort_hits(std::span<const Hit> hits, std::size_t first)
    {
        counts_.assign(groups_.size(), 0);
        for (auto& group : groups_) {
            group.resize(std::max(group.size(), hits.size()));
        }
        for (const Hit& hit : hits) {
            const std::size_t from = hit.ring > first ? hit.ring - first : 0;
            if (from < sums_.size()) {
                const std::size_t group = from / lanes;
                groups_[group][counts_[group]++] = {hit.place, static_cast<std::uint32_t>(from % lanes)};
            }
        }
    }

    std::vector<double> sums_;
    std::vector<std::vector<Hit>> groups_; ///< hits by the lanes they begin in; `ring` is the lane
    std::vector<std::size_t> counts_;      ///< how many in each
    std::array<double, lanes * lanes> mask_{};
};

} // namespace vigil::incremental
