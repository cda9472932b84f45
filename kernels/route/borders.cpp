#include "kernels/route/borders.h"

#include "kernels/earth.h"
#include "kernels/inside.h"
#include "kernels/route/border_posts.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace vigil {

namespace {

XY to_degrees(FixedLonLat p)
{
    const LonLat at = to_lon_lat(p);
    return {at.lon_deg, at.lat_deg};
}

constexpr double look_m = 1000;  ///< nothing farther apart is looked at along a segment
constexpr double known_m = 2000; ///< a post this near along the way is that of the crossing

/// A place along a way where it is asked which country it is in.
struct Look {
    std::size_t before = 0; ///< Ways::along: the vertex itself, or the next after it
    FixedLonLat at;
    double from_begin_m = 0; ///< along the way
};

/// The vertices of a way, and places between those that are far apart.
void look_along(const Ways& ways, const Way& way, std::vector<Look>& looks)
{
    std::vector<XYZ> points;
    double sum_m = 0;
    for (std::size_t i = way.vertex_begin; i < way.vertex_end; ++i) {
        const FixedLonLat here = ways.vertex[ways.along[i]];
        if (i > way.vertex_begin) {
            const FixedLonLat segment[] = {ways.vertex[ways.along[i - 1]], here};
            stretches_of(segment, points);
            const double part_m = arc_of_chord_m(chord_m(points[0], points[1])); // all parts are equal
            const std::size_t parts = points.size() - 1;
            const auto pieces = static_cast<std::size_t>(
                std::ceil(static_cast<double>(parts) * part_m / look_m)); // of whole parts
            for (std::size_t k = 1; k < pieces; ++k) {                    // the same places from either end
                const std::size_t at = parts * k / pieces;
                const double t = static_cast<double>(parts * k % pieces) / static_cast<double>(pieces);
                const XYZ place = along(points[at], t, points[at + 1] - points[at]);
                looks.push_back(
                    {i, to_fixed(to_lon_lat(place)), sum_m + (static_cast<double>(at) + t) * part_m});
            }
            sum_m += static_cast<double>(parts) * part_m;
        }
        looks.push_back({i, here, sum_m});
    }
}

/// What is looked at along all ways, and in which country it lies.
struct Survey {
    std::vector<Look> looks;
    std::vector<std::size_t> begin{0}; ///< of each way, and the end
    std::vector<std::int64_t> country; ///< of each look; -1: in none
};

Survey survey_of(const Ways& ways, const Geometries& countries)
{
    Survey survey;
    survey.looks.reserve(ways.along.size());
    for (const Way& way : ways.ways) {
        look_along(ways, way, survey.looks);
        survey.begin.push_back(survey.looks.size());
    }
    std::vector<XY> places;
    places.reserve(survey.looks.size());
    for (const Look& look : survey.looks) {
        places.push_back(to_degrees(look.at));
    }
    survey.country = polygon_of_places(places, countries).polygon;
    return survey;
}

std::vector<std::uint8_t> border_vertices(const Ways& ways)
{
    std::vector<std::uint8_t> is_border(ways.vertex.size(), 0);
    for (const VertexMark& mark : ways.marks) {
        is_border[mark.vertex] |= mark.border ? 1U : 0U;
    }
    return is_border;
}

} // namespace

std::size_t mark_borders(Ways& ways, const Geometries& countries)
{
    const Survey survey = survey_of(ways, countries);
    const std::vector<std::uint8_t> is_border = border_vertices(ways);
    std::vector<BorderPost> posts;
    std::vector<double> known; // where the way has posts, m
    for (std::size_t w = 0; w < ways.ways.size(); ++w) {
        known.clear();
        for (std::size_t k = survey.begin[w]; k < survey.begin[w + 1]; ++k) {
            const Look& look = survey.looks[k];
            const bool vertex = k + 1 == survey.begin[w + 1] || survey.looks[k + 1].before != look.before;
            if (vertex && is_border[ways.along[look.before]] != 0) {
                known.push_back(look.from_begin_m);
            }
        }
        std::int64_t last = -1;
        for (std::size_t k = survey.begin[w]; k < survey.begin[w + 1]; ++k) {
            const std::int64_t here = survey.country[k];
            const bool crosses = here >= 0 && last >= 0 && here != last;
            last = here >= 0 ? here : last;
            if (!crosses) {
                continue;
            }
            const Look& before = survey.looks[k - 1];
            const Look& after = survey.looks[k];
            const double at_m = (before.from_begin_m + after.from_begin_m) / 2;
            if (std::none_of(known.begin(), known.end(),
                             [&](double post_m) { return std::abs(post_m - at_m) <= known_m; })) {
                posts.push_back({after.before, middle_of(before.at, after.at)});
            }
        }
    }
    std::stable_sort(posts.begin(), posts.end(),
                     [](const BorderPost& a, const BorderPost& b) { return a.before < b.before; });
    add_border_posts(ways, posts);
    return posts.size();
}

std::vector<double> share_inside(const RouteNetwork& network, const Geometries& polygons)
{
    std::vector<XY> looked;
    std::vector<double> weight_m;
    std::vector<std::size_t> begin{0};
    std::vector<XYZ> points;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        stretches_of(network.shape_of(e), points);
        for (std::size_t i = 1; i < points.size(); ++i) {
            const LonLat middle = to_lon_lat(along(points[i - 1], 0.5, points[i] - points[i - 1]));
            looked.push_back({middle.lon_deg, middle.lat_deg});
            weight_m.push_back(chord_m(points[i - 1], points[i]));
        }
        begin.push_back(looked.size());
    }
    const std::vector<std::uint8_t> inside = inside_polygons(looked, polygons);
    std::vector<double> share(network.edges(), 0);
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        double in_m = 0;
        double all_m = 0;
        std::size_t in = 0;
        for (std::size_t i = begin[e]; i < begin[e + 1]; ++i) {
            all_m += weight_m[i];
            in_m += inside[i] != 0 ? weight_m[i] : 0;
            in += inside[i];
        }
        share[e] = all_m > 0 ? in_m / all_m : (in > 0 ? 1 : 0);
    }
    return share;
}

} // namespace vigil
