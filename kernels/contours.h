#pragma once

#include "libgeo/features.h"
#include "libgeo/raster.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

enum class ContourKind {
    at_least, ///< feature k: where the surface is levels[k] or more
    bands,    ///< feature k: levels[k] or more, below levels[k + 1]; the last has no upper end
};

/// Areas between levels of a surface, one feature for each level, in their order; a level that the surface
/// does not reach has a feature without geometry.
struct Contours {
    Geometries areas;                ///< multi-part polygons, valid in the sense of OGC simple features
    std::vector<double> area_m2;     ///< of the polygons
    std::vector<std::int64_t> cells; ///< cells whose value is in the range
    std::vector<double> volume;      ///< sum of those cells' values times cell_m^2: for a density the weight
};

/// Contours of a raster as polygons with holes.
///
/// The surface is continuous: the raster's values at the cells' centres, bilinear between them (as marching
/// squares draw it: straight chords between crossings of the lines that join neighbouring centres; where
/// opposite corners are in and the others out, the value in the middle decides). It ends where the data end,
/// at the edges of the raster and of NaN cells, which are never inside: from the outermost centres to those
/// edges the value stays as it is, so that no half cell is lost and a constant raster gives its whole extent.
///
/// - A centre is strictly inside a feature exactly when its value is in the feature's range, level included.
/// - Shells run counter-clockwise, holes clockwise, closed; no ring touches itself or another one. Cells that
///   meet only at a corner, with NaN at both sides, are not joined.
/// - To that end crossings keep 1e-9 of a cell (or 64 ulp of the coordinates, if that is more) from centres,
///   from edges of cells and, for bands, from each other; elsewhere they are where linear interpolation says.
/// - Parts are ordered by their north-western vertex, holes within a part likewise.
///
/// levels   finite, ascending, each once
/// throws   Error when levels are not, a value is infinite, or cells are too small for their coordinates
/// cost     O(cells) time per level plus O(v log v) for v vertices; memory O(v) + O(columns)
/// source   Lorensen and Cline (1987), SIGGRAPH, for the chords; docs/methods/density.md for the rest
Contours contours(const Raster<double>& raster, std::span<const double> levels,
                  ContourKind kind = ContourKind::at_least);

} // namespace vigil
