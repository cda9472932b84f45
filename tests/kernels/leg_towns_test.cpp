#include "kernels/route/leg_finder.h"
#include "kernels/route/line_ways.h"
#include "kernels/route/profile.h"
#include "tests/kernels/leg_checks.h"
#include "tests/support/drawn_ways.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <tuple>

using namespace vigil;
using namespace vigil::test;

namespace {

LegWay leg(EdgeSide side, double minutes, double probability)
{
    return {RouteWay{{side}, 0, 1}, minutes, probability};
}

Profile profile(const std::string& text)
{
    return parse_profile(text, "test.profile");
}

} // namespace

TEST_CASE("legs: journeys are the likeliest of all combinations of ways", "[legs]")
{
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        Dice dice(seed);
        std::vector<std::vector<LegWay>> legs(2 + dice.below(3));
        std::size_t combinations = 1;
        for (auto& ways : legs) {
            ways.resize(1 + dice.below(4));
            combinations *= ways.size();
            for (std::size_t i = 0; i < ways.size(); ++i) {
                ways[i] = leg(static_cast<EdgeSide>(i), 1 + static_cast<double>(dice.below(50)),
                              (1 + static_cast<double>(dice.below(100000))) / 100001);
            }
        }
        std::vector<Journey> all;
        for (std::size_t c = 0; c < combinations; ++c) {
            Journey journey{{}, 0, 1};
            std::size_t rest = c;
            for (const auto& ways : legs) {
                const LegWay& way = ways[rest % ways.size()];
                rest /= ways.size();
                journey.legs.push_back(way.way);
                journey.minutes += way.minutes;
                journey.probability *= way.probability;
            }
            all.push_back(journey);
        }
        std::sort(all.begin(), all.end(),
                  [](const Journey& a, const Journey& b) { return a.probability > b.probability; });
        for (const std::size_t most : {std::size_t{1}, std::size_t{3}, combinations}) {
            const std::vector<Journey> found = combine_legs(legs, most);
            REQUIRE(found.size() == std::min(most, combinations));
            for (std::size_t i = 0; i < found.size(); ++i) {
                CHECK(found[i].probability == all[i].probability);
                CHECK(found[i].minutes == all[i].minutes);
                CHECK(found[i].legs == all[i].legs);
            }
        }
        legs[1].clear();
        CHECK(combine_legs(legs, 3).empty());
    }
    // one leg: the likeliest two of three, in the order of the leg
    const std::vector<LegWay> three = {leg(0, 5, 0.2), leg(2, 6, 0.3), leg(4, 7, 0.5)};
    const auto two = combine_legs(std::vector<std::vector<LegWay>>{three}, 2);
    REQUIRE(two.size() == 2);
    CHECK(two[0].legs[0] == three[1].way);
    CHECK(two[1].legs[0] == three[2].way);
    CHECK(combine_legs({}, 2).empty());
}

TEST_CASE("legs: the likeliest journeys over thousands of legs are told apart", "[legs]")
{
    // every leg has a way of 0.4 and, last, one of 0.6; only the leg in the middle is nearly even
    constexpr std::size_t count = 5000;
    std::vector<std::vector<LegWay>> legs(count);
    for (std::size_t l = 0; l < count; ++l) {
        const double p = l == count / 2 ? 0.49 : 0.4;
        for (const std::uint32_t way : {0U, 1U}) {
            LegWay one;
            one.way.sides = {way};
            one.minutes = way + 1;
            one.probability = way == 0 ? p : 1 - p;
            legs[l].push_back(one);
        }
    }
    const auto found = combine_legs(legs, 2);
    REQUIRE(found.size() == 2);
    CHECK(found[0].probability == 0); // 0.6^5000
    CHECK(found[0].minutes == 2 * count);
    CHECK(found[1].minutes == 2 * count - 1); // the best of all others is the one with the even leg turned
    CHECK(found[1].legs[count / 2].sides[0] == 0);
    for (std::size_t l = 0; l < count; ++l) {
        REQUIRE(found[0].legs[l].sides[0] == 1);
    }
}

TEST_CASE("legs: cutting every line in three changes nothing", "[legs]")
{
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        Geometries whole;
        Geometries cut;
        whole.kind = cut.kind = GeometryKind::line;
        Dice dice(seed);
        const auto metre = [&](std::size_t n) {
            return static_cast<double>(dice.below(n)) / 111195;
        };
        const auto corner = [&](std::size_t at) {
            return XY{static_cast<double>(at % 4) * 300 / 111195, static_cast<double>(at / 4) * 300 / 111195};
        };
        for (std::size_t i = 0; i < 30; ++i) {
            const std::size_t at = dice.below(16);
            const XY a = corner(at);
            const XY b = corner(i % 7 == 0                 ? at
                                : i % 2 == 0 && at % 4 < 3 ? at + 1
                                                           : (at + 4) % 16); // some loops
            const XY line[] = {a,
                               {a.x + metre(100) + 1e-4, a.y + metre(100) + 1e-4},
                               {b.x - metre(100) - 1e-4, b.y + metre(100) + 1e-4},
                               b};
            whole.add(line);
            for (std::size_t k = 0; k < 3; ++k) {
                cut.add(std::span(line).subspan(k, 2));
            }
        }
        const RouteNetwork one = build_route_network(line_ways(whole, {}).ways).network;
        const RouteNetwork three = build_route_network(line_ways(cut, {}).ways).network;
        REQUIRE(one.edges() == three.edges());
        REQUIRE(one.piece.size() < three.piece.size());
        const Profile walk = profile("vehicle = foot\nmode road = 1\ndefault speed = 5\n");
        const LegNetwork a(one, {{costs_of(one, walk), 1}});
        const LegNetwork b(three, {{costs_of(three, walk), 1}});
        const EdgeSnapper snap_one(one);
        const EdgeSnapper snap_three(three);
        for (const std::size_t most : {1U, 4U}) {
            LegFinder find_one(a, lax(most));
            LegFinder find_three(b, lax(most));
            for (int i = 0; i < 40; ++i) {
                const LonLat from{metre(1000), metre(1000)};
                const LonLat to{metre(1000), metre(1000)};
                const auto f = find_one.find(snap_one.nearest(from)->place, snap_one.nearest(to)->place);
                const auto g =
                    find_three.find(snap_three.nearest(from)->place, snap_three.nearest(to)->place);
                REQUIRE(f.size() == g.size());
                for (std::size_t k = 0; k < f.size(); ++k) {
                    CHECK(f[k].minutes == Approx(g[k].minutes).epsilon(1e-12));
                    CHECK(f[k].probability == Approx(g[k].probability).epsilon(1e-12));
                    CHECK(way_length_m(a.network(), f[k].way) ==
                          Approx(way_length_m(b.network(), g[k].way)).epsilon(1e-12));
                    CHECK(drawing_of(a.network(), f[k].way) == drawing_of(b.network(), g[k].way));
                }
            }
        }
    }
}

TEST_CASE("legs: ferries and borders cost what the profile says, on the way that is taken", "[legs]")
{
    // over the water from B to C, or round by road, which crosses a border at E-F
    const DrawnWays town("A--B~~~~C--D\n"
                         "   |    |\n"
                         "   |    |\n"
                         "   E-##-F\n",
                         1000);
    const RouteNetwork network = build_route_network(town.ways).network;
    const auto at = [&](double east_m, double north_m) {
        const LonLat place = to_lon_lat(metres_from_zero(east_m, north_m));
        return EdgeSnapper(network).nearest(place)->place;
    };
    const EdgePlace from = at(1000, 0);
    const EdgePlace to = at(10000, 0);
    const auto find = [&](double border_minutes) {
        const Profile car = profile("vehicle = car\nmode road = 1\nmode ferry = 1\nmode transfer = 1\n"
                                    "default speed = 60\nspeed ferry = 15\nsignposted = no\nborder = " +
                                    std::to_string(border_minutes) + "\n");
        const LegNetwork legs(network, {{costs_of(network, car), 1}});
        LegOptions options = lax(1);
        const auto found = LegFinder(legs, options).find(from, to);
        REQUIRE(found.size() == 1);
        std::size_t ferries = 0;
        std::size_t borders = 0;
        for (const EdgeSide s : found[0].way.sides) {
            ferries += network.kind_of(edge_of(s)).mode == Mode::ferry ? 1U : 0U;
            borders += network.kind_of(edge_of(s)).border;
        }
        const double all_m = way_length_m(legs.network(), found[0].way);
        return std::tuple(found[0].minutes, all_m, ferries, borders);
    };
    // by ferry 4 km at 60 and 5 km at 15: 4 + 20 min; by road 4 + 11 km at 60: 15 min and the border. A step
    // is 1000 m on a sphere, 0.6 % less from north to south on the ellipsoid, 0.1 % more from west to east.
    const auto [by_road, road_m, no_ferry, border] = find(2);
    CHECK(by_road == Approx(17).epsilon(0.01));
    CHECK(by_road == Approx(road_m / 1000 + 2).epsilon(1e-6));
    CHECK(no_ferry == 0);
    CHECK(border == 1);
    const auto [by_ferry, ferry_m, ferry, no_border] = find(30);
    CHECK(by_ferry == Approx(24).epsilon(0.01));
    CHECK(ferry_m == Approx(9000).epsilon(0.01));
    CHECK(ferry == 1);
    CHECK(no_border == 0);
}
