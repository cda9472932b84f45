#include "kernels/weights/delaunay.h"
#include "kernels/weights/exact_sign.h"
#include "kernels/weights/structure.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

using namespace vigil;

namespace {

using Whole = std::pair<std::int64_t, std::int64_t>;

std::vector<Whole> whole_noise(std::uint64_t seed, std::size_t n, double width)
{
    std::set<Whole> sites;
    for (std::uint64_t i = 0; sites.size() < n; ++i) {
        const Random random(seed, i);
        sites.insert({static_cast<std::int64_t>(width * random.uniform(0)),
                      static_cast<std::int64_t>(width * random.uniform(1))});
    }
    return {sites.begin(), sites.end()};
}

std::vector<XY> as_xy(const std::vector<Whole>& sites)
{
    std::vector<XY> places;
    for (const auto& [x, y] : sites) {
        places.push_back({static_cast<double>(x), static_cast<double>(y)});
    }
    return places;
}

std::int64_t turn(Whole a, Whole b, Whole c)
{
    return (b.first - a.first) * (c.second - a.second) - (b.second - a.second) * (c.first - a.first);
}

/// In whole numbers: > 0 when d is inside the circle through a, b, c that turn to the left.
std::int64_t in_whole_circle(Whole a, Whole b, Whole c, Whole d)
{
    const auto seen = [d](Whole p) {
        return Whole{p.first - d.first, p.second - d.second};
    };
    const auto squared = [](Whole p) {
        return p.first * p.first + p.second * p.second;
    };
    const auto cross = [](Whole p, Whole q) {
        return p.first * q.second - p.second * q.first;
    };
    const Whole p = seen(a);
    const Whole q = seen(b);
    const Whole r = seen(c);
    return squared(p) * cross(q, r) + squared(q) * cross(r, p) + squared(r) * cross(p, q);
}

using Pairs = std::set<std::pair<std::size_t, std::size_t>>;

Pairs pairs_of(const Weights& weights)
{
    Pairs pairs;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        for (const std::uint32_t j : weights.neighbours(i)) {
            pairs.insert(std::minmax<std::size_t>(i, j));
        }
    }
    return pairs;
}

/// Pairs of corners of triangles whose circle holds no other place: inside it, or also on it.
struct ByDefinition {
    Pairs certain;  ///< nothing on the circle either
    Pairs possible; ///< perhaps others on the circle
};

ByDefinition by_definition(const std::vector<Whole>& sites)
{
    ByDefinition found;
    const std::size_t n = sites.size();
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = a + 1; b < n; ++b) {
            for (std::size_t c = b + 1; c < n; ++c) {
                const std::int64_t way = turn(sites[a], sites[b], sites[c]);
                if (way == 0) {
                    continue;
                }
                std::int64_t worst = -1;
                for (std::size_t d = 0; d < n && worst <= 0; ++d) {
                    if (d != a && d != b && d != c) {
                        const std::int64_t in = in_whole_circle(sites[a], sites[b], sites[c], sites[d]);
                        worst = std::max(worst, way > 0 ? in : -in);
                    }
                }
                for (const auto& [i, j] : {std::pair{a, b}, std::pair{a, c}, std::pair{b, c}}) {
                    if (worst < 0) {
                        found.certain.insert({i, j});
                    }
                    if (worst <= 0) {
                        found.possible.insert({i, j});
                    }
                }
            }
        }
    }
    return found;
}

/// Places on the border of the hull, those on its sides included.
std::size_t on_hull(const std::vector<Whole>& sites)
{
    std::size_t count = 0;
    for (const Whole& p : sites) {
        const bool outer = std::any_of(sites.begin(), sites.end(), [&](const Whole& q) {
            return q != p && std::all_of(sites.begin(), sites.end(),
                                         [&](const Whole& r) { return turn(p, q, r) >= 0; });
        });
        count += outer ? 1 : 0;
    }
    return count;
}

} // namespace

TEST_CASE("the triangulation has the edges of all triangles with an empty circle", "[weights]")
{
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        const auto sites = whole_noise(seed, 40, seed % 2 == 0 ? 1000 : 9); // 9: many on one circle or line
        const Weights weights = delaunay(as_xy(sites));
        const Pairs pairs = pairs_of(weights);
        const ByDefinition definition = by_definition(sites);
        CHECK(
            std::includes(pairs.begin(), pairs.end(), definition.certain.begin(), definition.certain.end()));
        CHECK(std::includes(definition.possible.begin(), definition.possible.end(), pairs.begin(),
                            pairs.end()));
        CHECK(pairs.size() == 3 * sites.size() - 3 - on_hull(sites)); // Euler, all faces triangles
        CHECK(is_symmetric(weights));
    }
}

TEST_CASE("a lattice, where four places are always on one circle, is cut into triangles", "[weights]")
{
    // Steps of 0.1 are not all the same after rounding, yet every cell stays a rectangle.
    for (const double origin : {0.0, 500000.1}) {
        for (const double step : {100.0, 0.1}) {
            std::vector<XY> places;
            for (int i = 0; i < 900; ++i) {
                places.push_back({origin + step * (i % 30), origin + step * (i / 30)});
            }
            CHECK(delaunay(places).links() / 2 == 3 * 900 - 3 - 4 * 29); // 3 n - 3 - border
        }
    }
}

TEST_CASE("places on one line are a chain", "[weights]")
{
    std::vector<XY> line;
    for (int i = 0; i < 50; ++i) {
        const int place = (7 * i) % 50; // in no order
        line.push_back({3.0 * place, -2.0 * place});
    }
    const Weights weights = delaunay(line);
    CHECK(weights.links() == 2 * 49);
    for (std::size_t i = 0; i < line.size(); ++i) {
        for (const std::uint32_t j : weights.neighbours(i)) {
            CHECK(std::fabs(line[i].x - line[j].x) == 3);
        }
    }
}

TEST_CASE("coincident places are neighbours and share theirs", "[weights]")
{
    const XY places[] = {{0, 0}, {1, 0}, {0, 0}, {0, 1}, {5, 5}, {-0.0, 0}};
    const Weights weights = delaunay(places);
    const auto row = [&](std::size_t i) {
        const auto links = weights.neighbours(i);
        return std::vector<std::uint32_t>(links.begin(), links.end());
    };
    CHECK(row(0) == std::vector<std::uint32_t>{1, 2, 3, 5});
    CHECK(row(2) == std::vector<std::uint32_t>{0, 1, 3, 5});
    CHECK(row(1) == std::vector<std::uint32_t>{0, 2, 3, 4, 5});
    CHECK(row(4) == std::vector<std::uint32_t>{1, 3});
    const XY same[] = {{2, 2}, {2, 2}, {2, 2}};
    CHECK(delaunay(same).links() == 6);
    CHECK(delaunay(std::span(same).first(1)).links() == 0);
    CHECK(delaunay({}).size() == 0);
}

TEST_CASE("the triangulation does not depend on the order of the places", "[weights]")
{
    std::vector<XY> places = as_xy(whole_noise(5, 400, 40));
    const Weights one = delaunay(places);
    std::vector<XY> turned(places.rbegin(), places.rend());
    const Weights other = delaunay(turned);
    const auto last = static_cast<std::uint32_t>(places.size() - 1);
    for (std::size_t i = 0; i < places.size(); ++i) {
        std::vector<std::uint32_t> mirrored;
        for (const std::uint32_t j : other.neighbours(last - i)) {
            mirrored.insert(mirrored.begin(), last - j);
        }
        const auto row = one.neighbours(i);
        CHECK(std::equal(row.begin(), row.end(), mirrored.begin(), mirrored.end()));
    }
}

TEST_CASE("signs are exact where plain arithmetic is not", "[weights]")
{
    // In steps of 2^-53 around (0.5, 0.5), the sides of the line from (12, 12) to (24, 24): the sign is that
    // of y - x, which is exact (Kettner et al. 2008, Computational Geometry 40, fig. 2).
    int wrong = 0;
    for (int i = 0; i < 32; ++i) {
        for (int j = 0; j < 32; ++j) {
            const XY p{0.5 + i * 0x1p-53, 0.5 + j * 0x1p-53};
            const double side = side_of({12, 12}, {24, 24}, p);
            const double exact = p.y - p.x;
            CHECK((side > 0) == (exact > 0));
            CHECK((side < 0) == (exact < 0));
            const double plain = (12 - p.x) * (24 - p.y) - (12 - p.y) * (24 - p.x);
            wrong += (plain > 0) != (exact > 0) || (plain < 0) != (exact < 0) ? 1 : 0;
        }
    }
    CHECK(wrong > 0); // the example is one
    // (3, 4), (-4, 3), (0, -5) lie on the circle of radius 5, which (5, 0) is on, too
    for (const double scale : {1.0, 0x1p40, 0x1p-40}) {
        const auto at = [scale](double x, double y) {
            return XY{scale * x, scale * y};
        };
        CHECK(in_circle(at(3, 4), at(-4, 3), at(0, -5), at(5, 0)) == 0);
        CHECK(in_circle(at(3, 4), at(-4, 3), at(0, -5), at(5 - 0x1p-50, 0)) > 0);
        CHECK(in_circle(at(3, 4), at(-4, 3), at(0, -5), at(5 + 0x1p-50, 0)) < 0);
        CHECK(in_circle(at(3, 4), at(0, -5), at(-4, 3), at(5 + 0x1p-50, 0)) > 0); // to the right
    }
}

TEST_CASE("a triangulation refuses places that are nowhere", "[weights]")
{
    const XY broken[] = {{0, 0}, {std::numeric_limits<double>::infinity(), 0}};
    CHECK_THROWS_WITH(delaunay(broken), "a coordinate is not a finite number");
}
