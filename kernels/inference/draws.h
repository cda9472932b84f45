#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Beginnings of random permutations of 0 ... population - 1: draw r is a sequence of `length`
/// distinct ids, of which the first k are a random subset of k and, without any id i, a random
/// sequence of the others.
///
/// A draw depends on (seed, r, population) and on nothing that was drawn before. Random words come
/// from Philox4x32-10 keyed by the seed and counted by (draw, block); bounded ones are unbiased.
///
/// source   Lemire (2019), ACM Trans. Model. Comput. Simul. 29(1), 3 (bounded integers);
///          Salmon et al. (2011), SC'11 (counter-based generators)
class Draws {
  public:
    /// throws   Error when length > population
    /// cost     population / 8 bytes; 4 population when more than a quarter of it is drawn
    Draws(std::uint64_t seed, std::uint32_t population, std::uint32_t length);

    /// The ids of draw `draw`, valid until the next call. O(length)
    std::span<const std::uint32_t> of(std::uint64_t draw);

  private:
    void reject_repeats(std::uint64_t draw);
    void shuffle_beginning(std::uint64_t draw);

    std::uint64_t seed_;
    std::uint32_t population_;
    std::vector<std::uint32_t> ids_;
    std::vector<std::uint64_t> taken_; ///< one bit for each id, all 0 between draws
    std::vector<std::uint32_t> order_; ///< 0 ... population - 1 in order between draws
    std::vector<std::uint32_t> swaps_; ///< what shuffle_beginning has to undo
};

} // namespace vigil
