#include "kernels/weights/duplicates.h"
#include "kernels/weights/polygon_near.h"
#include "kernels/weights/structure.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>

using namespace vigil;

namespace {

Geometries polygons_of(const std::vector<std::vector<XY>>& rings)
{
    Geometries polygons;
    polygons.kind = GeometryKind::polygon;
    for (std::vector<XY> ring : rings) {
        if (ring.empty()) {
            polygons.end_feature();
            continue;
        }
        ring.push_back(ring.front());
        polygons.add(ring);
    }
    return polygons;
}

std::vector<XY> rectangle(double x, double y, double width, double height)
{
    return {{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}};
}

using Links = std::set<std::pair<std::size_t, std::size_t>>;

/// Pairs i < j.
Links links_of(const Weights& weights)
{
    CHECK(is_symmetric(weights));
    Links links;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        for (const std::uint32_t j : weights.neighbours(i)) {
            links.insert(std::minmax<std::size_t>(i, j));
        }
    }
    return links;
}

double distance_to_segment(XY p, XY a, XY b)
{
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double squared = dx * dx + dy * dy;
    const double u = squared > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / squared, 0.0, 1.0) : 0;
    return distance_m(p, {a.x + u * dx, a.y + u * dy});
}

/// By definition, at steps along the border of one: how near it comes, and how long it is near.
struct Walk {
    double nearest = 1e300;
    double near_length = 0;
};

Walk walk(std::span<const XY> ring, std::span<const XY> other, double tolerance)
{
    constexpr double step = 0.001;
    Walk found;
    for (std::size_t v = 0; v + 1 < ring.size(); ++v) {
        const double length = distance_m(ring[v], ring[v + 1]);
        const double steps = std::ceil(length / step);
        for (double k = 0.5; k < steps; ++k) {
            const double u = k / steps;
            const XY p{ring[v].x + u * (ring[v + 1].x - ring[v].x),
                       ring[v].y + u * (ring[v + 1].y - ring[v].y)};
            double nearest = 1e300;
            for (std::size_t w = 0; w + 1 < other.size(); ++w) {
                nearest = std::min(nearest, distance_to_segment(p, other[w], other[w + 1]));
            }
            found.nearest = std::min(found.nearest, nearest);
            found.near_length += nearest <= tolerance ? length / steps : 0;
        }
    }
    return found;
}

} // namespace

TEST_CASE("where polygons share vertices, contiguity with a tolerance is contiguity", "[contiguity]")
{
    std::vector<std::vector<XY>> rings;
    for (int i = 0; i < 30; ++i) {
        rings.push_back(rectangle(i % 6, i / 6, 1, 1)); // 6 x 5 cells
    }
    const Geometries cells = polygons_of(rings);
    for (const Contiguity contiguity : {Contiguity::queen, Contiguity::rook}) {
        CHECK(links_of(polygon_contiguity_near(cells, contiguity, 0.01)) ==
              links_of(polygon_contiguity(cells, contiguity)));
    }
}

TEST_CASE("a corner in the middle of another's edge, gaps and overlaps are contiguity", "[contiguity]")
{
    // A tall cell beside two that meet at its middle, one 0.004 away and one 0.004 too wide.
    const Geometries town = polygons_of({rectangle(0, 0, 1, 2), rectangle(1.004, 0, 1, 1),
                                         rectangle(0.996, 1, 1, 1), rectangle(2.02, 0, 1, 2)});
    CHECK(links_of(polygon_contiguity(town, Contiguity::queen)).empty());
    for (const Contiguity contiguity : {Contiguity::queen, Contiguity::rook}) {
        CHECK(links_of(polygon_contiguity_near(town, contiguity, 0.005)) == Links{{0, 1}, {0, 2}, {1, 2}});
        CHECK(links_of(polygon_contiguity_near(town, contiguity, 0.016)) ==
              Links{{0, 1}, {0, 2}, {1, 2}, {1, 3}});
        CHECK(links_of(polygon_contiguity_near(town, contiguity, 0.03)).size() == 5); // 2 and 3 as well
    }
    // Closer than the gap nothing touches but the two that share y = 1, and the one that overlaps.
    CHECK(links_of(polygon_contiguity_near(town, Contiguity::queen, 0.001)) == Links{{0, 2}, {1, 2}});
    // The overlap is 0.004 wide: the borders run together along its upper side only, for 8 tolerances (and 2
    // more where they cross and turn).
    CHECK(links_of(polygon_contiguity_near(town, Contiguity::rook, 0.0005)) == Links{{0, 2}, {1, 2}});
    CHECK(links_of(polygon_contiguity_near(town, Contiguity::rook, 0.0005, 20)) == Links{{1, 2}});
}

TEST_CASE("touching at a point is for the queen only", "[contiguity]")
{
    const Geometries corners = polygons_of({rectangle(0, 0, 1, 1), rectangle(1, 1, 1, 1)});
    CHECK(links_of(polygon_contiguity_near(corners, Contiguity::queen, 0.01)) == Links{{0, 1}});
    CHECK(links_of(polygon_contiguity_near(corners, Contiguity::rook, 0.01)).empty()); // 2 tolerances
    CHECK(links_of(polygon_contiguity_near(corners, Contiguity::rook, 0.01, 1.9)) == Links{{0, 1}});
    // A tip that touches the middle of a side: 2 tolerances of the side, and of its own two sides, 45 degrees
    // steep, sqrt 2 tolerances each
    const Geometries tip = polygons_of({rectangle(0, 0, 1, 1), {{1, 0.5}, {2, 1.5}, {2, -0.5}}});
    CHECK(links_of(polygon_contiguity_near(tip, Contiguity::queen, 0.01)) == Links{{0, 1}});
    CHECK(links_of(polygon_contiguity_near(tip, Contiguity::rook, 0.01)).empty());
    CHECK(links_of(polygon_contiguity_near(tip, Contiguity::rook, 0.01, 2.8)) == Links{{0, 1}}); // 2 sqrt 2
    CHECK(links_of(polygon_contiguity_near(tip, Contiguity::rook, 0.01, 2.9)).empty());
}

TEST_CASE("the limits of tolerance and togetherness are where they are said to be", "[contiguity]")
{
    const Geometries apart = polygons_of({rectangle(0, 0, 1, 1), rectangle(1.25, 0.875, 1, 1)});
    CHECK(links_of(polygon_contiguity_near(apart, Contiguity::queen, 0.25)).size() == 1); // inclusive
    CHECK(links_of(polygon_contiguity_near(apart, Contiguity::queen, 0.2499)).empty());
    // 0.125 in parallel at the very limit, and nothing else
    CHECK(links_of(polygon_contiguity_near(apart, Contiguity::rook, 0.25, 0.49)).size() == 1);
    CHECK(links_of(polygon_contiguity_near(apart, Contiguity::rook, 0.25, 0.51)).empty());
}

TEST_CASE("a border in many short pieces is as long as it is", "[contiguity]")
{
    std::vector<XY> left = {{0, 0}};
    for (int i = 0; i <= 1000; ++i) {
        left.push_back({1, i / 1000.0});
    }
    left.push_back({0, 1});
    const Geometries town = polygons_of({left, rectangle(1.005, 0.1, 1, 0.8)});
    CHECK(links_of(polygon_contiguity_near(town, Contiguity::rook, 0.01, 80)).size() == 1); // 0.8 + 2 ends
    CHECK(links_of(polygon_contiguity_near(town, Contiguity::rook, 0.01, 83)).empty());
}

TEST_CASE("holes, parts, islands and empty features count as drawn", "[contiguity]")
{
    Geometries land;
    land.kind = GeometryKind::polygon;
    const auto closed = [](double x, double y, double side) {
        std::vector<XY> ring = rectangle(x, y, side, side);
        ring.push_back(ring.front());
        return ring;
    };
    land.add_ring(closed(0, 0, 10)); // 0: with a lake
    land.add_ring(closed(4, 4, 2));
    land.end_part();
    land.add_ring(closed(20, 0, 1)); // and a second part
    land.end_part();
    land.end_feature();
    land.add(closed(4.001, 4.001, 1.998)); // 1: fills the lake
    land.end_feature();                    // 2: nothing
    land.add(closed(21.005, 0, 1));        // 3: beside the second part
    land.add(closed(1, 1, 1));             // 4: on top of 0, away from its border
    CHECK(links_of(polygon_contiguity_near(land, Contiguity::rook, 0.01)) == Links{{0, 1}, {0, 3}});
    CHECK(links_of(polygon_contiguity_near(land, Contiguity::queen, 0.01)) == Links{{0, 1}, {0, 3}});
}

TEST_CASE("contiguity with a tolerance is what a walk along the borders finds", "[contiguity]")
{
    std::vector<std::vector<XY>> rings;
    for (std::uint64_t i = 0; i < 24; ++i) {
        const Random random(5, i);
        const double x = 4 * random.uniform(0);
        const double y = 3 * random.uniform(1);
        rings.push_back({{x, y},
                         {x + 0.4 + random.uniform(2), y + 0.3 * random.uniform(3)},
                         {x + 0.3 * random.uniform(4), y + 0.5 + random.uniform(5)}});
    }
    const Geometries town = polygons_of(rings);
    constexpr double tolerance = 0.05;
    const auto queen = links_of(polygon_contiguity_near(town, Contiguity::queen, tolerance));
    const auto rook = links_of(polygon_contiguity_near(town, Contiguity::rook, tolerance, 8));
    std::size_t checked = 0;
    for (std::size_t i = 0; i < town.size(); ++i) {
        for (std::size_t j = i + 1; j < town.size(); ++j) {
            const Walk one = walk(town.ring(i), town.ring(j), tolerance);
            const Walk other = walk(town.ring(j), town.ring(i), tolerance);
            if (std::fabs(one.nearest - tolerance) > 0.002) { // the steps of the walk
                CHECK(queen.contains({i, j}) == (one.nearest <= tolerance));
                ++checked;
            }
            const double longest = std::max(one.near_length, other.near_length);
            if (std::fabs(longest - 8 * tolerance) > 0.01) {
                CHECK(rook.contains({i, j}) == (longest > 8 * tolerance));
                ++checked;
            }
        }
    }
    CHECK(checked > 500);
    CHECK(rook.size() > 5);
    CHECK(queen.size() > rook.size() + 20);
}

TEST_CASE("equal polygons are found however they are drawn", "[contiguity]")
{
    const Geometries town = polygons_of({rectangle(0, 0, 1, 1),
                                         {{1, 1}, {0, 1}, {0, 0}, {1, 0}}, // begins elsewhere
                                         rectangle(0, 0, 1, 1.0000000001),
                                         {{0, 1}, {1, 1}, {1, 0}, {0, 0}}, // the other way round
                                         {},
                                         {},
                                         {{0, 0}, {1, 1}, {1, 0}, {0, 1}}, // same corners, another shape
                                         {{1, 0}, {0, 1}, {0, 0}, {1, 1}}});
    CHECK(first_alike(town) == std::vector<std::uint32_t>{0, 0, 2, 0, 4, 5, 6, 6});

    Geometries lakes;
    lakes.kind = GeometryKind::polygon;
    const auto ring = [](double x, double side) {
        std::vector<XY> corners = rectangle(x, x, side, side);
        corners.push_back(corners.front());
        return corners;
    };
    for (const bool swapped : {false, true}) {
        lakes.add_ring(ring(0, 10));
        lakes.add_ring(ring(swapped ? 4 : 1, 1));
        lakes.add_ring(ring(swapped ? 1 : 4, 1));
        lakes.end_part();
        lakes.end_feature();
    }
    CHECK(first_alike(lakes) == std::vector<std::uint32_t>{0, 0});

    std::vector<XY> spikes; // one corner passed again and again
    for (int i = 0; i < 20000; ++i) {
        spikes.push_back({0, 0});
        spikes.push_back({1.0 + i % 2, 1});
    }
    CHECK(first_alike(polygons_of({spikes, spikes})) == std::vector<std::uint32_t>{0, 0});
}

TEST_CASE("contiguity with a tolerance refuses what has no meaning", "[contiguity]")
{
    Geometries points;
    const XY place[] = {{0, 0}};
    points.add(place);
    CHECK_THROWS_WITH(polygon_contiguity_near(points, Contiguity::queen, 1), "contiguity needs polygons");
    CHECK_THROWS_WITH(first_alike(points), "looking for duplicates needs polygons");
    Geometries none;
    none.kind = GeometryKind::polygon;
    CHECK(polygon_contiguity_near(none, Contiguity::queen, 1).size() == 0);
    CHECK_THROWS_WITH(polygon_contiguity_near(none, Contiguity::queen, 0),
                      "a tolerance of 0 is not positive");
    CHECK_THROWS_WITH(polygon_contiguity_near(none, Contiguity::rook, 1, -1),
                      Catch::Contains("not a length"));
}
