#include "libgeo/io/wkb.h"

#include <bit>
#include <cstdint>
#include <span>

namespace vigil::io {

static_assert(std::endian::native == std::endian::little, "the writer copies numbers as they lie in memory");

namespace {

template <typename Number>
void append(std::string& out, Number value)
{
    const char* bytes = reinterpret_cast<const char*>(&value); // NOLINT: the bytes of a number
    out.append(bytes, sizeof value);
}

void append_header(std::string& out, std::uint32_t type)
{
    out += '\x01';
    append(out, type);
}

std::uint32_t type_code(GeometryKind kind)
{
    switch (kind) {
    case GeometryKind::point:
        return 1;
    case GeometryKind::line:
        return 2;
    case GeometryKind::polygon:
        break;
    }
    return 3;
}

void append_ring(std::string& out, std::span<const XY> ring)
{
    append(out, static_cast<std::uint32_t>(ring.size()));
    for (const XY place : ring) {
        append(out, place.x);
        append(out, place.y);
    }
}

void append_part(std::string& out, const Geometries& geometry, std::size_t part)
{
    const std::size_t first = geometry.first_ring(part);
    const std::size_t end = geometry.part_end[part];
    append_header(out, type_code(geometry.kind));
    if (geometry.kind == GeometryKind::point) {
        const XY place = geometry.ring(first).front();
        append(out, place.x);
        append(out, place.y);
        return;
    }
    if (geometry.kind == GeometryKind::polygon) {
        append(out, static_cast<std::uint32_t>(end - first));
    }
    for (std::size_t ring = first; ring < end; ++ring) {
        append_ring(out, geometry.ring(ring));
    }
}

} // namespace

void to_wkb(std::string& out, const Geometries& geometry, std::size_t row, bool multi)
{
    out.clear();
    const std::size_t begin = geometry.first_part(row);
    const std::size_t end = geometry.feature_end[row];
    if (begin == end) {
        return;
    }
    if (multi) {
        append_header(out, type_code(geometry.kind) + 3);
        append(out, static_cast<std::uint32_t>(end - begin));
    }
    for (std::size_t part = begin; part < end; ++part) {
        append_part(out, geometry, part);
    }
}

} // namespace vigil::io
