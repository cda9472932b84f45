#pragma once

#include "kernels/hexagon.h"
#include "kernels/weights.h"
#include "libgeo/features.h"
#include "libgeo/grid.h"

namespace vigil {

/// What two areas must share to be neighbours.
enum class Contiguity {
    queen, ///< a corner is enough
    rook,  ///< an edge
};

/// Neighbours on a fishnet, cells row by row from the north-west.
///
/// throws   Error when there are 2^32 cells or more
/// cost     O(cells); 32 bytes a cell
Weights grid_contiguity(const Grid& grid, Contiguity contiguity);

/// The up to six neighbours of every hexagon; corners and edges are the same there.
Weights hexagon_contiguity(const HexGrid& grid);

/// Neighbours among polygons that share a vertex (queen) or an edge (rook). A vertex that only touches the
/// middle of another polygon's edge is not shared, as in spdep's poly2nb.
///
/// polygons     n features, any unit; those without geometry have no neighbours
/// tolerance    vertices closer than this, in the unit of the coordinates, are one; 0 asks for equality
/// throws       Error when the geometries are not polygons or tolerance is negative
/// cost         O(vertices log vertices + links)
Weights polygon_contiguity(const Geometries& polygons, Contiguity contiguity, double tolerance = 0);

} // namespace vigil
