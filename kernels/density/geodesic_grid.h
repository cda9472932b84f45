#pragma once

#include "libgeo/grid.h"
#include "libgeo/plane.h"

#include <cstdint>
#include <span>

namespace vigil {

/// The shape of a raster in longitude and latitude (plate carree): square cells of some degrees, row 0 in the
/// north, column 0 in the west. Longitudes run on past 180 where the raster crosses the antimeridian.
struct DegreeGrid {
    double west_deg = -180; ///< western edge of column 0
    double north_deg = 90;  ///< northern edge of row 0
    double cell_deg = 1;    ///< edge of a cell; > 0
    std::int64_t rows = 0;
    std::int64_t cols = 0;

    bool operator==(const DegreeGrid&) const = default;
    [[nodiscard]] std::int64_t cells() const { return rows * cols; }
    [[nodiscard]] LonLat centre(std::int64_t row, std::int64_t col) const
    {
        return {west_deg + (static_cast<double>(col) + 0.5) * cell_deg,
                north_deg - (static_cast<double>(row) + 0.5) * cell_deg};
    }
    [[nodiscard]] double south_deg() const { return north_deg - static_cast<double>(rows) * cell_deg; }
    /// The same as a plain grid whose unit is the degree, for Raster and its writer.
    [[nodiscard]] Grid grid() const { return {west_deg, north_deg, cell_deg, rows, cols}; }
};

/// throws   Error unless the grid has cells, lies within the poles and goes round the globe at most once
void require_usable(const DegreeGrid& grid);

/// The smallest grid that holds the places and everything within reach of them.
///
/// Longitudes are taken from the narrowest interval that holds all places (so data on both sides of the
/// antimeridian give a narrow grid across it), grown by what the reach spans at the place nearest to a pole:
/// asin(sin(reach / b) / cos(beta)), all the way round where a pole is within reach. Edges are snapped
/// outward to multiples of cell_deg, but not past a pole; when the cell does not divide 180, the strip
/// narrower than a cell that is left at the south pole is not covered.
///
/// places   in degrees, at least one
/// reach_m  >= 0, of the widest kernel
/// throws   Error for no places or unusable ones, for a cell that is not in (0, 90], for a grid around the
///          globe whose cell does not divide 360; Error (limit) when a side would pass 2^31 cells
/// cost     O(n log n)
DegreeGrid degree_grid_around(std::span<const LonLat> places, double reach_m, double cell_deg);

/// Area on the WGS 84 ellipsoid between two parallels over dlon_deg of longitude, square metres.
///
///     b^2 / 2 dlon [ sin / (1 - e^2 sin^2) + atanh(e sin) / e ]  from south to north
///
/// with the difference taken before cancellation, so thin cells keep their digits.
/// source   Snyder (1987), Map Projections: A Working Manual, eq. 3-12
double cell_area_m2(double south_deg, double north_deg, double dlon_deg);

} // namespace vigil
