#include "kernels/hexagon.h"

#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vigil {

namespace {

// Everything is worked out on axes (u, v): hexagons stand in lines along v, a size apart, and the lines are
// 1.5 sides apart along u, odd ones half a size further. Flat: u east, v south. Pointy: u south, v east.
struct UV {
    double u = 0;
    double v = 0;
};

UV to_uv(XY p, bool pointy)
{
    return pointy ? UV{-p.y, p.x} : UV{p.x, -p.y};
}

XY to_xy(UV p, bool pointy)
{
    return pointy ? XY{p.v, -p.u} : XY{p.u, -p.v};
}

struct Line {
    std::int64_t line = 0; ///< along u
    std::int64_t place = 0;
};

UV centre_of(Line at, double size)
{
    const double line_gap = size * 0.8660254037844386; // 1.5 sides
    const double shift = (at.line & 1) != 0 ? 0.5 : 0;
    return {static_cast<double>(at.line) * line_gap, (static_cast<double>(at.place) + shift) * size};
}

/// Nearest centre, by rounding the three cube coordinates and mending the one that was rounded most.
Line line_of(UV p, double size)
{
    const double side = size / 1.7320508075688772;
    const double q = p.u / (1.5 * side);
    const double r = p.v / size - q / 2;
    const double s = -q - r;
    double q_round = std::round(q);
    double r_round = std::round(r);
    const double s_round = std::round(s);
    const double dq = std::fabs(q_round - q);
    const double dr = std::fabs(r_round - r);
    const double ds = std::fabs(s_round - s);
    if (dq > dr && dq > ds) {
        q_round = -r_round - s_round;
    } else if (dr > ds) {
        r_round = -q_round - s_round;
    }
    const auto line = static_cast<std::int64_t>(q_round);
    return {line, static_cast<std::int64_t>(r_round) + (line - (line & 1)) / 2};
}

Line line_at(const HexGrid& grid, std::int64_t cell)
{
    const std::int64_t row = grid.first_row + cell / grid.cols;
    const std::int64_t col = grid.first_col + cell % grid.cols;
    return grid.pointy ? Line{row, col} : Line{col, row};
}

} // namespace

XY HexGrid::centre(std::int64_t cell) const
{
    return to_xy(centre_of(line_at(*this, cell), size_m), pointy);
}

std::array<XY, 7> HexGrid::ring(std::int64_t cell) const
{
    const Line at = line_at(*this, cell);
    const double gap = size_m * 0.8660254037844386;
    const double half = at.line % 2 != 0 ? 0.5 : 0;
    // Corners from whole thirds of a gap and halves of a size, so that the cells around a corner give it
    // the same coordinates to the last bit.
    const auto corner = [&](int thirds, double v_steps) {
        const double u = static_cast<double>(3 * at.line + thirds) / 3 * gap;
        return to_xy({u, (static_cast<double>(at.place) + half + v_steps) * size_m}, pointy);
    };
    std::array<XY, 7> ring = {corner(2, 0),    corner(1, -0.5), corner(-1, -0.5), corner(-2, 0),
                              corner(-1, 0.5), corner(1, 0.5),  corner(2, 0)};
    if (pointy) { // the axes are mirrored there
        std::reverse(ring.begin(), ring.end());
    }
    return ring;
}

bool HexGrid::meets(std::int64_t cell, const Box& box) const
{
    const XY c = centre(cell);
    const double slack = size_m * 1e-9;
    const double half_x = (pointy ? size_m / 2 : side_m()) + slack;
    const double half_y = (pointy ? side_m() : size_m / 2) + slack;
    return c.x - half_x <= box.max_x && c.x + half_x >= box.min_x && c.y - half_y <= box.max_y &&
           c.y + half_y >= box.min_y;
}

HexGrid hexagons_covering(const Box& box, double size_m, bool pointy)
{
    require(size_m > 0 && std::isfinite(size_m), "cell size {} m is not a positive number", size_m);
    require(!box.empty(), "there is no extent to lay hexagons over");
    const UV one = to_uv({box.min_x, box.min_y}, pointy);
    const UV other = to_uv({box.max_x, box.max_y}, pointy);
    const double gap = size_m * 0.8660254037844386;
    const double reach_u = size_m / 1.7320508075688772 + size_m * 1e-9;
    const double reach_v = size_m * (0.5 + 1e-9);
    double first_u = std::ceil((std::min(one.u, other.u) - reach_u) / gap);
    first_u -= std::fmod(std::fabs(first_u), 2); // even, so that parity can be told from the cell number
    const double last_u = std::floor((std::max(one.u, other.u) + reach_u) / gap);
    const double first_v = std::ceil((std::min(one.v, other.v) - reach_v) / size_m - 0.5);
    const double last_v = std::floor((std::max(one.v, other.v) + reach_v) / size_m);
    const double across_u = last_u - first_u + 1;
    const double across_v = last_v - first_v + 1;
    constexpr double most = 2147483647.0;
    if (!(across_u <= most && across_v <= most && std::fabs(first_u) < 0x1p52 &&
          std::fabs(first_v) < 0x1p52)) {
        fail(ExitCode::limit, "{:.3g} x {:.3g} hexagons are too many; use a larger --cell than {} m",
             across_v, across_u, size_m);
    }
    HexGrid grid{.size_m = size_m,
                 .pointy = pointy,
                 .first_row = static_cast<std::int64_t>(first_v),
                 .first_col = static_cast<std::int64_t>(first_u),
                 .rows = static_cast<std::int64_t>(across_v),
                 .cols = static_cast<std::int64_t>(across_u)};
    if (pointy) {
        std::swap(grid.first_row, grid.first_col);
        std::swap(grid.rows, grid.cols);
    }
    return grid;
}

std::vector<std::int64_t> hexagon_cells(std::span<const XY> places, const HexGrid& grid)
{
    std::vector<std::int64_t> cell(places.size(), -1);
    parallel_chunks(places.size(), 65536, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const Line at = line_of(to_uv(places[i], grid.pointy), grid.size_m);
            const std::int64_t row = (grid.pointy ? at.line : at.place) - grid.first_row;
            const std::int64_t col = (grid.pointy ? at.place : at.line) - grid.first_col;
            if (row >= 0 && row < grid.rows && col >= 0 && col < grid.cols) {
                cell[i] = row * grid.cols + col;
            }
        }
    });
    return cell;
}

} // namespace vigil
