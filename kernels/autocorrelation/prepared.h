#pragma once

#include "kernels/autocorrelation/global.h"
#include "kernels/autocorrelation/link_sums.h"
#include "kernels/autocorrelation/value_moments.h"
#include "kernels/compensated_sum.h"
#include "libgeo/parallel.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

// What the global statistics have in common; not for others.
namespace vigil {

/// sum_ij w_ij f(z_i, z_j), the same whatever the number of threads.
template <typename Pair>
double sum_over_links(std::span<const double> z, const Weights& weights, Pair pair)
{
    constexpr std::size_t chunk = 4096;
    std::vector<double> parts((z.size() + chunk - 1) / chunk);
    parallel_chunks(z.size(), chunk, [&](std::size_t begin, std::size_t end) {
        CompensatedSum sum;
        for (std::size_t i = begin; i < end; ++i) {
            if (!std::isnan(z[i])) {
                double row = 0;
                for_links(z, weights, i, [&](std::size_t j, double w) { row += w * pair(z[i], z[j]); });
                sum.add(row);
            }
        }
        parts[begin / chunk] = sum.value();
    });
    CompensatedSum sum;
    for (const double part : parts) {
        sum.add(part);
    }
    return sum.value();
}

/// Everything the statistics start from.
struct Prepared {
    LinkSums links;
    CentredValues values;
    double n = 0; ///< of the moments
    GlobalAutocorrelation result;

    [[nodiscard]] bool undefined() const { return values.present < 2 || links.s0 == 0; }
    /// All values are equal: nothing can be said, and nothing stands out.
    [[nodiscard]] GlobalAutocorrelation equal() const
    {
        GlobalAutocorrelation flat = result;
        flat.randomisation = {flat.value, 0, 0, 1, 1, 1};
        flat.normality = flat.randomisation;
        return flat;
    }
};

Prepared prepared(std::span<const double> values, const Weights& weights, Islands islands);

} // namespace vigil
