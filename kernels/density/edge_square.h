#pragma once

#include "kernels/density.h"
#include "libgeo/grid.h"
#include "libgeo/raster.h"

#include <span>

namespace vigil {

/// How much of a kernel's square about each cell's centre lies inside an area made of cells: EdgeMass::square
/// of relative_risk().
///
///     s(c) = sum over cells v inside of K(|v - c|)^2  /  the same sum over all cells
///
/// Exactly 1 where the kernel meets no edge. The sum stands for an integral; against it the error at an edge
/// is of the order of (cell / h)^2. A Gaussian's square is left out beyond gaussian_cut(1e-15) of its sigma.
///
/// inside   one value per cell, not 0 inside; what lies beyond the grid is outside
/// returns  rows x cols, NaN outside
/// throws   Error if bandwidth_m is out of range, or sizes differ
/// cost     O(cells * reach / cell * runs of inside cells in a row) time; memory for the result, the runs
///          and 16 (reach / cell)^2 bytes
Raster<double> square_edge_mass(std::span<const unsigned char> inside, const Grid& grid,
                                const DensityOptions& options);

} // namespace vigil
