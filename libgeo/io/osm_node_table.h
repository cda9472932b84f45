#pragma once

#include "libgeo/route_network.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace vigil::io {

/// The nodes that ways refer to, by ascending number, with their places once known. A directory of equal
/// spans of numbers stands before the sorted list, so that a look-up takes few steps.
class OsmNodeTable {
  public:
    OsmNodeTable() = default;
    /// ids  in any order, also several times
    explicit OsmNodeTable(std::vector<std::int64_t> ids);

    [[nodiscard]] std::size_t size() const { return ids_.size(); }
    /// The slot of a node, or size() when no way refers to it.
    [[nodiscard]] std::size_t slot_of(std::int64_t id) const;
    [[nodiscard]] std::int64_t id(std::size_t slot) const { return ids_[slot]; }
    [[nodiscard]] bool known(std::size_t slot) const { return place_[slot] != nowhere; }
    [[nodiscard]] FixedLonLat place(std::size_t slot) const { return place_[slot]; }
    void set_place(std::size_t slot, FixedLonLat place) { place_[slot] = place; }

  private:
    static constexpr FixedLonLat nowhere{std::numeric_limits<std::int32_t>::max(),
                                         std::numeric_limits<std::int32_t>::max()};
    [[nodiscard]] std::uint64_t span_of(std::int64_t id) const
    {
        return (static_cast<std::uint64_t>(id) - static_cast<std::uint64_t>(ids_.front())) >> shift_;
    }

    std::vector<std::int64_t> ids_;
    std::vector<FixedLonLat> place_;
    std::vector<std::size_t> first_; ///< first slot of each span of 2^shift_ numbers
    unsigned shift_ = 0;
};

} // namespace vigil::io
