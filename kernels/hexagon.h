#pragma once

#include "libgeo/plane.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// A lattice of regular hexagons with one of them centred on the origin of the CRS, so that runs over
/// different extents share their cells.
///
/// The size is the distance between opposite sides: the height of a flat hexagon, the width of a pointy one
/// (ArcGIS gives the height of a flat one). Area = size^2 sqrt(3) / 2. Columns of flat hexagons with an odd
/// number, and odd rows of pointy ones, are shifted by half a size to the south, or east.
struct HexGrid {
    double size_m = 1;
    bool pointy = false;        ///< corners in the north and south instead of sides
    std::int64_t first_row = 0; ///< number of the northernmost row, counted southwards from the origin
    std::int64_t first_col = 0; ///< number of the westernmost column; the shifted axis begins even
    std::int64_t rows = 0;
    std::int64_t cols = 0;

    [[nodiscard]] std::int64_t cells() const { return rows * cols; }
    [[nodiscard]] double side_m() const { return size_m / 1.7320508075688772; }
    [[nodiscard]] XY centre(std::int64_t cell) const;
    /// The closed ring of a cell, counter-clockwise.
    [[nodiscard]] std::array<XY, 7> ring(std::int64_t cell) const;
    /// Whether the bounding box of a cell meets `box`.
    [[nodiscard]] bool meets(std::int64_t cell, const Box& box) const;
};

/// The smallest lattice that holds every hexagon whose bounding box meets `box`.
///
/// throws   Error (limit) when rows or cols would pass 2^31, Error (input) when size_m <= 0 or box is empty
HexGrid hexagons_covering(const Box& box, double size_m, bool pointy);

/// The cell of each place, row * cols + col; -1 outside. A place belongs to the nearest centre.
std::vector<std::int64_t> hexagon_cells(std::span<const XY> places, const HexGrid& grid);

} // namespace vigil
