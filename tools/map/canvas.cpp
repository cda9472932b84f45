#include "tools/map/canvas.h"

#include "libgeo/error.h"

#include <cairo-svg.h>

namespace vigil::map {

namespace {

cairo_status_t append(void* target, const unsigned char* data, unsigned int length)
{
    try {
        static_cast<std::string*>(target)->append(data, data + length);
    } catch (...) {
        return CAIRO_STATUS_NO_MEMORY;
    }
    return CAIRO_STATUS_SUCCESS;
}

void require_drawn(cairo_status_t status)
{
    if (status != CAIRO_STATUS_SUCCESS) {
        fail(status == CAIRO_STATUS_NO_MEMORY ? ExitCode::limit : ExitCode::output,
             "the picture could not be drawn: {}; try a smaller --size", cairo_status_to_string(status));
    }
}

} // namespace

Canvas::Canvas(int width, int height, PictureFormat format) : format_(format)
{
    surface_.reset(format == PictureFormat::svg
                       ? cairo_svg_surface_create_for_stream(append, &bytes_, width, height)
                       : cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height));
    require_drawn(cairo_surface_status(surface_.get()));
    pen_.reset(cairo_create(surface_.get()));
    // The same glyph shapes and widths at every position and on every screen.
    const std::unique_ptr<cairo_font_options_t, CloseWith<cairo_font_options_destroy>> options(
        cairo_font_options_create());
    cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(pen(), options.get());
    cairo_set_line_join(pen(), CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(pen(), CAIRO_LINE_CAP_ROUND);
    colour({255, 255, 255, 255});
    cairo_paint(pen());
}

void Canvas::colour(Colour c) const
{
    cairo_set_source_rgba(pen(), c.red / 255.0, c.green / 255.0, c.blue / 255.0, c.alpha / 255.0);
}

void Canvas::fill_and_stroke(Colour fill, Colour stroke, double stroke_width) const
{
    if (fill.alpha > 0) {
        colour(fill);
        cairo_fill_preserve(pen());
    }
    if (stroke.alpha > 0 && stroke_width > 0) {
        colour(stroke);
        cairo_set_line_width(pen(), stroke_width);
        cairo_stroke_preserve(pen());
    }
    cairo_new_path(pen());
}

void Canvas::choose_font(const TextStyle& style) const
{
    cairo_select_font_face(pen(), "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(pen(), style.size);
}

double Canvas::text_width(std::string_view text, const TextStyle& style) const
{
    choose_font(style);
    cairo_text_extents_t extents{};
    cairo_text_extents(pen(), std::string(text).c_str(), &extents);
    return extents.x_advance;
}

void Canvas::text(double x, double y, std::string_view text, const TextStyle& style) const
{
    const double width = text_width(text, style);
    const double start = style.align == Align::left     ? x
                         : style.align == Align::centre ? x - width / 2
                                                        : x - width;
    const std::string line(text);
    cairo_move_to(pen(), start, y);
    if (style.halo) {
        cairo_text_path(pen(), line.c_str());
        fill_and_stroke({0, 0, 0, 0}, {255, 255, 255, 224}, style.size * 0.28);
        cairo_move_to(pen(), start, y);
    }
    colour(style.colour);
    cairo_show_text(pen(), line.c_str());
    cairo_new_path(pen());
}

std::vector<std::string> Canvas::wrapped(std::string_view text, double width, const TextStyle& style) const
{
    std::vector<std::string> lines{""};
    while (!text.empty()) {
        const std::size_t space = std::min(text.find(' '), text.size());
        const std::string word(text.substr(0, space));
        text.remove_prefix(std::min(space + 1, text.size()));
        std::string longer = lines.back().empty() ? word : lines.back() + " " + word;
        if (lines.back().empty() || text_width(longer, style) <= width) {
            lines.back() = std::move(longer);
        } else {
            lines.push_back(word);
        }
    }
    return lines;
}

std::string Canvas::finish()
{
    require_drawn(cairo_status(pen()));
    if (format_ == PictureFormat::png) {
        require_drawn(cairo_surface_write_to_png_stream(surface_.get(), append, &bytes_));
    }
    pen_.reset();
    cairo_surface_finish(surface_.get());
    require_drawn(cairo_surface_status(surface_.get()));
    return bytes_;
}

} // namespace vigil::map
