#pragma once

#include "kernels/density.h"
#include "libgeo/features.h"
#include "libgeo/plane.h"
#include "libgeo/progress.h"
#include "libgeo/raster.h"

#include <span>

namespace vigil {

/// Kernel density where incidents do not spread through barriers (rivers, railways, walls).
///
///     f(c) = sum_i w_i K(s(p_i, c))       s: the shortest way from p_i to c that crosses no barrier
///
/// The way is exact: straight where c is seen from p_i, otherwise bent at ends and corners of barriers. An
/// incident without a barrier in reach spreads as in density(). Behind barriers weight is lost, not moved: a
/// kernel whose way is longer is lower. A place on a barrier counts as a trifle east, then north of it.
/// Barriers whose ends are within a micrometre of another are joined to it.
///
/// points    n places, metres, in the projected CRS of `grid`
/// weights   n values >= 0, or empty for all 1
/// barriers  kind line or polygon (outlines)
/// options   a Gaussian is cut at gaussian_cut(tol) of its sigma
/// returns   rows x cols, incidents per square metre; the same for any order of points and any threads
/// throws    Error if a value is out of range, or barriers are points
/// cost      for each distinct place with barriers in reach: k corners and m segments in reach,
///           O(cells in reach * m) where seen, O(cells in reach * k m) at worst where not; O(V k m) once for
///           V corners; memory 16 bytes for each place and corner in its reach
/// source    Lozano-Perez and Wesley (1979), Communications of the ACM 22, 560-570 (visibility graph);
///           Dijkstra (1959), Numerische Mathematik 1, 269-271
Raster<double> barrier_density(std::span<const XY> points, std::span<const double> weights,
                               const Geometries& barriers, const Grid& grid,
                               const DensityOptions& options = {}, const Progress& progress = {});

} // namespace vigil
