#pragma once

#include "kernels/inference/tail_population.h"

#include <cstdint>

namespace vigil::tails {

/// Tails of sums of few members, by looking at all subsets: each choice of all but two of those
/// that do not have the commonest value, and for these two one walk from both ends of the sorted
/// values. The commonest are counted.
class FewSubsets {
  public:
    explicit FewSubsets(const Population& population);

    /// Steps that one tail takes.
    [[nodiscard]] double work(std::int64_t draws) const;
    /// One member left out. Sums as near to `sum` as `tolerance` are equal to it.
    [[nodiscard]] Tail tail(std::size_t left_out, std::int64_t draws, double sum, double tolerance) const;

  private:
    const Population& population_;
    std::size_t commonest_ = 0;
};

} // namespace vigil::tails
