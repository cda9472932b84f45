#include "kernels/density/geodesic_grid.h"

#include "kernels/density/geodesic_distance.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace vigil {

namespace {

using std::numbers::pi;

constexpr double to_rad = pi / 180;
constexpr double slack = 1e-9; ///< share of a cell by which edges may miss, from rounding
constexpr double most_cells = 2147483648.0;

struct Interval {
    double from = 0;
    double to = 0;
};

/// The narrowest interval of longitude that holds all places; its start is in [-180, 180).
Interval longitudes(std::span<const LonLat> places)
{
    std::vector<double> lon;
    for (const LonLat place : places) {
        const double wrapped = std::remainder(place.lon_deg, 360.0);
        lon.push_back(wrapped == 180 ? -180 : wrapped);
    }
    std::sort(lon.begin(), lon.end());
    Interval narrowest{lon.front(), lon.back()};
    for (std::size_t i = 1; i < lon.size(); ++i) { // start after each gap in turn
        if (lon[i - 1] + 360 - lon[i] < narrowest.to - narrowest.from) {
            narrowest = {lon[i], lon[i - 1] + 360};
        }
    }
    return narrowest;
}

double beta_of(double lat_deg)
{
    const ReducedLatitude at = reduced_latitude(lat_deg);
    return 2 * std::atan2(at.sin_half, at.cos_half);
}

double latitude_of(double beta)
{
    return std::abs(beta) >= pi / 2 ? std::copysign(90.0, beta)
                                    : std::atan(std::tan(beta) / (1 - wgs84::f)) / to_rad;
}

} // namespace

void require_usable(const DegreeGrid& grid)
{
    require(grid.rows > 0 && grid.cols > 0 && grid.cell_deg > 0, "the grid has no cells");
    require(std::isfinite(grid.west_deg) && std::isfinite(grid.north_deg) && std::isfinite(grid.cell_deg),
            "the grid's corner or cell is not a number");
    require(std::abs(grid.west_deg) <= 540, "the grid's west edge {} is not a longitude", grid.west_deg);
    const double past = slack * grid.cell_deg;
    require(grid.north_deg <= 90 + past && grid.south_deg() >= -90 - past,
            "the grid reaches from {} to {} degrees north, past a pole", grid.south_deg(), grid.north_deg);
    require(static_cast<double>(grid.cols) * grid.cell_deg <= 360 + past,
            "the grid is {} degrees wide; the globe has 360", static_cast<double>(grid.cols) * grid.cell_deg);
}

DegreeGrid degree_grid_around(std::span<const LonLat> places, double reach_m, double cell_deg)
{
    require(!places.empty(), "no places to lay a grid around");
    require(std::isfinite(reach_m) && reach_m >= 0, "a reach of {} m is not a distance", reach_m);
    require(cell_deg > 0 && cell_deg <= 90, "a cell of {} degrees is not in (0, 90]", cell_deg);
    double south = 90;
    double north = -90;
    for (const LonLat place : places) {
        require(std::isfinite(place.lon_deg) && std::abs(place.lat_deg) <= 90,
                "a place has no longitude or a latitude outside -90..90");
        south = std::min(south, place.lat_deg);
        north = std::max(north, place.lat_deg);
    }
    const double arc = reach_m / wgs84::b_m; // no geodesic is shorter than b times its arc
    const double nearest_pole = std::max(std::abs(beta_of(south)), std::abs(beta_of(north)));
    const bool round = nearest_pole + arc >= pi / 2 * (1 - 1e-12);

    DegreeGrid grid{.cell_deg = cell_deg};
    const double up = std::ceil(latitude_of(beta_of(north) + arc) / cell_deg - slack) * cell_deg;
    grid.north_deg = std::min(up, 90.0);
    const double down = std::max(latitude_of(beta_of(south) - arc), -90.0);
    const double rows = std::ceil((grid.north_deg - down) / cell_deg - slack);
    const double most_rows = std::floor((grid.north_deg + 90) / cell_deg + slack);
    double cols = std::round(360 / cell_deg);
    const Interval lon = longitudes(places);
    if (!round) {
        const double grow = std::asin(std::sin(arc) / std::cos(nearest_pole)) / to_rad;
        const double first = std::floor((lon.from - grow) / cell_deg + slack);
        grid.west_deg = first * cell_deg;
        cols = std::min(cols, std::max(1.0, std::ceil((lon.to + grow) / cell_deg - slack) - first));
    }
    if (round || cols == std::round(360 / cell_deg)) {
        require(std::abs(cols * cell_deg - 360) <= slack * cell_deg,
                "a grid around the globe needs a cell that divides 360 degrees; {} does not", cell_deg);
        grid.west_deg = -180;
    }
    if (rows > most_cells || cols > most_cells) {
        fail(ExitCode::limit, "the grid would have {:.0f} x {:.0f} cells; use a larger cell", rows, cols);
    }
    grid.rows = static_cast<std::int64_t>(std::max(1.0, std::min(rows, most_rows)));
    grid.cols = static_cast<std::int64_t>(cols);
    return grid;
}

double cell_area_m2(double south_deg, double north_deg, double dlon_deg)
{
    const double e = std::sqrt(wgs84::e2);
    const double half = (north_deg - south_deg) / 2 * to_rad;
    const double middle = (north_deg + south_deg) / 2 * to_rad;
    const double s1 = std::sin(south_deg * to_rad);
    const double s2 = std::sin(north_deg * to_rad);
    const double ds = 2 * std::cos(middle) * std::sin(half);
    const double product = wgs84::e2 * s1 * s2;
    const double rational = ds * (1 + product) / ((1 - wgs84::e2 * s1 * s1) * (1 - wgs84::e2 * s2 * s2));
    const double logarithm = std::atanh(e * ds / (1 - product)) / e;
    return wgs84::b_m * wgs84::b_m / 2 * dlon_deg * to_rad * (rational + logarithm);
}

} // namespace vigil
