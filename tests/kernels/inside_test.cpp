#include "kernels/inside.h"

#include "kernels/polygon_mask.h"
#include "libgeo/error.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace vigil;

namespace {

/// A square with a hole, and a triangle that overlaps it.
Geometries drawn()
{
    Geometries polygons;
    polygons.kind = GeometryKind::polygon;
    const XY shell[] = {{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}};
    const XY hole[] = {{4, 4}, {6, 4}, {6, 6}, {4, 6}, {4, 4}};
    polygons.add_ring(shell);
    polygons.add_ring(hole);
    polygons.end_part();
    polygons.end_feature();
    const XY triangle[] = {{5, 5}, {14, 5}, {14, 11.3}, {5, 5}};
    polygons.add(triangle);
    return polygons;
}

} // namespace

TEST_CASE("places inside polygons are those that a mask of cells has", "[inside]")
{
    const Grid grid{.left_x = -2, .top_y = 13, .cell_m = 0.5, .rows = 34, .cols = 36};
    std::vector<XY> places;
    for (std::int64_t cell = grid.cells() - 1; cell >= 0; --cell) {
        places.push_back({grid.centre_x(cell % grid.cols), grid.centre_y(cell / grid.cols)});
    }
    auto mask = polygon_mask(drawn(), grid);
    CHECK(inside_polygons(places, drawn()) == std::vector<std::uint8_t>(mask.rbegin(), mask.rend()));
}

TEST_CASE("a border belongs to the polygon east or north of it, holes are outside", "[inside]")
{
    const XY places[] = {{0, 0}, {10, 5}, {5, 10}, {5, 4.5}, {4, 5}, {12, 6}, {std::nan(""), 1}};
    CHECK(inside_polygons(places, drawn()) == std::vector<std::uint8_t>{1, 1, 0, 0, 0, 1, 0});
    Geometries lines;
    lines.kind = GeometryKind::line;
    CHECK_THROWS_AS(inside_polygons(places, lines), Error);
}
