#include "kernels/autocorrelation/incremental.h"

#include "kernels/autocorrelation/incremental_columns.h"
#include "kernels/autocorrelation/incremental_rings.h"
#include "kernels/autocorrelation/incremental_sums.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace vigil {

namespace {

using incremental::StepSums;
using incremental::TailSums;
using incremental::ValueMoments;

using incremental::Hit;
using incremental::lanes;

constexpr std::size_t most_chunks = 1024;        ///< tasks that share the scan
constexpr std::size_t most_inverses = 1U << 24U; ///< 128 MiB of 1 / k at a time

/// Places with a value, in an order that does not depend on that of the rows.
struct Sorted {
    std::vector<XY> places;
    std::vector<double> values;
};

Sorted sorted_by_place(std::span<const XY> places, std::span<const double> values)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (!std::isnan(values[i])) {
            order.push_back(i);
        }
    }
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(places[a].x, places[a].y, values[a]) < std::tie(places[b].x, places[b].y, values[b]);
    });
    Sorted sorted;
    for (const std::size_t i : order) {
        sorted.places.push_back(places[i]);
        sorted.values.push_back(values[i]);
    }
    return sorted;
}

/// The two passes over the pairs. All arrays are in the order of the search.
class PairScan {
  public:
    PairScan(const Sorted& sorted, std::span<const double> distances_m, const ValueMoments& moments,
             bool row_standardised)
        : search_(sorted.places, distances_m), distances_(distances_m.size()),
          row_standardised_(row_standardised), centred_(search_.size()),
          chunk_((search_.buckets() + most_chunks - 1) / most_chunks)
    {
        for (std::size_t s = 0; s < centred_.size(); ++s) {
            centred_[s] = sorted.values[search_.place(s)] - moments.mean;
        }
        parts_.resize((search_.buckets() + chunk_ - 1) / chunk_ * distances_);
    }
    void run()
    {
        const std::size_t all = (distances_ + lanes - 1) / lanes * lanes;
        const std::size_t fits = most_inverses / centred_.size() / lanes * lanes;
        stride_ = row_standardised_ ? std::clamp(fits, lanes, all) : all;
        for (first_ = 0; first_ < distances_; first_ += stride_) {
            inverse_.assign(row_standardised_ ? centred_.size() * stride_ : 0, 0.0);
            parallel_chunks(search_.buckets(), chunk_,
                            [&](std::size_t begin, std::size_t end) { count_and_lag(begin, end); });
            if (row_standardised_) {
                parallel_chunks(search_.buckets(), chunk_,
                                [&](std::size_t begin, std::size_t end) { add_columns(begin, end); });
            }
        }
    }
    /// The sums of every chunk at distance number d.
    [[nodiscard]] std::vector<StepSums> parts(std::size_t d) const
    {
        std::vector<StepSums> parts;
        for (std::size_t at = d; at < parts_.size(); at += distances_) {
            parts.push_back(parts_[at]);
        }
        return parts;
    }

  private:
    [[nodiscard]] std::size_t width() const { return std::min(stride_, distances_ - first_); }

    /// First pass: counts and sums by ring, added up outwards; of them 1 / k for the distances of this block.
    void count_and_lag(std::size_t begin, std::size_t end)
    {
        StepSums* parts = &parts_[begin / chunk_ * distances_ + first_];
        std::vector<std::int64_t> count(distances_);
        std::vector<double> lag(distances_);
        search_.scan(begin, end, [&](std::size_t s, std::span<const Hit> hits) {
            std::fill(count.begin(), count.end(), 0);
            std::fill(lag.begin(), lag.end(), 0.0);
            for (const Hit& hit : hits) {
                ++count[hit.ring];
                lag[hit.ring] += centred_[hit.place];
            }
            count[0] -= 1; // itself
            lag[0] -= centred_[s];
            std::partial_sum(count.begin(), count.end(), count.begin());
            std::partial_sum(lag.begin(), lag.end(), lag.begin());
            for (std::size_t d = 0; d < width(); ++d) {
                const std::int64_t k = count[first_ + d];
                if (k > 0) {
                    parts[d].add(centred_[s], lag[first_ + d], k, row_standardised_);
                    if (row_standardised_) {
                        inverse_[TailSums::at(s, d, search_.size())] = 1 / static_cast<double>(k);
                    }
                }
            }
        });
    }
    /// Second pass: the column sums.
    void add_columns(std::size_t begin, std::size_t end)
    {
        StepSums* parts = &parts_[begin / chunk_ * distances_ + first_];
        TailSums columns(stride_);
        search_.scan(begin, end, [&](std::size_t s, std::span<const Hit> hits) {
            columns.add_up(hits, inverse_.data(), search_.size(), first_);
            for (std::size_t d = 0; d < width(); ++d) {
                const double own = inverse_[TailSums::at(s, d, search_.size())];
                if (own > 0) {
                    parts[d].add_column(own, columns[d] - own);
                }
            }
        });
    }

    incremental::RingSearch search_;
    std::size_t distances_;
    bool row_standardised_;
    std::vector<double> centred_;
    std::size_t chunk_;           ///< buckets that one task scans
    std::size_t first_ = 0;       ///< distances first_ ... first_ + stride_ are worked on
    std::size_t stride_ = 0;      ///< a multiple of `lanes`
    std::vector<double> inverse_; ///< 1 / k by place and distance of the block; 0 without neighbours
    std::vector<StepSums> parts_; ///< by chunk, then distance
};

} // namespace

IncrementalMoran incremental_moran(std::span<const XY> places, std::span<const double> values,
                                   std::span<const double> distances_m, const IncrementalOptions& options)
{
    require(places.size() == values.size(), "{} places and {} values", places.size(), values.size());
    incremental::check_distances(distances_m);
    const Sorted sorted = sorted_by_place(places, values);
    const ValueMoments moments(sorted.values);
    PairScan scan(sorted, distances_m, moments, options.row_standardised);
    scan.run();
    std::vector<MoranStep> steps;
    for (std::size_t d = 0; d < distances_m.size(); ++d) {
        steps.push_back(
            incremental::step_of(distances_m[d], scan.parts(d), moments, options.row_standardised));
    }
    return incremental::with_peaks(std::move(steps), options.peak_z);
}

} // namespace vigil
