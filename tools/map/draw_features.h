#pragma once

#include "libgeo/features.h"
#include "tools/map/canvas.h"
#include "tools/map/frame.h"

namespace vigil::map {

/// Draws features (already in the frame's CRS) with `style`; `mm` is how many pixels stand for a millimetre
/// of the style. Features whose value falls in no class are left out. Streets thin out where they would
/// cover the map, and cells lose their outline where they are only a few pixels wide.
void draw_features(const Canvas& canvas, const Frame& frame, const Features& features, const Style& style,
                   double mm);

/// Writes style.label_field beside each feature, in order; a label that would touch an earlier one is left
/// out.
void draw_labels(const Canvas& canvas, const Frame& frame, const Features& features, const Style& style,
                 double mm);

/// A sample of a class for the legend, filling `area`.
void draw_swatch(const Canvas& canvas, const Area& area, GeometryKind kind, const StyleClass& look,
                 double mm);

} // namespace vigil::map
