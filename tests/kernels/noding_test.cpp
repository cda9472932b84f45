#include "kernels/noding.h"
#include "kernels/route/noded_lines.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>

using namespace vigil;

namespace {

using Drawings = std::vector<std::vector<XY>>;

Geometries lines_of(const Drawings& drawings)
{
    Geometries lines;
    lines.kind = GeometryKind::line;
    for (const auto& drawing : drawings) {
        lines.add(drawing);
    }
    return lines;
}

double length_m(const Geometries& lines)
{
    double sum_m = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto line = lines.ring(i);
        for (std::size_t v = 1; v < line.size(); ++v) {
            sum_m += distance_m(line[v - 1], line[v]);
        }
    }
    return sum_m;
}

/// Places where pieces begin or end.
std::size_t places_of_ends(const Geometries& lines)
{
    std::set<std::pair<double, double>> ends;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        for (const XY end : {lines.ring(i).front(), lines.ring(i).back()}) {
            ends.emplace(end.x, end.y);
        }
    }
    return ends.size();
}

} // namespace

TEST_CASE("noding joins what crosses, touches or falls just short", "[network]")
{
    // a cross, a T that ends 0.4 m short of the horizontal line, and one that ends 0.6 m short
    const auto lines =
        lines_of({{{0, 0}, {100, 0}}, {{50, -50}, {50, 50}}, {{20, 0.4}, {20, 30}}, {{80, 0.6}, {80, 30}}});
    const NodedLines noded = node_by_level(lines, {}, 0.5);
    CHECK(noded.lines.size() == 3 + 2 + 1 + 1);
    CHECK(noded.splits == 3);
    CHECK(length_m(noded.lines) == Approx(100 + 100 + 29.6 + 29.4).margin(0.5));
    CHECK(std::count(noded.source.begin(), noded.source.end(), 0U) == 3);
}

TEST_CASE("a bridge is not joined with the street below it", "[network]")
{
    const auto lines = lines_of({{{0, 0}, {100, 0}}, {{50, -50}, {50, 50}}, {{70, -50}, {70, 50}}});
    const NodedLines noded = node_by_level(lines, {0, 1, 0}, 0.5);
    CHECK(noded.lines.size() == 2 + 1 + 2);
    CHECK(noded.splits == 2);
}

TEST_CASE("noding cuts lines at vertices they share, and overlapping stretches at each other's ends",
          "[network]")
{
    CHECK(node_by_level(lines_of({{{0, 0}, {50, 0}, {100, 0}}, {{50, -50}, {50, 0}, {50, 50}}}), {}, 0.5)
              .lines.size() == 4);
    const NodedLines overlapping =
        node_by_level(lines_of({{{0, 0}, {100, 0}}, {{40, 0}, {140, 0}}}), {}, 0.5);
    CHECK(places_of_ends(overlapping.lines) == 4);
    CHECK(overlapping.lines.size() == 4); // 0-40, 40-100 twice, 100-140
    // a line that crosses itself
    CHECK(node_by_level(lines_of({{{0, 0}, {100, 100}, {100, 0}, {0, 100}}}), {}, 0).lines.size() == 3);
}

TEST_CASE("noding a grid of lines gives its crossings", "[network]")
{
    Drawings drawings;
    for (int i = 0; i < 20; ++i) { // slanted, so that no coordinate is round
        drawings.push_back({{i * 10.0, -5.1}, {i * 10.0 + 7, 200.3}});
        drawings.push_back({{-5.3, i * 10.0}, {210.7, i * 10.0 + 3}});
    }
    const NodedLines noded = node_by_level(lines_of(drawings), {}, 0);
    CHECK(places_of_ends(noded.lines) == 20 * 20 + 2 * 40); // both lines get a crossing to the last bit
    CHECK(noded.lines.size() == 40 * 21);
    CHECK(length_m(noded.lines) ==
          Approx(20 * std::hypot(7, 205.4) + 20 * std::hypot(216, 3)).epsilon(1e-12));
}

TEST_CASE("minutes of a line that was cut are shared out by length", "[network]")
{
    LineKinds kinds;
    kinds.minutes = {10, 4};
    kinds.road_class = {"track", "street"};
    const LineKinds cut = kinds_of_cut(kinds, {0, 0, 1}, {30, 70, 5});
    CHECK(cut.minutes == std::vector<float>{3, 7, 4});
    CHECK(cut.road_class == std::vector<std::string>{"track", "track", "street"});
}
