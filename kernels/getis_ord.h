#pragma once

#include "kernels/weights.h"
#include "libgeo/plane.h"
#include "libgeo/raster.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

enum class HotspotStatistic {
    gi_star, ///< the feature itself counts among its neighbours
    gi,      ///< only the others count
};

/// Local clustering of high (z > 0) or low (z < 0) values, one entry per feature.
struct GetisOrd {
    std::vector<double> z;                ///< NaN where there is no value, and for Gi without neighbours
    std::vector<double> p;                ///< two-sided, normal: erfc(|z| / sqrt 2); NaN like z
    std::vector<std::int32_t> neighbours; ///< how many counted, itself included for Gi*; 0 without value
    std::vector<double> sum;              ///< sum_j w_ij x_j over them; exact for whole numbers; NaN like z
    /// Neighbours of equal weight that would vary as much: (sum_j w_ij)^2 / sum_j w_ij^2 (Kish
    /// 1965); empty when every neighbour counts 1, as it is then their number.
    std::vector<double> effective;
};

/// Getis-Ord Gi* and Gi with any weights, as z-scores.
///
///     Gi*:  z_i = (sum_j w_ij x_j - W_i m) / (s sqrt((n S_i - W_i^2) / (n - 1)))
///           W_i = sum_j w_ij,  S_i = sum_j w_ij^2,  m = mean of x,  s^2 = sum (x - m)^2 / n
///     Gi:   the same over the n - 1 others: their mean and s, n - 1 and n - 2 for n and n - 1
///
/// values   n values; NaN ones are left out of everything
/// weights  n rows. Gi* gives a row without a link to itself one of weight 1; Gi skips such links
/// returns  z = 0, p = 1 where the values, or the sums over any neighbourhood of that shape,
///          cannot vary
/// throws   Error when the sizes differ or a value is infinite
/// cost     O(n + links) time
/// source   Ord & Getis (1995), Geographical Analysis 27, 286-306, eqs. 14-15
GetisOrd getis_ord(std::span<const double> values, const Weights& weights, HotspotStatistic statistic);

/// The same where everything within a distance counts 1, without storing neighbours.
///
/// places   n, metres
/// band_m   > 0, inclusive; see squared_reach_m2
/// cost     O(n log n + pairs within twice the band) time, 60 bytes for each place
GetisOrd getis_ord_band(std::span<const XY> places, std::span<const double> values, double band_m,
                        HotspotStatistic statistic);

/// The cells around a cell of a fishnet that count: in each row, those at most so many columns
/// away.
struct Stencil {
    /// For rows -reach ... reach, the middle one being the cell's own; -1 for a row without any.
    std::vector<std::int64_t> half_width;

    [[nodiscard]] std::int64_t reach() const { return static_cast<std::int64_t>(half_width.size()) / 2; }
};
Stencil queen_stencil(); ///< the cell and the 8 around
Stencil rook_stencil();  ///< the cell and the 4 at its sides
/// Cells whose centre lies within a band, at most `grid.rows` and `grid.cols` away.
Stencil disc_stencil(const Grid& grid, double band_m);

/// The same on a fishnet, every cell of the stencil counting 1.
///
/// Sums are exact: values are taken in steps of 2^-s, whole numbers as they are, others rounded to
/// about 2^-62 of their total, so no sum depends on an order and equal neighbourhoods get equal z.
///
/// Small stencils are added up from running sums along the rows; the sums over large ones are a
/// convolution, taken by transforms modulo primes, so that a wider band does not take longer.
///
/// values   one per cell; NaN cells are left out
/// cost     O(cells * min(rows of the stencil, log cells)) time; while it works 4 bytes for each
///          cell (8 to 12 when values are not whole), twice that where the band spans the grid
/// source   Pollard (1971), Mathematics of Computation 25, 365-374 (transforms in a finite field)
GetisOrd getis_ord_grid(const Raster<double>& values, const Stencil& stencil, HotspotStatistic statistic);

/// How sure the sign of z is: +-3 at p <= .01, +-2 at <= .05, +-1 at <= .10, else 0 (ArcGIS's
/// Gi_Bin); missing_integer when z or p is NaN. Give p for each cell alone, or q for the false
/// discovery rate.
std::int64_t confidence_bin(double z, double p);

} // namespace vigil
