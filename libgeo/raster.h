#pragma once

#include "libgeo/grid.h"

#include <cstddef>
#include <vector>

namespace vigil {

/// A grid with one value per cell, row by row from the north-west; NaN means no data.
template <typename T>
struct Raster {
    Grid grid;
    std::vector<T> values;

    Raster() = default;
    explicit Raster(const Grid& shape, T fill = {})
        : grid(shape), values(static_cast<std::size_t>(shape.cells()), fill)
    {
    }
    [[nodiscard]] T& at(std::int64_t row, std::int64_t col)
    {
        return values[static_cast<std::size_t>(row * grid.cols + col)];
    }
    [[nodiscard]] const T& at(std::int64_t row, std::int64_t col) const
    {
        return values[static_cast<std::size_t>(row * grid.cols + col)];
    }
};

} // namespace vigil
