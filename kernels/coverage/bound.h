#pragma once

#include "kernels/coverage/search.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil::coverage {

/// Upper bounds on what any k circles can be worth, k = 1 ... n, by Lagrangian relaxation of "a place counts
/// only when a circle covers it". For prices 0 <= u_i <= w_i the value of any k circles is at most
///
///     sum_i (w_i - u_i)  +  sum of the k largest positive (sum of u_i in the circle - its cost)
///
/// Two kinds of prices are tried:
///   u = w outside the first t chosen circles and 0 inside: the bound of Nemhauser et al. (1978);
///   u filled up under a cap: starting at w, each price is multiplied by cap / (dearest circle over the
///   place) while it stays below w, so that no circle holds more than the cap and few places are given away.
class Bound {
  public:
    /// costs   of a circle of each lattice, scaled
    /// n       bounds are kept for 1 ... n circles
    Bound(const Demand& demand, std::span<const Lattice> lattices, std::span<const std::int64_t> costs,
          std::size_t n);

    void try_prefixes(std::span<const Site> chosen);
    /// values  what the first 1, 2, ... chosen circles are worth, in the weights' unit
    void tighten(std::span<const double> values, int rounds);

    /// n values, in the weights' unit; never decreasing.
    [[nodiscard]] std::vector<double> at_most() const;

  private:
    void try_cap(double cap, int rounds);
    void try_prices(std::span<const std::int64_t> prices);
    void sum_prices(std::span<const std::int64_t> prices);
    void find_largest();
    [[nodiscard]] std::int64_t largest(std::size_t lattice, std::size_t place) const;
    [[nodiscard]] double room(std::size_t place, double cap) const;

    const Demand& demand_;
    std::span<const Lattice> lattices_;
    std::span<const std::int64_t> costs_;
    double total_ = 0;
    std::vector<double> best_;                    ///< per number of circles - 1, scaled
    std::vector<std::vector<std::int64_t>> sums_; ///< per lattice, per node: sum of the prices inside
    // largest sum from the start of a block's row to the node, and from the node to its end: a run of nodes
    // mostly begins or ends where the block does
    std::vector<std::vector<std::int64_t>> head_, tail_;
};

} // namespace vigil::coverage
