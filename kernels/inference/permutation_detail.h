#pragma once

#include "kernels/inference/permutation.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// What the kinds of permutation share.
namespace vigil::permutation_detail {

/// Throws unless the arguments of a permutation fit together.
void check(std::span<const double> values, std::span<const std::int32_t> neighbours,
           std::span<const double> statistics, const PermutationOptions& options);

/// Indices of the features that have a value: what is drawn from.
std::vector<std::uint32_t> present(std::span<const double> values);

/// The different numbers of neighbours among the features to be tested, ascending.
class NeighbourGroups {
  public:
    void add(std::int32_t k);
    void close(); ///< after the last add

    [[nodiscard]] bool empty() const { return sizes_.empty(); }
    [[nodiscard]] std::size_t count() const { return sizes_.size(); }
    [[nodiscard]] std::uint32_t size(std::size_t group) const { return sizes_[group]; }
    [[nodiscard]] std::uint32_t largest() const { return sizes_.back(); }
    [[nodiscard]] std::uint32_t of(std::int32_t k) const { return group_[static_cast<std::size_t>(k)]; }

  private:
    std::vector<std::uint32_t> group_; ///< by k
    std::vector<std::uint32_t> sizes_; ///< by group
};

/// A feature as the draws meet it: one half of a cache line.
template <typename Number>
struct alignas(32) Feature {
    Number own = 0;             ///< its value
    Number observed = 0;        ///< its statistic
    std::uint32_t k = 0;        ///< 0: not tested
    std::uint32_t group = 0;    ///< of k
    std::uint32_t at_least = 0; ///< modulo 2^32, so that corrections may come before what they correct
    std::uint32_t at_most = 0;

    /// Adds a draw that gave `simulated` in place of one that was, or will be, counted as
    /// `instead`. Safe beside the same on other threads.
    void correct(Number simulated, Number instead, Number lowest, Number highest)
    {
        const int more = int{simulated >= lowest} - int{instead >= lowest};
        const int less = int{simulated <= highest} - int{instead <= highest};
        if (more != 0) {
            std::atomic_ref(at_least).fetch_add(static_cast<std::uint32_t>(more), std::memory_order_relaxed);
        }
        if (less != 0) {
            std::atomic_ref(at_most).fetch_add(static_cast<std::uint32_t>(less), std::memory_order_relaxed);
        }
    }
};

/// The counts of the features with a value, put where they belong among all n.
template <typename Number>
PermutationCounts counts_of(const std::vector<Feature<Number>>& features,
                            std::span<const std::uint32_t> places, std::size_t n)
{
    PermutationCounts counts{std::vector<std::uint32_t>(n), std::vector<std::uint32_t>(n)};
    for (std::size_t f = 0; f < features.size(); ++f) {
        counts.at_least[places[f]] = features[f].at_least;
        counts.at_most[places[f]] = features[f].at_most;
    }
    return counts;
}

/// Calls body(first, last) for batches of draws that keep `numbers` simulated ones each for a
/// while.
template <typename Body>
void for_batches(std::uint32_t draws, std::size_t numbers, Body body)
{
    constexpr std::size_t together = std::size_t{1} << 20U;
    const std::size_t batch = std::max<std::size_t>(256, together / std::max<std::size_t>(numbers, 1));
    for (std::size_t first = 0; first < draws; first += batch) {
        body(first, std::min<std::size_t>(draws, first + batch));
    }
}

/// Adds how many of the simulated statistics are >= lowest to one count, and <= highest to the
/// other.
/// sorted   whether they ascend; otherwise all are looked at
void count_ties(std::span<const double> simulated, bool sorted, double lowest, double highest,
                std::uint32_t& at_least, std::uint32_t& at_most);

/// How many of the simulated sums lie below a number: looked up in buckets of equal width.
class CountTable {
  public:
    CountTable() = default;
    /// simulated   not empty; sorted on return unless buckets are one step wide, and used by
    ///             `below`
    /// buckets     at most so many, and about two for each sum if that is more
    CountTable(std::span<std::int64_t> simulated, std::size_t buckets);

    [[nodiscard]] std::uint32_t below(std::int64_t number) const
    {
        if (number <= least_) {
            return 0;
        }
        if (number > greatest_) {
            return static_cast<std::uint32_t>(simulated_.size());
        }
        const std::size_t bucket = bucket_of(number);
        const std::int64_t* at = simulated_.data() + start_[bucket];
        if (shift_ > 0) { // binary search without branches that depend on the numbers
            for (std::size_t left = start_[bucket + 1] - start_[bucket]; left > 0; left /= 2) {
                const std::size_t half = left - left / 2;
                at += at[half - 1] < number ? half : 0;
            }
        }
        return static_cast<std::uint32_t>(at - simulated_.data());
    }

  private:
    [[nodiscard]] std::size_t bucket_of(std::int64_t number) const
    {
        return static_cast<std::size_t>(number - least_) >> shift_;
    }

    std::span<const std::int64_t> simulated_;
    std::vector<std::uint32_t> start_; ///< number of simulated sums before each bucket, and all of them
    std::int64_t least_ = 0;
    std::int64_t greatest_ = 0;
    std::uint32_t shift_ = 0; ///< buckets are 2^shift steps wide
};

} // namespace vigil::permutation_detail
