#include "kernels/route/cost_unit.h"
#include "kernels/route/profile.h"
#include "libgeo/error.h"
#include "libgeo/random.h"
#include "tests/support/hand_network.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace vigil;
using Catch::Matchers::Contains;

namespace {

constexpr EdgeKind open_road = {Mode::road, vehicle::all, vehicle::all};

} // namespace

TEST_CASE("one dear edge is refused rather than that it makes the costs of all others coarse")
{
    // A row of edges of 100 m, 6 s each at 60 km/h, and a last one of given minutes.
    const auto row = [](float last_minutes) {
        test::HandNetwork hand;
        const auto road = hand.kind(open_road, "street");
        const auto dear = hand.kind(open_road, "track", {"access=private"});
        for (std::uint32_t i = 0; i < 20; ++i) {
            hand.node(i * 0.001, 0);
        }
        for (std::uint32_t i = 0; i + 2 < 20; ++i) {
            hand.edge(i, i + 1, 100, road);
        }
        hand.edge(18, 19, 100, dear, last_minutes);
        return hand.network();
    };
    const Profile p = parse_profile("vehicle = car\nmode road = 1\ndefault speed = 60\n", "test.profile");
    // 2^30 ms are 17,896 minutes; a way, and a part of an edge at both ends, must be below
    const Costs plain = costs_of(row(4000), p);
    CHECK(plain.unit_minutes == 1.0 / 60000);
    CHECK(plain.of_side[0] == 6000);
    // at 10 ms the streets still cost 600 units
    const Costs dear = costs_of(row(9000), p);
    CHECK(dear.unit_minutes == Approx(10.0 / 60000));
    CHECK(dear.of_side[0] == 600);
    // 90,000 minutes would need units of 100 ms, more than a hundredth of 6 s
    CHECK_THROWS_WITH(costs_of(row(90000), p), Contains("90000 minutes") &&
                                                   Contains("track, access=private") &&
                                                   Contains("0.1 minutes"));
    // and more than 100,000 are no way, so that the others keep their milliseconds
    const Costs closed = costs_of(row(1e8F), p);
    CHECK(closed.unit_minutes == 1.0 / 60000);
    CHECK(closed.of_side[2 * 18] == unreachable);
}

TEST_CASE("no cheapest way exceeds the bound of ways")
{
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const Random random(5, seed);
        std::uint64_t draw = 0;
        const auto below = [&](std::uint32_t most) {
            return static_cast<std::uint32_t>(random.uniform(draw++) * most);
        };
        test::HandNetwork hand;
        constexpr std::size_t n = 14;
        for (std::uint32_t v = 0; v < n; ++v) {
            hand.node(v * 0.1, 0);
        }
        const auto oneway = hand.kind({Mode::road, vehicle::car, vehicle::none}, "");
        for (std::uint32_t e = 0; e < 24; ++e) {
            hand.edge(below(14), below(14), 1, oneway);
        }
        const RouteNetwork network = hand.network();
        std::vector<double> cost(network.arcs());
        for (double& c : cost) {
            c = below(6) == 0 ? HUGE_VAL : 1 + below(100);
        }
        std::vector<double> way(n * n, HUGE_VAL); // Floyd and Warshall
        for (std::uint32_t v = 0; v < n; ++v) {
            way[v * n + v] = 0;
            for (std::uint32_t a = network.first_out[v]; a < network.first_out[v + 1]; ++a) {
                double& known = way[v * n + network.head[a]];
                known = std::min(known, cost[a]);
            }
        }
        for (std::size_t k = 0; k < n; ++k) {
            for (std::size_t i = 0; i < n; ++i) {
                for (std::size_t j = 0; j < n; ++j) {
                    way[i * n + j] = std::min(way[i * n + j], way[i * n + k] + way[k * n + j]);
                }
            }
        }
        double longest = 0;
        for (const double w : way) {
            longest = std::isinf(w) ? longest : std::max(longest, w);
        }
        const double bound =
            bound_of_ways(network.graph(), network.first_in.span(), network.in_arc.span(), cost);
        CHECK(bound >= longest);
        CHECK(bound <= 100.0 * 2 * 14);
    }
}

TEST_CASE("part of a weight is rounded")
{
    CHECK(part_weight(100, 0.255) == 26);
    CHECK(part_weight(100, 0) == 0);
    CHECK(part_weight(100, 1) == 100);
    CHECK(part_weight(100, 1.5) == 100);
    CHECK(part_weight(100, -1) == 0);
    CHECK(part_weight(unreachable, 0.5) == unreachable);
    CHECK(part_weight(unreachable - 1, 1) == unreachable - 1);
}
