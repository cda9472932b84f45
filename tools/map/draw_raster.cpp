#include "tools/map/draw_raster.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"

#include <cmath>
#include <limits>

namespace vigil::map {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// Cairo's ARGB32: colours multiplied by alpha, one native 32-bit number a pixel.
std::uint32_t premultiplied(Colour c)
{
    const auto scaled = [&](std::uint8_t channel) {
        return static_cast<std::uint32_t>((channel * c.alpha + 127) / 255);
    };
    return (std::uint32_t{c.alpha} << 24U) | (scaled(c.red) << 16U) | (scaled(c.green) << 8U) |
           scaled(c.blue);
}

/// How many cells lie across one pixel.
std::int64_t cells_per_pixel(const Frame& frame, const Crs& map_crs, const Raster<double>& raster,
                             const Crs& raster_crs, double pixels)
{
    const Box& box = frame.box();
    XY ends[] = {{box.min_x, (box.min_y + box.max_y) / 2}, {box.max_x, (box.min_y + box.max_y) / 2}};
    io::transform(ends, map_crs, raster_crs);
    const double cells = distance_m(ends[0], ends[1]) / raster.grid.cell_m / pixels;
    return std::isfinite(cells) ? static_cast<std::int64_t>(std::clamp(cells, 1.0, 1e6)) : 1;
}

} // namespace

Raster<double> averaged(const Raster<double>& raster, std::int64_t factor)
{
    const Grid& fine = raster.grid;
    Raster<double> coarse({fine.left_x, fine.top_y, fine.cell_m * static_cast<double>(factor),
                           (fine.rows + factor - 1) / factor, (fine.cols + factor - 1) / factor});
    for (std::int64_t row = 0; row < coarse.grid.rows; ++row) {
        for (std::int64_t col = 0; col < coarse.grid.cols; ++col) {
            double sum = 0;
            std::int64_t count = 0;
            for (std::int64_t r = row * factor; r < std::min(fine.rows, (row + 1) * factor); ++r) {
                for (std::int64_t c = col * factor; c < std::min(fine.cols, (col + 1) * factor); ++c) {
                    const double v = raster.at(r, c);
                    if (std::isfinite(v)) {
                        sum += v;
                        ++count;
                    }
                }
            }
            coarse.at(row, col) = count > 0 ? sum / static_cast<double>(count) : nothing;
        }
    }
    return coarse;
}

double sample(const Raster<double>& raster, XY place)
{
    const Grid& grid = raster.grid;
    const double col = (place.x - grid.left_x) / grid.cell_m;
    const double row = (grid.top_y - place.y) / grid.cell_m;
    if (!(col >= 0 && row >= 0 && col < static_cast<double>(grid.cols) &&
          row < static_cast<double>(grid.rows))) {
        return nothing;
    }
    if (!std::isfinite(raster.at(static_cast<std::int64_t>(row), static_cast<std::int64_t>(col)))) {
        return nothing;
    }
    const double left = std::floor(col - 0.5);
    const double top = std::floor(row - 0.5);
    double sum = 0;
    double weight = 0;
    for (const double r : {top, top + 1}) {
        for (const double c : {left, left + 1}) {
            const auto at_row = std::clamp(static_cast<std::int64_t>(r), std::int64_t{0}, grid.rows - 1);
            const auto at_col = std::clamp(static_cast<std::int64_t>(c), std::int64_t{0}, grid.cols - 1);
            const double v = raster.at(at_row, at_col);
            const double share = (1 - std::abs(row - 0.5 - r)) * (1 - std::abs(col - 0.5 - c));
            if (std::isfinite(v)) {
                sum += share * v;
                weight += share;
            }
        }
    }
    return weight > 0 ? sum / weight : nothing;
}

void draw_raster(const Canvas& canvas, const Frame& frame, const Crs& map_crs, const Raster<double>& raster,
                 const Crs& raster_crs, const Style& style)
{
    // A vector picture may be enlarged, so its raster gets two samples a pixel.
    const double density = canvas.format() == PictureFormat::svg ? 2 : 1;
    const auto width = static_cast<int>(std::ceil(frame.area().width * density));
    const auto height = static_cast<int>(std::ceil(frame.area().height * density));
    const std::int64_t factor = cells_per_pixel(frame, map_crs, raster, raster_crs, width);
    const Raster<double> reduced = factor > 1 ? averaged(raster, factor) : Raster<double>{};
    const Raster<double>& source = factor > 1 ? reduced : raster;

    const Surface image(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height));
    if (cairo_surface_status(image.get()) != CAIRO_STATUS_SUCCESS) {
        fail(ExitCode::limit, "no memory for a picture of this size; try a smaller --size");
    }
    const bool same = io::same_crs(map_crs, raster_crs);
    std::vector<XY> row(static_cast<std::size_t>(width));
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(image.get()));
    unsigned char* const pixels = cairo_image_surface_get_data(image.get());
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            row[static_cast<std::size_t>(x)] =
                frame.to_map(frame.area().x + (x + 0.5) / density, frame.area().y + (y + 0.5) / density);
        }
        if (!same) {
            io::transform(row, map_crs, raster_crs);
        }
        auto* const line = reinterpret_cast<std::uint32_t*>(pixels + stride * static_cast<std::size_t>(y));
        for (int x = 0; x < width; ++x) {
            line[x] = premultiplied(ramp_colour(style, sample(source, row[static_cast<std::size_t>(x)])));
        }
    }
    cairo_surface_mark_dirty(image.get());
    cairo_save(canvas.pen());
    cairo_translate(canvas.pen(), frame.area().x, frame.area().y);
    cairo_scale(canvas.pen(), 1 / density, 1 / density);
    cairo_set_source_surface(canvas.pen(), image.get(), 0, 0);
    cairo_paint(canvas.pen());
    cairo_restore(canvas.pen());
}

} // namespace vigil::map
