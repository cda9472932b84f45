#pragma once

#include "kernels/band_search.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace vigil {

/// How many places lie within the band of each, and the sum of their values, for the places of buckets
/// [first, last). All arrays are in the order of the search.
///
/// values      n, finite
/// with_self   whether a place counts for itself
/// count, sum  n; those of the buckets' places are set
/// returns     the same bits on every processor: eight sums are kept and added in a fixed order
/// cost        O(pairs within twice the band), eight at a time
void band_sums(const BandSearch& search, std::size_t first, std::size_t last, std::span<const double> values,
               bool with_self, std::span<std::int32_t> count, std::span<double> sum);

} // namespace vigil
