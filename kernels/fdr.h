#pragma once

#include <span>
#include <vector>

namespace vigil {

/// Benjamini-Hochberg adjusted p-values: rejecting those <= alpha keeps the false discovery rate at alpha.
///
///     q_(i) = min over j >= i of min(1, p_(j) * m / j),   p sorted ascending, m = number of non-NaN p
///
/// p        n values in [0, 1]; NaN (islands, undefined) stays NaN and does not count
/// returns  n adjusted values, in the order of `p`; equal to R's p.adjust(p, "BH")
/// source   Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57, 289-300
std::vector<double> benjamini_hochberg(std::span<const double> p);

/// Benjamini-Yekutieli adjusted p-values: as above, whatever the dependence of the tests on each other.
///
///     q_(i) = min over j >= i of min(1, p_(j) * m c / j),   c = 1 + 1/2 + ... + 1/m
///
/// Neighbourhoods overlap, so tests of neighbours are dependent; this is the cautious answer to that.
///
/// returns  n adjusted values, in the order of `p`; equal to R's p.adjust(p, "BY")
/// source   Benjamini & Yekutieli (2001), Annals of Statistics 29, 1165-1188, theorem 1.3
std::vector<double> benjamini_yekutieli(std::span<const double> p);

/// The largest p that the procedure rejects at `alpha`, without sorting: p <= cutoff exactly where the
/// adjusted p <= alpha. Below 0 when nothing is rejected.
///
/// The step-up rule rejects all p <= alpha k / m where k is the greatest number with that many p so small;
/// counting again and again from k = m comes down to it.
double benjamini_hochberg_cutoff(std::span<const double> p, double alpha);
double benjamini_yekutieli_cutoff(std::span<const double> p, double alpha);

} // namespace vigil
