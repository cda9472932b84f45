#include "kernels/route/borders.h"

#include "kernels/earth.h"
#include "kernels/route/joint_snapper.h"
#include "libgeo/error.h"
#include "tests/kernels/route_build_checks.h"
#include "tests/support/drawn_ways.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

using namespace vigil;
using namespace vigil::test;

namespace {

struct Box {
    double west, south, east, north;
};

/// Rectangles in degrees, one polygon each.
Geometries boxes(const std::vector<Box>& all)
{
    Geometries polygons;
    polygons.kind = GeometryKind::polygon;
    for (const Box& b : all) {
        const XY ring[] = {
            {b.west, b.south}, {b.east, b.south}, {b.east, b.north}, {b.west, b.north}, {b.west, b.south}};
        polygons.add(ring);
    }
    return polygons;
}

/// Two countries side by side: up to 0.0055 E and from there on; beyond 0.01 S is the sea.
const Geometries two_countries = boxes({{-0.1, -0.01, 0.0055, 0.1}, {0.0055, -0.01, 0.1, 0.1}});

/// Ways along given places, a vertex each.
Ways ways_along(const std::vector<std::vector<LonLat>>& lines)
{
    Ways ways;
    ways.kinds.resize(1);
    std::int64_t source = 0;
    for (const auto& line : lines) {
        std::vector<std::uint32_t> along;
        for (const LonLat at : line) {
            along.push_back(static_cast<std::uint32_t>(ways.vertex.size()));
            ways.vertex.push_back(to_fixed(at));
        }
        add_way(ways, along, ++source, 0, 0);
    }
    return ways;
}

bool same_drawings(const RouteNetwork& a, const RouteNetwork& b)
{
    return std::equal(a.shape.begin(), a.shape.end(), b.shape.begin(), b.shape.end()) &&
           std::equal(a.head.begin(), a.head.end(), b.head.begin(), b.head.end()) &&
           std::equal(a.arc_side.begin(), a.arc_side.end(), b.arc_side.begin(), b.arc_side.end());
}

} // namespace

TEST_CASE("borders: a post stands half-way along the segment that crosses", "[borders]")
{
    // letters are 0.003 degrees apart: A, D and B in the first country, C, E and F in the second
    DrawnWays town("A--B--C--F\n"
                   "|     |\n"
                   "|     |\n"
                   "D     E\n",
                   111.195);
    const Ways before = town.ways;
    CHECK(mark_borders(town.ways, two_countries) == 1);
    REQUIRE(town.ways.vertex.size() == before.vertex.size() + 1);
    CHECK(std::equal(before.vertex.begin(), before.vertex.end(), town.ways.vertex.begin()));
    REQUIRE(town.ways.marks.size() == 1);
    const VertexMark& mark = town.ways.marks[0];
    CHECK(mark.border);
    CHECK(mark.passable == vehicle::all);
    CHECK(mark.vertex == before.vertex.size());
    CHECK(town.ways.vertex[mark.vertex] == to_fixed({0.0045, 0})); // between 0.003 and 0.006
    // the way from B to C has it between its ends, the others are as they were
    REQUIRE(town.ways.ways.size() == before.ways.size());
    for (std::size_t w = 0; w < before.ways.size(); ++w) {
        const auto vertices = [w](const Ways& ways) {
            return std::vector<std::uint32_t>(
                ways.along.begin() + static_cast<std::ptrdiff_t>(ways.ways[w].vertex_begin),
                ways.along.begin() + static_cast<std::ptrdiff_t>(ways.ways[w].vertex_end));
        };
        std::vector<std::uint32_t> expected = vertices(before);
        if (w == town.way('B', 'C')) {
            expected.insert(expected.begin() + 1, mark.vertex);
        }
        CHECK(vertices(town.ways) == expected);
    }
    // at the junction C nobody who only turns crosses the border
    const BuiltRouteNetwork built = build_route_network(town.ways, no_order);
    CHECK(built.report.borders == 1);
    std::size_t crossings = 0;
    for (std::uint32_t e = 0; e < built.network.edges(); ++e) {
        crossings += built.network.kind_of(e).border;
        CHECK((built.network.kind_of(e).border == 0 || built.network.edge[e].length_m == 0));
    }
    CHECK(crossings == 1);
}

TEST_CASE("borders: where the sea lies between, a way crosses where it enters", "[borders]")
{
    const LonLat here{0, 0};
    const LonLat sea{0.004, -0.02};
    const LonLat sea_farther{0.007, -0.02};
    const LonLat there{0.008, 0};
    const auto crossings = [](const std::vector<std::vector<LonLat>>& lines) {
        Ways ways = ways_along(lines);
        return mark_borders(ways, two_countries);
    };
    CHECK(crossings({{here, sea, sea_farther, there}}) == 1);
    CHECK(crossings({{here, sea, here}}) == 0);
    CHECK(crossings({{here, sea}, {sea_farther, there}}) == 0); // ways that end at sea
    CHECK(crossings({{here, there, here}}) == 2);
    CHECK(crossings({{here, there}, {there, here}, {here, {0.001, 0}}}) == 2);
    Ways ways = ways_along({{here, sea, sea_farther, there}});
    mark_borders(ways, two_countries);
    CHECK(ways.along == std::vector<std::uint32_t>{0, 1, 2, 4, 3});
    CHECK(ways.ways[0].vertex_end == 5);
    CHECK(crossings({{here, sea}}) == 0);
    Ways none = ways_along({{here, there}});
    CHECK(mark_borders(none, boxes({{-1, -1, 1, 1}})) == 0);
    CHECK(none.vertex.size() == 2);
}

TEST_CASE("borders: every way has posts of its own, and the direction of a drawing does not matter",
          "[borders]")
{
    const std::vector<std::vector<LonLat>> there = {{{0, 0}, {0.004, 0.001}, {0.007, 0.001}, {0.009, 0}},
                                                    {{0, 0.003}, {0.009, 0.002}, {0.001, 0.002}},
                                                    {{0, 0.004}, {0.002, 0.004}}};
    auto back = there;
    for (auto& line : back) {
        std::reverse(line.begin(), line.end());
    }
    Ways a = ways_along(there);
    Ways b = ways_along(back);
    CHECK(mark_borders(a, two_countries) == 3);
    CHECK(mark_borders(b, two_countries) == 3);
    CHECK(a.ways[0].vertex_begin == 0); // 4 vertices and a post, 3 and two, 2
    CHECK(a.ways[0].vertex_end == 5);
    CHECK(a.ways[1].vertex_end == 10);
    CHECK(a.ways[2].vertex_begin == 10);
    CHECK(a.ways[2].vertex_end == 12);
    CHECK(same_drawings(built(a), built(b)));
}

TEST_CASE("borders: the middle of a segment lies on the great ellipse, across the antimeridian too",
          "[borders]")
{
    const Geometries seam = boxes({{179, -1, 180, 1}, {-180, -1, -179, 1}});
    Ways ways = ways_along({{{179.9999, 0.1}, {-179.9997, 0.1}}});
    CHECK(mark_borders(ways, seam) == 1);
    CHECK(to_lon_lat(ways.vertex.back()).lon_deg == Approx(-179.9999).epsilon(1e-12));
    CHECK(to_lon_lat(ways.vertex.back()).lat_deg == Approx(0.1).margin(2e-7));
    // 1100 km at 60 N bend northwards; what is looked at there is at most about 1 km apart, so the post
    // stands within 500 m of the border at 10 E: 0.01 degrees at that latitude are some 530 m
    const Geometries north = boxes({{-1, 50, 10, 70}, {10, 50, 30, 70}});
    Ways far = ways_along({{{0, 60}, {20, 60}}});
    CHECK(mark_borders(far, north) == 1);
    CHECK(to_lon_lat(far.vertex[2]).lon_deg == Approx(10).margin(0.01));
    // tan lat = tan 60 / cos 10 on a sphere, and on the ellipsoid as well: the great ellipse is a plane
    const double lat_deg =
        std::atan(std::tan(60 * std::numbers::pi / 180) / std::cos(10 * std::numbers::pi / 180)) * 180 /
        std::numbers::pi;
    CHECK(to_lon_lat(far.vertex[2]).lat_deg == Approx(lat_deg).margin(1e-5)); // flat at its northernmost
}

TEST_CASE("borders: a straight line over a country crosses twice", "[borders]")
{
    const Geometries three = boxes({{0, -1, 1, 1}, {1, -1, 1.5, 1}, {1.5, -1, 3, 1}});
    Ways over = ways_along({{{0.5, 0}, {2, 0}}});
    CHECK(mark_borders(over, three) == 2);
    REQUIRE(over.along.size() == 4);
    CHECK(over.along == std::vector<std::uint32_t>{0, 2, 3, 1});
    CHECK(to_lon_lat(over.vertex[2]).lon_deg == Approx(1).margin(0.005)); // 1 km is 0.009 degrees
    CHECK(to_lon_lat(over.vertex[3]).lon_deg == Approx(1.5).margin(0.005));
    CHECK(built(over).edges() == 5); // three stretches, two posts
    // out and back within one segment, as over a corner of the neighbour
    const Geometries corner = boxes({{1, 0.2, 1.2, 1}, {0, -1, 3, 1}});
    Ways back = ways_along({{{0.5, 0.5}, {2, 0.5}}, {{0.5, 0}, {2, 0}}});
    CHECK(mark_borders(back, corner) == 2);
}

TEST_CASE("borders: no second post within 2 km of one along the way", "[borders]")
{
    // the border is at 0.0055 E; a degree is 111.3 km. The posts stand 0.6 km and 2.6 km before it
    const std::vector<std::vector<LonLat>> line = {{{-0.03, 0}, {-0.018, 0}, {0, 0}, {0.02, 0}}};
    Ways near = ways_along(line);
    near.marks.push_back({.vertex = 2, .border = true, .tag = {}});
    CHECK(mark_borders(near, two_countries) == 0);
    CHECK(near.along.size() == 4);
    CHECK(near.marks.size() == 1);
    Ways far = ways_along(line);
    far.marks.push_back({.vertex = 1, .border = true, .tag = {}});
    CHECK(mark_borders(far, two_countries) == 1);
    Ways gate = ways_along(line);
    gate.marks.push_back({.vertex = 2, .passable = vehicle::foot, .tag = {}});
    CHECK(mark_borders(gate, two_countries) == 1); // a gate is no border
    Ways beside = ways_along({line[0], {{0, 0.001}, {0.01, 0.001}}});
    beside.marks.push_back({.vertex = 5, .border = true, .tag = {}});
    CHECK(mark_borders(beside, two_countries) == 1); // the post of another way is not on this one
}

TEST_CASE("share inside: middles of stretches that lie in polygons", "[borders]")
{
    // 0.009 degrees of the equator are 1001.9 m, 21 stretches; the middles of 9 lie west of 0.004: (k + 1/2)
    // * 0.009 / 21 < 0.004 for k <= 8
    Ways ways =
        ways_along({{{0, 0}, {0.009, 0}}, {{0, 0.001}, {0.009, 0.001}}, {{0, 0.002}, {0.0001, 0.002}}});
    const RouteNetwork network = built(ways);
    REQUIRE(network.edges() == 3);
    const auto share_of = [&](const Geometries& polygons, std::int64_t source) {
        const std::vector<double> share = share_inside(network, polygons);
        REQUIRE(share.size() == 3);
        for (std::uint32_t e = 0; e < 3; ++e) {
            if (network.pieces_of(e)[0].source == source) {
                return share[e];
            }
        }
        return -1.0;
    };
    const Geometries west = boxes({{-1, -0.0005, 0.004, 0.0005}});
    CHECK(share_of(west, 1) == Approx(9.0 / 21).epsilon(1e-9));
    CHECK(share_of(west, 2) == 0);
    CHECK(share_of(west, 3) == 0);
    const Geometries over = boxes({{-1, -1, 0.004, 1}, {-1, -1, 0.003, 1}}); // overlapping counts once
    CHECK(share_of(over, 1) == Approx(9.0 / 21).epsilon(1e-9));
    CHECK(share_of(over, 2) == Approx(9.0 / 21).epsilon(1e-9));
    CHECK(share_of(over, 3) == 1);
    CHECK(share_of(boxes({}), 1) == 0);
}

TEST_CASE("share inside: an edge of no length is in or out", "[borders]")
{
    DrawnWays town("A--B--C", 100);
    town.barrier('B', vehicle::foot);
    const RouteNetwork network = built(town.ways);
    REQUIRE(network.edges() == 3);
    const auto inside = share_inside(network, boxes({{0.002, -1, 0.003, 1}})); // B is at 0.0027, C at 0.0054
    const auto outside = share_inside(network, boxes({{0.004, -1, 0.005, 1}}));
    for (std::uint32_t e = 0; e < 3; ++e) {
        if (network.edge[e].length_m == 0) {
            CHECK(inside[e] == 1);
            CHECK(outside[e] == 0);
        } else {
            CHECK(inside[e] < 0.4);
        }
    }
}

namespace {

struct Joint {
    bool has_length = false;
    EdgePlace place;
    FixedLonLat at;
};

/// Every joint of a network, those that are preferred first.
std::vector<Joint> joints_of(const RouteNetwork& network)
{
    std::vector<Joint> joints;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        const double length_m = network.edge[e].length_m;
        for (const EdgePiece& piece : network.pieces_of(e)) {
            joints.push_back(
                {length_m > 0, {e, static_cast<double>(piece.begin_m)}, network.shape_of(e)[piece.vertex]});
        }
        joints.push_back({length_m > 0, {e, length_m}, network.shape_of(e).back()});
    }
    std::stable_sort(joints.begin(), joints.end(),
                     [](const Joint& a, const Joint& b) { return a.has_length > b.has_length; });
    return joints;
}

} // namespace

TEST_CASE("joints: the nearest of all, the first of equals", "[joint_snapper]")
{
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Dice dice(seed);
        Ways town;
        town.kinds.resize(1);
        for (std::uint32_t v = 0; v < 40; ++v) {
            town.vertex.push_back(to_fixed({8 + 1e-5 * static_cast<double>(dice.below(400)),
                                            47 + 1e-5 * static_cast<double>(dice.below(400))}));
        }
        for (std::uint32_t i = 0; i < 25; ++i) {
            std::vector<std::uint32_t> line;
            for (std::size_t k = 0; k < 2 + dice.below(2); ++k) {
                line.push_back(static_cast<std::uint32_t>(dice.below(40)));
            }
            add_way(town, line, i + 1, 0, 0);
        }
        town.marks.push_back({.vertex = 3, .passable = vehicle::foot, .tag = "barrier=gate"});
        const RouteNetwork network = built(town);
        const std::vector<Joint> joints = joints_of(network);
        std::vector<std::uint8_t> usable(network.edges());
        for (auto& one : usable) {
            one = dice.below(3) > 0 ? 1 : 0;
        }
        const JointSnapper all(network);
        const JointSnapper some(network, usable);
        for (int i = 0; i < 100; ++i) {
            // every fourth stands on a joint
            const LonLat place = i % 4 == 0 ? to_lon_lat(joints[dice.below(joints.size())].at)
                                            : LonLat{8 + 1e-5 * static_cast<double>(dice.below(400)),
                                                     47 + 1e-5 * static_cast<double>(dice.below(400))};
            for (const bool choosy : {false, true}) {
                double least_m = std::numeric_limits<double>::infinity();
                const Joint* best = nullptr;
                for (const Joint& joint : joints) {
                    const double dist_m = chord_m(earth_centred(place), earth_centred(to_lon_lat(joint.at)));
                    if (dist_m < least_m && (!choosy || usable[joint.place.edge] != 0)) {
                        least_m = dist_m;
                        best = &joint;
                    }
                }
                const auto found = (choosy ? some : all).nearest(place);
                REQUIRE(found);
                CHECK(found->place == best->place);
                CHECK(to_fixed(found->at) == best->at);
                CHECK(found->distance_m == arc_of_chord_m(least_m));
                CHECK(found->score_m == found->distance_m);
            }
        }
    }
}

TEST_CASE("joints: inside chains too; none where nothing is usable", "[joint_snapper]")
{
    const DrawnWays town("A--B--C", 100); // one edge of two pieces, joined at B, 300 m from A
    const RouteNetwork network = built(town.ways);
    REQUIRE(network.edges() == 1);
    const auto found = JointSnapper(network).nearest(to_lon_lat(metres_from_zero(320, 15)));
    REQUIRE(found);
    // vertices are rounded to a centimetre
    CHECK(found->place.offset_m == Approx(network.edge[0].length_m / 2).epsilon(1e-4));
    CHECK(found->distance_m == Approx(25).epsilon(0.01)); // 20 east, 15 north
    const std::vector<std::uint8_t> none(1, 0);
    CHECK_FALSE(JointSnapper(network, none).nearest({0, 0}));
    const std::vector<std::uint8_t> two(2, 1);
    CHECK_THROWS_WITH(JointSnapper(network, two), Catch::Contains("2 flags for 1 edges"));
    CHECK_THROWS_AS(JointSnapper(network).nearest({std::nan(""), 0}), Error);
    CHECK_THROWS_AS(JointSnapper(network).nearest({0, 91}), Error);
}
