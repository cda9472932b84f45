#include "libgeo/grid.h"

#include "libgeo/error.h"

namespace vigil {

Grid grid_covering(const Box& box, double cell_m)
{
    require(cell_m > 0 && std::isfinite(cell_m), "cell size {} m is not a positive number", cell_m);
    require(!box.empty(), "there is no extent to lay a grid over");
    const double west = std::floor(box.min_x / cell_m);
    const double east = std::max(west + 1, std::ceil(box.max_x / cell_m));
    const double south = std::floor(box.min_y / cell_m);
    const double north = std::max(south + 1, std::ceil(box.max_y / cell_m));
    constexpr double most = 2147483647.0;
    if (!(east - west <= most && north - south <= most)) {
        fail(ExitCode::limit, "a grid of {:.3g} x {:.3g} cells is too large; use a larger --cell than {} m",
             north - south, east - west, cell_m);
    }
    return {.left_x = west * cell_m,
            .top_y = north * cell_m,
            .cell_m = cell_m,
            .rows = static_cast<std::int64_t>(north - south),
            .cols = static_cast<std::int64_t>(east - west)};
}

} // namespace vigil
