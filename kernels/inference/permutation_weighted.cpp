#include "kernels/inference/draws.h"
#include "kernels/inference/permutation.h"
#include "kernels/inference/permutation_detail.h"
#include "kernels/inference/permutation_lanes.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <bit>
#include <cmath>
#include <limits>

namespace vigil {

namespace {

using namespace permutation_detail;

/// The links of one feature that count: to others with a value.
class Row {
  public:
    Row(std::span<const double> values, const Weights& weights, std::size_t i)
    {
        for (std::size_t link = weights.begin_of(i); link < weights.end[i]; ++link) {
            const std::size_t j = weights.neighbour[link];
            if (j != i && !std::isnan(values[j])) {
                weights_.push_back(weights.weight_of(link));
                values_.push_back(values[j]);
            }
        }
    }

    [[nodiscard]] const std::vector<double>& weights() const { return weights_; }
    [[nodiscard]] std::size_t size() const { return weights_.size(); }
    [[nodiscard]] bool even() const
    {
        return std::all_of(weights_.begin(), weights_.end(),
                           [&](double w) { return w > 0 && w == weights_.front(); });
    }
    [[nodiscard]] double sum() const // in the order of the simulated ones
    {
        double sum = 0;
        for (std::size_t j = 0; j < size(); ++j) {
            sum += weights_[j] * values_[j];
        }
        return sum;
    }
    [[nodiscard]] double tie(double mean_size) const
    {
        double sizes = 0;
        for (std::size_t j = 0; j < size(); ++j) {
            sizes += std::fabs(weights_[j]) * (std::fabs(values_[j]) + mean_size);
        }
        return 1e-12 * sizes;
    }
    [[nodiscard]] std::uint64_t hash() const
    {
        std::uint64_t mixed = size();
        for (const double w : weights_) {
            mixed = (mixed ^ std::bit_cast<std::uint64_t>(w)) * 0x9e3779b97f4a7c15U;
            mixed ^= mixed >> 29U;
        }
        return mixed;
    }

  private:
    std::vector<double> weights_;
    std::vector<double> values_;
};

/// Weighted sums under permutation, for the features whose weights differ.
class WeightedPool {
  public:
    WeightedPool(std::span<const double> values, const Weights& weights)
        : values_(values), weights_(weights), places_(present(values)), features_(places_.size()),
          ties_(places_.size())
    {
        double mean_size = 0;
        for (const std::uint32_t i : places_) {
            mean_size += std::fabs(values[i]) / static_cast<double>(places_.size());
        }
        std::vector<std::uint64_t> hashes(places_.size());
        parallel_chunks(places_.size(), 1024, [&](std::size_t begin, std::size_t end) {
            for (std::size_t f = begin; f < end; ++f) {
                features_[f].own = values[places_[f]];
                const Row row(values, weights, places_[f]);
                if (row.size() > 0 && !row.even()) {
                    features_[f].observed = row.sum();
                    features_[f].k = static_cast<std::uint32_t>(row.size());
                    ties_[f] = row.tie(mean_size);
                    hashes[f] = row.hash();
                }
            }
        });
        for (std::size_t f = 0; f < features_.size(); ++f) {
            if (features_[f].k > 0) {
                order_.push_back({hashes[f], static_cast<std::uint32_t>(f)});
                most_ = std::max<std::size_t>(most_, features_[f].k);
            }
        }
        std::sort(order_.begin(), order_.end(), [](const Ordered& a, const Ordered& b) {
            return a.hash != b.hash ? a.hash < b.hash : a.feature < b.feature;
        });
    }

    PermutationCounts run(const PermutationOptions& options, std::size_t n)
    {
        if (!order_.empty()) {
            for_batches(options.draws, most_ + 1, [&](std::size_t first, std::size_t last) {
                draw(options.seed, first, last - first);
                const std::size_t chunk = std::clamp<std::size_t>(order_.size() / 64, 256, 1024);
                parallel_chunks(order_.size(), chunk,
                                [&](std::size_t begin, std::size_t end) { count(begin, end); });
            });
        }
        return counts_of(features_, places_, n);
    }

  private:
    /// A feature to be tested; equal rows of weights have equal hashes.
    struct Ordered {
        std::uint64_t hash;
        std::uint32_t feature;
    };
    /// Where a draw has a feature among its first ids.
    struct Occurrence {
        std::uint32_t draw;
        std::uint32_t place;
    };

    void draw(std::uint64_t seed, std::size_t first, std::size_t draws)
    {
        const std::size_t length = most_ + 1;
        drawn_ = DrawnValues(draws, length);
        std::vector<std::uint32_t> ids(draws * length);
        parallel_chunks(draws, DrawnValues::width, [&](std::size_t begin, std::size_t end) {
            Draws sequence(seed, static_cast<std::uint32_t>(features_.size()),
                           static_cast<std::uint32_t>(length));
            for (std::size_t r = begin; r < end; ++r) {
                const std::span<const std::uint32_t> drawn = sequence.of(first + r);
                std::copy(drawn.begin(), drawn.end(), &ids[r * length]);
                for (std::size_t place = 0; place < length; ++place) {
                    drawn_.at(r, place) = features_[drawn[place]].own;
                }
            }
        });
        index(ids, length);
    }

    /// Lists for each feature the draws that have it among their first k.
    void index(const std::vector<std::uint32_t>& ids, std::size_t length)
    {
        const auto matters = [&](std::size_t at) {
            return features_[ids[at]].k > at % length;
        };
        occurrence_start_.assign(features_.size() + 2, 0); // two places late, as they are filled
        for (std::size_t at = 0; at < ids.size(); ++at) {
            occurrence_start_[ids[at] + 2] += matters(at) ? 1U : 0U;
        }
        for (std::size_t f = 2; f < occurrence_start_.size(); ++f) {
            occurrence_start_[f] += occurrence_start_[f - 1];
        }
        occurrences_.resize(occurrence_start_.back());
        for (std::size_t at = 0; at < ids.size(); ++at) {
            if (matters(at)) {
                occurrences_[occurrence_start_[ids[at] + 1]++] = {static_cast<std::uint32_t>(at / length),
                                                                  static_cast<std::uint32_t>(at % length)};
            }
        }
    }

    /// Counts for features [begin, end) of order_: long runs of equal rows share sorted sums, others go
    /// together by the dozen.
    void count(std::size_t begin, std::size_t end)
    {
        constexpr std::size_t many = 128;
        constexpr std::size_t together = 64;
        std::vector<Row> rows;
        std::vector<std::uint32_t> waiting;
        for (std::size_t s = begin; s < end;) {
            std::size_t after = s + 1;
            while (after < end && order_[after].hash == order_[s].hash) {
                ++after;
            }
            if (after - s >= many) {
                s = count_alike(s, after);
                continue;
            }
            for (; s < after; ++s) {
                rows.emplace_back(values_, weights_, places_[order_[s].feature]);
                waiting.push_back(order_[s].feature);
                if (rows.size() == together) {
                    count_each(rows, waiting);
                    rows.clear();
                    waiting.clear();
                }
            }
        }
        count_each(rows, waiting);
    }

    /// Counts the features of order_ from `begin` on whose rows are equal, before `end` or as far as they
    /// are; returns where it stopped.
    std::size_t count_alike(std::size_t begin, std::size_t end)
    {
        const Row row(values_, weights_, places_[order_[begin].feature]);
        std::vector<double> sums(drawn_.strips() * DrawnValues::width);
        weighted_sums(drawn_, row.weights(), sums);
        sums.resize(drawn_.draws());
        std::sort(sums.begin(), sums.end());
        for (std::size_t s = begin; s < end; ++s) {
            const std::uint32_t f = order_[s].feature;
            if (s > begin && Row(values_, weights_, places_[f]).weights() != row.weights()) {
                return s; // another row with the same hash
            }
            Feature<double>& feature = features_[f];
            count_ties(sums, true, feature.observed - ties_[f], feature.observed + ties_[f], feature.at_least,
                       feature.at_most);
            correct(f, row.weights());
        }
        return end;
    }

    void count_each(const std::vector<Row>& rows, const std::vector<std::uint32_t>& of)
    {
        std::vector<CountedRow> counted;
        for (std::size_t r = 0; r < rows.size(); ++r) {
            const double observed = features_[of[r]].observed;
            const double tie = ties_[of[r]];
            counted.push_back({rows[r].weights(), observed - tie, observed + tie, 0, 0});
        }
        count_rows(drawn_, counted);
        for (std::size_t r = 0; r < rows.size(); ++r) {
            features_[of[r]].at_least += counted[r].at_least;
            features_[of[r]].at_most += counted[r].at_most;
            correct(of[r], rows[r].weights());
        }
    }

    /// A feature among its own first k takes the first k + 1 without itself.
    void correct(std::uint32_t f, const std::vector<double>& weights)
    {
        Feature<double>& feature = features_[f];
        for (std::size_t o = occurrence_start_[f]; o < occurrence_start_[f + 1]; ++o) {
            const auto [draw, place] = occurrences_[o];
            double instead = 0;
            double simulated = 0;
            for (std::size_t j = 0; j < weights.size(); ++j) {
                instead += weights[j] * drawn_.at(draw, j);
                simulated += weights[j] * drawn_.at(draw, j < place ? j : j + 1);
            }
            feature.correct(simulated, instead, feature.observed - ties_[f], feature.observed + ties_[f]);
        }
    }

    std::span<const double> values_;
    const Weights& weights_;
    std::vector<std::uint32_t> places_;
    std::vector<Feature<double>> features_;
    std::vector<double> ties_;   ///< sums closer than this are equal, for each feature
    std::vector<Ordered> order_; ///< features to be tested, equal rows together
    std::size_t most_ = 0;       ///< links of any of them
    DrawnValues drawn_;          ///< of a batch
    std::vector<Occurrence> occurrences_;
    std::vector<std::uint32_t> occurrence_start_;
};

/// Number and sum of neighbours where all weights of a row are one positive number, no neighbours elsewhere.
NeighbourSums even_rows(std::span<const double> values, const Weights& weights)
{
    NeighbourSums sums = neighbour_sums(values, weights);
    parallel_chunks(values.size(), 1024, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            if (sums.neighbours[i] > 0 && !Row(values, weights, i).even()) {
                sums.neighbours[i] = 0;
            }
        }
    });
    return sums;
}

} // namespace

PermutationCounts permute_weighted_sums(std::span<const double> values, const Weights& weights,
                                        const PermutationOptions& options)
{
    require(weights.weight.empty() || weights.weight.size() == weights.links(), "{} weights for {} links",
            weights.weight.size(), weights.links());
    require(
        std::all_of(weights.weight.begin(), weights.weight.end(), [](double w) { return std::isfinite(w); }),
        "a weight is not finite");
    const NeighbourSums even = even_rows(values, weights);
    PermutationCounts counts = permute_sums(values, even.neighbours, even.sums, options);
    const PermutationCounts others = WeightedPool(values, weights).run(options, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        counts.at_least[i] += others.at_least[i];
        counts.at_most[i] += others.at_most[i];
    }
    return counts;
}

} // namespace vigil
