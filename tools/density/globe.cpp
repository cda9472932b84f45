#include "kernels/density/geodesic.h"
#include "libgeo/error.h"
#include "libgeo/io/raster_write.h"
#include "libgeo/parallel.h"
#include "tools/density/place.h"
#include "tools/density/run.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vigil::tools {

namespace {

constexpr double m_per_degree = 111195;

std::vector<LonLat> lonlats(std::span<const XY> degrees)
{
    std::vector<LonLat> places;
    places.reserve(degrees.size());
    for (const XY p : degrees) {
        places.push_back({p.x, p.y});
    }
    return places;
}

/// --extent in degrees, or around the places; a cell that divides 360 degrees, so that grids go round.
DegreeGrid globe_grid(const DensityToolOptions& o, std::span<const LonLat> places, double reach_m,
                      double bandwidth_m)
{
    double cell_deg = o.cell_deg.value_or(0);
    if (!o.cell_deg) {
        const double wanted = bandwidth_m / 4 / m_per_degree;
        cell_deg = wanted < 1 ? 1 / std::ceil(1 / wanted) : 1; // divides a degree, and so 360 of them
    }
    if (o.extent.empty()) {
        return degree_grid_around(places, reach_m, cell_deg);
    }
    DegreeGrid grid;
    grid.cell_deg = cell_deg;
    grid.west_deg = std::floor(o.extent[0] / cell_deg) * cell_deg;
    grid.north_deg = std::fmin(90, std::ceil(o.extent[3] / cell_deg) * cell_deg);
    grid.cols = static_cast<std::int64_t>(std::ceil((o.extent[2] - grid.west_deg) / cell_deg - 1e-9));
    grid.rows = static_cast<std::int64_t>(
        std::ceil((grid.north_deg - std::fmax(o.extent[1], -90)) / cell_deg - 1e-9));
    require_usable(grid);
    return grid;
}

} // namespace

void write_globe(const DensityWork& work)
{
    const DensityToolOptions& o = work.o;
    const double h = work.bandwidths_m.front();
    GeodesicOptions options{.shape = o.density.shape, .bandwidth_m = h, .tail = o.density.tol};
    const std::vector<LonLat> all = lonlats(work.incidents.xy);
    double widest_m = h;
    for (const Sample& sample : work.samples) {
        for (const double each : bandwidths_of(o, sample, h)) {
            widest_m = std::fmax(widest_m, each);
        }
    }
    const double reach = o.density.shape == KernelShape::gaussian ? gaussian_cut(o.density.tol) : 1;
    const DegreeGrid grid = globe_grid(o, all, widest_m * reach, h);
    work.context.require_memory(
        geodesic_density_bytes(all.size(), static_cast<double>(grid.rows), static_cast<double>(grid.cols)) +
            io::write_raster_bytes(static_cast<double>(grid.rows), static_cast<double>(grid.cols)),
        fmt::format("a grid of {} x {} cells", grid.rows, grid.cols), "use a larger --cell-degrees");
    work.context.tell(
        "{} kernel, bandwidth {:.6g} m along the ellipsoid, sigma {:.6g} m; grid of {} x {} cells of "
        "{:.6g} degrees",
        name_of(o.density.shape), h, sigma_of(o.density.shape, h), grid.rows, grid.cols, grid.cell_deg);
    const double cell_m = grid.cell_deg * m_per_degree; // for per-cell units the true area is used below
    std::vector<io::RasterBand> bands;
    std::vector<Scale> scales;
    for (const Sample& sample : work.samples) {
        scales.push_back(scale_of(o, cell_m, h, total_weight(sample)));
        bands.push_back({.name = sample.name.empty() ? "density" : sample.name,
                         .unit = scales.back().unit,
                         .per_cell = o.unit == DensityUnit::per_cell});
    }
    io::RasterWriter writer(o.output, grid.grid(), work.incidents.crs, bands, scales.front().title, "density",
                            write_options(work, grid.cell_deg, scales.front().unit));
    Notes notes;
    for (std::size_t k = 0; k < work.samples.size(); ++k) {
        const Sample& sample = work.samples[k];
        GeodesicDensity map = geodesic_density(lonlats(sample.xy), sample.weight, bandwidths_of(o, sample, h),
                                               grid, options, work.context.progress);
        require(map.weight_sum > 0, "{}: all weights are 0, so there is no density", work.report.name);
        double held = 0;
        for (std::int64_t row = 0; row < grid.rows; ++row) {
            const double north = grid.north_deg - static_cast<double>(row) * grid.cell_deg;
            const double area = cell_area_m2(std::fmax(-90, north - grid.cell_deg), north, grid.cell_deg);
            double of_row = 0;
            for (std::int64_t col = 0; col < grid.cols; ++col) {
                double& value = map.raster.at(row, col);
                of_row += value;
                value = o.unit == DensityUnit::per_cell ? value * area : value * scales[k].factor;
                if (scales[k].hide_zero && value == 0) {
                    value = std::numeric_limits<double>::quiet_NaN();
                }
            }
            held += of_row * area;
        }
        if (work.mask) {
            mask_cells(*work.mask, map.raster);
        }
        work.context.tell(
            "error at most {:.2g} of the maximum; the grid holds {:.6g} of a total weight of {:.6g}",
            map.error_bound, held, map.weight_sum);
        writer.write_rows(k, 0, map.raster.values);
        notes = {{"reach_m", fmt::format("{:.12g}", map.reach_m)},
                 {"weight_sum", fmt::format("{:.12g}", map.weight_sum)},
                 {"weight_in_grid", fmt::format("{:.12g}", held)},
                 {"error_bound_of_maximum", fmt::format("{:.3g}", map.error_bound)}};
    }
    writer.finish(notes);
}

} // namespace vigil::tools
