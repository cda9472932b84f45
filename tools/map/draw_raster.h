#pragma once

#include "libgeo/crs.h"
#include "libgeo/raster.h"
#include "tools/map/canvas.h"
#include "tools/map/frame.h"

namespace vigil::map {

/// The mean of each factor x factor block of cells, NaN left out; NaN where a block holds nothing.
Raster<double> averaged(const Raster<double>& raster, std::int64_t factor);

/// The raster at a place: bilinear between cell centres, what is missing left out; NaN outside the grid and
/// where the nearest cell has no data.
double sample(const Raster<double>& raster, XY place);

/// Draws a raster of any CRS through the frame, whose coordinates are in `map_crs`: one sample for each
/// pixel, of cell averages where cells are smaller than pixels.
void draw_raster(const Canvas& canvas, const Frame& frame, const Crs& map_crs, const Raster<double>& raster,
                 const Crs& raster_crs, const Style& style);

} // namespace vigil::map
