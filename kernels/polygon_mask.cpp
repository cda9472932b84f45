#include "kernels/polygon_mask.h"

#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace vigil {

namespace {

/// Where borders cross the centre line of a row: (row, x).
using Crossings = std::vector<std::pair<std::int64_t, double>>;

std::int64_t clamped(double value, std::int64_t most)
{
    return static_cast<std::int64_t>(std::clamp(value, 0.0, static_cast<double>(most)));
}

void add_edge(XY a, XY b, const Grid& grid, Crossings& crossings)
{
    if (a.y > b.y) {
        std::swap(a, b); // both neighbours of a border compute the same crossing
    }
    // rows with a.y <= centre < b.y; estimated a little wide, then tested
    const std::int64_t from = clamped((grid.top_y - b.y) / grid.cell_m - 1.5, grid.rows);
    const std::int64_t to = clamped((grid.top_y - a.y) / grid.cell_m + 1.5, grid.rows);
    for (std::int64_t row = from; row < to; ++row) {
        const double y = grid.centre_y(row);
        if (a.y <= y && y < b.y) {
            crossings.emplace_back(row, a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y)));
        }
    }
}

/// Marks the cells whose centres lie in [west, east).
void fill(std::int64_t row, double west, double east, const Grid& grid, std::vector<std::uint8_t>& mask)
{
    std::int64_t col = clamped((west - grid.left_x) / grid.cell_m - 1.5, grid.cols);
    while (col < grid.cols && grid.centre_x(col) < west) {
        ++col;
    }
    for (; col < grid.cols && grid.centre_x(col) < east; ++col) {
        mask[static_cast<std::size_t>(row * grid.cols + col)] = 1;
    }
}

} // namespace

std::vector<std::uint8_t> polygon_mask(const Geometries& polygons, const Grid& grid)
{
    require(polygons.kind == GeometryKind::polygon, "the mask holds no polygons");
    for (const XY vertex : polygons.xy) {
        require(std::isfinite(vertex.x) && std::isfinite(vertex.y),
                "the mask has a coordinate that is not finite");
    }
    std::vector<std::uint8_t> mask(static_cast<std::size_t>(grid.cells()), 0);
    Crossings crossings;
    for (std::size_t part = 0; part < polygons.part_end.size(); ++part) {
        crossings.clear();
        for (std::size_t r = polygons.first_ring(part); r < polygons.part_end[part]; ++r) {
            const auto ring = polygons.ring(r);
            for (std::size_t i = 1; i < ring.size(); ++i) {
                add_edge(ring[i - 1], ring[i], grid, crossings);
            }
        }
        std::sort(crossings.begin(), crossings.end());
        for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
            fill(crossings[i].first, crossings[i].second, crossings[i + 1].second, grid, mask);
        }
    }
    return mask;
}

} // namespace vigil
