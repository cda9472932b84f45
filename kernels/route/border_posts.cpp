#include "kernels/route/border_posts.h"

#include "kernels/earth.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace vigil {

FixedLonLat middle_of(FixedLonLat a, FixedLonLat b)
{
    const FixedLonLat ends[] = {a, b};
    std::vector<XYZ> points;
    stretches_of(ends, points);
    const std::size_t half = (points.size() - 1) / 2; // the middle of all, or where the middle stretch begins
    const double t = points.size() % 2 == 0 ? 0.5 : 0;
    return to_fixed(to_lon_lat(along(points[half], t, points[half + 1] - points[half])));
}

void add_border_posts(Ways& ways, const std::vector<BorderPost>& posts)
{
    require(ways.vertex.size() + posts.size() < no_index, "{} vertices and {} borders are too many",
            ways.vertex.size(), posts.size());
    std::vector<std::uint32_t> along;
    along.reserve(ways.along.size() + posts.size());
    auto next = posts.begin();
    for (std::size_t i = 0; i < ways.along.size(); ++i) {
        for (; next != posts.end() && next->before == i; ++next) {
            const auto post = static_cast<std::uint32_t>(ways.vertex.size());
            ways.vertex.push_back(next->at);
            ways.marks.push_back({post, vehicle::all, true, false, {}});
            along.push_back(post);
        }
        along.push_back(ways.along[i]);
    }
    ways.along = std::move(along);
    const auto up_to = [&posts](std::size_t i) {
        const auto after =
            std::upper_bound(posts.begin(), posts.end(), i, [](std::size_t position, const BorderPost& post) {
                return position < post.before;
            });
        return static_cast<std::size_t>(after - posts.begin());
    };
    for (Way& way : ways.ways) { // a post is inside a way: after its first vertex
        way.vertex_begin += up_to(way.vertex_begin);
        way.vertex_end += up_to(way.vertex_end - 1);
    }
}

} // namespace vigil
