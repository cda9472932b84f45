#include "kernels/inside.h"

#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vigil {

namespace {

/// A place and its number, sorted from south to north.
struct Numbered {
    XY place;
    std::size_t number = 0;
};

std::vector<Numbered> by_y(std::span<const XY> places)
{
    std::vector<Numbered> sorted;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (std::isfinite(places[i].x) && std::isfinite(places[i].y)) {
            sorted.push_back({places[i], i});
        }
    }
    std::sort(sorted.begin(), sorted.end(),
              [](const Numbered& a, const Numbered& b) { return a.place.y < b.place.y; });
    return sorted;
}

/// The first place at or north of y.
std::size_t first_from(const std::vector<Numbered>& sorted, double y)
{
    const auto at = std::partition_point(sorted.begin(), sorted.end(),
                                         [y](const Numbered& one) { return one.place.y < y; });
    return static_cast<std::size_t>(at - sorted.begin());
}

/// Flips the places that have the edge a-b to their west.
void cross(XY a, XY b, const std::vector<Numbered>& sorted, std::vector<std::uint8_t>& odd)
{
    if (a.y > b.y) {
        std::swap(a, b); // both neighbours of a border compute the same crossing
    }
    if (!(a.y < b.y)) {
        return;
    }
    for (std::size_t k = first_from(sorted, a.y); k < sorted.size() && sorted[k].place.y < b.y; ++k) {
        const XY p = sorted[k].place;
        if (a.x + (b.x - a.x) * ((p.y - a.y) / (b.y - a.y)) <= p.x) {
            odd[k] ^= 1U;
        }
    }
}

/// Calls use(feature, place) for every place in every polygon, polygon by polygon.
template <typename Use>
void for_inside(std::span<const XY> places, const Geometries& polygons, Use use)
{
    const std::vector<Numbered> sorted = by_y(places);
    std::vector<std::uint8_t> odd(sorted.size(), 0);
    for (std::size_t f = 0; f < polygons.size(); ++f) {
        Box box;
        for (std::size_t part = polygons.first_part(f); part < polygons.feature_end[f]; ++part) {
            for (std::size_t r = polygons.first_ring(part); r < polygons.part_end[part]; ++r) {
                const auto ring = polygons.ring(r);
                for (std::size_t v = 0; v + 1 < ring.size(); ++v) {
                    cross(ring[v], ring[v + 1], sorted, odd);
                    box.add(ring[v]);
                }
            }
        }
        for (std::size_t k = first_from(sorted, box.min_y);
             k < sorted.size() && sorted[k].place.y < box.max_y; ++k) {
            if (odd[k] != 0) {
                use(f, sorted[k].number);
            }
            odd[k] = 0;
        }
    }
}

} // namespace

std::vector<std::uint8_t> inside_polygons(std::span<const XY> places, const Geometries& polygons)
{
    require(polygons.kind == GeometryKind::polygon, "the mask holds no polygons");
    std::vector<std::uint8_t> inside(places.size(), 0);
    for_inside(places, polygons, [&](std::size_t /*feature*/, std::size_t place) { inside[place] = 1; });
    return inside;
}

PolygonOfPlaces polygon_of_places(std::span<const XY> places, const Geometries& polygons)
{
    require(polygons.kind == GeometryKind::polygon, "the layer holds no polygons");
    PolygonOfPlaces result{std::vector<std::int64_t>(places.size(), -1), 0};
    std::vector<std::uint8_t> several(places.size(), 0);
    for_inside(places, polygons, [&](std::size_t feature, std::size_t place) {
        if (result.polygon[place] < 0) {
            result.polygon[place] = static_cast<std::int64_t>(feature);
        } else {
            several[place] = 1;
        }
    });
    result.in_several = static_cast<std::size_t>(std::count(several.begin(), several.end(), 1));
    return result;
}

} // namespace vigil
