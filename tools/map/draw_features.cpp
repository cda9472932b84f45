#include "tools/map/draw_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vigil::map {

namespace {

/// Cairo keeps places as 24.8 bit fixed point; what lies further out is pulled to this distance.
constexpr double far_px = 4e6;
constexpr double least_step_px = 0.4;   ///< vertices nearer than this to the last one are left out
constexpr double least_outlined_px = 7; ///< narrower cells get no outline

bool touches(const Area& area, const Box& box, double margin)
{
    return !box.empty() && box.max_x >= area.x - margin && box.min_x <= area.right() + margin &&
           box.max_y >= area.y - margin && box.min_y <= area.bottom() + margin;
}

/// Rings of one feature, on the picture.
struct Shape {
    std::vector<std::vector<XY>> rings;
    Box box;
};

Shape shape_of(const Frame& frame, const Geometries& geometry, std::size_t feature)
{
    Shape shape;
    for (std::size_t part = geometry.first_part(feature); part < geometry.feature_end[feature]; ++part) {
        for (std::size_t ring = geometry.first_ring(part); ring < geometry.part_end[part]; ++ring) {
            std::vector<XY> line;
            for (const XY place : geometry.ring(ring)) {
                const XY p = frame.to_pixels(place);
                if (std::isfinite(p.x) && std::isfinite(p.y)) {
                    line.push_back({std::clamp(p.x, -far_px, far_px), std::clamp(p.y, -far_px, far_px)});
                    shape.box.add(line.back());
                }
            }
            shape.rings.push_back(std::move(line));
        }
    }
    return shape;
}

void trace(cairo_t* pen, const std::vector<XY>& line)
{
    XY last{};
    for (std::size_t i = 0; i < line.size(); ++i) {
        const XY p = line[i];
        if (i == 0) {
            cairo_move_to(pen, p.x, p.y);
        } else if (i + 1 == line.size() || squared_distance_m2(p, last) >= least_step_px * least_step_px) {
            cairo_line_to(pen, p.x, p.y);
        } else {
            continue;
        }
        last = p;
    }
}

void trace_circle(cairo_t* pen, XY centre, double radius)
{
    cairo_new_sub_path(pen);
    cairo_arc(pen, centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
}

/// The class of each feature; nullptr when it has none.
std::vector<const StyleClass*> classes_of(const Features& features, const Style& style)
{
    std::vector<const StyleClass*> classes(features.geometry.size(), nullptr);
    if (style.kind == StyleKind::single) {
        std::fill(classes.begin(), classes.end(), &style.classes.front());
    } else if (const Field* const field = features.table.find(style.field)) {
        const std::vector<double> values = numbers_of(*field);
        for (std::size_t i = 0; i < std::min(values.size(), classes.size()); ++i) {
            classes[i] = class_of(style, values[i]);
        }
    }
    return classes;
}

void draw_lines(const Canvas& canvas, const std::vector<Shape>& shapes,
                const std::vector<const StyleClass*>& classes, double mm, double thinned)
{
    // All casings first, so that lines that cross join.
    for (const bool casing : {true, false}) {
        for (std::size_t i = 0; i < shapes.size(); ++i) {
            const StyleClass* const look = classes[i];
            if (look == nullptr || (casing && look->casing_mm <= 0)) {
                continue;
            }
            for (const auto& line : shapes[i].rings) {
                trace(canvas.pen(), line);
            }
            const double width_mm = casing ? look->stroke_mm + 2 * look->casing_mm : look->stroke_mm;
            canvas.fill_and_stroke({0, 0, 0, 0}, casing ? look->casing : look->stroke,
                                   width_mm * mm * thinned);
        }
    }
}

void draw_polygons(const Canvas& canvas, const std::vector<Shape>& shapes,
                   const std::vector<const StyleClass*>& classes, double mm)
{
    cairo_set_fill_rule(canvas.pen(), CAIRO_FILL_RULE_EVEN_ODD);
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        if (classes[i] == nullptr) {
            continue;
        }
        for (const auto& ring : shapes[i].rings) {
            trace(canvas.pen(), ring);
            cairo_close_path(canvas.pen());
        }
        // Without outlines, soft edges would show as a grid of pale seams between neighbours.
        const bool outlined = std::min(shapes[i].box.width(), shapes[i].box.height()) >= least_outlined_px;
        cairo_set_antialias(canvas.pen(), outlined ? CAIRO_ANTIALIAS_DEFAULT : CAIRO_ANTIALIAS_NONE);
        canvas.fill_and_stroke(classes[i]->fill, classes[i]->stroke,
                               outlined ? classes[i]->stroke_mm * mm : 0);
    }
    cairo_set_antialias(canvas.pen(), CAIRO_ANTIALIAS_DEFAULT);
}

void draw_points(const Canvas& canvas, const std::vector<Shape>& shapes,
                 const std::vector<const StyleClass*>& classes, double mm)
{
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        const StyleClass* const look = classes[i];
        if (look == nullptr) {
            continue;
        }
        for (const auto& places : shapes[i].rings) {
            for (const XY p : places) {
                trace_circle(canvas.pen(), p, look->size_mm * mm / 2);
                canvas.fill_and_stroke(look->fill, look->stroke, look->stroke_mm * mm);
            }
        }
    }
}

/// 1, or less when lines of `width_px` would cover more than a tenth of the map.
double thinning(const std::vector<Shape>& shapes, const Area& area, double width_px)
{
    constexpr double most_cover = 0.10;
    constexpr double least = 0.4;
    double length = 0;
    for (const Shape& shape : shapes) {
        for (const auto& line : shape.rings) {
            for (std::size_t i = 1; i < line.size(); ++i) {
                length += distance_m(line[i - 1], line[i]);
            }
        }
    }
    const double cover = length * width_px / (area.width * area.height);
    return std::clamp(most_cover / std::max(cover, 1e-9), least, 1.0);
}

std::string text_of(const Field& field, std::size_t row)
{
    if (const auto* text = std::get_if<std::vector<std::string>>(&field.values)) {
        return (*text)[row];
    }
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&field.values)) {
        return (*integers)[row] == missing_integer ? "" : fmt::format("{}", (*integers)[row]);
    }
    const double value = std::get<std::vector<double>>(field.values)[row];
    return std::isnan(value) ? "" : fmt::format("{:.4g}", value);
}

bool overlap(const Box& a, const Box& b)
{
    return a.min_x < b.max_x && b.min_x < a.max_x && a.min_y < b.max_y && b.min_y < a.max_y;
}

} // namespace

void draw_features(const Canvas& canvas, const Frame& frame, const Features& features, const Style& style,
                   double mm)
{
    std::vector<Shape> shapes;
    std::vector<const StyleClass*> classes = classes_of(features, style);
    for (std::size_t i = 0; i < features.geometry.size(); ++i) {
        shapes.push_back(classes[i] == nullptr ? Shape{} : shape_of(frame, features.geometry, i));
        constexpr double margin = 30;
        if (!touches(frame.area(), shapes[i].box, margin)) {
            shapes[i] = {};
            classes[i] = nullptr;
        }
    }
    switch (features.geometry.kind) {
    case GeometryKind::point:
        draw_points(canvas, shapes, classes, mm);
        break;
    case GeometryKind::line:
        draw_lines(canvas, shapes, classes, mm,
                   style.classes.front().casing_mm > 0
                       ? 1.0 // a route is what the map is about
                       : thinning(shapes, frame.area(), style.classes.front().stroke_mm * mm));
        break;
    case GeometryKind::polygon:
        draw_polygons(canvas, shapes, classes, mm);
        break;
    }
}

void draw_labels(const Canvas& canvas, const Frame& frame, const Features& features, const Style& style,
                 double mm)
{
    const Field* const field = features.table.find(style.label_field);
    if (style.label_field.empty() || field == nullptr) {
        return;
    }
    TextStyle text;
    text.size = 3 * mm;
    text.bold = true;
    text.align = Align::centre;
    text.halo = true;
    std::vector<Box> taken;
    for (std::size_t i = 0; i < features.geometry.size(); ++i) {
        const Shape shape = shape_of(frame, features.geometry, i);
        const std::string label = text_of(*field, i);
        if (!touches(frame.area(), shape.box, 0) || label.empty()) {
            continue;
        }
        const XY centre{(shape.box.min_x + shape.box.max_x) / 2, (shape.box.min_y + shape.box.max_y) / 2};
        const double half = canvas.text_width(label, text) / 2 + 0.5 * mm;
        const Box box{centre.x - half, centre.y - text.size * 0.6, centre.x + half,
                      centre.y + text.size * 0.6};
        if (std::none_of(taken.begin(), taken.end(), [&](const Box& other) { return overlap(box, other); })) {
            canvas.text(centre.x, centre.y + text.size * 0.36, label, text);
            taken.push_back(box);
        }
    }
}

void draw_swatch(const Canvas& canvas, const Area& area, GeometryKind kind, const StyleClass& look, double mm)
{
    const XY middle{area.x + area.width / 2, area.y + area.height / 2};
    Shape shape;
    const auto shapes = [&](std::vector<XY> ring) {
        return std::vector<Shape>{{{std::move(ring)}, {}}};
    };
    switch (kind) {
    case GeometryKind::point:
        draw_points(canvas, shapes({middle}), {&look}, mm);
        break;
    case GeometryKind::line:
        draw_lines(canvas, shapes({{area.x, middle.y}, {area.right(), middle.y}}), {&look}, mm, 1);
        break;
    case GeometryKind::polygon:
        cairo_rectangle(canvas.pen(), area.x, area.y, area.width, area.height);
        canvas.fill_and_stroke(look.fill, look.stroke, look.stroke_mm * mm);
        break;
    }
}

} // namespace vigil::map
