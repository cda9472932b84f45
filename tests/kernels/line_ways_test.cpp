#include "kernels/earth.h"
#include "kernels/route/build.h"
#include "kernels/route/line_ends.h"
#include "kernels/route/line_ways.h"
#include "kernels/route/noded_lines.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

using namespace vigil;

namespace {

using Line = std::vector<XY>;

Geometries lines_of(const std::vector<Line>& lines)
{
    Geometries geometry;
    geometry.kind = GeometryKind::line;
    for (const Line& line : lines) {
        geometry.add(line);
    }
    return geometry;
}

std::vector<FixedLonLat> drawing(const Ways& ways, const Way& way)
{
    std::vector<FixedLonLat> result;
    for (std::size_t i = way.vertex_begin; i < way.vertex_end; ++i) {
        result.push_back(ways.vertex[ways.along[i]]);
    }
    return result;
}

std::uint32_t first_vertex(const Ways& ways, std::size_t way)
{
    return ways.along[ways.ways[way].vertex_begin];
}
std::uint32_t last_vertex(const Ways& ways, std::size_t way)
{
    return ways.along[ways.ways[way].vertex_end - 1];
}

} // namespace

TEST_CASE("line ends within the tolerance become one vertex at the first of them", "[line_ways]")
{
    // at 47 N a degree of latitude is 111.2 km, so 4e-6 of it 0.44 m: the first two ends join by 0.5 m, and
    // so do the second and third, 0.44 m on; the fourth is 1.1 m away
    const auto built = line_ways(lines_of({{{8, 47}, {8.01, 47}},
                                           {{8, 47.000004}, {8.01, 47.01}},
                                           {{8.02, 47.02}, {8, 47.000008}},
                                           {{8, 47.000018}, {8.03, 47.03}}}),
                                 {});
    const Ways& ways = built.ways;
    REQUIRE(ways.ways.size() == 4);
    CHECK(first_vertex(ways, 0) == first_vertex(ways, 1));
    CHECK(first_vertex(ways, 0) == last_vertex(ways, 2));
    CHECK(first_vertex(ways, 0) != first_vertex(ways, 3));
    CHECK(ways.vertex[first_vertex(ways, 0)] == to_fixed({8, 47}));
    CHECK(built.report.moved_ends == 2);
    CHECK(built.report.lines == 4);
    CHECK(ways.vertex.size() == 6); // 8 ends, three of them one
    CHECK(std::is_sorted(ways.vertex.begin(), ways.vertex.end()));
}

TEST_CASE("a tolerance of 0 joins equal places only, and interior vertices never join", "[line_ways]")
{
    const std::vector<Line> lines = {{{8, 47}, {8.01, 47}},
                                     {{8.01, 47}, {8.02, 47}},
                                     {{8.0000001, 47}, {8.01, 47.01}}, // a centimetre beside the first
                                     {{8.005, 46.99}, {8.01, 47}, {8.03, 47}}}; // passes where 0 and 1 meet
    const Ways ways = line_ways(lines_of(lines), {}, {.tolerance_m = 0}).ways;
    CHECK(last_vertex(ways, 0) == first_vertex(ways, 1));
    CHECK(first_vertex(ways, 0) != first_vertex(ways, 2));
    const std::uint32_t inside = ways.along[ways.ways[3].vertex_begin + 1];
    CHECK(ways.vertex[inside] == ways.vertex[last_vertex(ways, 0)]);
    CHECK(inside != last_vertex(ways, 0));
}

TEST_CASE("ends join across the antimeridian and at a pole", "[line_ways]")
{
    const auto built = line_ways(lines_of({{{179.9, -17}, {180, -17}},
                                           {{-180, -17}, {-179.9, -17}},
                                           {{180.000001, -17.000001}, {181, -18}}, // 0.15 m beyond
                                           {{0, 89}, {30, 90}},
                                           {{100, 89}, {-120, 90}},
                                           {{50, 89.9999999}, {50, 89}}}),
                                 {}, {.tolerance_m = 0.5});
    const Ways& ways = built.ways;
    CHECK(last_vertex(ways, 0) == first_vertex(ways, 1));
    CHECK(last_vertex(ways, 0) == first_vertex(ways, 2));
    CHECK(last_vertex(ways, 3) == last_vertex(ways, 4));
    CHECK(last_vertex(ways, 3) == first_vertex(ways, 5));
    CHECK(ways.vertex[last_vertex(ways, 2)] == to_fixed({-179, -18})); // 181 E is 179 W
    CHECK(built.report.moved_ends == 2); // 180 E is no move, nor is a longitude at the pole

    const Ways exact = line_ways(lines_of({{{179.9, -17}, {180, -17}}, {{-180, -17}, {-179.9, -17}}}), {},
                                 {.tolerance_m = 0})
                           .ways;
    CHECK(last_vertex(exact, 0) == first_vertex(exact, 1));
}

TEST_CASE("joined ends are the groups that a look at every pair gives", "[line_ways]")
{
    for (const double tolerance_m : {0.0005, 0.01, 0.5, 30.0, 5e5}) {
        for (const LonLat corner : {LonLat{8, 47}, LonLat{179.9995, 0}, LonLat{0, 89.9995}}) {
            std::vector<FixedLonLat> ends;
            std::vector<XYZ> point;
            for (std::size_t i = 0; i < 250; ++i) {
                const Random random(17, i);
                const double step_deg = std::max(1e-7, 1e-5 * std::min(tolerance_m, 50.0) * 6);
                const bool fresh = i == 0 || i % 4 == 0;
                LonLat p = fresh ? LonLat{corner.lon_deg + 0.001 * random.uniform(0),
                                          corner.lat_deg + 0.0005 * random.uniform(1)}
                                 : to_lon_lat(ends[random.bits(2) % i]);
                if (!fresh) {
                    p.lon_deg += (random.uniform(3) - 0.5) * step_deg;
                    p.lat_deg += (random.uniform(4) - 0.5) * step_deg;
                }
                ends.push_back(to_fixed({std::remainder(p.lon_deg, 360.0), std::min(p.lat_deg, 90.0)}));
                point.push_back(earth_centred(to_lon_lat(ends.back())));
            }
            // groups grow until nothing changes; the first place of each stands for it
            std::vector<FixedLonLat> stands;
            for (const FixedLonLat end : ends) {
                stands.push_back(one_writing(end));
            }
            for (bool changed = true; changed;) {
                changed = false;
                for (std::size_t i = 0; i < ends.size(); ++i) {
                    for (std::size_t j = 0; j < ends.size(); ++j) {
                        const bool near = same_place(ends[i], ends[j]) ||
                                          (tolerance_m >= 1e-3 && chord_m(point[i], point[j]) <= tolerance_m);
                        if (near && stands[j] < stands[i]) {
                            stands[i] = stands[j];
                            changed = true;
                        }
                    }
                }
            }
            const JoinedLineEnds joined = join_line_ends(ends, tolerance_m);
            for (std::size_t i = 0; i < ends.size(); ++i) {
                CHECK(joined.vertex[joined.number[i]] == stands[i]);
            }
            CHECK(std::set(stands.begin(), stands.end()).size() == joined.vertex.size());
        }
    }
}

TEST_CASE("lines in another order make the same ways", "[line_ways]")
{
    std::vector<Line> lines;
    LineKinds kinds;
    for (std::size_t i = 0; i < 120; ++i) {
        const Random random(4, i);
        Line line;
        for (std::uint64_t k = 0; k < 2 + i % 3; ++k) { // ends on a raster of some 11 m, moved by some 0.3 m
            line.push_back(
                {8 + 1e-4 * std::floor(8 * random.uniform(4 * k)) + 3e-6 * random.uniform(4 * k + 1),
                 47 + 1e-4 * std::floor(8 * random.uniform(4 * k + 2)) + 3e-6 * random.uniform(4 * k + 3)});
        }
        lines.push_back(line);
        kinds.name.push_back(i % 3 == 0 ? "" : "road " + std::to_string(i % 5));
        kinds.road_class.push_back(i % 2 == 0 ? "track" : "residential");
        kinds.speed_kmh.push_back(static_cast<float>(30 * (i % 2)));
    }
    using Row =
        std::tuple<std::vector<FixedLonLat>, std::uint32_t, std::uint32_t, std::string, std::string, float>;
    const auto rows_of = [](const Ways& ways) {
        std::vector<Row> rows;
        for (std::size_t w = 0; w < ways.ways.size(); ++w) {
            const WayKind& kind = ways.kinds[ways.ways[w].kind];
            rows.emplace_back(drawing(ways, ways.ways[w]), first_vertex(ways, w), last_vertex(ways, w),
                              ways.names[ways.ways[w].name], kind.road_class, kind.speed_forward_kmh);
        }
        std::sort(rows.begin(), rows.end());
        return rows;
    };
    const auto one = line_ways(lines_of(lines), kinds, {.tolerance_m = 1});
    CHECK(one.ways.kinds.size() == 2);
    CHECK(one.ways.names.size() == 6);
    CHECK(one.report.moved_ends > 100);
    std::reverse(lines.begin(), lines.end());
    std::reverse(kinds.name.begin(), kinds.name.end());
    std::reverse(kinds.road_class.begin(), kinds.road_class.end());
    std::reverse(kinds.speed_kmh.begin(), kinds.speed_kmh.end());
    const auto other = line_ways(lines_of(lines), kinds, {.tolerance_m = 1});
    CHECK(rows_of(one.ways) == rows_of(other.ways));
    CHECK(one.report.moved_ends == other.report.moved_ends);
    CHECK(one.report.zero_length == other.report.zero_length);
}

TEST_CASE("the minutes of a multi-line are shared over its parts by length", "[line_ways]")
{
    Geometries lines;
    lines.kind = GeometryKind::line;
    lines.add_ring(Line{{8, 0}, {8.01, 0}}); // along the equator: lengths 1 to 3
    lines.end_part();
    lines.add_ring(Line{{9, 0}, {9.02, 0}, {9.03, 0}});
    lines.end_part();
    lines.add_ring(Line{{10, 0}, {10, 0}}); // no length, no share
    lines.end_part();
    lines.end_feature();
    lines.add(Line{{11, 0}, {11.5, 0}});
    lines.add(Line{{12, 0}, {12.5, 0}});
    LineKinds kinds;
    kinds.minutes = {8, 0.1F, std::numeric_limits<float>::quiet_NaN()};
    const auto built = line_ways(lines, kinds);
    REQUIRE(built.ways.ways.size() == 4);
    CHECK(built.ways.ways[0].minutes == Approx(2));
    CHECK(built.ways.ways[1].minutes == Approx(6));
    CHECK(built.ways.ways[2].minutes == 0.1F); // one part: untouched
    CHECK(std::isnan(built.ways.ways[3].minutes));
    CHECK(built.ways.ways[1].source == 1);
    CHECK(built.ways.ways[2].source == 2);
    CHECK(built.report.lines == 5);
    CHECK(built.report.zero_length + built.report.collapsed == 1);
}

TEST_CASE("lines of no place or no length are counted, with the first", "[line_ways]")
{
    Geometries lines;
    lines.kind = GeometryKind::line;
    lines.add(Line{{8, 47}, {8.01, 47}});
    lines.end_feature();                                                // 2: no place
    lines.add(Line{{8.02, 47}, {8.02, 47.000001}});                     // 3: 0.1 m, its ends become one
    lines.add(Line{{8.03, 47}, {8.03, 47}, {8.03, 47.00000001}});       // 4: a millimetre, one place
    lines.add(Line{{8.03, 47}, {8.03, 47}});                            // 5: one place
    lines.end_feature();                                                // 6: no place
    lines.add(Line{{8.04, 47}, {8.05, 47}, {8.05, 47.01}, {8.04, 47}}); // 7: a loop stays
    const auto built = line_ways(lines, {});
    CHECK(built.ways.ways.size() == 2);
    CHECK(built.report.without_place == 2);
    CHECK(built.report.first_without_place == 2);
    CHECK(built.report.collapsed == 2);
    CHECK(built.report.zero_length == 1);
    CHECK(built.report.first_zero_length == 5);
    CHECK(first_vertex(built.ways, 1) == last_vertex(built.ways, 1));
    CHECK(drawing(built.ways, built.ways.ways[1]).size() == 4);
}

TEST_CASE("vertices drawn twice, or met by a moved end, are one", "[line_ways]")
{
    // the second line's end moves 0.3 m west, onto its own next vertex
    const auto built = line_ways(
        lines_of({{{8, 47}, {7.9, 47}}, {{8.000004, 47}, {8, 47}, {8.05, 47}, {8.05, 47}, {8.1, 47}}}), {},
        {.tolerance_m = 1});
    const Ways& ways = built.ways;
    const std::vector<FixedLonLat> expected = {to_fixed({8, 47}), to_fixed({8.05, 47}), to_fixed({8.1, 47})};
    CHECK(drawing(ways, ways.ways[1]) == expected);
    CHECK(first_vertex(ways, 0) == first_vertex(ways, 1));
}

TEST_CASE("what is known of lines goes to their ways", "[line_ways]")
{
    LineKinds kinds;
    kinds.forward = {vehicle::motor, vehicle::foot, vehicle::motor};
    kinds.backward = {vehicle::none, vehicle::foot, vehicle::none};
    kinds.mode = {Mode::ferry, Mode::walk, Mode::ferry};
    kinds.tag = {"surface=gravel", "", "surface=gravel"};
    kinds.name = {"A", "", "A"};
    const Ways ways = line_ways(lines_of({{{1, 1}, {2, 1}}, {{3, 1}, {4, 1}}, {{5, 1}, {6, 1}}}), kinds).ways;
    REQUIRE(ways.kinds.size() == 2);
    CHECK(ways.ways[2].kind == ways.ways[0].kind);
    const WayKind& ferry = ways.kinds[ways.ways[0].kind];
    CHECK(ferry.mode == Mode::ferry);
    CHECK(ferry.forward == vehicle::motor);
    CHECK(ferry.backward == vehicle::none);
    CHECK(ferry.tags == std::vector<std::string>{"surface=gravel"});
    const WayKind& walk = ways.kinds[ways.ways[1].kind];
    CHECK(walk.tags.empty());
    CHECK(ways.names == std::vector<std::string>{"", "A"});
    CHECK(ways.ways[1].name == 0);
}

namespace {

std::size_t borders_of(const LineWays& made)
{
    Ways ways = made.ways;
    return build_route_network(std::move(ways), {.order = false}).report.borders;
}

} // namespace

TEST_CASE("a line that crosses a border has one post, half-way along its middle segment", "[line_ways]")
{
    LineKinds kinds;
    kinds.border = {0, 1, 1, 0};
    // two border lines in a row are two borders, not one
    const auto built = line_ways(
        lines_of(
            {{{0, 0}, {1, 0}}, {{1, 0}, {1.1, 0}, {1.9, 0}, {2, 0}}, {{2, 0}, {3, 0}}, {{3, 0}, {4, 0}}}),
        kinds);
    const Ways& ways = built.ways;
    REQUIRE(ways.marks.size() == 2);
    CHECK(ways.marks[0].border);
    CHECK(ways.vertex[ways.marks[0].vertex] == to_fixed({1.5, 0}));
    CHECK(ways.vertex[ways.marks[1].vertex] == to_fixed({2.5, 0}));
    const std::vector<FixedLonLat> expected = {to_fixed({1, 0}), to_fixed({1.1, 0}), to_fixed({1.5, 0}),
                                               to_fixed({1.9, 0}), to_fixed({2, 0})};
    CHECK(drawing(ways, ways.ways[1]) == expected);
    CHECK(borders_of(built) == 2);
    const std::size_t kinds_with_border = static_cast<std::size_t>(std::count_if(
        ways.kinds.begin(), ways.kinds.end(), [](const WayKind& kind) { return kind.border != 0; }));
    CHECK(kinds_with_border == 0); // so that no part of a line pays a part of a border
}

TEST_CASE("a border line in pieces or parts has one post, on the one that holds its middle", "[line_ways]")
{
    LineKinds kinds;
    kinds.border = {1, 0};
    // cut at 0.2 and 0.3 of 0 to 1: the middle lies in the last piece, 0.3 to 1
    const LineKinds cut = kinds_of_cut(kinds, {0, 0, 0, 1}, {20, 10, 70, 5});
    CHECK(cut.whole == std::vector<std::size_t>{0, 0, 0, 1});
    const auto built = line_ways(
        lines_of({{{0, 0}, {0.2, 0}}, {{0.2, 0}, {0.3, 0}}, {{0.3, 0}, {1, 0}}, {{0.2, 0}, {0.2, 1}}}), cut);
    REQUIRE(built.ways.marks.size() == 1);
    CHECK(built.ways.vertex[built.ways.marks[0].vertex] == to_fixed({0.65, 0}));
    CHECK(borders_of(built) == 1);
    Geometries parts;
    parts.kind = GeometryKind::line;
    parts.add_ring(Line{{0, 0}, {0.2, 0}});
    parts.end_part();
    parts.add_ring(Line{{0.2, 0}, {1, 0}});
    parts.end_part();
    parts.end_feature();
    LineKinds one;
    one.border = {1};
    CHECK(borders_of(line_ways(parts, one)) == 1);
}

TEST_CASE("a border line of no length is the post of a network that was written as a layer", "[line_ways]")
{
    LineKinds kinds;
    kinds.border = {0, 1, 0};
    const auto built = line_ways(lines_of({{{0, 0}, {1, 0}}, {{1, 0}, {1, 0}}, {{1, 0}, {2, 0}}}), kinds);
    CHECK(built.report.zero_length == 0);
    REQUIRE(built.ways.marks.size() == 1);
    CHECK(built.ways.marks[0].vertex == last_vertex(built.ways, 0));
    CHECK(borders_of(built) == 1);
}

TEST_CASE("what is no line on Earth is refused", "[line_ways]")
{
    const auto good = lines_of({{{8, 47}, {9, 47}}});
    CHECK_THROWS_WITH(line_ways(lines_of({{{8, 47}, {9, 47}}, {{8, 91}, {9, 47}}}), {}),
                      Catch::Contains("line 2") && Catch::Contains("swapped") && !Catch::Contains("91"));
    CHECK_THROWS_AS(line_ways(lines_of({{{std::nan(""), 47}, {9, 47}}}), {}), Error);
    CHECK_THROWS_AS(line_ways(lines_of({{{361, 47}, {9, 47}}}), {}), Error);
    CHECK_THROWS_WITH(line_ways(lines_of({{{8, 47}, {8, 47}}}), {}), Catch::Contains("no line is left"));
    CHECK_THROWS_AS(line_ways(lines_of({}), {}), Error);
    CHECK_THROWS_AS(line_ways(good, {}, {.tolerance_m = -1}), Error);
    CHECK_THROWS_AS(line_ways(good, {}, {.tolerance_m = std::nan("")}), Error);
    LineKinds kinds;
    kinds.speed_kmh = {30, 30};
    CHECK_THROWS_AS(line_ways(good, kinds), Error);
    kinds.speed_kmh = {-30};
    CHECK_THROWS_AS(line_ways(good, kinds), Error);
    kinds.speed_kmh = {};
    kinds.minutes = {-1};
    CHECK_THROWS_AS(line_ways(good, kinds), Error);
}
