#pragma once

#include "libgeo/features.h"
#include "libgeo/io/raster_io.h"
#include "tools/map/canvas.h"

#include <optional>
#include <span>
#include <string>
#include <variant>

namespace vigil::map {

/// Something to draw and how.
struct Layer {
    std::variant<Features, io::LoadedRaster> data;
    Style style;

    [[nodiscard]] const Crs& crs() const;
    /// In the layer's own CRS; empty when nothing is finite.
    [[nodiscard]] Box extent() const;
};

struct PictureOptions {
    int width = 1200;  ///< pixels
    int height = 900;  ///< pixels
    std::string title; ///< above the map; may be empty
    std::string note;  ///< below it: who made the data
    PictureFormat format = PictureFormat::png;
    std::optional<Box> extent; ///< what to show at least, in the map's CRS; without, all layers
};

/// Layers drawn in order, the last on top, with title, legend, scale bar, north arrow and note.
/// Features are transformed to `crs` (projected), rasters sampled through it.
///
/// returns  the bytes of a PNG or SVG file; equal input gives equal bytes
/// throws   Error when no layer has a place to show
std::string picture(std::span<Layer> layers, const Crs& crs, const PictureOptions& options);

} // namespace vigil::map
