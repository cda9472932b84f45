#include "kernels/weights/duplicates.h"

#include "libgeo/error.h"
#include "libgeo/plane.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

namespace vigil {

namespace {

/// What to compare first: the box of a feature, how many vertices and rings it has.
using Outline = std::array<double, 6>;
using Corner = std::pair<double, double>;
using Shape = std::vector<std::vector<Corner>>;

struct Rings {
    std::size_t first = 0;
    std::size_t last = 0;
};

Rings rings_of(const Geometries& polygons, std::size_t feature)
{
    return {polygons.first_ring(polygons.first_part(feature)),
            polygons.first_ring(polygons.feature_end[feature])};
}

/// Where the lowest of all rotations begins: of two candidates the one that loses a comparison
/// gives way, with all it was compared over.
std::size_t lowest_rotation(const std::vector<Corner>& ring)
{
    const std::size_t n = ring.size();
    std::size_t one = 0;
    std::size_t other = 1;
    std::size_t equal = 0;
    while (one < n && other < n && equal < n) {
        const Corner& a = ring[(one + equal) % n];
        const Corner& b = ring[(other + equal) % n];
        if (a == b) {
            ++equal;
            continue;
        }
        (a < b ? other : one) += equal + 1;
        other += one == other ? 1 : 0;
        equal = 0;
    }
    return std::min(one, other);
}

/// A ring without its closing vertex that begins where it is lowest and runs the lower way.
std::vector<Corner> in_order(std::span<const XY> ring)
{
    std::vector<Corner> forward;
    for (std::size_t v = 0; v + 1 < ring.size(); ++v) {
        forward.emplace_back(ring[v].x, ring[v].y);
    }
    std::vector<Corner> backward(forward.rbegin(), forward.rend());
    for (std::vector<Corner>* way : {&forward, &backward}) {
        const auto first =
            way->begin() + static_cast<std::ptrdiff_t>(way->empty() ? 0 : lowest_rotation(*way));
        std::rotate(way->begin(), first, way->end());
    }
    return std::min(forward, backward);
}

Shape shape_of(const Geometries& polygons, std::size_t feature)
{
    Shape shape;
    const Rings rings = rings_of(polygons, feature);
    for (std::size_t r = rings.first; r < rings.last; ++r) {
        shape.push_back(in_order(polygons.ring(r)));
    }
    std::sort(shape.begin(), shape.end());
    return shape;
}

/// Outlines of the features that have a geometry, equal ones side by side.
std::vector<std::pair<Outline, std::uint32_t>> outlines_of(const Geometries& polygons)
{
    std::vector<std::pair<Outline, std::uint32_t>> outlines;
    for (std::uint32_t f = 0; f < polygons.size(); ++f) {
        const Rings rings = rings_of(polygons, f);
        Box box;
        std::size_t vertices = 0;
        for (std::size_t r = rings.first; r < rings.last; ++r) {
            for (const XY p : polygons.ring(r)) {
                box.add(p);
                ++vertices;
            }
        }
        if (vertices > 0) {
            outlines.push_back({{box.min_x, box.min_y, box.max_x, box.max_y, static_cast<double>(vertices),
                                 static_cast<double>(rings.last - rings.first)},
                                f});
        }
    }
    std::sort(outlines.begin(), outlines.end());
    return outlines;
}

} // namespace

std::vector<std::uint32_t> first_alike(const Geometries& polygons)
{
    require(polygons.kind == GeometryKind::polygon, "looking for duplicates needs polygons");
    require(polygons.size() < std::numeric_limits<std::uint32_t>::max(), "{} polygons are too many",
            polygons.size());
    std::vector<std::uint32_t> alike(polygons.size());
    for (std::uint32_t f = 0; f < polygons.size(); ++f) {
        alike[f] = f;
    }
    const auto outlines = outlines_of(polygons);
    for (std::size_t begin = 0; begin < outlines.size();) {
        std::size_t end = begin + 1;
        while (end < outlines.size() && outlines[end].first == outlines[begin].first) {
            ++end;
        }
        std::vector<std::pair<Shape, std::uint32_t>> shapes;
        for (std::size_t k = begin; end - begin > 1 && k < end; ++k) {
            shapes.emplace_back(shape_of(polygons, outlines[k].second), outlines[k].second);
        }
        std::sort(shapes.begin(), shapes.end());
        for (std::size_t k = 1; k < shapes.size(); ++k) {
            if (shapes[k].first == shapes[k - 1].first) {
                alike[shapes[k].second] = alike[shapes[k - 1].second];
            }
        }
        begin = end;
    }
    return alike;
}

} // namespace vigil
