#include "kernels/contours/surface.h"

#include "libgeo/error.h"

#include <algorithm>
#include <limits>

namespace vigil::contour_detail {

double Surface::at(std::int64_t i, std::int64_t j) const
{
    // cells (i - 1) / 2 and i / 2 are the same one when i is odd
    const std::int64_t north = i % 2 == 1 ? i / 2 : i / 2 - 1;
    const std::int64_t west = j % 2 == 1 ? j / 2 : j / 2 - 1;
    double count = 0;
    for (std::int64_t row = north; row <= i / 2; ++row) {
        for (std::int64_t col = west; col <= j / 2; ++col) {
            count += std::isnan(cell(row, col)) ? 0 : 1;
        }
    }
    double mean = 0; // divided first, so that large values do not overflow
    for (std::int64_t row = north; row <= i / 2; ++row) {
        for (std::int64_t col = west; col <= j / 2; ++col) {
            const double value = cell(row, col);
            mean += std::isnan(value) ? 0 : value / count;
        }
    }
    return mean;
}

double least_gap(const Grid& grid)
{
    const Box box = grid.box();
    const double farthest = std::fmax(std::fmax(std::fabs(box.min_x), std::fabs(box.max_x)),
                                      std::fmax(std::fabs(box.min_y), std::fabs(box.max_y)));
    const double ulp = farthest * std::numeric_limits<double>::epsilon();
    return std::fmax(2e-9, 64 * ulp / (0.5 * grid.cell_m)); // of a line half a cell long
}

double crossing(std::span<const double> levels, std::size_t k, double low, double high, double gap)
{
    const auto place = [&](std::size_t level) {
        return (levels[level] - low) / (high - low);
    };
    const double here = place(k);
    const auto below = static_cast<double>(k);
    const auto above = static_cast<double>(levels.size() - 1 - k);
    double t = here;
    for (std::size_t j = k; j-- > 0;) {
        const double before = place(j);
        if (!(here - before < below * gap)) {
            break; // and so for all levels below
        }
        t = std::fmax(t, before + static_cast<double>(k - j) * gap);
    }
    return std::fmin(std::fmax(t, (below + 1) * gap), 1 - (above + 1) * gap);
}

namespace {

/// The crossing on the line from point (i, j) to its eastern or southern neighbour, as a share of the line.
double share(const Vertex& v, bool along_row, const Surface& surface, const Band& band, double gap)
{
    const double a = surface.at(v.i, v.j);
    const double b = along_row ? surface.at(v.i, v.j + 1) : surface.at(v.i + 1, v.j);
    const bool first = v.kind == Vertex::Kind::west_crossing || v.kind == Vertex::Kind::north_crossing;
    const bool rising = a < b;
    const std::size_t level = first == rising ? band.lower : band.lower + 1;
    return rising ? crossing(band.levels, level, a, b, gap) : 1 - crossing(band.levels, level, b, a, gap);
}

} // namespace

XY place_of(const Vertex& v, const Surface& surface, const Band& band, double gap)
{
    using Kind = Vertex::Kind;
    const double half = 0.5 * surface.grid().cell_m;
    XY place{surface.x(v.j), surface.y(v.i)};
    switch (v.kind) {
    case Kind::point:
        break;
    case Kind::west_crossing:
    case Kind::east_crossing:
        place.x += share(v, true, surface, band, gap) * half;
        break;
    case Kind::north_crossing:
    case Kind::south_crossing:
        place.y -= share(v, false, surface, band, gap) * half;
        break;
    case Kind::corner_of_west_cell:
    case Kind::corner_of_east_cell: {
        // drawn back into its own cell, so that the two do not touch
        const bool west = v.kind == Kind::corner_of_west_cell;
        const bool north = !std::isnan(surface.cell(v.i / 2 - 1, west ? v.j / 2 - 1 : v.j / 2));
        place.x += west ? -gap * half : gap * half;
        place.y += north ? gap * half : -gap * half;
        break;
    }
    }
    return place;
}

} // namespace vigil::contour_detail
