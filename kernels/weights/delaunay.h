#pragma once

#include "kernels/weights.h"
#include "libgeo/plane.h"

#include <span>

namespace vigil {

/// Neighbours by the Delaunay triangulation: places joined by one of its edges, which is to say
/// (but for four or more places on one circle) that a circle through the two holds no other place.
///
/// Coincident places are one corner: they are neighbours of each other and share their neighbours.
/// Places on one line form a chain. Of the triangulations of four or more places on one circle the
/// same one is taken whatever the order of the places. Decisions are exact (see exact_sign.h);
/// nothing is snapped.
///
/// places   n, metres
/// returns  symmetric weights, all 1; on average just under 6 neighbours where no places coincide
/// throws   Error when a coordinate is not finite or n >= 2^32 / 6
/// cost     O(n log n) time, some 130 bytes a place while it works
/// source   Guibas & Stolfi (1985), Primitives for the manipulation of general subdivisions and
///          the computation of Voronoi diagrams, ACM Transactions on Graphics 4(2), 74-123
Weights delaunay(std::span<const XY> places);

} // namespace vigil
