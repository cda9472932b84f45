#include "kernels/network.h"
#include "kernels/snap.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace vigil;

namespace {

/// Lines of very different lengths and numbers of vertices.
Network noisy_lines(std::uint64_t seed, std::size_t lines)
{
    Geometries geometry;
    geometry.kind = GeometryKind::line;
    std::vector<XY> line;
    for (std::size_t i = 0; i < lines; ++i) {
        const Random random(seed, i);
        line.clear();
        XY p{random.uniform(0) * 3000, random.uniform(1) * 3000};
        const double step_m = std::pow(10.0, 3.2 * random.uniform(2)); // 1 m to 1.6 km
        for (std::uint64_t k = 0; k < 2 + i % 7; ++k) {
            line.push_back(p);
            p.x += (random.uniform(10 + k) - 0.5) * step_m;
            p.y += (random.uniform(30 + k) - 0.5) * step_m;
        }
        geometry.add(line);
    }
    return build_network(geometry).network;
}

double nearest_by_hand(const Network& network, XY p)
{
    double best = INFINITY;
    for (const NetworkEdge& edge : network.edges) {
        const auto shape = network.shape_of(edge);
        for (std::size_t i = 1; i < shape.size(); ++i) {
            const XY a = shape[i - 1];
            const XY d{shape[i].x - a.x, shape[i].y - a.y};
            const double t = ((p.x - a.x) * d.x + (p.y - a.y) * d.y) / (d.x * d.x + d.y * d.y);
            const double u = t < 0 ? 0 : (t > 1 ? 1 : t);
            best = std::min(best, std::hypot(p.x - a.x - u * d.x, p.y - a.y - u * d.y));
        }
    }
    return best;
}

} // namespace

TEST_CASE("snapping equals brute force", "[snap]")
{
    const Network network = noisy_lines(1, 300);
    const Snapper snapper(network);
    for (std::uint64_t i = 0; i < 3000; ++i) {
        const Random random(2, i);
        const XY p{random.uniform(0) * 5000 - 1000, random.uniform(1) * 5000 - 1000};
        const auto snapped = snapper.snap(p);
        REQUIRE(snapped);
        REQUIRE(snapped->distance_m == Approx(nearest_by_hand(network, p)).margin(1e-9));
        REQUIRE(distance_m(to_xy(network, snapped->place), snapped->xy) < 1e-6);
        REQUIRE(distance_m(p, snapped->xy) == Approx(snapped->distance_m).margin(1e-9));
        const auto near = snapper.snap(p, 20);
        REQUIRE(near.has_value() == (snapped->distance_m <= 20));
    }
}

TEST_CASE("a place beside a street snaps to its foot", "[snap]")
{
    Geometries streets;
    const XY street[] = {{0, 0}, {1000, 0}};
    const XY other[] = {{0, 300}, {1000, 300}};
    streets.add(street);
    streets.add(other);
    const Network network = build_network(streets).network;
    const Snapper snapper(network);
    const auto foot = snapper.snap({370, 100});
    REQUIRE(foot);
    CHECK(foot->xy == XY{370, 0});
    CHECK(foot->distance_m == 100);
    CHECK(foot->place.offset_m == 370);
    const auto beyond = snapper.snap({-30, -40});
    REQUIRE(beyond);
    CHECK(beyond->xy == XY{0, 0});
    CHECK(beyond->distance_m == 50);
    const auto middle = snapper.snap({500, 150}); // as far from both: the edge with the lower number
    REQUIRE(middle);
    CHECK(middle->place.edge == 0);

    const std::uint32_t allowed[] = {middle->place.edge == 0 ? 1U : 0U};
    const auto restricted = Snapper(network, allowed).snap({500, 10});
    REQUIRE(restricted);
    CHECK(restricted->place.edge == allowed[0]);
    CHECK_THROWS_AS(snapper.snap({std::numeric_limits<double>::quiet_NaN(), 0}), Error);
}

TEST_CASE("the nearest node equals a look at all of them", "[snap]")
{
    const Network network = noisy_lines(3, 200);
    const NodeSnapper snapper(network);
    for (std::uint64_t i = 0; i < 500; ++i) {
        const Random random(4, i);
        const XY p{random.uniform(0) * 4000, random.uniform(1) * 4000};
        double best = INFINITY;
        for (const XY node : network.nodes) {
            best = std::min(best, distance_m(p, node));
        }
        const auto snapped = snapper.snap(p);
        REQUIRE(snapped);
        REQUIRE(snapped->distance_m == Approx(best));
        REQUIRE(distance_m(to_xy(network, snapped->place), snapped->xy) < 1e-6);
        REQUIRE_FALSE(snapper.snap(p, best * 0.99));
    }
}
