#include "tools/map/picture.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "tools/map/draw_features.h"
#include "tools/map/draw_raster.h"
#include "tools/map/furniture.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vigil::map {

namespace {

/// Where things stand. `mm` is what a millimetre of the styles takes: 4 pixels on 1200 x 900.
struct Layout {
    double mm = 4;
    Area title, map, legend, bar, note;
    XY north;
};

Layout layout(const PictureOptions& options)
{
    const double width = options.width;
    const double height = options.height;
    Layout at;
    at.mm = std::min(width, height) / 225;
    const double mm = at.mm;
    const double edge = 6 * mm;
    const double column = std::clamp(0.24 * width, 30 * mm, 66 * mm);
    const double note = 6 * mm;
    const double title = options.title.empty() ? 0 : 11 * mm;
    at.title = {edge, edge, width - 2 * edge, title};
    at.map = {std::round(edge), std::round(edge + title), std::round(width - 2 * edge - column - 6 * mm),
              std::round(height - 2 * edge - title - note)};
    const double x = at.map.right() + 6 * mm;
    at.bar = {x, at.map.bottom() - 12 * mm, column * 0.86, 12 * mm};
    at.north = {x + at.bar.width / 2, at.map.bottom() - 23 * mm};
    at.legend = {x, at.map.y, width - edge - x, at.map.height - 38 * mm};
    at.note = {edge, height - edge, width - 2 * edge, note};
    return at;
}

Box transformed(const Box& box, const Crs& from, const Crs& to)
{
    constexpr int steps = 16; // the edges bend
    std::vector<XY> edge;
    for (int i = 0; i <= steps; ++i) {
        const double part = static_cast<double>(i) / steps;
        const double x = box.min_x + part * box.width();
        const double y = box.min_y + part * box.height();
        edge.insert(edge.end(), {{x, box.min_y}, {x, box.max_y}, {box.min_x, y}, {box.max_x, y}});
    }
    io::transform(edge, from, to);
    Box result;
    for (const XY p : edge) {
        if (std::isfinite(p.x) && std::isfinite(p.y)) {
            result.add(p);
        }
    }
    return result;
}

Box whole_extent(std::span<const Layer> layers, const Crs& crs)
{
    Box all;
    for (const Layer& layer : layers) {
        Box box = layer.extent();
        if (!box.empty() && !io::same_crs(layer.crs(), crs)) {
            box = transformed(box, layer.crs(), crs);
        }
        if (!box.empty()) {
            all.add({box.min_x, box.min_y});
            all.add({box.max_x, box.max_y});
        }
    }
    require(!all.empty(), "no layer has a place to show; are they empty?");
    return all.grown(0.03 * std::max(all.width(), all.height()));
}

/// Ground metres a pixel and the direction of north in the middle of the map.
struct Ground {
    double metres_per_pixel;
    double north_turn_rad; ///< clockwise from upright
};

Ground ground(const Frame& frame, const Crs& crs)
{
    const Area& area = frame.area();
    const XY middle = frame.to_map(area.x + area.width / 2, area.y + area.height / 2);
    const double step = 10 * frame.units_per_pixel();
    const XY places[] = {{middle.x - step, middle.y}, {middle.x + step, middle.y}};
    const std::vector<LonLat> ends = io::to_lonlat(places, crs);
    constexpr double radius_m = 6371008.8;
    constexpr double radians = std::numbers::pi / 180;
    const double east = (ends[1].lon_deg - ends[0].lon_deg) * std::cos(ends[0].lat_deg * radians);
    const double north = ends[1].lat_deg - ends[0].lat_deg;
    return {std::hypot(east, north) * radians * radius_m / 20, std::atan2(north, east)};
}

void draw_layers(const Canvas& canvas, const Frame& frame, std::span<Layer> layers, const Crs& crs, double mm)
{
    const Area& area = frame.area();
    cairo_save(canvas.pen());
    cairo_rectangle(canvas.pen(), area.x, area.y, area.width, area.height);
    cairo_clip(canvas.pen());
    for (Layer& layer : layers) {
        if (auto* const features = std::get_if<Features>(&layer.data)) {
            if (!io::same_crs(features->crs, crs)) {
                io::transform(features->geometry.xy, features->crs, crs);
                features->crs = crs;
            }
            draw_features(canvas, frame, *features, layer.style, mm);
        } else {
            const auto& loaded = std::get<io::LoadedRaster>(layer.data);
            draw_raster(canvas, frame, crs, loaded.raster, loaded.crs, layer.style);
        }
    }
    for (const Layer& layer : layers) {
        if (const auto* const features = std::get_if<Features>(&layer.data)) {
            draw_labels(canvas, frame, *features, layer.style, mm);
        }
    }
    cairo_restore(canvas.pen());
    cairo_rectangle(canvas.pen(), area.x, area.y, area.width, area.height);
    canvas.fill_and_stroke({0, 0, 0, 0}, {105, 114, 124, 255}, 0.3 * mm);
}

void draw_words(const Canvas& canvas, const Layout& at, const PictureOptions& options, const Crs& crs)
{
    TextStyle title;
    title.bold = true;
    title.size = 6.2 * at.mm;
    while (canvas.text_width(options.title, title) > at.title.width && title.size > 2 * at.mm) {
        title.size *= 0.95;
    }
    canvas.text(at.title.x, at.title.y + 5.6 * at.mm, options.title, title);

    TextStyle note;
    note.size = 2.6 * at.mm;
    note.colour = {105, 114, 124, 255};
    canvas.text(at.note.x, at.note.y, options.note, note);
    note.align = Align::right;
    canvas.text(at.note.right(), at.note.y, crs.label() + "  ·  vigil", note);
}

} // namespace

const Crs& Layer::crs() const
{
    const auto* const features = std::get_if<Features>(&data);
    return features != nullptr ? features->crs : std::get<io::LoadedRaster>(data).crs;
}

Box Layer::extent() const
{
    if (const auto* const loaded = std::get_if<io::LoadedRaster>(&data)) {
        return loaded->raster.grid.box();
    }
    Box box;
    for (const XY p : std::get<Features>(data).geometry.xy) {
        if (std::isfinite(p.x) && std::isfinite(p.y)) {
            box.add(p);
        }
    }
    return box;
}

std::string picture(std::span<Layer> layers, const Crs& crs, const PictureOptions& options)
{
    const Layout at = layout(options);
    const Frame frame(at.map, options.extent ? *options.extent : whole_extent(layers, crs));
    Canvas canvas(options.width, options.height, options.format);
    draw_layers(canvas, frame, layers, crs, at.mm);

    std::vector<Style> styles;
    for (const Layer& layer : layers) {
        styles.push_back(layer.style);
    }
    draw_legend(canvas, at.legend, styles, at.mm);
    const Ground seen = ground(frame, crs);
    draw_scale_bar(canvas, at.bar, seen.metres_per_pixel, at.mm);
    draw_north(canvas, at.north, seen.north_turn_rad, at.mm);
    draw_words(canvas, at, options, crs);
    return canvas.finish();
}

} // namespace vigil::map
