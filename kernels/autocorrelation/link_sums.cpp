#include "kernels/autocorrelation/link_sums.h"

#include "kernels/compensated_sum.h"
#include "libgeo/error.h"

#include <cmath>

namespace vigil {

namespace {

/// The weight of the link back, from j to i, or 0. Rows are visited in ascending order, so where the search
/// in a row stood last time is where it goes on: all searches together pass every link once.
class Reciprocal {
  public:
    explicit Reciprocal(const Weights& weights) : weights_(weights), next_(weights.size())
    {
        for (std::size_t i = 0; i < next_.size(); ++i) {
            next_[i] = weights.begin_of(i);
        }
    }
    double weight(std::size_t i, std::size_t j)
    {
        std::size_t& at = next_[j];
        const std::size_t end = weights_.end[j];
        while (at < end && weights_.neighbour[at] < i) {
            ++at;
        }
        return at < end && weights_.neighbour[at] == i ? weights_.weight_of(at) : 0;
    }

  private:
    const Weights& weights_;
    std::vector<std::size_t> next_;
};

} // namespace

LinkSums link_sums(std::span<const double> values, const Weights& weights)
{
    require(values.size() == weights.size(), "{} values and {} rows of weights", values.size(),
            weights.size());
    const std::size_t n = values.size();
    LinkSums sums;
    sums.degree.resize(n);
    sums.is_linked.resize(n);
    Reciprocal reciprocal(weights);
    CompensatedSum s0;
    CompensatedSum s1;
    for (std::size_t i = 0; i < n; ++i) {
        if (std::isnan(values[i])) {
            continue;
        }
        ++sums.features;
        double row = 0;
        double squares = 0; // of w_ij, and w_ij w_ji
        std::size_t count = 0;
        for_links(values, weights, i, [&](std::size_t j, double w) {
            row += w;
            squares += w * (w + reciprocal.weight(i, j));
            sums.degree[j] += w;
            sums.is_linked[j] = true;
            ++count;
        });
        sums.degree[i] += row;
        sums.links += count;
        s0.add(row);
        s1.add(squares);
        if (count > 0) {
            sums.is_linked[i] = true;
        }
    }
    sums.s0 = s0.value();
    sums.s1 = s1.value();
    require(std::isfinite(sums.s1), "a weight is not a finite number");
    CompensatedSum s2;
    for (std::size_t i = 0; i < n; ++i) {
        sums.linked += static_cast<std::size_t>(sums.is_linked[i]);
        s2.add(sums.degree[i] * sums.degree[i]);
    }
    sums.s2 = s2.value();
    const double mean = sums.linked > 0 ? 2 * sums.s0 / static_cast<double>(sums.linked) : 0;
    CompensatedSum spread;
    for (std::size_t i = 0; i < n; ++i) {
        if (sums.is_linked[i]) {
            spread.add((sums.degree[i] - mean) * (sums.degree[i] - mean));
        }
    }
    sums.spread = spread.value();
    return sums;
}

} // namespace vigil
