#pragma once

#include "libgeo/features.h"
#include "libgeo/raster.h"
#include "tools/cli/context.h"
#include "tools/density/options.h"

#include <optional>
#include <span>

namespace vigil::tools {

/// Polygons or lines of a file in the CRS of the incidents; nothing when no file is named.
/// throws   Error when the file holds another kind of geometry than `kinds` or cannot be brought to `crs`
std::optional<Geometries> read_shapes(const std::string& path, std::initializer_list<GeometryKind> kinds,
                                      const std::string& wanted, const Crs& crs, const DensityToolOptions& o);

/// The grid that was asked for, planar: --snap-raster's, else --extent, the mask, or the data and their
/// kernels, in cells of --cell or a round number.
///
/// widest_m   largest bandwidth
/// crs        of the incidents, to be compared with that of --snap-raster
/// throws     Error (limit) when it does not fit in memory, naming a cell size that does
Grid planar_grid(const DensityToolOptions& o, std::span<const XY> places, double widest_m,
                 const std::optional<Geometries>& mask, const Crs& crs, const cli::Context& context);

/// Warns when cells are too coarse for a bandwidth.
void warn_of_coarse_cells(double bandwidth_m, double cell_m, const cli::Context& context);

/// The largest of 1, 2, 5 times a power of ten that is at most `value`.
double nice_at_most(double value);
/// The smallest of 1, 2, 2.5, 5 times a power of ten that is at least `value`.
double nice_at_least(double value);

/// NaN in every cell whose centre lies outside.
void mask_cells(const Geometries& polygons, Raster<double>& raster);

/// throws   Error naming `file` when no cell's centre lies inside
void require_cells_inside(const std::string& file, const Geometries& polygons, const Grid& grid);

/// Rows [begin, end) as a grid of their own.
Grid rows_of(const Grid& grid, std::int64_t begin, std::int64_t end);

/// A rectangle as a window.
Geometries window_of(const Box& box);

} // namespace vigil::tools
