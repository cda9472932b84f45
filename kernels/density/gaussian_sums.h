#pragma once

#include <cstddef>

namespace vigil {

/// out[c] = sum_t weights[t] from[t step + c], t in order, for c in [0, count).
///
/// With step 1 it blurs along a row, with the stride of a raster along its columns.
void weighted_sums(const double* weights, std::size_t taps, const double* from, std::size_t step, double* out,
                   std::size_t count);

} // namespace vigil
