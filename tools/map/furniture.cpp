#include "tools/map/furniture.h"

#include "tools/map/draw_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vigil::map {

namespace {

constexpr Colour ink{38, 44, 52, 255};
constexpr Colour faint{105, 114, 124, 255};

/// A unit as people write it: "incidents per km²".
std::string written(std::string unit)
{
    for (const char* const area : {"km2", "m2"}) {
        const std::size_t at = unit.find(area);
        if (at != std::string::npos && at + std::string_view(area).size() == unit.size()) {
            return unit.replace(unit.size() - 1, 1, "²");
        }
    }
    return unit;
}

/// Walks down the legend; draws only when told to, so that its height can be measured first.
class Legend {
  public:
    Legend(const Canvas& canvas, const Area& area, double mm, bool draw)
        : canvas_(canvas), area_(area), mm_(mm), draw_(draw), y_(area.y)
    {
    }
    [[nodiscard]] double height() const { return y_ - area_.y; }

    void add(const Style& style)
    {
        const bool plain = style.kind == StyleKind::single;
        if (y_ > area_.y) {
            y_ += plain && after_plain_ ? 0.8 * mm_ : 4.5 * mm_;
        }
        after_plain_ = plain;
        if (style.kind == StyleKind::ramp) {
            heading(style);
            ramp(style);
        } else if (style.kind == StyleKind::single) {
            row(style, style.classes.front(), style.title);
        } else {
            heading(style);
            for (const StyleClass& one : style.classes) {
                row(style, one, one.label);
            }
        }
    }

  private:
    void paragraph(const std::string& text, const TextStyle& style, double x)
    {
        for (const std::string& line : canvas_.wrapped(text, area_.right() - x, style)) {
            if (draw_) {
                canvas_.text(x, y_ + style.size * 0.8, line, style);
            }
            y_ += style.size * 1.3;
        }
    }

    void heading(const Style& style)
    {
        TextStyle text;
        text.size = 3.5 * mm_;
        text.bold = true;
        paragraph(style.title, text, area_.x);
        if (!style.unit.empty()) {
            text.size = 3 * mm_;
            text.bold = false;
            text.colour = faint;
            paragraph(written(style.unit), text, area_.x);
        }
        y_ += 1.4 * mm_;
    }

    void row(const Style& style, const StyleClass& look, const std::string& label)
    {
        TextStyle text;
        text.size = 3.1 * mm_;
        const Area swatch{area_.x, y_, 7.5 * mm_, 4 * mm_};
        if (draw_) {
            draw_swatch(canvas_, swatch, *style.geometry, look, mm_);
        }
        const double top = y_;
        y_ += (swatch.height - text.size * 1.15) / 2;
        paragraph(label, text, swatch.right() + 2.6 * mm_);
        y_ = std::max(y_, top + swatch.height) + 1.1 * mm_;
    }

    void ramp(const Style& style)
    {
        const double width = 5 * mm_;
        const double least = style.classes.front().value;
        const double most = style.classes.back().value;
        const double height = 6.2 * mm_ * static_cast<double>(style.classes.size() - 1);
        y_ += 1.2 * mm_;
        const double top = y_;
        if (draw_) {
            const auto steps = static_cast<int>(height * 2);
            const Pattern pattern(cairo_pattern_create_linear(0, top + height, 0, top));
            for (int i = 0; i <= steps; ++i) {
                const double part = static_cast<double>(i) / steps;
                const Colour c = ramp_colour(style, least + (most - least) * part);
                cairo_pattern_add_color_stop_rgba(pattern.get(), part, c.red / 255.0, c.green / 255.0,
                                                  c.blue / 255.0, c.alpha / 255.0);
            }
            cairo_rectangle(canvas_.pen(), area_.x, top, width, height);
            cairo_set_source(canvas_.pen(), pattern.get());
            cairo_fill_preserve(canvas_.pen());
            canvas_.fill_and_stroke({0, 0, 0, 0}, {38, 44, 52, 110}, 0.2 * mm_);
            ticks(style, top, height, width);
        }
        y_ += height + 2 * mm_;
    }

    void ticks(const Style& style, double top, double height, double width) const
    {
        TextStyle text;
        text.size = 3.1 * mm_;
        const double least = style.classes.front().value;
        const double most = style.classes.back().value;
        for (const StyleClass& stop : style.classes) {
            const double y = top + height * (most - stop.value) / (most - least);
            cairo_move_to(canvas_.pen(), area_.x + width, y);
            cairo_line_to(canvas_.pen(), area_.x + width + 1.2 * mm_, y);
            canvas_.fill_and_stroke({0, 0, 0, 0}, ink, 0.2 * mm_);
            canvas_.text(area_.x + width + 2.4 * mm_, y + text.size * 0.36, stop.label, text);
        }
    }

    const Canvas& canvas_;
    Area area_;
    double mm_;
    bool draw_;
    double y_;
    bool after_plain_ = false;
};

} // namespace

void draw_legend(const Canvas& canvas, const Area& area, std::span<const Style> layers, double mm)
{
    const auto walk = [&](double size, bool draw) {
        Legend legend(canvas, area, size, draw);
        for (std::size_t i = layers.size(); i > 0; --i) {
            legend.add(layers[i - 1]);
        }
        return legend.height();
    };
    constexpr double least = 0.35;
    double size = mm;
    while (walk(size, false) > area.height && size > least * mm) {
        size *= 0.93;
    }
    walk(size, true);
}

double scale_bar_m(double most_m)
{
    const double power = std::pow(10, std::floor(std::log10(most_m)));
    for (const double digit : {5.0, 2.0}) {
        if (digit * power <= most_m) {
            return digit * power;
        }
    }
    return power;
}

void draw_scale_bar(const Canvas& canvas, const Area& area, double metres_per_pixel, double mm)
{
    if (!(metres_per_pixel > 0) || !std::isfinite(metres_per_pixel)) {
        return;
    }
    const double length_m = scale_bar_m(area.width * metres_per_pixel);
    const double width = length_m / metres_per_pixel;
    const double height = 1.5 * mm;
    const double y = area.bottom() - height;
    const double x = area.x + (area.width - width) / 2;
    for (const int half : {0, 1}) {
        cairo_rectangle(canvas.pen(), x + half * width / 2, y, width / 2, height);
        canvas.fill_and_stroke(half == 0 ? ink : Colour{255, 255, 255, 255}, ink, 0.2 * mm);
    }
    TextStyle text;
    text.size = 3 * mm;
    text.align = Align::centre;
    const double unit_m = length_m >= 1000 ? 1000 : 1;
    const double baseline = y - 1.4 * mm;
    canvas.text(x, baseline, "0", text);
    canvas.text(x + width / 2, baseline, fmt::format("{:g}", length_m / unit_m / 2), text);
    canvas.text(x + width, baseline, fmt::format("{:g} {}", length_m / unit_m, unit_m > 1 ? "km" : "m"),
                text);
}

void draw_north(const Canvas& canvas, XY centre, double turn_rad, double mm)
{
    cairo_t* const pen = canvas.pen();
    cairo_save(pen);
    cairo_translate(pen, centre.x, centre.y);
    cairo_rotate(pen, turn_rad);
    const double half = 2.6 * mm;
    const double top = -4.2 * mm;
    const double bottom = 4.2 * mm;
    for (const double side : {-1.0, 1.0}) {
        cairo_move_to(pen, 0, top);
        cairo_line_to(pen, side * half, bottom);
        cairo_line_to(pen, 0, bottom - 1.9 * mm);
        cairo_close_path(pen);
        canvas.fill_and_stroke(side < 0 ? ink : Colour{255, 255, 255, 255}, ink, 0.25 * mm);
    }
    TextStyle text;
    text.size = 3.6 * mm;
    text.bold = true;
    text.align = Align::centre;
    canvas.text(0, top - 1.2 * mm, "N", text);
    cairo_restore(pen);
}

} // namespace vigil::map
