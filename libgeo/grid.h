#pragma once

#include "libgeo/plane.h"

#include <cstdint>

namespace vigil {

/// The shape of a raster or fishnet: square cells, row 0 in the north, column 0 in the west.
struct Grid {
    double left_x = 0; ///< western edge of column 0, metres
    double top_y = 0;  ///< northern edge of row 0, metres
    double cell_m = 1; ///< edge of a cell, metres; > 0
    std::int64_t rows = 0;
    std::int64_t cols = 0;

    bool operator==(const Grid&) const = default;
    [[nodiscard]] std::int64_t cells() const { return rows * cols; }
    [[nodiscard]] double centre_x(std::int64_t col) const
    {
        return left_x + (static_cast<double>(col) + 0.5) * cell_m;
    }
    [[nodiscard]] double centre_y(std::int64_t row) const
    {
        return top_y - (static_cast<double>(row) + 0.5) * cell_m;
    }
    [[nodiscard]] Box box() const
    {
        return {left_x, top_y - static_cast<double>(rows) * cell_m,
                left_x + static_cast<double>(cols) * cell_m, top_y};
    }
};

/// The smallest grid that covers `box`, its edges snapped to multiples of `cell_m`.
///
/// throws   Error (limit) when rows or cols would pass 2^31, Error (input) when cell_m <= 0 or box is empty
Grid grid_covering(const Box& box, double cell_m);

} // namespace vigil
