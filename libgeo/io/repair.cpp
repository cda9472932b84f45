#include "libgeo/io/repair.h"

#include "libgeo/error.h"
#include "libgeo/io/handle.h"
#include "libgeo/io/ogr_geometry.h"

#include <cpl_error.h>
#include <ogr_api.h>

#include <memory>

namespace vigil::io {

namespace {

using Geometry = std::unique_ptr<void, CloseWith<OGR_G_DestroyGeometry>>;

Geometry ring_of(std::span<const XY> xy)
{
    Geometry ring(OGR_G_CreateGeometry(wkbLinearRing));
    for (const XY p : xy) {
        OGR_G_AddPoint_2D(ring.get(), p.x, p.y);
    }
    return ring;
}

Geometry geometry_of(const Geometries& polygons, std::size_t feature)
{
    Geometry multi(OGR_G_CreateGeometry(wkbMultiPolygon));
    for (std::size_t part = polygons.first_part(feature); part < polygons.feature_end[feature]; ++part) {
        Geometry polygon(OGR_G_CreateGeometry(wkbPolygon));
        for (std::size_t r = polygons.first_ring(part); r < polygons.part_end[part]; ++r) {
            OGR_G_AddGeometryDirectly(polygon.get(), ring_of(polygons.ring(r)).release());
        }
        OGR_G_AddGeometryDirectly(multi.get(), polygon.release());
    }
    return multi;
}

/// GEOS tells why a geometry is invalid through GDAL's error handler; that is not for the person.
class Silence {
  public:
    Silence() { CPLPushErrorHandler(CPLQuietErrorHandler); }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;
    ~Silence() { CPLPopErrorHandler(); }
};

bool has_parts(const Geometries& polygons, std::size_t feature)
{
    return polygons.first_part(feature) < polygons.feature_end[feature];
}

void copy_feature(const Geometries& from, std::size_t feature, Geometries& to)
{
    for (std::size_t part = from.first_part(feature); part < from.feature_end[feature]; ++part) {
        for (std::size_t r = from.first_ring(part); r < from.part_end[part]; ++r) {
            to.add_ring(from.ring(r));
        }
        to.end_part();
    }
    to.end_feature();
}

/// The valid form of a feature as the only one of a collection.
Geometries repaired(OGRGeometryH broken, std::size_t number)
{
    Geometry valid(OGR_G_MakeValid(broken));
    require(valid != nullptr, "polygon {} is invalid and cannot be repaired; mend it in a GIS", number);
    GeometryCollector collector("the repaired layer");
    Geometry polygons(OGR_G_CreateGeometry(wkbMultiPolygon));
    const auto take = [&](OGRGeometryH one) {
        if (wkbFlatten(OGR_G_GetGeometryType(one)) == wkbPolygon) {
            OGR_G_AddGeometry(polygons.get(), one);
        }
    };
    take(valid.get());
    for (int i = 0; i < OGR_G_GetGeometryCount(valid.get()); ++i) {
        OGRGeometryH part = OGR_G_GetGeometryRef(valid.get(), i);
        take(part);
        if (wkbFlatten(OGR_G_GetGeometryType(part)) == wkbMultiPolygon) {
            for (int k = 0; k < OGR_G_GetGeometryCount(part); ++k) {
                take(OGR_G_GetGeometryRef(part, k));
            }
        }
    }
    collector.add(polygons.get(), number);
    return collector.take();
}

} // namespace

std::vector<std::size_t> make_valid(Geometries& polygons)
{
    std::vector<std::size_t> changed;
    if (polygons.kind != GeometryKind::polygon) {
        return changed;
    }
    const Silence silence;
    Geometries all;
    all.kind = GeometryKind::polygon;
    for (std::size_t f = 0; f < polygons.size(); ++f) {
        if (has_parts(polygons, f)) {
            const Geometry geometry = geometry_of(polygons, f);
            if (OGR_G_IsValid(geometry.get()) == 0) {
                if (changed.empty()) {
                    for (std::size_t before = 0; before < f; ++before) {
                        copy_feature(polygons, before, all);
                    }
                }
                changed.push_back(f);
                copy_feature(repaired(geometry.get(), f + 1), 0, all);
                continue;
            }
        }
        if (!changed.empty()) {
            copy_feature(polygons, f, all);
        }
    }
    if (!changed.empty()) {
        polygons = std::move(all);
    }
    return changed;
}

} // namespace vigil::io
