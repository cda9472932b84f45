#include "tools/density/place.h"

#include "kernels/polygon_mask.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"
#include "libgeo/io/raster_io.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

namespace vigil::tools {

namespace {

constexpr double gaussian_margin = 4; // sigmas shown around the data; less than 4e-4 of a kernel lies beyond

Box extent_of(const DensityToolOptions& o, std::span<const XY> places, double widest_m,
              const std::optional<Geometries>& mask)
{
    if (!o.extent.empty()) {
        return {o.extent[0], o.extent[1], o.extent[2], o.extent[3]};
    }
    if (mask) {
        return bounding_box(mask->xy);
    }
    const double margin = o.density.shape == KernelShape::gaussian ? gaussian_margin : 1;
    return bounding_box(places).grown(margin * widest_m);
}

double default_cell(const Box& extent, double bandwidth_m)
{
    return nice_at_most(std::min(std::min(extent.width(), extent.height()) / 250, bandwidth_m / 4));
}

/// What computing and writing take; strips need only a few hundred rows at a time.
double bytes_for(const DensityToolOptions& o, const Box& extent, double cell_m, std::size_t incidents)
{
    constexpr double strip_rows = 1024;
    const double all_rows = std::ceil(extent.height() / cell_m) + 1;
    const double rows = o.tiles ? std::fmin(all_rows, strip_rows) : all_rows;
    const double cols = std::ceil(extent.width() / cell_m) + 1;
    double rasters = density_bytes(incidents, rows, cols);
    if (o.compares() || o.standard_error != StandardError::none || o.unit == DensityUnit::percent_volume ||
        o.cube()) {
        rasters *= 5; // both groups, counters, moments
    }
    const double mask = rows * cols;
    return rasters + io::write_raster_bytes(rows, cols) + mask;
}

/// Refuses a grid that does not fit in memory, naming a cell size that does.
void require_room(const DensityToolOptions& o, const Box& extent, double cell_m, std::size_t incidents,
                  const cli::Context& context)
{
    const auto limit = static_cast<double>(context.max_memory_bytes);
    double fitting = nice_at_least(cell_m);
    while (bytes_for(o, extent, fitting, incidents) > limit && fitting < 1e9) {
        fitting = nice_at_least(fitting * 1.01);
    }
    context.require_memory(bytes_for(o, extent, cell_m, incidents),
                           fmt::format("a grid of {:.4g} x {:.4g} cells", std::ceil(extent.height() / cell_m),
                                       std::ceil(extent.width() / cell_m)),
                           fitting < 1e9
                               ? fmt::format("use --cell {:g} or larger, or a smaller --extent", fitting)
                               : "allow more with --max-memory");
}

/// Refuses a raster that the disk cannot hold.
void require_disk(const DensityToolOptions& o, const Grid& grid)
{
    const auto parent = std::filesystem::path(o.output).parent_path();
    std::error_code error;
    const auto space = std::filesystem::space(
        o.output == "-" ? std::filesystem::temp_directory_path() : (parent.empty() ? "." : parent), error);
    const double needed =
        io::write_raster_disk_bytes(static_cast<double>(grid.rows), static_cast<double>(grid.cols));
    if (!error && needed > static_cast<double>(space.available)) {
        fail(ExitCode::limit,
             "a raster of {} x {} cells takes {:.3g} GB of disk while it is written, {:.3g} GB are free; "
             "use a larger --cell or a smaller --extent",
             grid.rows, grid.cols, needed / 1e9, static_cast<double>(space.available) / 1e9);
    }
}

Grid grid_of_raster(const DensityToolOptions& o, const Crs& crs)
{
    const auto [grid, raster_crs] = io::read_raster_grid(o.snap_raster, o.read.allow_vsi);
    require(io::same_crs(raster_crs, crs), "{}: is in {}, the work in {}; add --crs {}", o.snap_raster,
            raster_crs.label(), crs.label(), raster_crs.label());
    return grid;
}

} // namespace

double nice_at_most(double value)
{
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {5.0, 2.0}) {
        if (step * power <= value * (1 + 1e-12)) {
            return step * power;
        }
    }
    return power;
}

double nice_at_least(double value)
{
    const double below = nice_at_most(value);
    if (below >= value * (1 - 1e-12)) {
        return below;
    }
    const double leading = below / std::pow(10, std::floor(std::log10(below * (1 + 1e-12))));
    return below * (leading > 1.5 && leading < 3 ? 2.5 : 2);
}

std::optional<Geometries> read_shapes(const std::string& path, std::initializer_list<GeometryKind> kinds,
                                      const std::string& wanted, const Crs& crs, const DensityToolOptions& o)
{
    if (path.empty()) {
        return std::nullopt;
    }
    Features shapes = io::read_features(path, {.layer = {}, .crs = {}, .allow_vsi = o.read.allow_vsi});
    require(std::find(kinds.begin(), kinds.end(), shapes.geometry.kind) != kinds.end(), "{}: holds no {}",
            path, wanted);
    const std::size_t lost = io::transform(shapes.geometry.xy, shapes.crs, crs);
    require(lost == 0, "{}: {} vertices cannot be brought to {}", path, lost, crs.label());
    return std::move(shapes.geometry);
}

Grid planar_grid(const DensityToolOptions& o, std::span<const XY> places, double widest_m,
                 const std::optional<Geometries>& mask, const Crs& crs, const cli::Context& context)
{
    if (!o.snap_raster.empty()) {
        const Grid grid = grid_of_raster(o, crs);
        require_room(o, grid.box(), grid.cell_m, places.size(), context);
        require_disk(o, grid);
        return grid;
    }
    const Box extent = extent_of(o, places, widest_m, mask);
    const double cell_m = o.cell_m.value_or(default_cell(extent, widest_m));
    require_room(o, extent, cell_m, places.size(), context);
    const Grid grid = grid_covering(extent, cell_m);
    require_disk(o, grid);
    return grid;
}

void warn_of_coarse_cells(double bandwidth_m, double cell_m, const cli::Context& context)
{
    const double cells = bandwidth_m / cell_m;
    if (cells < 0.5) {
        context.warn("bandwidth {:.6g} m is {:.3g} cells: incidents that fall between cell centres are lost; "
                     "use --cell {:g} or smaller",
                     bandwidth_m, cells, nice_at_most(bandwidth_m / 2));
    } else if (cells < 2) {
        context.warn("bandwidth {:.6g} m is {:.3g} cells: values depend on where cell centres fall; use "
                     "--cell {:g} or smaller",
                     bandwidth_m, cells, nice_at_most(bandwidth_m / 2));
    }
}

void mask_cells(const Geometries& polygons, Raster<double>& raster)
{
    const std::vector<std::uint8_t> inside = polygon_mask(polygons, raster.grid);
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] == 0) {
            raster.values[i] = std::numeric_limits<double>::quiet_NaN();
        }
    }
}

void require_cells_inside(const std::string& file, const Geometries& polygons, const Grid& grid)
{
    constexpr std::int64_t rows_together = 512; // a mask of the whole grid could be larger than the memory
    for (std::int64_t begin = 0; begin < grid.rows; begin += rows_together) {
        const std::vector<std::uint8_t> inside =
            polygon_mask(polygons, rows_of(grid, begin, std::min(grid.rows, begin + rows_together)));
        if (std::find(inside.begin(), inside.end(), 1) != inside.end()) {
            return;
        }
    }
    fail(ExitCode::input, "{}: holds no cell centre of the grid; does it lie elsewhere?", file);
}

Grid rows_of(const Grid& grid, std::int64_t begin, std::int64_t end)
{
    Grid part = grid;
    part.top_y = grid.top_y - static_cast<double>(begin) * grid.cell_m;
    part.rows = end - begin;
    return part;
}

Geometries window_of(const Box& box)
{
    const XY ring[] = {{box.min_x, box.min_y},
                       {box.max_x, box.min_y},
                       {box.max_x, box.max_y},
                       {box.min_x, box.max_y},
                       {box.min_x, box.min_y}};
    Geometries window;
    window.kind = GeometryKind::polygon;
    window.add(ring);
    return window;
}

} // namespace vigil::tools
