#include "kernels/earth.h"
#include "kernels/route/edge_snapper.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

using namespace vigil;

namespace {

using Line = std::vector<LonLat>;

double chords_of(const std::vector<XYZ>& points)
{
    double length_m = 0;
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        length_m += chord_m(points[i], points[i + 1]);
    }
    return length_m;
}

/// A network that is nothing but drawings, one edge a line.
RouteNetwork drawn(const std::vector<Line>& lines)
{
    std::vector<RouteEdge> edges;
    std::vector<FixedLonLat> shape;
    for (const Line& line : lines) {
        RouteEdge edge;
        edge.shape_begin = static_cast<std::uint32_t>(shape.size());
        for (const LonLat p : line) {
            shape.push_back(to_fixed(p));
        }
        std::vector<XYZ> points;
        stretches_of(std::span(shape).subspan(edge.shape_begin), points);
        edge.length_m = chords_of(points);
        edges.push_back(edge);
    }
    RouteEdge last;
    last.shape_begin = static_cast<std::uint32_t>(shape.size());
    edges.push_back(last);
    RouteNetwork network;
    network.edge = edges;
    network.shape = shape;
    return network;
}

/// Lines of 2 to 8 vertices, 1 m to 16 km long, in a box of some 40 km; every ninth has no length.
RouteNetwork noisy(std::uint64_t seed, std::size_t lines, LonLat corner)
{
    std::vector<Line> all;
    for (std::size_t i = 0; i < lines; ++i) {
        const Random random(seed, i);
        LonLat p{corner.lon_deg + 0.4 * random.uniform(0), corner.lat_deg + 0.4 * random.uniform(1)};
        const double step_deg = i % 9 == 0 ? 0 : 1e-5 * std::pow(10.0, 3.2 * random.uniform(2));
        Line line;
        for (std::uint64_t k = 0; k < 2 + i % 7; ++k) {
            line.push_back({std::remainder(p.lon_deg, 360.0), std::clamp(p.lat_deg, -90.0, 90.0)});
            p.lon_deg += (random.uniform(10 + k) - 0.5) * step_deg;
            p.lat_deg += (random.uniform(30 + k) - 0.5) * step_deg;
        }
        all.push_back(line);
    }
    return drawn(all);
}

/// The nearest place of every edge within reach, in the order of the header, without an index.
std::vector<SnapCandidate> by_hand(const RouteNetwork& network, LonLat place, double most_m,
                                   std::span<const float> penalty_m = {})
{
    struct Row {
        double score_m;
        bool point;
        SnapCandidate candidate;
    };
    const XYZ p = earth_centred(place);
    std::vector<Row> rows;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        std::vector<XYZ> points;
        stretches_of(network.shape_of(e), points);
        const double all_m = chords_of(points);
        double begin_m = 0;
        Row best{EdgeSnapper::infinite, all_m == 0, {}};
        for (std::size_t i = 0; i + 1 < points.size(); ++i) {
            const XYZ step = points[i + 1] - points[i];
            const double length_m = std::sqrt(dot(step, step));
            double t = length_m > 0 ? dot(p - points[i], step) / dot(step, step) : 0;
            t = std::clamp(t, 0.0, 1.0);
            const XYZ at = t == 1 ? points[i + 1] : along(points[i], t, step);
            const double distance_m = arc_of_chord_m(chord_m(p, at));
            const double score_m = distance_m + (penalty_m.empty() ? 0.0 : double{penalty_m[e]});
            if (distance_m <= most_m && score_m < best.score_m) {
                const double share = all_m > 0 ? std::min((begin_m + t * length_m) / all_m, 1.0) : 0;
                best = {score_m,
                        all_m == 0,
                        {{e, share * network.edge[e].length_m}, to_lon_lat(at), distance_m, score_m}};
            }
            begin_m += length_m;
        }
        if (best.score_m < EdgeSnapper::infinite) {
            rows.push_back(best);
        }
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
        return std::tuple(a.score_m, a.point) < std::tuple(b.score_m, b.point);
    });
    std::vector<SnapCandidate> result;
    for (const Row& row : rows) {
        result.push_back(row.candidate);
    }
    return result;
}

bool same(const SnapCandidate& a, const SnapCandidate& b)
{
    return a.place == b.place && a.at == b.at && a.distance_m == b.distance_m && a.score_m == b.score_m;
}

} // namespace

TEST_CASE("snapping to edges gives bit for bit what a look at every stretch gives", "[edge_snapper]")
{
    // a plain box, one across the antimeridian, one around the north pole, one at the equator
    for (const LonLat corner : {LonLat{8, 47}, LonLat{179.8, -17}, LonLat{-30, 89.8}, LonLat{-0.2, -0.2}}) {
        const RouteNetwork network = noisy(11, 300, corner);
        const EdgeSnapper snapper(network);
        std::vector<LonLat> places;
        for (std::size_t i = 0; i < 300; ++i) {
            const Random random(5, i);
            const double spread = i % 3 == 0 ? 40 : 0.5; // some far away
            places.push_back({corner.lon_deg + spread * (random.uniform(0) - 0.1),
                              std::min(corner.lat_deg + spread * (random.uniform(1) - 0.1), 90.0)});
            if (i % 5 == 0) { // exactly on a vertex, of several edges perhaps
                places.back() = to_lon_lat(network.shape[i * 7 % network.shape.size()]);
            }
        }
        const auto all = snapper.nearest_of(places);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto expected = by_hand(network, places[i], EdgeSnapper::infinite);
            const auto found = snapper.nearest(places[i]);
            REQUIRE(found);
            CHECK(same(*found, expected.front()));
            REQUIRE(all[i]);
            CHECK(same(*found, *all[i]));
        }
    }
}

TEST_CASE("a network around the world is snapped to as exactly as a small one", "[edge_snapper]")
{
    // the index rounds to half a metre here; lines 0.1 m apart must still be told apart
    std::vector<Line> lines;
    for (std::size_t i = 0; i < 200; ++i) {
        const Random random(8, i);
        const LonLat p{360 * random.uniform(0) - 180, 178 * random.uniform(1) - 89};
        const double side = i % 2 == 0 ? 1 : -1;
        for (const double apart_deg : {0.0, 1e-6, 2e-6, 3e-6}) {
            const double lat = p.lat_deg + apart_deg;
            lines.push_back({{p.lon_deg, lat}, {std::remainder(p.lon_deg + 3e-4 * side, 360.0), lat}});
        }
    }
    const RouteNetwork network = drawn(lines);
    const EdgeSnapper snapper(network);
    for (std::size_t i = 0; i < 200; ++i) {
        const Random random(9, i);
        LonLat place = to_lon_lat(network.shape[random.bits(0) % network.shape.size()]);
        place.lon_deg += 4e-5 * (random.uniform(1) - 0.5);
        place.lat_deg += 8e-6 * (random.uniform(2) - 0.5);
        const auto expected = by_hand(network, place, EdgeSnapper::infinite);
        const auto found = snapper.candidates(place, 3, EdgeSnapper::infinite);
        REQUIRE(found.size() == 3);
        for (std::size_t j = 0; j < 3; ++j) {
            CHECK(same(found[j], expected[j]));
        }
    }
}

TEST_CASE("candidates are the best edges by distance and penalty, each once", "[edge_snapper]")
{
    const RouteNetwork network = noisy(3, 200, {8, 47});
    std::vector<float> penalty_m;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        penalty_m.push_back(static_cast<float>(100 + 150 * (e % 4)));
    }
    const EdgeSnapper snapper(network, {}, penalty_m);
    for (std::size_t i = 0; i < 200; ++i) {
        const Random random(6, i);
        const LonLat place{8 + 0.4 * random.uniform(0), 47 + 0.4 * random.uniform(1)};
        const double most_m = i % 2 == 0 ? 3000 : 300;
        auto expected = by_hand(network, place, most_m, penalty_m);
        for (const std::size_t k : {std::size_t{1}, std::size_t{5}, std::size_t{1000}}) {
            const auto found = snapper.candidates(place, k, most_m);
            REQUIRE(found.size() == std::min(k, expected.size()));
            for (std::size_t j = 0; j < found.size(); ++j) {
                CHECK(same(found[j], expected[j]));
            }
        }
        const auto nearest = snapper.nearest(place, most_m);
        REQUIRE(nearest.has_value() == !expected.empty());
        CHECK((!nearest || same(*nearest, expected.front())));
    }
    CHECK(snapper.candidates({8, 47}, 0, 1e6).empty());
}

TEST_CASE("a road that crosses the antimeridian is snapped to from either side", "[edge_snapper]")
{
    // 0.2 degrees of the equator, 0.2 * 111319.49 m = 22263.90 m (equatorial radius 6378137 m)
    const RouteNetwork network = drawn({{{179.9, 0}, {-179.9, 0}}});
    CHECK(network.edge[0].length_m == Approx(22263.898).margin(1e-3));
    const EdgeSnapper snapper(network);
    for (const double lon : {179.95, -179.95, 180.0, -180.0}) {
        const auto found = snapper.nearest({lon, 0.001});
        REQUIRE(found);
        // a meridian degree at the equator is 110574.28 m (WGS 84), so 0.001 of it 110.574 m
        CHECK(found->distance_m == Approx(110.574).margin(1e-3));
        CHECK(found->place.offset_m ==
              Approx((lon > 0 ? lon - 179.9 : lon + 180.1) * 111319.4908).margin(1e-3));
        CHECK(found->at.lat_deg == Approx(0).margin(1e-12));
        CHECK(std::abs(std::remainder(found->at.lon_deg - lon, 360.0)) < 1e-9);
    }
}

TEST_CASE("a path over a pole has no seam there", "[edge_snapper]")
{
    // up the meridian 0 E and down 180 E: the pole is in its middle
    const RouteNetwork network = drawn({{{0, 89.9}, {180, 89.9}}});
    const EdgeSnapper snapper(network);
    for (const double lon : {0.0, 77.0, -180.0}) {
        const auto found = snapper.nearest({lon, 90});
        REQUIRE(found);
        CHECK(found->distance_m < 1e-4); // a chord of 50 m is 0.05 mm below its arc
        CHECK(found->place.offset_m == Approx(network.edge[0].length_m / 2).margin(1e-3));
    }
    // 0.1 degrees of meridian at the pole: 0.1 * 111693.97 m (WGS 84), from 90 E straight to the pole
    const auto found = snapper.nearest({90, 89.9});
    REQUIRE(found);
    CHECK(found->distance_m == Approx(11169.39).margin(0.05));
}

TEST_CASE("a long crossing is drawn along the great ellipse, not along the parallel", "[edge_snapper]")
{
    // The vertex of the great circle between two places 60 degrees apart on the parallel of 60 N:
    // tan(lat) = tan 60 / cos 30 = 2 on the auxiliary sphere, where tan is (1 - f) times that of the latitude
    // on both sides, so it holds for latitudes as well: 63.4349 degrees.
    const RouteNetwork network = drawn({{{-30, 60}, {30, 60}}});
    const LonLat middle = lon_lat_at(network, {0, network.edge[0].length_m / 2});
    CHECK(middle.lat_deg == Approx(std::atan(2.0) * 180 / 3.14159265358979).margin(1e-7));
    CHECK(middle.lon_deg == Approx(0).margin(1e-7));
    const auto found = EdgeSnapper(network).nearest({0, 64});
    REQUIRE(found);
    CHECK(found->at.lat_deg == Approx(middle.lat_deg).margin(1e-6));
}

TEST_CASE("equal distances go to the lowest edge, and to an edge of no length last", "[edge_snapper]")
{
    const Line road{{8, 47}, {8.01, 47}};
    const Line gate{{8, 47}, {8, 47}};
    const Line alone{{9, 47}, {9, 47}};
    const RouteNetwork network = drawn({gate, road, road, alone});
    const EdgeSnapper snapper(network);
    const auto at_gate = snapper.nearest({8, 47});
    REQUIRE(at_gate);
    CHECK(at_gate->place == EdgePlace{1, 0});
    CHECK(at_gate->distance_m == 0);
    const auto three = snapper.candidates({8, 47}, 3, 10);
    REQUIRE(three.size() == 3);
    CHECK(three[1].place.edge == 2);
    CHECK(three[2].place == EdgePlace{0, 0});
    const auto near_point = snapper.nearest({9, 47.001});
    REQUIRE(near_point);
    CHECK(near_point->place == EdgePlace{3, 0});

    // a loop ends where it begins: offset 0 wins over length_m
    const RouteNetwork loop = drawn({{{8, 47}, {8.01, 47}, {8.01, 47.01}, {8, 47}}});
    CHECK(EdgeSnapper(loop).nearest({8, 47})->place.offset_m == 0);
}

TEST_CASE("snapping honours the limit, the usable edges and the penalty", "[edge_snapper]")
{
    // two roads along parallels 0.001 degrees apart, 111.2 m at 47 N
    const RouteNetwork network = drawn({{{8, 47}, {8.01, 47}}, {{8, 47.001}, {8.01, 47.001}}});
    const LonLat place{8.005, 47.0002}; // 22 m from edge 0, 89 m from edge 1
    CHECK(EdgeSnapper(network).nearest(place)->place.edge == 0);
    CHECK_FALSE(EdgeSnapper(network).nearest(place, 20));
    CHECK(EdgeSnapper(network).nearest(place, 23));
    CHECK(EdgeSnapper(network).candidates(place, 5, 80).size() == 1);

    const std::uint8_t usable[] = {0, 1};
    const EdgeSnapper second(network, usable);
    CHECK(second.nearest(place)->place.edge == 1);
    CHECK_FALSE(second.nearest(place, 80));

    const float mild[] = {60, 0};
    CHECK(EdgeSnapper(network, {}, mild).nearest(place)->place.edge == 0); // 82 < 89
    const float strong[] = {70, 0};
    const auto found = EdgeSnapper(network, {}, strong).nearest(place); // 92 > 89
    CHECK(found->place.edge == 1);
    CHECK(found->score_m == found->distance_m);
    CHECK(EdgeSnapper(network, {}, strong).nearest(place, 80)->place.edge == 0); // the other is too far
    CHECK(EdgeSnapper(network, {}, strong).nearest(place, 80)->score_m ==
          EdgeSnapper(network, {}, strong).nearest(place, 80)->distance_m + 70);

    const std::uint8_t none[] = {0, 0};
    CHECK_FALSE(EdgeSnapper(network, none).nearest(place));
    CHECK_FALSE(EdgeSnapper(RouteNetwork{}).nearest(place));
}

TEST_CASE("a place is found again where it was put on an edge", "[edge_snapper]")
{
    const RouteNetwork network = noisy(21, 100, {8, 47});
    const EdgeSnapper snapper(network);
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        const Random random(2, e);
        const EdgePlace place{e, network.edge[e].length_m * random.uniform(0)};
        const auto found = snapper.nearest(lon_lat_at(network, place));
        REQUIRE(found);
        CHECK(found->distance_m < 1e-4); // chords of 50 m lie 0.05 mm deep
        if (found->place.edge == e) {    // lines cross
            CHECK(found->place.offset_m == Approx(place.offset_m).margin(1e-3));
        }
        CHECK(lon_lat_at(network, {e, 0}) == to_lon_lat(network.shape_of(e).front()));
        CHECK(lon_lat_at(network, {e, network.edge[e].length_m}) == to_lon_lat(network.shape_of(e).back()));
    }
}

TEST_CASE("snapping refuses what is no place and what does not fit the network", "[edge_snapper]")
{
    const RouteNetwork network = drawn({{{8, 47}, {8.01, 47}}});
    const EdgeSnapper snapper(network);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(snapper.nearest({nan, 47}), Error);
    CHECK_THROWS_AS(snapper.nearest({8, EdgeSnapper::infinite}), Error);
    CHECK_THROWS_AS(snapper.candidates({8, 91}, 3, 100), Error);
    const LonLat places[] = {{8, 47}, {nan, nan}};
    CHECK_THROWS_AS(snapper.nearest_of(places), Error);
    CHECK(snapper.nearest_of({}).empty());
    const std::uint8_t flags[] = {1, 1};
    CHECK_THROWS_AS(EdgeSnapper(network, flags), Error);
    const float few[] = {1, 2};
    CHECK_THROWS_AS(EdgeSnapper(network, {}, few), Error);
    const float below[] = {-1};
    CHECK_THROWS_AS(EdgeSnapper(network, {}, below), Error);
}
