#pragma once

#include "libgeo/plane.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// Lines on the plane, flat, each with the number of the feature it came from.
struct LineSet {
    std::vector<XY> xy;
    std::vector<std::size_t> end;    ///< line i is xy [end[i-1], end[i])
    std::vector<std::size_t> source; ///< feature number, 0-based

    [[nodiscard]] std::size_t size() const { return end.size(); }
    [[nodiscard]] std::size_t begin_of(std::size_t i) const { return i == 0 ? 0 : end[i - 1]; }
    [[nodiscard]] std::span<const XY> line(std::size_t i) const
    {
        return std::span(xy).subspan(begin_of(i), end[i] - begin_of(i));
    }
    void add(std::span<const XY> line, std::size_t from_feature)
    {
        xy.insert(xy.end(), line.begin(), line.end());
        end.push_back(xy.size());
        source.push_back(from_feature);
    }
};

inline bool before(XY a, XY b)
{
    return a.x < b.x || (a.x == b.x && a.y < b.y);
}

} // namespace vigil
