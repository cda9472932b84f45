// Contours against drawings one can do on paper, and against what a polygon must be, asked of random
// surfaces.

#include "kernels/contours.h"
#include "kernels/inside.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <vector>

using vigil::ContourKind;
using vigil::Contours;
using vigil::Geometries;
using vigil::Grid;
using vigil::Raster;
using vigil::XY;

namespace {

constexpr double no_data = std::numeric_limits<double>::quiet_NaN();

/// Rows of values from the north, on cells of 10 m with the south-west corner at 0, 0.
Raster<double> drawn(const std::vector<std::vector<double>>& rows)
{
    const auto height = static_cast<std::int64_t>(rows.size());
    Raster<double> raster(Grid{.left_x = 0,
                               .top_y = 10 * static_cast<double>(height),
                               .cell_m = 10,
                               .rows = height,
                               .cols = static_cast<std::int64_t>(rows[0].size())});
    raster.values.clear();
    for (const auto& row : rows) {
        raster.values.insert(raster.values.end(), row.begin(), row.end());
    }
    return raster;
}

double signed_area(std::span<const XY> ring)
{
    double twice = 0;
    for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
        twice += (ring[k].x - ring[0].x) * (ring[k + 1].y - ring[0].y) -
                 (ring[k + 1].x - ring[0].x) * (ring[k].y - ring[0].y);
    }
    return twice / 2;
}

int side(XY a, XY b, XY c)
{
    const long double cross = (static_cast<long double>(b.x) - a.x) * (static_cast<long double>(c.y) - a.y) -
                              (static_cast<long double>(b.y) - a.y) * (static_cast<long double>(c.x) - a.x);
    return cross > 0 ? 1 : (cross < 0 ? -1 : 0);
}

bool on_segment(XY a, XY b, XY p)
{
    return side(a, b, p) == 0 && p.x >= std::min(a.x, b.x) && p.x <= std::max(a.x, b.x) &&
           p.y >= std::min(a.y, b.y) && p.y <= std::max(a.y, b.y);
}

bool meet(XY a, XY b, XY c, XY d)
{
    if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) {
        return true;
    }
    return on_segment(a, b, c) || on_segment(a, b, d) || on_segment(c, d, a) || on_segment(c, d, b);
}

bool within(XY p, std::span<const XY> ring)
{
    bool inside = false;
    for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
        const XY a = ring[k];
        const XY b = ring[k + 1];
        if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (b.x - a.x) * ((p.y - a.y) / (b.y - a.y))) {
            inside = !inside;
        }
    }
    return inside;
}

struct Edge {
    XY a, b;
    std::size_t ring, index, ring_size;
};

/// Whether no two edges of a feature meet but at the vertex that follow each other in a ring share.
bool apart(const Geometries& areas, std::size_t feature)
{
    std::vector<Edge> edges;
    for (std::size_t part = areas.first_part(feature); part < areas.feature_end[feature]; ++part) {
        for (std::size_t r = areas.first_ring(part); r < areas.part_end[part]; ++r) {
            const auto ring = areas.ring(r);
            for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
                edges.push_back({ring[k], ring[k + 1], r, k, ring.size() - 1});
            }
        }
    }
    std::sort(edges.begin(), edges.end(),
              [](const Edge& e, const Edge& f) { return std::min(e.a.x, e.b.x) < std::min(f.a.x, f.b.x); });
    for (std::size_t i = 0; i < edges.size(); ++i) {
        const Edge& e = edges[i];
        for (std::size_t k = i + 1; k < edges.size(); ++k) {
            const Edge& f = edges[k];
            if (std::min(f.a.x, f.b.x) > std::max(e.a.x, e.b.x)) {
                break;
            }
            const bool follows = e.ring == f.ring && ((e.index + 1) % e.ring_size == f.index ||
                                                      (f.index + 1) % e.ring_size == e.index);
            const bool bad = follows ? on_segment(e.a, e.b, e.b == f.a ? f.b : f.a) ||
                                           on_segment(f.a, f.b, e.b == f.a ? e.a : e.b)
                                     : meet(e.a, e.b, f.a, f.b);
            if (bad) {
                return false;
            }
        }
    }
    return true;
}

/// What OGC simple features ask of the polygons, in words of the checks that failed.
std::set<std::string> faults(const Contours& contours)
{
    std::set<std::string> found;
    const auto expect = [&](bool good, const char* fault) {
        if (!good) {
            found.insert(fault);
        }
    };
    const Geometries& areas = contours.areas;
    for (std::size_t f = 0; f < areas.size(); ++f) {
        double sum = 0;
        for (std::size_t part = areas.first_part(f); part < areas.feature_end[f]; ++part) {
            const std::size_t shell = areas.first_ring(part);
            for (std::size_t r = shell; r < areas.part_end[part]; ++r) {
                const auto ring = areas.ring(r);
                expect(ring.size() >= 4, "ring of less than 4 places");
                expect(ring.front() == ring.back(), "open ring");
                for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
                    expect(!(ring[k] == ring[k + 1]), "segment of no length");
                }
                const double area = signed_area(ring);
                expect(r == shell ? area > 0 : area < 0, "ring runs the wrong way");
                sum += area;
                expect(r == shell || within(ring[0], areas.ring(shell)), "hole outside its shell");
                for (std::size_t other = shell + 1; other < areas.part_end[part]; ++other) {
                    expect(r == shell || r == other || !within(ring[0], areas.ring(other)), "hole in a hole");
                }
            }
            for (std::size_t other = areas.first_part(f); other < areas.feature_end[f]; ++other) {
                // a shell inside another one must be in one of its holes
                if (other != part && within(areas.ring(shell)[0], areas.ring(areas.first_ring(other)))) {
                    bool in_hole = false;
                    for (std::size_t r = areas.first_ring(other) + 1; r < areas.part_end[other]; ++r) {
                        in_hole = in_hole || within(areas.ring(shell)[0], areas.ring(r));
                    }
                    expect(in_hole, "shells overlap");
                }
            }
        }
        expect(apart(areas, f), "edges meet");
        expect(std::fabs(sum - contours.area_m2[f]) <= 1e-9 * (1 + std::fabs(sum)), "wrong area");
    }
    return found;
}

/// Centres whose place in or out of a feature is not what their value says.
std::size_t misplaced(const Raster<double>& raster, const Contours& contours, std::size_t feature,
                      double from, double to)
{
    Geometries one;
    one.kind = vigil::GeometryKind::polygon;
    const Geometries& areas = contours.areas;
    for (std::size_t part = areas.first_part(feature); part < areas.feature_end[feature]; ++part) {
        for (std::size_t r = areas.first_ring(part); r < areas.part_end[part]; ++r) {
            one.add_ring(areas.ring(r));
        }
        one.end_part();
    }
    one.end_feature();
    std::vector<XY> centres;
    for (std::int64_t row = 0; row < raster.grid.rows; ++row) {
        for (std::int64_t col = 0; col < raster.grid.cols; ++col) {
            centres.push_back({raster.grid.centre_x(col), raster.grid.centre_y(row)});
        }
    }
    const auto inside = vigil::inside_polygons(centres, one);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < centres.size(); ++i) {
        const double value = raster.values[i];
        wrong += static_cast<std::size_t>((inside[i] == 1) != (value >= from && value < to));
    }
    return wrong;
}

constexpr double endless = std::numeric_limits<double>::infinity();

std::size_t parts_of(const Contours& contours, std::size_t feature)
{
    return contours.areas.feature_end[feature] - contours.areas.first_part(feature);
}

} // namespace

TEST_CASE("a constant raster gives its whole extent, as a rectangle", "[contours]")
{
    const auto raster = drawn({{5, 5, 5}, {5, 5, 5}});
    const auto map = vigil::contours(raster, std::vector<double>{5});
    REQUIRE(map.areas.ring_end.size() == 1);
    const auto ring = map.areas.ring(0);
    CHECK(std::vector<XY>(ring.begin(), ring.end()) ==
          std::vector<XY>{{0, 20}, {0, 0}, {30, 0}, {30, 20}, {0, 20}});
    CHECK(map.area_m2[0] == 600);
    CHECK(map.cells[0] == 6);
    CHECK(map.volume[0] == 6 * 5 * 100.0);
}

TEST_CASE("a level that is not reached has a feature without geometry", "[contours]")
{
    const auto map = vigil::contours(drawn({{1, 2}, {3, 4}}), std::vector<double>{1, 5});
    REQUIRE(map.areas.size() == 2);
    CHECK(parts_of(map, 0) == 1);
    CHECK(parts_of(map, 1) == 0);
    CHECK(map.area_m2[1] == 0);
    CHECK(map.cells[1] == 0);
}

TEST_CASE("one high cell among low ones gives a diamond", "[contours]")
{
    // from 4 at the centre to 0 ten metres away: 1 is crossed after 7.5 m, in all four directions
    const auto raster = drawn({{0, 0, 0}, {0, 4, 0}, {0, 0, 0}});
    const auto map = vigil::contours(raster, std::vector<double>{1});
    REQUIRE(map.areas.ring_end.size() == 1);
    const auto ring = map.areas.ring(0);
    CHECK(std::vector<XY>(ring.begin(), ring.end()) ==
          std::vector<XY>{{15, 22.5}, {7.5, 15}, {15, 7.5}, {22.5, 15}, {15, 22.5}});
    CHECK(map.area_m2[0] == Approx(2 * 7.5 * 7.5).epsilon(1e-12));
    CHECK(faults(map).empty());
}

TEST_CASE("at the raster's edge the surface goes on as it is to the edge", "[contours]")
{
    // 1 is crossed half way between the centres at x = 5 and x = 15, all the way from south to north
    const auto raster = drawn({{2, 0}, {2, 0}});
    const auto map = vigil::contours(raster, std::vector<double>{1});
    CHECK(map.area_m2[0] == Approx(10 * 20).epsilon(1e-8));
    // the corner: from the crossings on the two lines of centres straight outwards
    const auto corner = vigil::contours(drawn({{4, 0}, {0, 0}}), std::vector<double>{3});
    // crossed 2.5 m from the centre; square of 5 x 5, two strips of 5 x 2.5, a triangle of 2.5 x 2.5 / 2
    CHECK(corner.area_m2[0] == Approx(25 + 25 + 3.125).epsilon(1e-12));
    CHECK(faults(map).empty());
    CHECK(faults(corner).empty());
}

TEST_CASE("a saddle is joined when its middle is high enough", "[contours]")
{
    const auto raster = drawn({{4, 0}, {0, 4}}); // the middle is 2
    CHECK(parts_of(vigil::contours(raster, std::vector<double>{2}), 0) == 1);
    CHECK(parts_of(vigil::contours(raster, std::vector<double>{2.001}), 0) == 2);
    CHECK(faults(vigil::contours(raster, std::vector<double>{1, 2, 2.001, 3, 4})).empty());
}

TEST_CASE("a donut has a hole, an island in it is a part of its own", "[contours]")
{
    std::vector<std::vector<double>> rows(9, std::vector<double>(9, 0));
    for (std::size_t r = 1; r < 8; ++r) {
        for (std::size_t c = 1; c < 8; ++c) {
            const bool rim = r == 1 || r == 7 || c == 1 || c == 7;
            rows[r][c] = rim || (r == 4 && c == 4) ? 2 : 0;
        }
    }
    const auto map = vigil::contours(drawn(rows), std::vector<double>{1});
    REQUIRE(parts_of(map, 0) == 2);
    REQUIRE(map.areas.ring_end.size() == 3);
    CHECK(map.areas.part_end[0] == 2); // the rim: shell and hole
    CHECK(faults(map).empty());
    CHECK(misplaced(drawn(rows), map, 0, 1, endless) == 0);
}

TEST_CASE("cells without data are holes with square corners", "[contours]")
{
    const auto raster = drawn({{3, 3, 3, 3}, {3, no_data, no_data, 3}, {3, 3, 3, 3}});
    const auto map = vigil::contours(raster, std::vector<double>{3});
    REQUIRE(map.areas.ring_end.size() == 2);
    const auto hole = map.areas.ring(1);
    CHECK(std::vector<XY>(hole.begin(), hole.end()) ==
          std::vector<XY>{{10, 20}, {30, 20}, {30, 10}, {10, 10}, {10, 20}});
    CHECK(map.area_m2[0] == 1200 - 200);

    // cells that meet at a corner only are parts of their own, and do not touch
    const auto diagonal = vigil::contours(drawn({{3, no_data}, {no_data, 3}}), std::vector<double>{3});
    CHECK(parts_of(diagonal, 0) == 2);
    CHECK(diagonal.area_m2[0] == Approx(200).epsilon(1e-8));
    CHECK(faults(diagonal).empty());
    const auto other = vigil::contours(drawn({{no_data, 3}, {3, no_data}}), std::vector<double>{3});
    CHECK(parts_of(other, 0) == 2);
    CHECK(faults(other).empty());
    // nothing but NaN
    CHECK(parts_of(vigil::contours(drawn({{no_data, no_data}}), std::vector<double>{0}), 0) == 0);
}

TEST_CASE("a centre exactly at the level is inside, alone or in a plateau", "[contours]")
{
    const auto raster = drawn({{0, 0, 0, 0}, {0, 7, 7, 0}, {0, 0, 0, 0}, {7, 0, 0, 7}});
    const auto map = vigil::contours(raster, std::vector<double>{7});
    CHECK(parts_of(map, 0) == 3);
    CHECK(faults(map).empty());
    CHECK(misplaced(raster, map, 0, 7, endless) == 0);
    // the point and the line in the middle have no area; the corners keep theirs, a quarter cell each
    CHECK(map.area_m2[0] == Approx(2 * 25).epsilon(1e-6));
}

TEST_CASE("the contour of a cone is a circle", "[contours]")
{
    const Grid grid{.left_x = 4e5, .top_y = 5e6, .cell_m = 10, .rows = 240, .cols = 260};
    Raster<double> raster(grid);
    const XY apex{4e5 + 1301.7, 5e6 - 1198.3};
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            raster.at(row, col) = -vigil::distance_m({grid.centre_x(col), grid.centre_y(row)}, apex);
        }
    }
    const std::vector<double> levels = {-1000, -500, -100};
    const auto map = vigil::contours(raster, levels);
    CHECK(faults(map).empty());
    for (std::size_t k = 0; k < levels.size(); ++k) {
        const double r = -levels[k];
        REQUIRE(parts_of(map, k) == 1);
        // chords and the surface between centres, a cell c wide, are off by less than c^2 / 8 r each
        CHECK(map.area_m2[k] == Approx(std::numbers::pi * r * r).epsilon(2 * 2 * 100 / (8 * r * r)));
        for (const XY p : map.areas.ring(map.areas.first_ring(map.areas.first_part(k)))) {
            CHECK(std::fabs(vigil::distance_m(p, apex) - r) <= 100 / (8 * r) * 1.01);
        }
    }
}

TEST_CASE("random surfaces give valid polygons that hold exactly their centres", "[contours]")
{
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const vigil::Random random(seed, 1);
        const Grid grid{.left_x = 421000.3,
                        .top_y = 5699000.7,
                        .cell_m = 25,
                        .rows = 3 + static_cast<std::int64_t>(random.uniform(0) * 22),
                        .cols = 1 + static_cast<std::int64_t>(random.uniform(1) * 24)};
        Raster<double> raster(grid);
        const double holes = seed % 3 == 0 ? 0 : 0.35 * random.uniform(2);
        for (std::size_t i = 0; i < raster.values.size(); ++i) {
            // few whole numbers, so that values meet levels, plateaus and saddles are everywhere
            const double value = 6 * random.uniform(10 + 2 * i);
            raster.values[i] = seed % 2 == 0 ? std::floor(value) : value;
            if (random.uniform(11 + 2 * i) < holes) {
                raster.values[i] = no_data;
            }
        }
        const std::vector<double> levels = {0, 1, 1.5, 2, 2.0000000001, 3, 4.2, 5};
        const std::vector<double> upper_ends = {1, 1.5, 2, 2.0000000001, 3, 4.2, 5, endless};
        const auto above = vigil::contours(raster, levels);
        const auto bands = vigil::contours(raster, levels, ContourKind::bands);
        INFO("seed " << seed << ", " << grid.rows << " x " << grid.cols);
        CHECK(faults(above).empty());
        CHECK(faults(bands).empty());
        double sum = 0;
        for (std::size_t k = 0; k < levels.size(); ++k) {
            CHECK(misplaced(raster, above, k, levels[k], endless) == 0);
            CHECK(misplaced(raster, bands, k, levels[k], upper_ends[k]) == 0);
            sum += bands.area_m2[k];
        }
        CHECK(sum == Approx(above.area_m2[0]).epsilon(1e-6)); // the bands cover the area, without overlap
    }
}

TEST_CASE("the area of a smooth surface's contour nears that of the points above it as cells shrink",
          "[contours]")
{
    const auto height = [](double x, double y) {
        const double bowl = std::pow(x / 400, 4) + std::pow(y / 400, 4); // nothing high at the edges
        return std::sin(x / 80) * std::cos(y / 60) + 0.3 * std::sin((x + y) / 35) - bowl;
    };
    const auto area_m2 = [&](double cell_m, double level) {
        const auto side_cells = static_cast<std::int64_t>(std::lround(1000 / cell_m));
        const Grid grid{
            .left_x = -500, .top_y = 500, .cell_m = cell_m, .rows = side_cells, .cols = side_cells};
        Raster<double> raster(grid);
        for (std::int64_t row = 0; row < grid.rows; ++row) {
            for (std::int64_t col = 0; col < grid.cols; ++col) {
                raster.at(row, col) = height(grid.centre_x(col), grid.centre_y(row));
            }
        }
        const auto map = vigil::contours(raster, std::vector<double>{level});
        CHECK(faults(map).empty());
        return map.area_m2[0];
    };
    for (const double level : {0.2, 0.6}) {
        std::size_t count = 0;
        for (int i = 0; i < 2000; ++i) { // a point for every half metre
            for (int j = 0; j < 2000; ++j) {
                count += static_cast<std::size_t>(height(-499.75 + 0.5 * i, -499.75 + 0.5 * j) >= level);
            }
        }
        const double expected = 0.25 * static_cast<double>(count);
        const double coarse = std::fabs(area_m2(10, level) - expected);
        const double fine = std::fabs(area_m2(5, level) - expected);
        CHECK(fine < 0.004 * expected);
        CHECK(fine < 0.4 * coarse); // straight lines between centres: the error falls with the cell's square
    }
}

TEST_CASE("contours do not depend on the number of threads", "[contours]")
{
    Raster<double> raster(Grid{.left_x = 0, .top_y = 0, .cell_m = 1, .rows = 60, .cols = 50});
    for (std::size_t i = 0; i < raster.values.size(); ++i) {
        raster.values[i] = vigil::Random(8, i).uniform(0);
    }
    const std::vector<double> levels = {0.2, 0.5, 0.8};
    const auto many = vigil::contours(raster, levels, ContourKind::bands);
    const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    const auto single = vigil::contours(raster, levels, ContourKind::bands);
    CHECK(many.areas.xy == single.areas.xy);
    CHECK(many.areas.part_end == single.areas.part_end);
    CHECK(many.area_m2 == single.area_m2);
}

TEST_CASE("levels and values that cannot be drawn are refused", "[contours]")
{
    const auto raster = drawn({{1, 2}, {3, 4}});
    CHECK_THROWS_AS(vigil::contours(raster, std::vector<double>{}), vigil::Error);
    CHECK_THROWS_AS(vigil::contours(raster, std::vector<double>{2, 1}), vigil::Error);
    CHECK_THROWS_AS(vigil::contours(raster, std::vector<double>{2, 2}), vigil::Error);
    CHECK_THROWS_AS(vigil::contours(raster, std::vector<double>{no_data}), vigil::Error);
    CHECK_THROWS_AS(vigil::contours(drawn({{1, endless}}), std::vector<double>{1}), vigil::Error);
    Raster<double> tiny(Grid{.left_x = 1e9, .top_y = 1e9, .cell_m = 1e-6, .rows = 2, .cols = 2});
    CHECK_THROWS_AS(vigil::contours(tiny, std::vector<double>{1}), vigil::Error);
}
