#pragma once

#include "libgeo/raster.h"

#include <span>
#include <vector>

namespace vigil {

/// Levels of a density surface whose regions hold given shares of its volume.
///
///     L_p = the largest value v such that the cells of value >= v hold at least p % of the sum of all cells
///
/// Cells of one value are in or out together, so a region may hold more than p %. Contours at these levels
/// are the "percent volume contours" of home-range studies.
///
/// raster    values >= 0; NaN is no data
/// percents  each in (0, 100]; 100 gives the smallest value above 0
/// returns   a level for each, in their order, > 0
/// throws    Error when a value is negative or infinite, none is above 0, or a percent is out of range
/// cost      O(cells log cells) time, 8 bytes for each cell above 0; sums are compensated, and a sum within
///           1e-12 of the share counts as reaching it, so that rounding adds no cell
/// source    Worton (1989), Ecology 70(1): 164-168
std::vector<double> percent_volume_levels(const Raster<double>& raster, std::span<const double> percents);

/// Each cell's percent volume: the share of the whole, in %, that the cells of its value or more hold.
///
/// The highest cells have the least; cells <= p hold at most p % together, and with the next value more.
/// 100 where the surface is 0 or as low as its smallest value above 0; NaN stays NaN.
///
/// throws  as percent_volume_levels
/// cost    O(cells log cells) time, 24 bytes for each cell above 0 besides the result
Raster<double> percent_volume(const Raster<double>& raster);

} // namespace vigil
