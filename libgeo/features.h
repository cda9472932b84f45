#pragma once

#include "libgeo/crs.h"
#include "libgeo/plane.h"
#include "libgeo/table.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace vigil {

enum class GeometryKind { point, line, polygon };

/// Geometries of many features, flat. Each level says where its children end.
///
///     feature f = parts   [feature_end[f-1], feature_end[f])     one part unless multi; none = no geometry
///     part p    = rings   [part_end[p-1],    part_end[p])        a line or point has exactly one ring;
///                                                                a polygon has its shell, then its holes
///     ring r    = xy      [ring_end[r-1],    ring_end[r])        polygon rings are closed (first = last)
struct Geometries {
    GeometryKind kind = GeometryKind::point;
    std::vector<XY> xy;
    std::vector<std::size_t> ring_end;
    std::vector<std::size_t> part_end;
    std::vector<std::size_t> feature_end;

    [[nodiscard]] std::size_t size() const { return feature_end.size(); }

    /// Appends a feature of one part with one ring: a point, a line, or a polygon without holes.
    void add(std::span<const XY> ring)
    {
        add_ring(ring);
        end_part();
        end_feature();
    }
    void add_ring(std::span<const XY> ring)
    {
        xy.insert(xy.end(), ring.begin(), ring.end());
        ring_end.push_back(xy.size());
    }
    void end_part() { part_end.push_back(ring_end.size()); }
    void end_feature() { feature_end.push_back(part_end.size()); }

    [[nodiscard]] std::size_t first_part(std::size_t feature) const
    {
        return feature == 0 ? 0 : feature_end[feature - 1];
    }
    [[nodiscard]] std::size_t first_ring(std::size_t part) const
    {
        return part == 0 ? 0 : part_end[part - 1];
    }
    [[nodiscard]] std::span<const XY> ring(std::size_t index) const
    {
        const std::size_t begin = index == 0 ? 0 : ring_end[index - 1];
        return std::span(xy).subspan(begin, ring_end[index] - begin);
    }
};

/// Adds the features of `more`, which are of the same kind, after those of `all`.
inline void append(Geometries& all, const Geometries& more)
{
    const auto shifted = [](std::vector<std::size_t>& ends, const std::vector<std::size_t>& further,
                            std::size_t before) {
        for (const std::size_t end : further) {
            ends.push_back(before + end);
        }
    };
    shifted(all.feature_end, more.feature_end, all.part_end.size());
    shifted(all.part_end, more.part_end, all.ring_end.size());
    shifted(all.ring_end, more.ring_end, all.xy.size());
    all.xy.insert(all.xy.end(), more.xy.begin(), more.xy.end());
}

/// A layer: geometries in one CRS (metres when projected, degrees longitude-first when geographic),
/// and their fields.
struct Features {
    std::string name;    ///< layer name, lower-case ASCII: "hotspots"
    std::string title;   ///< what a GIS shows: "Hot spots of incidents (Gi*)"
    std::string summary; ///< one or two sentences for the layer's abstract
    std::string style;   ///< name of the definition in styles/, or empty
    Crs crs;
    Geometries geometry;
    Table table;
};

} // namespace vigil
