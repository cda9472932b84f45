#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// How far the bin of each feature holds when the analysis is done otherwise (a band a quarter
/// narrower or wider, another cell origin).
///
/// bins     the first is the result to be judged, the others its variants; each n bins of -3 ...
///          3, or missing_integer
/// level    a bin counts as significant from this upwards
/// returns  n shares of the variants in which the feature is significant with the same sign as in
///          the first, or not significant in both; missing variants do not count, and a feature
///          that is missing in the first or in all of them gets NaN
/// throws   Error when fewer than two are given or their sizes differ
/// cost     O(n * variants)
std::vector<double> bin_stability(std::span<const std::vector<std::int64_t>> bins, std::int64_t level = 1);

} // namespace vigil
