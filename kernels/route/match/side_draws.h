#pragma once

#include "kernels/route/match/case_draws.h"
#include "kernels/route/match/case_summary.h"

#include <cstdint>
#include <map>
#include <vector>

namespace vigil::match {

/// Sets of draws, as bits.
class DrawSet {
  public:
    explicit DrawSet(std::size_t draws) : word_((draws + 63) / 64, 0) {}
    void add(std::uint32_t draw) { word_[draw / 64] |= std::uint64_t{1} << (draw % 64); }
    void add(const DrawSet& other)
    {
        for (std::size_t i = 0; i < word_.size(); ++i) {
            word_[i] |= other.word_[i];
        }
    }
    [[nodiscard]] bool holds(std::uint32_t draw) const { return (word_[draw / 64] >> (draw % 64) & 1U) != 0; }
    [[nodiscard]] std::size_t size() const
    {
        std::size_t bits = 0;
        for (const std::uint64_t word : word_) {
            bits += static_cast<std::size_t>(__builtin_popcountll(word));
        }
        return bits;
    }

  private:
    std::vector<std::uint64_t> word_;
};

/// Which draws travel each side.
using SideDraws = std::map<EdgeSide, DrawSet>;
SideDraws draws_of_sides(const std::vector<PartAnswer>& parts, std::size_t draws);

} // namespace vigil::match
