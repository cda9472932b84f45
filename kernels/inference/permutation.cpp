#include "kernels/inference/permutation.h"

#include "kernels/compensated_sum.h"
#include "kernels/inference/draws.h"
#include "kernels/inference/fixed_point.h"
#include "kernels/inference/permutation_detail.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <cmath>
#include <limits>

namespace vigil {

namespace {

using namespace permutation_detail;
using Steps = std::int64_t;

/// Sums under permutation, in the steps of a FixedPoint.
class SumPool {
  public:
    SumPool(std::span<const double> values, std::span<const std::int32_t> neighbours,
            std::span<const double> sums)
        : places_(present(values)), features_(places_.size())
    {
        const auto tested = [&](std::size_t i) {
            return neighbours[i] > 0 && !std::isnan(sums[i]);
        };
        for (const std::uint32_t i : places_) {
            if (tested(i)) {
                groups_.add(neighbours[i]);
            }
        }
        groups_.close();
        put_in_groups(neighbours, tested);
        const FixedPoint steps(values);
        slack_ = steps.slack();
        parallel_chunks(places_.size(), 16384, [&](std::size_t begin, std::size_t end) {
            for (std::size_t f = begin; f < end; ++f) {
                const std::size_t i = places_[f];
                features_[f].own = steps.of(values[i]);
                if (tested(i)) {
                    features_[f].observed = steps.of(sums[i]);
                    features_[f].k = static_cast<std::uint32_t>(neighbours[i]);
                    features_[f].group = groups_.of(neighbours[i]);
                }
            }
        });
    }

    PermutationCounts run(const PermutationOptions& options, std::size_t n)
    {
        if (!groups_.empty()) {
            for_batches(options.draws, groups_.count(), [&](std::size_t first, std::size_t last) {
                draw(options.seed, first, last - first);
                count(last - first);
            });
        }
        return counts_of(features_, places_, n);
    }

  private:
    /// Sorts places_ by group, those not to be tested last: then one table after the other is looked up.
    template <typename Tested>
    void put_in_groups(std::span<const std::int32_t> neighbours, Tested tested)
    {
        const auto group_of = [&](std::uint32_t i) {
            return tested(i) ? groups_.of(neighbours[i]) : groups_.count();
        };
        std::vector<std::size_t> next(groups_.count() + 2);
        for (const std::uint32_t i : places_) {
            ++next[group_of(i) + 1];
        }
        for (std::size_t g = 1; g < next.size(); ++g) {
            next[g] += next[g - 1];
        }
        std::vector<std::uint32_t> sorted(places_.size());
        for (const std::uint32_t i : places_) {
            sorted[next[group_of(i)]++] = i;
        }
        places_.swap(sorted);
    }

    /// Fills simulated_ with the sums of the first k ids, and corrects the features that are among these.
    void draw(std::uint64_t seed, std::size_t first, std::size_t draws)
    {
        simulated_.resize(groups_.count() * draws);
        parallel_chunks(draws, 64, [&](std::size_t begin, std::size_t end) {
            Draws sequence(seed, static_cast<std::uint32_t>(features_.size()), groups_.largest() + 1);
            std::vector<Steps> prefix(groups_.largest() + 2); // sums of the first 0, 1, ... ids
            for (std::size_t r = begin; r < end; ++r) {
                const std::span<const std::uint32_t> ids = sequence.of(first + r);
                for (const std::uint32_t id : ids) {
                    __builtin_prefetch(&features_[id]);
                }
                for (std::size_t s = 0; s < ids.size(); ++s) {
                    prefix[s + 1] = prefix[s] + features_[ids[s]].own;
                }
                for (std::size_t g = 0; g < groups_.count(); ++g) {
                    simulated_[g * draws + r] = prefix[groups_.size(g)];
                }
                correct(ids, prefix);
            }
        });
    }

    /// A feature among its own first k takes the first k + 1 without itself.
    void correct(std::span<const std::uint32_t> ids, std::span<const Steps> prefix)
    {
        for (std::size_t s = 0; s < ids.size(); ++s) {
            Feature<Steps>& feature = features_[ids[s]];
            if (feature.k > s) {
                const Steps tie = slack_ * feature.k;
                feature.correct(prefix[feature.k + 1] - feature.own, prefix[feature.k],
                                feature.observed - tie, feature.observed + tie);
            }
        }
    }

    /// Looks up every feature among the simulated sums of its number of neighbours.
    void count(std::size_t draws)
    {
        const std::size_t buckets = (std::size_t{1} << 20U) / groups_.count();
        std::vector<CountTable> tables(groups_.count());
        parallel_chunks(tables.size(), 1, [&](std::size_t begin, std::size_t end) {
            for (std::size_t g = begin; g < end; ++g) {
                tables[g] = CountTable(std::span(simulated_).subspan(g * draws, draws), buckets);
            }
        });
        parallel_chunks(features_.size(), 8192, [&](std::size_t begin, std::size_t end) {
            for (std::size_t f = begin; f < end; ++f) {
                Feature<Steps>& feature = features_[f];
                if (feature.k > 0) {
                    const CountTable& table = tables[feature.group];
                    const Steps tie = slack_ * feature.k;
                    feature.at_least +=
                        static_cast<std::uint32_t>(draws) - table.below(feature.observed - tie);
                    feature.at_most += table.below(feature.observed + tie + 1);
                }
            }
        });
    }

    std::vector<std::uint32_t> places_;
    std::vector<Feature<Steps>> features_;
    NeighbourGroups groups_;
    Steps slack_ = 0;
    std::vector<Steps> simulated_; ///< [group][draw] of a batch
};

} // namespace

NeighbourSums neighbour_sums(std::span<const double> values, const Weights& weights)
{
    const std::size_t n = values.size();
    require(weights.size() == n, "{} values and {} rows of weights", n, weights.size());
    NeighbourSums result{std::vector<std::int32_t>(n),
                         std::vector<double>(n, std::numeric_limits<double>::quiet_NaN())};
    parallel_chunks(n, 4096, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            if (std::isnan(values[i])) {
                continue;
            }
            CompensatedSum sum;
            for (const std::uint32_t j : weights.neighbours(i)) {
                if (j != i && !std::isnan(values[j])) {
                    sum.add(values[j]);
                    ++result.neighbours[i];
                }
            }
            result.sums[i] = sum.value();
        }
    });
    return result;
}

PermutationCounts permute_sums(std::span<const double> values, std::span<const std::int32_t> neighbours,
                               std::span<const double> sums, const PermutationOptions& options)
{
    check(values, neighbours, sums, options);
    return SumPool(values, neighbours, sums).run(options, values.size());
}

} // namespace vigil
