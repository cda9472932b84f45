#pragma once

#include "libgeo/plane.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Places sorted into the squares of a lattice, row by row from the south-west.
struct Buckets {
    std::vector<std::uint32_t> order; ///< places by bucket, then by index
    std::vector<std::uint64_t> keys;  ///< occupied buckets, ascending: row * 2^32 + column
    std::vector<std::size_t> begin;   ///< where each bucket begins in `order`, and the end
};

/// side_m    edge of a square, > 0; it is widened so that no more than 2^30 lie across
/// margin    number of the first row and column: room for keys of buckets beyond the border
/// throws    Error when a coordinate is not finite or n >= 2^32
/// cost      O(n log n)
Buckets buckets_of(std::span<const XY> places, double side_m, std::uint64_t margin);

} // namespace vigil
