#pragma once

#include <Random123/philox.h>

#include <cstdint>

namespace vigil {

/// Counter-based random numbers (Philox4x32-10, Salmon et al. 2011), keyed by (seed, item, draw):
/// the same answer whatever the order or the number of threads.
class Random {
  public:
    Random(std::uint64_t seed, std::uint64_t item) : seed_(seed), item_(item) {}

    /// 64 random bits for draw number `draw` of this item.
    [[nodiscard]] std::uint64_t bits(std::uint64_t draw) const
    {
        const r123::Philox4x32::ctr_type counter = {
            {static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32U),
             static_cast<std::uint32_t>(item_), static_cast<std::uint32_t>(item_ >> 32U)}};
        const r123::Philox4x32::key_type key = {
            {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32U)}};
        const auto word = r123::Philox4x32()(counter, key);
        return (static_cast<std::uint64_t>(word[0]) << 32U) | word[1];
    }
    /// Uniform on [0, 1), 53 bits.
    [[nodiscard]] double uniform(std::uint64_t draw) const
    {
        return static_cast<double>(bits(draw) >> 11U) * 0x1.0p-53;
    }

  private:
    std::uint64_t seed_;
    std::uint64_t item_;
};

} // namespace vigil
