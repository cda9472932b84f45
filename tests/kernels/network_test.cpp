#include "kernels/network.h"
#include "libgeo/error.h"
#include "tests/support/drawn_network.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>

using namespace vigil;
using Catch::Matchers::Contains;

namespace {

Geometries lines_of(const std::vector<std::vector<XY>>& drawings)
{
    Geometries lines;
    lines.kind = GeometryKind::line;
    for (const auto& drawing : drawings) {
        lines.add(drawing);
    }
    return lines;
}

Table table_of(const std::string& name, const std::vector<std::string>& values)
{
    return {{{name, "", "", values}}};
}

} // namespace

TEST_CASE("line ends within the tolerance become one node, crossing lines do not", "[network]")
{
    const auto lines = lines_of({{{0, 0}, {100, 0}},
                                 {{100.3, 0.3}, {200, 0}},  // 0.42 m from the end of the first
                                 {{150, -50}, {150, 50}}}); // crosses the second, as a bridge does
    const BuiltNetwork built = build_network(lines);
    CHECK(built.network.nodes.size() == 5);
    CHECK(built.network.edges.size() == 3);
    CHECK(built.network.component_nodes == std::vector<std::uint32_t>{3, 2});
    CHECK(built.report.dangling_ends == 4);
    CHECK(built.report.moved_ends == 1);

    const BuiltNetwork strict = build_network(lines, {}, {.tolerance_m = 0.4});
    CHECK(strict.network.nodes.size() == 6);
    CHECK(strict.network.component_nodes.size() == 3);
}

TEST_CASE("noding joins what crosses, touches or falls just short", "[network]")
{
    // a cross, a T that ends 0.4 m short of the horizontal line, and one that ends 0.6 m short
    const auto lines =
        lines_of({{{0, 0}, {100, 0}}, {{50, -50}, {50, 50}}, {{20, 0.4}, {20, 30}}, {{80, 0.6}, {80, 30}}});
    const BuiltNetwork built = build_network(lines, {}, {.tolerance_m = 0.5, .node = true});
    CHECK(built.network.edges.size() == 3 + 2 + 1 + 1);
    CHECK(built.network.component_nodes == std::vector<std::uint32_t>{7, 2});
    CHECK(built.report.splits == 3);
    CHECK(built.report.length_m == Approx(100 + 100 + 30 + 29.4).margin(0.5));
}

TEST_CASE("noding cuts lines at vertices they share, and overlapping stretches at each other's ends",
          "[network]")
{
    const BuiltNetwork shared = build_network(
        lines_of({{{0, 0}, {50, 0}, {100, 0}}, {{50, -50}, {50, 0}, {50, 50}}}), {}, {.node = true});
    CHECK(shared.network.edges.size() == 4);
    const BuiltNetwork overlapping =
        build_network(lines_of({{{0, 0}, {100, 0}}, {{40, 0}, {140, 0}}}), {}, {.node = true});
    CHECK(overlapping.network.nodes.size() == 4);
    CHECK(overlapping.network.edges.size() == 4); // 0-40, 40-100 twice, 100-140
    CHECK(overlapping.report.parallel == 1);
    // a line that crosses itself
    const BuiltNetwork eight = build_network(lines_of({{{0, 0}, {100, 100}, {100, 0}, {0, 100}}}), {},
                                             {.tolerance_m = 0, .node = true});
    CHECK(eight.network.edges.size() == 3);
    CHECK(eight.report.loops == 1);
}

TEST_CASE("noding a grid of lines gives its crossings", "[network]")
{
    std::vector<std::vector<XY>> drawings;
    for (int i = 0; i < 20; ++i) { // slanted, so that no coordinate is round
        drawings.push_back({{i * 10.0, -5.1}, {i * 10.0 + 7, 200.3}});
        drawings.push_back({{-5.3, i * 10.0}, {210.7, i * 10.0 + 3}});
    }
    const BuiltNetwork built = build_network(lines_of(drawings), {}, {.tolerance_m = 0, .node = true});
    CHECK(built.network.nodes.size() == 20 * 20 + 2 * 40);
    CHECK(built.network.edges.size() == 40 * 21);
    CHECK(built.network.component_nodes.size() == 1);
    CHECK(built.report.length_m ==
          Approx(20 * std::hypot(7, 205.4) + 20 * std::hypot(216, 3)).epsilon(1e-12));
}

TEST_CASE("the order of the lines does not matter", "[network]")
{
    std::vector<std::vector<XY>> drawings;
    for (int i = 0; i < 12; ++i) {
        drawings.push_back({{i * 10.0, -5}, {i * 10.0 + 31, 120}});
        drawings.push_back({{-5, i * 10.0}, {125, i * 11.0 + 3}});
    }
    const Network network = build_network(lines_of(drawings), {}, {.node = true}).network;
    std::reverse(drawings.begin(), drawings.end());
    std::rotate(drawings.begin(), drawings.begin() + 7, drawings.end());
    const Network again = build_network(lines_of(drawings), {}, {.node = true}).network;
    CHECK(network.nodes == again.nodes);
    CHECK(network.shape == again.shape);
    REQUIRE(network.edges.size() == again.edges.size());
    for (std::size_t e = 0; e < network.edges.size(); ++e) {
        CHECK(network.edges[e].from == again.edges[e].from);
        CHECK(network.edges[e].to == again.edges[e].to);
    }
}

TEST_CASE("loops and parallel edges stay, lines without length go", "[network]")
{
    const auto lines = lines_of({{{0, 0}, {100, 0}},
                                 {{0, 0}, {50, 30}, {100, 0}},
                                 {{0, 0}, {-50, 10}, {-50, -10}, {0, 0}},
                                 {{7, 7}, {7, 7}},
                                 {{100, 0}, {100.2, 0.1}}});
    const BuiltNetwork built = build_network(lines);
    CHECK(built.network.edges.size() == 3);
    CHECK(built.report.loops == 1);
    CHECK(built.report.parallel == 1);
    CHECK(built.report.zero_length == 1);
    CHECK(built.report.first_zero_length == 4);
    CHECK(built.report.collapsed == 1);
    CHECK(node_degrees(built.network) == std::vector<std::uint32_t>{4, 2});
}

TEST_CASE("every part of a multi-line is a line, and a feature without geometry is counted", "[network]")
{
    Geometries lines;
    lines.kind = GeometryKind::line;
    const XY first[] = {{0, 0}, {10, 0}};
    const XY second[] = {{10, 0}, {10, 10}};
    lines.add_ring(first);
    lines.end_part();
    lines.add_ring(second);
    lines.end_part();
    lines.end_feature();
    lines.end_feature(); // nothing
    const BuiltNetwork built = build_network(lines);
    CHECK(built.network.edges.size() == 2);
    CHECK(built.report.lines == 2);
    CHECK(built.report.without_place == 1);
    CHECK(built.report.first_without_place == 2);
}

TEST_CASE("a speed makes the cost seconds", "[network]")
{
    LineAttributes attributes;
    attributes.speed_kmh = {36};
    const Network network = build_network(lines_of({{{0, 0}, {100, 0}}}), attributes).network;
    CHECK(network.edges[0].cost == Approx(10)); // 100 m at 10 m/s
    CHECK(network.edges[0].length_m == 100);
}

TEST_CASE("unusable lines are refused with the feature", "[network]")
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH(build_network(lines_of({{{0, 0}, {1, 1}}, {{0, nan}, {1, 1}}})),
                      Contains("feature 2") && Contains("finite"));
    CHECK_THROWS_WITH(build_network({}), Contains("no line"));
    CHECK_THROWS_WITH(build_network(lines_of({{{5, 5}, {5, 5}}})), Contains("no line"));
    CHECK_THROWS_AS(build_network(lines_of({{{0, 0}, {1, 1}}}), {}, {.tolerance_m = -1}), Error);
}

TEST_CASE("one-way columns are read as the map makers write them", "[network]")
{
    const auto directions =
        line_attributes(table_of("oneway", {"yes", "TRUE", "1", "F", "FT", "-1", "reverse", "T", "TF", "no",
                                            "0", "B", "", "false"}),
                        {.oneway = "oneway"})
            .direction;
    for (std::size_t i = 0; i < directions.size(); ++i) {
        CHECK(directions[i] ==
              (i < 5 ? Direction::forward : (i < 9 ? Direction::backward : Direction::both)));
    }
    const Table integers{{{"oneway", "", "", std::vector<std::int64_t>{1, 0, -1, missing_integer}}}};
    CHECK(line_attributes(integers, {.oneway = "oneway"}).direction ==
          std::vector{Direction::forward, Direction::both, Direction::backward, Direction::both});
    CHECK_THROWS_WITH(line_attributes(table_of("oneway", {"yes", "perhaps"}), {.oneway = "oneway"}),
                      Contains("feature 2") && Contains("reverse"));
    CHECK_THROWS_WITH(line_attributes(table_of("oneway", {"yes"}), {.oneway = "one_way"}),
                      Contains("--oneway one_way") && Contains("there are: oneway"));
}

TEST_CASE("speed columns may be numbers or text, and gaps need a default", "[network]")
{
    const auto speeds = line_attributes(table_of("maxspeed", {"50", "30 mph", "80 km/h", "", "walk"}),
                                        {.speed = "maxspeed", .default_speed_kmh = 20})
                            .speed_kmh;
    CHECK(speeds == std::vector<double>{50, 30 * 1.609344, 80, 20, 20});
    CHECK_THROWS_WITH(line_attributes(table_of("maxspeed", {"50", ""}), {.speed = "maxspeed"}),
                      Contains("feature 2") && Contains("--default-speed"));
    CHECK_THROWS_AS(line_attributes(table_of("maxspeed", {"-5"}), {.speed = "maxspeed"}), Error);
    CHECK_THROWS_AS(line_attributes(table_of("maxspeed", {"inf"}), {.speed = "maxspeed"}), Error);
}
