#include "libgeo/io/block_file.h"
#include "libgeo/io/features_write.h"
#include "libgeo/io/spatial_reference.h"
#include "libgeo/text.h"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <variant>
#include <vector>

namespace vigil::io {

namespace {

/// The columns that hold the place: two numbers for plain points, WKT for everything else.
struct PlaceColumns {
    std::vector<std::string> names;
    bool wkt = false;
};

PlaceColumns place_columns(const Features& layer)
{
    const bool degrees = layer.crs.geographic;
    const std::vector<std::string> pair =
        degrees ? std::vector<std::string>{"lon", "lat"} : std::vector<std::string>{"x", "y"};
    const bool taken = layer.table.find(pair[0]) != nullptr || layer.table.find(pair[1]) != nullptr;
    if (layer.geometry.kind == GeometryKind::point && !is_multi(layer.geometry) && !taken) {
        return {pair, false};
    }
    return {{"wkt"}, true};
}

/// Millimetres, or 7 decimals of a degree.
void append_number(std::string& out, double value, bool degrees)
{
    append_fixed(out, value, degrees ? 7 : 3);
}

void append_places(std::string& out, std::span<const XY> ring, bool degrees)
{
    for (std::size_t i = 0; i < ring.size(); ++i) {
        out += i > 0 ? ", " : "";
        append_number(out, ring[i].x, degrees);
        out += ' ';
        append_number(out, ring[i].y, degrees);
    }
}

void append_part(std::string& out, const Features& layer, std::size_t part)
{
    const Geometries& shape = layer.geometry;
    const bool polygon = shape.kind == GeometryKind::polygon;
    out += polygon ? "(" : "";
    const std::size_t first = shape.first_ring(part);
    for (std::size_t r = first; r < shape.part_end[part]; ++r) {
        out += r > first ? ", (" : "(";
        append_places(out, shape.ring(r), layer.crs.geographic);
        out += ')';
    }
    out += polygon ? ")" : "";
}

void append_wkt(std::string& out, const Features& layer, std::size_t row, bool multi)
{
    const Geometries& shape = layer.geometry;
    const std::size_t begin = shape.first_part(row);
    const std::size_t end = shape.feature_end[row];
    if (begin == end) {
        return;
    }
    std::string word = geometry_word(shape.kind, multi);
    for (char& c : word) {
        c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    out += '"' + word + (multi ? " (" : " ");
    for (std::size_t part = begin; part < end; ++part) {
        out += part > begin ? ", " : "";
        append_part(out, layer, part);
    }
    out += multi ? ")\"" : "\"";
}

void append_pair(std::string& out, const Features& layer, std::size_t row)
{
    const Geometries& shape = layer.geometry;
    const std::size_t part = shape.first_part(row);
    if (part == shape.feature_end[row]) {
        out += ',';
        return;
    }
    const XY place = shape.ring(shape.first_ring(part)).front();
    append_number(out, place.x, layer.crs.geographic);
    out += ',';
    append_number(out, place.y, layer.crs.geographic);
}

void append_value(std::string& out, const ColumnValues& values, std::size_t row)
{
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&values)) {
        if ((*integers)[row] != missing_integer) {
            out += fmt::format_int((*integers)[row]).c_str();
        }
    } else if (const auto* numbers = std::get_if<std::vector<double>>(&values)) {
        append_csv(out, (*numbers)[row]);
    } else {
        append_csv(out, std::get<std::vector<std::string>>(values)[row]);
    }
}

/// GDAL and QGIS learn from it which columns hold the place, and the types of the others.
std::string column_types(const Features& layer, const PlaceColumns& place)
{
    std::string types = place.wkt ? "WKT" : "CoordX,CoordY";
    for (const Field& field : layer.table.fields) {
        const bool whole = std::holds_alternative<std::vector<std::int64_t>>(field.values);
        const bool real = std::holds_alternative<std::vector<double>>(field.values);
        types += whole ? ",Integer64" : (real ? ",Real" : ",String");
    }
    return types + "\n";
}

} // namespace

void write_csv(const PendingOutput& output, const std::string& target, const Features& layer)
{
    const PlaceColumns place = place_columns(layer);
    const bool multi = is_multi(layer.geometry);
    BlockFile file(output.file(), target);
    std::string& out = file.text();
    out += fmt::format("{}", fmt::join(place.names, ","));
    for (const Field& field : layer.table.fields) {
        out += ',';
        append_csv(out, field.name);
    }
    out += '\n';
    for (std::size_t row = 0; row < layer.geometry.size(); ++row) {
        place.wkt ? append_wkt(out, layer, row, multi) : append_pair(out, layer, row);
        for (const Field& field : layer.table.fields) {
            out += ',';
            append_value(out, field.values, row);
        }
        out += '\n';
        file.flush_when_full();
    }
    file.close();
    if (!output.to_stream()) {
        write_text(output.sidecar(".csvt"), target, column_types(layer, place));
        write_text(output.sidecar(".prj"), target, esri_wkt(layer.crs));
    }
}

} // namespace vigil::io
