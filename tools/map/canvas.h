#pragma once

#include "libgeo/style.h"

#include <cairo.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::map {

enum class PictureFormat { png, svg };

enum class Align { left, centre, right };

struct TextStyle {
    double size = 12; ///< pixels
    bool bold = false;
    Colour colour{38, 44, 52, 255};
    Align align = Align::left;
    bool halo = false; ///< a soft white edge, for text over a map
};

template <auto Close>
struct CloseWith {
    template <typename T>
    void operator()(T* handle) const noexcept
    {
        Close(handle);
    }
};
using Surface = std::unique_ptr<cairo_surface_t, CloseWith<cairo_surface_destroy>>;
using Pen = std::unique_ptr<cairo_t, CloseWith<cairo_destroy>>;
using Pattern = std::unique_ptr<cairo_pattern_t, CloseWith<cairo_pattern_destroy>>;

/// A white picture to draw on, in pixels from the upper left corner.
class Canvas {
  public:
    /// throws   Error (limit) when the picture cannot be allocated
    Canvas(int width, int height, PictureFormat format);

    [[nodiscard]] cairo_t* pen() const { return pen_.get(); }
    [[nodiscard]] PictureFormat format() const { return format_; }

    void colour(Colour colour) const;
    /// Fills the current path, then strokes it; nothing where alpha or width is 0.
    void fill_and_stroke(Colour fill, Colour stroke, double stroke_width) const;
    /// Text on the baseline `y`.
    void text(double x, double y, std::string_view text, const TextStyle& style) const;
    [[nodiscard]] double text_width(std::string_view text, const TextStyle& style) const;
    /// Lines of at most `width`, broken at spaces.
    [[nodiscard]] std::vector<std::string> wrapped(std::string_view text, double width,
                                                   const TextStyle& style) const;

    /// The finished picture's bytes.
    /// throws   Error (output) when Cairo failed on the way
    [[nodiscard]] std::string finish();

  private:
    void choose_font(const TextStyle& style) const;

    PictureFormat format_;
    std::string bytes_; ///< what Cairo has written; must outlive the surface
    Surface surface_;
    Pen pen_;
};

} // namespace vigil::map
