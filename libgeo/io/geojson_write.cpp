#include "libgeo/error.h"
#include "libgeo/io/block_file.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_write.h"
#include "libgeo/io/provenance.h"
#include "libgeo/text.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <iterator>
#include <variant>
#include <vector>

namespace vigil::io {

namespace {

constexpr int degree_decimals = 7; // 11 mm at the equator

/// The coordinates of a layer in WGS 84, longitude first.
std::vector<XY> to_wgs84(const Features& layer, const std::string& target)
{
    std::vector<XY> places = layer.geometry.xy;
    if (!places.empty() && !same_crs(layer.crs, wgs84())) {
        const std::size_t failed = transform(places, layer.crs, wgs84());
        if (failed != 0) {
            fail(ExitCode::output, "{}: {} places of layer {} lie outside the reach of {}", target, failed,
                 layer.name, layer.crs.label());
        }
    }
    return places;
}

/// Twice the signed area of a closed ring, positive when counter-clockwise; relative to its first vertex, so
/// that far coordinates do not cancel.
double doubled_area(std::span<const XY> ring)
{
    double sum = 0;
    for (std::size_t i = 1; i + 1 < ring.size(); ++i) {
        const double ax = ring[i].x - ring[0].x;
        const double ay = ring[i].y - ring[0].y;
        const double bx = ring[i + 1].x - ring[0].x;
        const double by = ring[i + 1].y - ring[0].y;
        sum += ax * by - bx * ay;
    }
    return sum;
}

/// Writes the geometries of one layer as GeoJSON text.
class GeometryText {
  public:
    GeometryText(const Features& layer, const std::string& target)
        : shape_(layer.geometry), xy_(to_wgs84(layer, target)), multi_(is_multi(layer.geometry)),
          type_(geometry_word(layer.geometry.kind, multi_))
    {
    }

    void append(std::string& out, std::size_t feature) const
    {
        const std::size_t begin = shape_.first_part(feature);
        const std::size_t end = shape_.feature_end[feature];
        if (begin == end) {
            out += "null";
            return;
        }
        out += R"({"type":")" + type_ + R"(","coordinates":)";
        out += multi_ ? "[" : "";
        for (std::size_t part = begin; part < end; ++part) {
            out += part > begin ? "," : "";
            append_part(out, part);
        }
        out += multi_ ? "]}" : "}";
    }

  private:
    void append_place(std::string& out, XY place) const
    {
        out += '[';
        append_fixed(out, place.x, degree_decimals);
        out += ',';
        append_fixed(out, place.y, degree_decimals);
        out += ']';
    }
    void append_ring(std::string& out, std::span<const XY> ring, bool reversed) const
    {
        out += '[';
        for (std::size_t i = 0; i < ring.size(); ++i) {
            out += i > 0 ? "," : "";
            append_place(out, ring[reversed ? ring.size() - 1 - i : i]);
        }
        out += ']';
    }
    void append_part(std::string& out, std::size_t part) const
    {
        const std::size_t first = shape_.first_ring(part);
        if (shape_.kind == GeometryKind::point) {
            append_place(out, ring_of(first).front());
            return;
        }
        if (shape_.kind == GeometryKind::line) {
            append_ring(out, ring_of(first), false);
            return;
        }
        out += '[';
        for (std::size_t r = first; r < shape_.part_end[part]; ++r) {
            out += r > first ? "," : "";
            // RFC 7946, 3.1.6: shells counter-clockwise, holes clockwise
            const double area = doubled_area(ring_of(r));
            append_ring(out, ring_of(r), r == first ? area < 0 : area > 0);
        }
        out += ']';
    }
    [[nodiscard]] std::span<const XY> ring_of(std::size_t index) const
    {
        const std::size_t begin = index == 0 ? 0 : shape_.ring_end[index - 1];
        return std::span(xy_).subspan(begin, shape_.ring_end[index] - begin);
    }

    const Geometries& shape_;
    std::vector<XY> xy_;
    bool multi_;
    std::string type_;
};

void append_value(std::string& out, const ColumnValues& values, std::size_t row)
{
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&values)) {
        const std::int64_t value = (*integers)[row];
        out += value == missing_integer ? "null" : fmt::format_int(value).c_str();
    } else if (const auto* numbers = std::get_if<std::vector<double>>(&values)) {
        append_json(out, (*numbers)[row]);
    } else {
        append_json(out, std::get<std::vector<std::string>>(values)[row]);
    }
}

void append_feature(std::string& out, const Features& layer, const GeometryText& geometry, std::size_t row)
{
    out += R"({"type":"Feature","properties":{)";
    bool first = true;
    for (const Field& field : layer.table.fields) {
        out += first ? "" : ",";
        first = false;
        append_json(out, field.name);
        out += ':';
        append_value(out, field.values, row);
    }
    out += R"(},"geometry":)";
    geometry.append(out, row);
    out += '}';
}

} // namespace

void write_geojson(const PendingOutput& output, const std::string& target, const Features& layer,
                   const WriteOptions& options)
{
    const GeometryText geometry(layer, target);
    BlockFile file(output.file(), target);
    std::string& out = file.text();
    out += "{\n\"type\": \"FeatureCollection\",\n\"name\": ";
    append_json(out, layer.name);
    out += ",\n\"title\": ";
    append_json(out, layer.title);
    if (!options.drop_provenance) {
        out += ",\n\"provenance\": " + provenance_json(options.provenance);
        out.pop_back(); // its final newline
    }
    out += ",\n\"features\": [\n";
    for (std::size_t row = 0; row < layer.geometry.size(); ++row) {
        out += row > 0 ? ",\n" : "";
        append_feature(out, layer, geometry, row);
        file.flush_when_full();
    }
    out += "\n]\n}\n";
    file.close();
}

void write_geojson_seq(const PendingOutput& output, const std::string& target, const Features& layer)
{
    const GeometryText geometry(layer, target);
    BlockFile file(output.file(), target);
    for (std::size_t row = 0; row < layer.geometry.size(); ++row) {
        append_feature(file.text(), layer, geometry, row);
        file.text() += '\n';
        file.flush_when_full();
    }
    file.close();
}

} // namespace vigil::io
