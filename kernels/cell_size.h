#pragma once

#include "libgeo/plane.h"

#include <span>

namespace vigil {

/// A cell size that suits the spacing of places, for counting incidents.
///
///     d = distances to the nearest other place; those above mean + 3 sd are left out as strays
///     cell = 2 max(mean d, median d), rounded up to 1, 2 or 5 times a power of ten,
///            and further along those steps until the places span at most `most_cells` cells
///
/// places   distinct, metres, at least two
/// returns  metres
/// throws   Error when there are fewer than two places or two coincide
/// cost     O(n log n)
double sensible_cell_m(std::span<const XY> places, double most_cells = 250000);

/// Step k of ..., 0.5, 1, 2, 5, 10, ...; step 0 is 1.
double round_step(int k);
/// The first step of at least `least` > 0.
int round_step_from(double least);

/// The longest distance to a nearest other place: with this band every place has a neighbour.
double widest_gap_m(std::span<const XY> places);

} // namespace vigil
