#include "kernels/route/match/matcher.h"

#include "tests/kernels/match_checks.h"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::test;

namespace {

/// Streets within 400 m x 200 m, a road of 5 km to the east, and an island 1.2 km to the south.
const SightingTown& town()
{
    static const SightingTown built({.text = "A---B---C---------------------------------------------Z\n"
                                             "|   |   |\n"
                                             "D---E---F\n" +
                                             std::string(10, '\n') +
                                             "V---W\n"
                                             "|   |\n"
                                             "X---Y\n",
                                     .step_m = 100,
                                     .shake_m = 0},
                                    1);
    return built;
}

MatchOptions plain()
{
    MatchOptions options;
    options.draws = 50;
    return options;
}

CaseMatch matched(const std::vector<Sighting>& seen, const MatchOptions& options = plain())
{
    const MatchNetwork network(town().network, town().costs, options);
    return Matcher(network).match(seen, 7);
}

/// Metres to the east and to the north of A.
struct At {
    double east_m, north_m;
};

/// One after the other; `step_s` apart, or at unknown times.
std::vector<Sighting> track(const std::vector<At>& places, double step_s = Sighting::unknown)
{
    std::vector<Sighting> seen(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        seen[i].at = to_lon_lat(metres_from_zero(places[i].east_m, places[i].north_m));
        seen[i].begin_s = seen[i].end_s = step_s * static_cast<double>(i);
        seen[i].order_begin = seen[i].order_end = static_cast<double>(i);
    }
    return seen;
}

std::vector<Sighting> in_any_order(std::vector<Sighting> seen)
{
    for (Sighting& one : seen) {
        one.order_begin = -std::numeric_limits<double>::infinity();
        one.order_end = std::numeric_limits<double>::infinity();
    }
    return seen;
}

std::string statuses(const CaseMatch& match)
{
    std::string all;
    for (const SightingMatch& one : match.sightings) {
        all += name_of(one.status).substr(0, 1);
    }
    return all;
}

void check_no_route(const CaseMatch& match)
{
    CHECK(match.routes.empty());
    CHECK(match.edges.empty());
    CHECK(match.legs.empty());
    CHECK(match.log_evidence == 0);
}

/// A route is stretches that nobody has to jump between.
void check_connected(const MatchedRoute& route)
{
    for (const MatchedRoute::Stretch& stretch : route.stretches) {
        REQUIRE(!stretch.way.sides.empty());
        for (std::size_t i = 1; i < stretch.way.sides.size(); ++i) {
            CHECK(town().network.tail_of_side(stretch.way.sides[i]) ==
                  town().network.tail_of_side(reversed(stretch.way.sides[i - 1])));
        }
    }
}

/// Never NaN, and what is on the route is near it.
void check_plain_numbers(const CaseMatch& match)
{
    CHECK(std::isfinite(match.log_evidence));
    CHECK((match.corridor_p >= 0 && match.corridor_p <= 1));
    for (const SightingMatch& one : match.sightings) {
        if (one.status == MatchStatus::matched || one.status == MatchStatus::gap) {
            CHECK(std::isfinite(one.distance_m));
            CHECK((one.thinned ? std::isnan(one.probability) : one.probability <= 1 + 1e-12));
            CHECK(one.state.side < 2 * town().network.edges());
        }
    }
    for (const MatchedRoute& route : match.routes) {
        CHECK(std::isfinite(route.minutes));
        CHECK(std::isfinite(route.length_m));
        check_connected(route);
    }
}

} // namespace

TEST_CASE("bad cases: no sighting has no route", "[match]")
{
    const CaseMatch match = matched({});
    CHECK(match.sightings.empty());
    check_no_route(match);
}

TEST_CASE("bad cases: a lone sighting has a route that stays", "[match]")
{
    // 15 m north of the street from A to B, 60 m from that from B to E (the only others within 80 m)
    const CaseMatch match = matched(track({{340, 15}}));
    CHECK(statuses(match) == "m");
    REQUIRE(!match.routes.empty());
    REQUIRE(match.routes[0].stretches.size() == 1);
    CHECK(match.routes[0].stretches[0].way.stays);
    CHECK(match.routes[0].minutes == 0);
    CHECK(match.routes[0].length_m == 0);
    CHECK(match.routes[0].order == std::vector<std::uint32_t>{0});
    CHECK(match.legs.empty());
    const MatchNetwork network(town().network, town().costs, plain());
    double all = 0;
    double here = 0;
    for (const Candidate& one : network.shared().finder->find(track({{340, 15}})[0].at, 10)) {
        const double p = std::exp(-one.distance_m * one.distance_m / 200);
        all += p;
        here += one.place.edge == edge_of(match.sightings[0].state.side) ? p : 0;
    }
    CHECK(match.sightings[0].probability == Approx(here / all).epsilon(1e-12));
    CHECK(match.sightings[0].probability > 0.99);
    CHECK(match.sightings[0].distance_m == Approx(15).epsilon(0.01));
    double drawn = 0;
    for (const EdgeProbability& edge : match.edges) {
        drawn += edge.probability;
    }
    CHECK(drawn == Approx(1)); // in one direction or the other
    check_plain_numbers(match);
}

TEST_CASE("bad cases: a sighting in the sea is unreachable", "[match]")
{
    check_no_route(matched(track({{0, 9000}})));
    CHECK(statuses(matched(track({{0, 9000}}))) == "u");
    const CaseMatch match = matched(track({{50, 0}, {0, 9000}, {350, 0}, {0, 9000}}));
    CHECK(statuses(match) == "mumu");
    REQUIRE(match.legs.size() == 1);
    CHECK(match.legs[0].from == 0);
    CHECK(match.legs[0].to == 2);
    CHECK(match.sightings[2].order == 1);
    check_plain_numbers(match);
}

TEST_CASE("bad cases: two sightings that nothing joins are unreachable", "[match]")
{
    for (const double step_s : {Sighting::unknown, 3600.0}) {
        const CaseMatch match = matched(track({{200, 0}, {200, -1300}}, step_s));
        CHECK(statuses(match) == "uu");
        check_no_route(match);
    }
}

TEST_CASE("bad cases: a sighting on an island between others is left out", "[match]")
{
    const CaseMatch match = matched(track({{50, 0}, {200, -1300}, {750, 0}, {800, -150}}));
    CHECK(statuses(match) == "mumm");
    CHECK(match.routes[0].stretches.size() == 1);
    CHECK(match.routes[0].order == std::vector<std::uint32_t>{0, 2, 3});
    CHECK(match.legs.size() == 2);
    check_plain_numbers(match);
    // before and after all others
    CHECK(statuses(matched(track({{200, -1300}, {50, 0}, {750, 0}, {800, -150}}))) == "ummm");
    CHECK(statuses(matched(track({{50, 0}, {750, 0}, {800, -150}, {200, -1300}}))) == "mmmu");
}

TEST_CASE("bad cases: a sighting on an island is left out whatever the order", "[match]")
{
    const CaseMatch match = matched(in_any_order(track({{50, 0}, {200, -1300}, {750, 0}, {800, -150}})));
    CHECK(statuses(match) == "mumm");
    REQUIRE(!match.routes.empty());
    CHECK(match.routes[0].order.size() == 3);
    check_plain_numbers(match);
    // the first and the last are known, two between are not, one of them on the island
    std::vector<Sighting> partly = track({{50, 0}, {200, -1300}, {750, 0}, {800, -150}});
    partly[1].order_begin = partly[2].order_begin = 1;
    partly[1].order_end = partly[2].order_end = 2;
    CHECK(statuses(matched(partly)) == "mumm");
    // two by two: those that were first stay
    const CaseMatch two = matched(in_any_order(track({{50, 0}, {200, -1300}, {750, 0}, {300, -1300}})));
    CHECK(statuses(two) == "mumu");
    check_no_route(matched(in_any_order(track({{200, 0}, {200, -1300}}))));
    CHECK(statuses(matched(in_any_order(track({{200, 0}, {200, -1300}})))) == "uu");
}

TEST_CASE("bad cases: what nobody can have reached so fast is an outlier", "[match]")
{
    // 10 s apart, 150 m each: 54 km/h; the spike is 4.5 km away
    const std::vector<At> drive = {{20, 0}, {170, 0}, {320, 0}, {470, 0}, {620, 0}, {770, 0}};
    const std::vector<std::pair<std::size_t, std::string>> spikes = {
        {0, "ommmmmm"}, {1, "mommmmm"}, {3, "mmmommm"}, {5, "mmmmmom"}, {6, "mmmmmmo"}};
    for (const auto& [at, expected] : spikes) {
        std::vector<At> places = drive;
        places.insert(places.begin() + static_cast<std::ptrdiff_t>(at), {5000, 0});
        const CaseMatch match = matched(track(places, 10));
        CAPTURE(at);
        CHECK(statuses(match) == expected);
        REQUIRE(!match.routes.empty());
        CHECK(match.routes[0].length_m == Approx(750).epsilon(0.03));
        check_plain_numbers(match);
    }
    const CaseMatch both = matched(track({{200, 0}, {5000, 0}}, 10)); // nobody knows which
    CHECK(statuses(both) == "oo");
    check_no_route(both);
    CHECK(statuses(matched(track({{200, 0}, {5000, 0}}))) == "mm"); // without times nothing is too fast
}

TEST_CASE("bad cases: where nothing joins two halves of a case there is a gap", "[match]")
{
    const CaseMatch match = matched(track({{50, 0}, {750, 0}, {100, -1300}, {400, -1400}}));
    CHECK(statuses(match) == "mmgm");
    CHECK(match.sightings[1].part == 0);
    CHECK(match.sightings[2].part == 1);
    CHECK(match.sightings[3].part == 1);
    REQUIRE(!match.routes.empty());
    REQUIRE(match.routes[0].stretches.size() == 2);
    CHECK(!match.routes[0].stretches[1].joined);
    CHECK(match.routes[0].order == std::vector<std::uint32_t>{0, 1, 2, 3});
    REQUIRE(match.legs.size() == 2);
    CHECK(match.legs[1].from == 2);
    check_plain_numbers(match);
}

TEST_CASE("bad cases: sightings at one place and time are a route that stays", "[match]")
{
    for (const std::size_t count : {2U, 3U, 7U}) {
        const std::vector<At> places(count, At{200, 5});
        for (const double step_s : {0.0, 60.0, Sighting::unknown}) {
            const CaseMatch match = matched(track(places, step_s));
            CHECK(statuses(match) == std::string(count, 'm'));
            REQUIRE(!match.routes.empty());
            CHECK(match.routes[0].length_m == 0);
            CHECK(match.routes[0].minutes == 0);
            for (std::size_t i = 0; i < count; ++i) {
                CHECK(match.sightings[i].order == i);
                CHECK(match.sightings[i].thinned == (i > 0 && i + 1 < count));
                CHECK(match.sightings[i].distance_m == Approx(5).epsilon(0.01));
            }
            check_plain_numbers(match);
        }
        const CaseMatch any = matched(in_any_order(track(places)));
        CHECK(statuses(any) == std::string(count, 'm'));
        CHECK(any.routes[0].length_m == 0);
    }
}

TEST_CASE("bad cases: a sighting seen twice changes nothing of the others", "[match]")
{
    const CaseMatch once = matched(track({{50, 0}, {450, 0}, {800, -150}}));
    const CaseMatch twice = matched(track({{50, 0}, {450, 0}, {450, 0}, {800, -150}}));
    CHECK(statuses(twice) == "mmmm");
    CHECK(twice.sightings[2].thinned);
    CHECK(twice.log_evidence == once.log_evidence);
    CHECK(sides_of(twice.routes[0]) == sides_of(once.routes[0]));
    CHECK(twice.sightings[3].probability == once.sightings[2].probability);
    CHECK(twice.sightings[3].order == 3);
}

TEST_CASE("bad cases: a place that may be anywhere is matched", "[match]")
{
    std::vector<Sighting> seen = track({{50, 0}, {450, 0}, {5000, 0}});
    for (const double sigma_m : {5e4, 1e8}) {
        seen[1].sigma_m = sigma_m;
        const CaseMatch match = matched(seen);
        CHECK(statuses(match) == "mmm");
        CHECK(match.sightings[1].sigma_m == sigma_m);
        CHECK(match.sightings[1].entropy_bits >= 0);
        check_plain_numbers(match);
        const CaseMatch alone = matched({seen[1]});
        CHECK(statuses(alone) == "m");
        CHECK(alone.sightings[0].probability < 0.95); // nothing is known
        check_plain_numbers(alone);
    }
}

TEST_CASE("bad cases: too many in no order are taken as they come", "[match]")
{
    std::vector<At> places;
    for (int i = 0; i < 11; ++i) {
        places.push_back({40 + 70.0 * i, 0});
    }
    const CaseMatch match = matched(in_any_order(track(places)));
    CHECK(match.order_assumed);
    CHECK(statuses(match) == std::string(11, 'm'));
    for (std::size_t i = 0; i < 11; ++i) {
        CHECK(match.sightings[i].order == i);
    }
    places.pop_back();
    std::swap(places[3], places[8]); // along a road there are two orders, there and back
    const CaseMatch ten = matched(in_any_order(track(places)));
    CHECK(!ten.order_assumed);
    CHECK(statuses(ten) == std::string(10, 'm'));
    CHECK(std::min(ten.sightings[0].order, ten.sightings[9].order) == 0);
    CHECK(ten.routes[0].length_m == Approx(630).epsilon(0.03));
    check_plain_numbers(ten);
}

TEST_CASE("bad cases: sightings that are set aside are placed on the route", "[match]")
{
    // a fix each second, 6 m on: of four three tell nothing
    std::vector<At> places;
    for (int i = 0; i <= 60; ++i) {
        places.push_back({20.0 + 6 * i, i % 2 == 0 ? 3.0 : -3.0});
    }
    places.push_back({400, -20});
    const CaseMatch match = matched(track(places, 1));
    std::size_t thinned = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const SightingMatch& one = match.sightings[i];
        CHECK(one.status == MatchStatus::matched);
        CHECK(one.order == i);
        CHECK((one.distance_m < 3.1 || i + 1 == places.size()));
        CHECK(apart_m(one.at, track(places)[i].at) ==
              Approx(one.distance_m).epsilon(0.006)); // a plane of the mean Earth
        CHECK(std::isnan(one.probability) == one.thinned);
        thinned += one.thinned ? 1U : 0U;
    }
    CHECK(thinned > 35);
    CHECK(thinned < 50);
    check_plain_numbers(match);
}

TEST_CASE("bad cases: without draws there is a best route and nothing else", "[match]")
{
    MatchOptions options;
    options.draws = 0;
    for (const bool ordered : {true, false}) {
        const std::vector<Sighting> seen = track({{50, 0}, {450, 0}, {800, -150}});
        const CaseMatch match = matched(ordered ? seen : in_any_order(seen), options);
        CHECK(statuses(match) == "mmm");
        CHECK(match.routes.size() == 1);
        CHECK(match.edges.empty());
        CHECK(match.legs.size() == 2);
        CHECK(std::isfinite(match.routes[0].length_m));
    }
}
