#pragma once

#include "libgeo/time.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// What tells the order of the sightings of one case, in the order of their rows.
struct OrderClues {
    std::size_t sightings = 0;
    std::span<const double> number; ///< in the order; NaN: it may be anywhere. Empty: there are no numbers
    std::span<const TimeSpan> time; ///< empty: there are no times
    bool unordered = false;         ///< nothing is known of the order, whatever the rows say
};

struct SightingOrder {
    std::vector<double> begin, end;  ///< of each sighting: Sighting::order_begin and order_end
    std::vector<std::uint8_t> timed; ///< 1: its time is known and agrees with the order
    std::size_t backward = 0; ///< without numbers: sightings of earlier times than the one in the row before
    std::size_t contrary = 0; ///< with numbers: sightings whose times go against them, and do not count
};

/// Bounds on the place of each sighting in the order of its case.
///
/// unordered   every one may be anywhere; times do not count, since they would be an order
/// numbers     decide. Those of one number are in the order of their times where these do not overlap, else
/// in
///             no order; one without a number may be anywhere. A time that ends before one of a smaller
///             number begins does not count (the smaller number is believed)
/// times       decide otherwise, whatever the order of rows. One instant: the order of rows, since devices
///             repeat their seconds. Spans that overlap, and an instant inside a span, are in no order. A
///             sighting without a time keeps its place among the rows if all others are in the order of their
///             rows, else it may be anywhere
/// rows        are the order when there is neither
///
/// returns  bounds that are ranks: 0, 1, 2, ... for a plain chain, -inf and +inf where nothing is known
/// throws   Error when numbers or times are not as many as the sightings
/// cost     O(n log n)
SightingOrder sighting_order(const OrderClues& clues);

} // namespace vigil
