#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// How a tail probability was found.
enum class TailMethod : std::uint8_t {
    none,        ///< no value, or no neighbours: there is no tail
    exact,       ///< counted: right to about 1e-13 of itself
    saddlepoint, ///< an approximation: within 5 % of itself, mostly within 1 %
    normal,      ///< where the saddlepoint's equations have no answer in numbers
    rounded,     ///< counted for values rounded to fine steps: within 5 % of itself, mostly within 1 %
};

/// Chances that a feature's neighbours, were they a random subset of the others, sum as they do.
/// n of each; NaN where `method` is none.
struct SubsetTails {
    std::vector<double> at_least; ///< P(S >= s)
    std::vector<double> at_most;  ///< P(S <= s)
    std::vector<double> equal;    ///< P(S = s); 0 where sums have no lattice
    std::vector<TailMethod> method;
};

/// Which member of the population cannot be drawn.
enum class LeftOut {
    itself,  ///< the feature whose neighbours they are: conditional permutation
    nothing, ///< none: the feature counts among its neighbours, and all values are in random order
};

struct SubsetTailOptions {
    LeftOut left_out = LeftOut::itself;
    /// Multiplications that one table may take; larger subsets are left to the saddlepoint.
    double work_limit = 5e8;
};

/// Tails of the sum of each feature's neighbours under conditional permutation.
///
///     S_i = sum of k_i values drawn without replacement from the n - 1 values other than x_i
///     at_least_i = P(S_i >= s_i),  at_most_i = P(S_i <= s_i),  equal_i = P(S_i = s_i)
///
/// Whole values (or halves, quarters ... down to 1 / 1024) are counted: the chances of all sums
/// and subset sizes by a dynamic programme over the different values. Each tail is a sum of what
/// lies in it, so small ones keep their digits. Other values are rounded to fine steps and then
/// counted, about half of a tie in each tail, or looked at one subset after the other where these
/// are few. Subset sizes above the limit get the saddlepoint. One neighbour, all others, and the
/// least and the greatest possible sum are always exact. p of sums of many ties that are not
/// whole (most values equal, fewer than some hundred others) may be off by the tie.
///
/// values      n; NaN ones take no part
/// neighbours  n: k_i without i itself; not looked at where the value is NaN
/// sums        n: the sum of the neighbours' values
/// throws      Error when sizes differ, a value is infinite, k_i is negative or more than there
///             are others, a sum is not finite, or one of whole values is not whole
/// cost        at most about 4 work_limit, n log n, and 2 us for each (size, own value, sum) left
///             to the saddlepoint
/// source      see kernels/inference/tail_table.h, tail_grid.h and tail_curve.h
SubsetTails subset_tails(std::span<const double> values, std::span<const std::int32_t> neighbours,
                         std::span<const double> sums, const SubsetTailOptions& options = {});

} // namespace vigil
