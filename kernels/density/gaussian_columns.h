#pragma once

#include "kernels/density/gaussian_split.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vigil {

/// The last factor of a GaussianSplit for targets evenly spaced along an axis: which nodes each reads, and
/// with what weights.
class NodeWeights {
  public:
    NodeWeights() = default;

    /// start, step  first target and distance between targets, in spacings from node 0; start >= cut read
    NodeWeights(double start, double step, std::int64_t targets, const GaussianSplit& split);

    [[nodiscard]] std::int64_t taps() const { return taps_; }
    [[nodiscard]] std::int64_t nodes() const { return first_.back() + taps_; } ///< read by any target
    [[nodiscard]] std::int64_t first(std::int64_t target) const
    {
        return first_[static_cast<std::size_t>(target)];
    }
    [[nodiscard]] const double* weights(std::int64_t target) const
    {
        return weights_.data() + static_cast<std::size_t>(target * taps_);
    }

    /// Up to eight rows of nodes, `from_stride` apart, read at every target into rows `out_stride` apart.
    void read_rows(const double* from, std::size_t from_stride, std::size_t rows, double* out,
                   std::size_t out_stride) const;

  private:
    std::int64_t taps_ = 0;
    std::vector<std::int64_t> first_;
    std::vector<double> weights_; // taps_ for each target
};

} // namespace vigil
