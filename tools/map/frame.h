#pragma once

#include "libgeo/plane.h"

namespace vigil::map {

/// A rectangle of the picture, pixels from the upper left corner.
struct Area {
    double x = 0, y = 0, width = 0, height = 0;
    [[nodiscard]] double right() const { return x + width; }
    [[nodiscard]] double bottom() const { return y + height; }
};

/// The window through which the map is seen: a part of the plane shown in a part of the picture.
class Frame {
  public:
    /// Shows at least `wanted`, centred, in equal scales. A box without width or height is widened.
    Frame(const Area& area, const Box& wanted);

    [[nodiscard]] const Area& area() const { return area_; }
    [[nodiscard]] const Box& box() const { return box_; } ///< what is seen, in map units
    [[nodiscard]] double units_per_pixel() const { return units_per_pixel_; }
    [[nodiscard]] XY to_pixels(XY place) const
    {
        return {area_.x + (place.x - box_.min_x) / units_per_pixel_,
                area_.y + (box_.max_y - place.y) / units_per_pixel_};
    }
    [[nodiscard]] XY to_map(double x, double y) const
    {
        return {box_.min_x + (x - area_.x) * units_per_pixel_, box_.max_y - (y - area_.y) * units_per_pixel_};
    }

  private:
    Area area_;
    Box box_;
    double units_per_pixel_ = 1;
};

} // namespace vigil::map
