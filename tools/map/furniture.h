#pragma once

#include "tools/map/canvas.h"
#include "tools/map/frame.h"

#include <span>

namespace vigil::map {

/// Draws what explains the layers, the topmost first: their titles, classes and ramps. Shrinks what does
/// not fit.
void draw_legend(const Canvas& canvas, const Area& area, std::span<const Style> layers, double mm);

/// Draws a scale bar of a round length of at most area.width; `metres_per_pixel` is measured on the ground.
void draw_scale_bar(const Canvas& canvas, const Area& area, double metres_per_pixel, double mm);

/// The length of that bar, metres: 1, 2 or 5 times a power of ten.
double scale_bar_m(double most_m);

/// Draws an arrow to the north, `turn_rad` clockwise from upright.
void draw_north(const Canvas& canvas, XY centre, double turn_rad, double mm);

} // namespace vigil::map
