#pragma once

#include "kernels/contiguity.h"
#include "libgeo/features.h"
#include "libgeo/weights.h"

namespace vigil {

/// Neighbours among polygons whose borders run within a tolerance of each other, whether or not
/// they have vertices in common: gaps, overlaps and slivers up to the tolerance, and corners in
/// the middle of another's edge, do not matter.
///
///     queen   the borders come within the tolerance anywhere
///     rook    they run together: the part of either border that is within the tolerance of the
///             other adds up to more than `together` tolerances
///
/// A corner that touches another border is near it for one tolerance on each side when the angle
/// is right, for more when it is sharp; 4 tolerances are two borders that cross at right angles.
/// Polygons that overlap by more than the tolerance are neighbours where their borders cross; one
/// that lies inside another, away from its border, is not its neighbour.
///
/// polygons   n features; those without geometry have no neighbours
/// tolerance  > 0, in the unit of the coordinates, inclusive; should be well below the size of a
///            polygon
/// together   >= 0
/// returns    symmetric weights, all 1
/// throws     Error when the geometries are not polygons, a coordinate is not finite, or an option
///            is out of range
/// cost       O((v + c) log v) time for v vertices whose edges pass c cells of a grid, plus pairs
///            of edges in reach of each other; for rook 48 bytes for each pair of edges that are
///            near
Weights polygon_contiguity_near(const Geometries& polygons, Contiguity contiguity, double tolerance,
                                double together = 4);

} // namespace vigil
