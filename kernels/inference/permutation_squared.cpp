#include "kernels/inference/draws.h"
#include "kernels/inference/fixed_point.h"
#include "kernels/inference/permutation.h"
#include "kernels/inference/permutation_detail.h"
#include "libgeo/parallel.h"

#include <cmath>
#include <numeric>

namespace vigil {

namespace {

using namespace permutation_detail;

/// Sum and sum of squares of the first ids of a draw.
struct Sums {
    double x = 0;
    double xx = 0;
};

/// sum (own - x)^2 over k values with these sums. Exact for whole numbers that check_exact passed.
double squared_differences(double k, double own, const Sums& sums)
{
    return k * own * own - 2 * own * sums.x + sums.xx;
}

/// Squared differences under permutation; values are taken from a centre, which changes no difference.
class SquaredPool {
  public:
    SquaredPool(std::span<const double> values, std::span<const std::int32_t> neighbours,
                std::span<const double> statistics)
        : places_(present(values)), features_(places_.size())
    {
        const auto tested = [&](std::size_t i) {
            return neighbours[i] > 0 && !std::isnan(statistics[i]);
        };
        for (const std::uint32_t i : places_) {
            if (tested(i)) {
                groups_.add(neighbours[i]);
            }
        }
        groups_.close();
        const double centre = centre_of(values);
        for (std::size_t f = 0; f < places_.size(); ++f) {
            const std::size_t i = places_[f];
            features_[f].own = values[i] - centre;
            if (tested(i)) {
                features_[f].observed = statistics[i];
                features_[f].k = static_cast<std::uint32_t>(neighbours[i]);
                features_[f].group = groups_.of(neighbours[i]);
                order_.push_back(static_cast<std::uint32_t>(f));
            }
        }
        std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
            const Feature<double>& fa = features_[a];
            const Feature<double>& fb = features_[b];
            return fa.k != fb.k ? fa.k < fb.k : fa.own != fb.own ? fa.own < fb.own : a < b;
        });
        check_exact(values);
    }

    PermutationCounts run(const PermutationOptions& options, std::size_t n)
    {
        if (!groups_.empty()) {
            for_batches(options.draws, 2 * groups_.count(), [&](std::size_t first, std::size_t last) {
                draw(options.seed, first, last - first);
                count(last - first);
            });
        }
        return counts_of(features_, places_, n);
    }

  private:
    /// The mean, as a whole number when the values are.
    double centre_of(std::span<const double> values) const
    {
        double mean = 0;
        for (const std::uint32_t i : places_) {
            mean += values[i] / static_cast<double>(places_.size());
        }
        return std::round(mean);
    }

    /// Whole numbers of which no sum of squares reaches 2^53 need no tolerance.
    void check_exact(std::span<const double> values)
    {
        double largest = 0;
        bool whole = true;
        for (const Feature<double>& feature : features_) {
            largest = std::max(largest, std::fabs(feature.own));
        }
        for (const std::uint32_t i : places_) {
            whole = whole && values[i] == std::trunc(values[i]);
        }
        const double most = groups_.empty() ? 0 : groups_.largest() + 1;
        tolerance_ = whole && 4 * most * largest * largest < 0x1.0p53 ? 0 : 1e-12;
    }

    [[nodiscard]] double tie_of(const Feature<double>& feature) const
    {
        return tolerance_ * (feature.k * feature.own * feature.own + feature.observed);
    }

    void draw(std::uint64_t seed, std::size_t first, std::size_t draws)
    {
        simulated_.resize(groups_.count() * draws);
        parallel_chunks(draws, 64, [&](std::size_t begin, std::size_t end) {
            Draws sequence(seed, static_cast<std::uint32_t>(features_.size()), groups_.largest() + 1);
            std::vector<Sums> prefix(groups_.largest() + 2);
            for (std::size_t r = begin; r < end; ++r) {
                const std::span<const std::uint32_t> ids = sequence.of(first + r);
                for (const std::uint32_t id : ids) {
                    __builtin_prefetch(&features_[id]);
                }
                for (std::size_t s = 0; s < ids.size(); ++s) {
                    const double x = features_[ids[s]].own;
                    prefix[s + 1] = {prefix[s].x + x, prefix[s].xx + x * x};
                }
                for (std::size_t g = 0; g < groups_.count(); ++g) {
                    simulated_[g * draws + r] = prefix[groups_.size(g)];
                }
                correct(ids, prefix);
            }
        });
    }

    /// A feature among its own first k takes the first k + 1 without itself, which differs by 0 from itself.
    void correct(std::span<const std::uint32_t> ids, std::span<const Sums> prefix)
    {
        for (std::size_t s = 0; s < ids.size(); ++s) {
            Feature<double>& feature = features_[ids[s]];
            if (feature.k > s) {
                const double tie = tie_of(feature);
                const double k = feature.k;
                feature.correct(squared_differences(k + 1, feature.own, prefix[feature.k + 1]),
                                squared_differences(k, feature.own, prefix[feature.k]),
                                feature.observed - tie, feature.observed + tie);
            }
        }
    }

    /// Features of equal k and value have the same simulated statistics: many share sorted ones.
    void count(std::size_t draws)
    {
        parallel_chunks(order_.size(), 512, [&](std::size_t begin, std::size_t end) {
            std::vector<double> statistics(draws);
            for (std::size_t s = begin; s < end;) {
                const Feature<double>& first = features_[order_[s]];
                std::size_t after = s + 1;
                while (after < end && features_[order_[after]].k == first.k &&
                       features_[order_[after]].own == first.own) {
                    ++after;
                }
                const Sums* sums = &simulated_[first.group * draws];
                for (std::size_t r = 0; r < draws; ++r) {
                    statistics[r] = squared_differences(first.k, first.own, sums[r]);
                }
                const bool many = after - s > 16;
                if (many) {
                    std::sort(statistics.begin(), statistics.end());
                }
                for (; s < after; ++s) {
                    look_up(features_[order_[s]], statistics, many);
                }
            }
        });
    }

    void look_up(Feature<double>& feature, const std::vector<double>& statistics, bool sorted) const
    {
        const double tie = tie_of(feature);
        count_ties(statistics, sorted, feature.observed - tie, feature.observed + tie, feature.at_least,
                   feature.at_most);
    }

    std::vector<std::uint32_t> places_;
    std::vector<Feature<double>> features_;
    std::vector<std::uint32_t> order_; ///< features to be tested, by k and value
    NeighbourGroups groups_;
    double tolerance_ = 0;
    std::vector<Sums> simulated_; ///< [group][draw] of a batch
};

} // namespace

PermutationCounts permute_squared_differences(std::span<const double> values,
                                              std::span<const std::int32_t> neighbours,
                                              std::span<const double> statistics,
                                              const PermutationOptions& options)
{
    check(values, neighbours, statistics, options);
    return SquaredPool(values, neighbours, statistics).run(options, values.size());
}

} // namespace vigil
