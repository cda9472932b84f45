#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::io {

/// Features by their ids, spaces around them left out. A hash table with open addressing, half
/// full at most: a look-up touches one slot and one id, most times.
class WeightsIds {
  public:
    /// ids     kept by reference
    /// throws  Error when one is empty or comes twice, or there are 2^31 or more
    explicit WeightsIds(std::span<const std::string> ids);

    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view id) const
    {
        const Slot& slot = slots_[slot_of(id)];
        return slot.place == 0 ? std::nullopt : std::optional(slot.place - 1);
    }

  private:
    struct Slot {
        std::uint32_t tag = 0;   ///< bits of the hash
        std::uint32_t place = 0; ///< in the list of ids, from 1; 0 is free
    };
    /// The slot that holds an id, or the free one where it belongs.
    [[nodiscard]] std::size_t slot_of(std::string_view id) const;

    std::span<const std::string> ids_;
    std::vector<Slot> slots_;
};

/// Text from a file for a message: in quotes, shortened, control characters escaped.
std::string shown(std::string_view text);

} // namespace vigil::io
