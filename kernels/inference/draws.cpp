#include "kernels/inference/draws.h"

#include "libgeo/error.h"

#include <Random123/philox.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace vigil {

namespace {

/// The random words of one draw, four from each block.
class Words {
  public:
    Words(std::uint64_t seed, std::uint64_t draw)
        : key_{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}},
          counter_{{static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32U), 0, stream}}
    {
    }
    std::uint32_t next()
    {
        if (used_ == 4) {
            block_ = r123::Philox4x32()(counter_, key_);
            ++counter_[2];
            used_ = 0;
        }
        return block_[used_++];
    }
    /// Uniform on 0 ... bound - 1.
    std::uint32_t below(std::uint32_t bound)
    {
        std::uint64_t product = static_cast<std::uint64_t>(next()) * bound;
        if (static_cast<std::uint32_t>(product) < bound) {
            const std::uint32_t uneven = (0U - bound) % bound;
            while (static_cast<std::uint32_t>(product) < uneven) {
                product = static_cast<std::uint64_t>(next()) * bound;
            }
        }
        return static_cast<std::uint32_t>(product >> 32U);
    }

  private:
    static constexpr std::uint32_t stream = 0x7065726dU; // apart from the items of libgeo/random.h
    r123::Philox4x32::key_type key_;
    r123::Philox4x32::ctr_type counter_;
    r123::Philox4x32::ctr_type block_{};
    std::size_t used_ = 4;
};

} // namespace

Draws::Draws(std::uint64_t seed, std::uint32_t population, std::uint32_t length)
    : seed_(seed), population_(population), ids_(length)
{
    require(length <= population, "{} of {} features cannot be drawn", length, population);
    if (length > population / 4) {
        order_.resize(population);
        std::iota(order_.begin(), order_.end(), 0U);
        swaps_.resize(length);
    } else {
        taken_.resize(population / 64 + 1);
    }
}

std::span<const std::uint32_t> Draws::of(std::uint64_t draw)
{
    if (order_.empty()) {
        reject_repeats(draw);
    } else {
        shuffle_beginning(draw);
    }
    return ids_;
}

void Draws::reject_repeats(std::uint64_t draw)
{
    Words words(seed_, draw);
    for (std::uint32_t& id : ids_) {
        bool again = true;
        while (again) {
            id = words.below(population_);
            std::uint64_t& word = taken_[id / 64];
            const std::uint64_t bit = std::uint64_t{1} << (id % 64);
            again = (word & bit) != 0;
            word |= bit;
        }
    }
    for (const std::uint32_t id : ids_) {
        taken_[id / 64] = 0;
    }
}

void Draws::shuffle_beginning(std::uint64_t draw)
{
    Words words(seed_, draw);
    for (std::size_t s = 0; s < ids_.size(); ++s) {
        const auto at = static_cast<std::uint32_t>(s);
        swaps_[s] = at + words.below(population_ - at);
        std::swap(order_[s], order_[swaps_[s]]);
        ids_[s] = order_[s];
    }
    for (std::size_t s = ids_.size(); s-- > 0;) {
        std::swap(order_[s], order_[swaps_[s]]);
    }
}

} // namespace vigil
