#include "libgeo/io/ogr_geometry.h"

#include "libgeo/error.h"

#include <cmath>
#include <utility>
#include <vector>

namespace vigil::io {

namespace {

const char* word(GeometryKind kind)
{
    switch (kind) {
    case GeometryKind::point:
        return "points";
    case GeometryKind::line:
        return "lines";
    case GeometryKind::polygon:
        break;
    }
    return "polygons";
}

std::optional<GeometryKind> kind_of(OGRwkbGeometryType type)
{
    switch (type) {
    case wkbPoint:
    case wkbMultiPoint:
        return GeometryKind::point;
    case wkbLineString:
    case wkbMultiLineString:
        return GeometryKind::line;
    case wkbPolygon:
    case wkbMultiPolygon:
        return GeometryKind::polygon;
    default:
        return std::nullopt;
    }
}

} // namespace

void GeometryCollector::add(OGRGeometryH geometry, std::size_t number)
{
    if (geometry == nullptr || OGR_G_IsEmpty(geometry) != 0) {
        out_.end_feature();
        return;
    }
    const OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(geometry));
    const std::optional<GeometryKind> kind = kind_of(type);
    require(kind.has_value(), "{}: feature {} is a {}; only points, lines and polygons are read", where_,
            number, OGRGeometryTypeToName(type));
    require(!kind_ || kind_ == kind, "{}: feature {} is one of {} among {}; split the kinds into layers",
            where_, number, word(*kind), word(kind_.value_or(*kind)));
    kind_ = kind;
    if (type == wkbPoint || type == wkbLineString || type == wkbPolygon) {
        add_part(geometry, number);
    } else {
        for (int i = 0; i < OGR_G_GetGeometryCount(geometry); ++i) {
            OGRGeometryH part = OGR_G_GetGeometryRef(geometry, i);
            if (OGR_G_IsEmpty(part) == 0) {
                add_part(part, number);
            }
        }
    }
    out_.end_feature();
}

void GeometryCollector::add_part(OGRGeometryH part, std::size_t number)
{
    if (kind_ == GeometryKind::polygon) {
        for (int i = 0; i < OGR_G_GetGeometryCount(part); ++i) {
            add_ring(OGR_G_GetGeometryRef(part, i), number, true);
        }
    } else {
        add_ring(part, number, false);
    }
    out_.end_part();
}

void GeometryCollector::add_ring(OGRGeometryH ring, std::size_t number, bool closed)
{
    const std::size_t begin = out_.xy.size();
    const int count = OGR_G_GetPointCount(ring);
    out_.xy.resize(begin + static_cast<std::size_t>(count));
    constexpr int stride = sizeof(XY);
    if (count > 0) {
        OGR_G_GetPoints(ring, &out_.xy[begin].x, stride, &out_.xy[begin].y, stride, nullptr, 0);
    }
    for (std::size_t i = begin; i < out_.xy.size(); ++i) {
        require(std::isfinite(out_.xy[i].x) && std::isfinite(out_.xy[i].y),
                "{}: feature {} has a coordinate that is not a finite number", where_, number);
    }
    if (closed && count > 0 && out_.xy[begin] != out_.xy.back()) {
        const XY first = out_.xy[begin];
        out_.xy.push_back(first);
    }
    out_.ring_end.push_back(out_.xy.size());
}

Geometries GeometryCollector::take()
{
    out_.kind = kind_.value_or(GeometryKind::point);
    return std::move(out_);
}

} // namespace vigil::io
