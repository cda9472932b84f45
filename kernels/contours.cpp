#include "kernels/contours.h"

#include "kernels/compensated_sum.h"
#include "kernels/contours/rings.h"
#include "kernels/contours/scan.h"
#include "kernels/contours/surface.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <cmath>
#include <limits>

namespace vigil {

namespace {

using namespace contour_detail;

void check(const Raster<double>& raster, std::span<const double> levels)
{
    const Grid& grid = raster.grid;
    require(grid.rows > 0 && grid.cols > 0 && grid.cell_m > 0, "the raster has no cells");
    require(!levels.empty(), "no levels to draw contours at");
    for (std::size_t k = 0; k < levels.size(); ++k) {
        require(std::isfinite(levels[k]), "level {} is not a finite number", levels[k]);
        require(k == 0 || levels[k - 1] < levels[k], "levels must ascend: {} follows {}", levels[k],
                k == 0 ? levels[k] : levels[k - 1]);
    }
    for (const double value : raster.values) {
        require(!std::isinf(value), "the raster has an infinite value; contours need finite ones");
    }
}

/// Counter-clockwise is positive; coordinates are taken from the ring's first place, to keep their digits.
double ring_area_m2(std::span<const XY> ring)
{
    double twice = 0;
    for (std::size_t k = 1; k + 1 < ring.size(); ++k) {
        const double ax = ring[k].x - ring[0].x;
        const double ay = ring[k].y - ring[0].y;
        const double bx = ring[k + 1].x - ring[0].x;
        const double by = ring[k + 1].y - ring[0].y;
        twice += ax * by - bx * ay;
    }
    return twice / 2;
}

double area_m2(const Geometries& polygons)
{
    double sum = 0;
    for (std::size_t r = 0; r < polygons.ring_end.size(); ++r) {
        sum += ring_area_m2(polygons.ring(r)); // holes are negative
    }
    return sum;
}

} // namespace

Contours contours(const Raster<double>& raster, std::span<const double> levels, ContourKind kind)
{
    check(raster, levels);
    const bool bands = kind == ContourKind::bands;
    const double gap = least_gap(raster.grid);
    const double together = bands ? static_cast<double>(levels.size()) + 1 : 2;
    require(together * gap <= 0.25, "cells of {} m are too small for contours at such coordinates",
            raster.grid.cell_m);

    const std::size_t n = levels.size();
    const Surface surface(raster);
    std::vector<Geometries> one(n);
    Contours out;
    out.areas.kind = GeometryKind::polygon;
    out.area_m2.resize(n);
    out.cells.resize(n);
    out.volume.resize(n);
    parallel_chunks(n, 1, [&](std::size_t k, std::size_t) {
        const Band band = bands ? Band{levels, k, k + 1 < n} : Band{levels.subspan(k, 1), 0, false};
        one[k] = joined_rings(border_segments(surface, band), surface, band, gap);
        out.area_m2[k] = area_m2(one[k]);
        const double to = band.has_upper ? band.to() : std::numeric_limits<double>::infinity();
        CompensatedSum sum;
        for (const double value : raster.values) {
            if (value >= band.from() && value < to) {
                ++out.cells[k];
                sum.add(value);
            }
        }
        out.volume[k] = sum.value() * raster.grid.cell_m * raster.grid.cell_m;
    });
    for (const Geometries& feature : one) {
        append(out.areas, feature);
    }
    return out;
}

} // namespace vigil
