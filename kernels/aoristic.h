#pragma once

#include "libgeo/time.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// Share of an incident's time that lies in [from, to).
///
///     |[start, end) and [from, to)| / (end - start)      an interval
///     1 if from <= start < to, else 0                    an instant
///     0                                                  an unknown time
///
/// Shares of windows that meet end to end and cover the interval add up to 1.
///
/// throws  Error when the interval or the window ends before it begins
/// source  Ratcliffe and McCullagh (1998), IJGIS 12(7): 751-764; Ratcliffe (2002), J. Quant. Criminology
/// 18(1)
double aoristic_weight(const TimeSpan& when, Seconds from, Seconds to);

/// Shares in the slices [edges[k], edges[k + 1]): one value less than there are edges.
///
/// edges   ascending, each once, at least two
/// throws  as aoristic_weight, or when the edges are not in order
/// cost    O(slices)
std::vector<double> aoristic_weights(const TimeSpan& when, std::span<const Seconds> edges);

/// Incidents spread over slices of time.
struct AoristicCounts {
    std::vector<double> weight;    ///< for each slice
    double outside_weight = 0;     ///< of known times, before the first and after the last slice
    double unknown_weight = 0;     ///< of incidents without a time
    std::size_t unknown = 0;       ///< incidents without a time
    std::size_t wholly_in_one = 0; ///< incidents of which one slice has everything
};

/// The weight of many incidents in each slice. Does not depend on their order.
///
/// times    n times
/// weights  n values >= 0, or empty for all 1
/// throws   Error when sizes differ or a weight is negative or not finite; as aoristic_weights
/// cost     O(n log n + slices that intervals touch)
AoristicCounts aoristic_counts(std::span<const TimeSpan> times, std::span<const double> weights,
                               std::span<const Seconds> edges);

/// Calendar months that cover [from, to): the first of each, and the first of the month after the last.
/// To be used as edges: months have 28 to 31 days, as they are.
///
/// throws  Error unless from < to, or when a year is outside -32767..32766
std::vector<Seconds> month_edges(Seconds from, Seconds to);

} // namespace vigil
