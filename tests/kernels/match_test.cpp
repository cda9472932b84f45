#include "kernels/route/match/matcher.h"

#include "libgeo/error.h"
#include "tests/kernels/match_checks.h"

#include <catch2/catch.hpp>

#include <map>
#include <sstream>
#include <thread>

using namespace vigil;
using namespace vigil::test;

namespace {

enum class Kind { near, far, timed, vague };

/// Sightings one after the other, each far enough from the last to count.
std::vector<Sighting> some_sightings(Dice& dice, Kind kind)
{
    std::vector<Sighting> seen(2 + dice.below(kind == Kind::vague ? 2 : 3));
    double time_s = 1000;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        do {
            seen[i].at = somewhere(dice);
        } while (i > 0 && apart_m(seen[i].at, seen[i - 1].at) < 110);
        const double sigmas[] = {15, 25, 40, Sighting::unknown};
        seen[i].sigma_m = kind == Kind::vague && dice.below(2) == 0 ? 200 : sigmas[dice.below(4)];
        seen[i].order_begin = seen[i].order_end = static_cast<double>(i);
        if (kind == Kind::timed && dice.below(5) > 0) {
            time_s += 5 + static_cast<double>(dice.below(200));
            seen[i].begin_s = time_s;
            time_s += static_cast<double>(dice.below(20));
            seen[i].end_s = time_s;
        }
    }
    return seen;
}

MatchOptions options_of(Kind kind)
{
    MatchOptions options;
    options.sigma_m = 20;
    options.draws = 20;
    options.spread.minutes = 0; // everybody takes the cheapest way between two states
    options.most_sharing = 1;   // routes are one when they have the same sides
    options.candidates.most_places = 6;
    options.law.near_m = kind == Kind::near ? 500 : 0;
    return options;
}

/// Brute force for cases of one kind; the number of those that were possible.
std::size_t compare(Kind kind, std::uint64_t first_seed)
{
    std::size_t possible = 0;
    std::size_t turned = 0;
    std::size_t stayed = 0;
    for (std::size_t t = 0; t < 3; ++t) {
        const SightingTown town(sighting_town(t), first_seed + t);
        const MatchNetwork network(town.network, town.costs, options_of(kind));
        Matcher matcher(network);
        Dice dice(first_seed + 100 + t);
        for (std::uint64_t item = 0; item < 40; ++item) {
            const std::vector<Sighting> seen = some_sightings(dice, kind);
            CAPTURE(t, item);
            const CaseMatch match = matcher.match(seen, item);
            const TriedMatch tried(town, network, seen);
            if (tried.log_evidence > TriedMatch::never) {
                check_equal(match, tried, town.network.edges());
                ++possible;
                for (const LegMatch& leg : match.legs) {
                    turned += leg.way.sides.front() != match.sightings[leg.from].state.side ? 1U : 0U;
                    stayed += leg.way.stays ? 1U : 0U;
                }
            }
        }
    }
    CHECK((kind == Kind::vague || kind == Kind::timed || turned > 0)); // both were met
    CHECK((kind == Kind::vague || stayed > 0));
    return possible;
}

void check_alike(const RouteNetwork& a, const CaseMatch& one, const RouteNetwork& b, const CaseMatch& three)
{
    CHECK(one.log_evidence == Approx(three.log_evidence).epsilon(1e-9));
    for (std::size_t i = 0; i < one.sightings.size(); ++i) {
        CHECK(one.sightings[i].status == three.sightings[i].status);
        CHECK(one.sightings[i].probability == Approx(three.sightings[i].probability).margin(1e-9));
        CHECK(one.sightings[i].second == Approx(three.sightings[i].second).margin(1e-9));
        CHECK(apart_m(one.sightings[i].at, three.sightings[i].at) < 1e-3);
    }
    REQUIRE(one.legs.size() == three.legs.size());
    REQUIRE(one.routes.size() == three.routes.size());
    for (std::size_t r = 0; r < one.routes.size(); ++r) {
        CHECK(one.routes[r].probability == three.routes[r].probability);
        CHECK(one.routes[r].minutes == Approx(three.routes[r].minutes).epsilon(1e-5)); // whole milliseconds
        CHECK(one.routes[r].length_m == Approx(three.routes[r].length_m).epsilon(1e-9));
        REQUIRE(one.routes[r].stretches.size() == three.routes[r].stretches.size());
        for (std::size_t k = 0; k < one.routes[r].stretches.size(); ++k) {
            const auto line = drawing_of(a, one.routes[r].stretches[k].way);
            const auto more = drawing_of(b, three.routes[r].stretches[k].way);
            CHECK(more.size() >= line.size());
            CHECK(apart_m(line.front(), more.front()) < 1e-3);
            CHECK(apart_m(line.back(), more.back()) < 1e-3);
        }
    }
    std::vector<double> p;
    std::vector<double> q;
    for (const EdgeProbability& edge : one.edges) {
        p.push_back(edge.probability);
    }
    for (const EdgeProbability& edge : three.edges) {
        q.push_back(edge.probability);
    }
    std::sort(p.begin(), p.end());
    std::sort(q.begin(), q.end());
    CHECK(p == q);
}

/// All that a match tells, to the last digit.
std::string everything(const CaseMatch& match)
{
    std::ostringstream text;
    text << std::hexfloat << match.log_evidence << ' ' << match.corridor_p << '\n';
    for (const SightingMatch& one : match.sightings) {
        text << static_cast<int>(one.status) << ' ' << one.state.side << ' ' << one.state.offset_m << ' '
             << one.probability << ' ' << one.second << ' ' << one.second_edge << ' ' << one.entropy_bits
             << '\n';
    }
    for (const MatchedRoute& route : match.routes) {
        text << route.probability << ' ' << route.minutes << ' ' << route.length_m;
        for (const EdgeSide side : sides_of(route)) {
            text << ' ' << side;
        }
        text << '\n';
    }
    for (const EdgeProbability& edge : match.edges) {
        text << edge.side << ' ' << edge.probability << ' ' << edge.on_best << '\n';
    }
    for (const LegMatch& leg : match.legs) {
        text << leg.probability << ' ' << leg.second << ' ' << leg.entropy_bits << ' ' << leg.ways << ' '
             << leg.minutes << '\n';
    }
    return text.str();
}

} // namespace

TEST_CASE("match: tracks are matched as all states tried one by one say", "[match]")
{
    CHECK(compare(Kind::near, 1) > 100);
}

TEST_CASE("match: sightings far apart are matched as all states tried one by one say", "[match]")
{
    CHECK(compare(Kind::far, 11) > 100);
}

TEST_CASE("match: times count as all states tried one by one say", "[match]")
{
    CHECK(compare(Kind::timed, 21) > 80);
}

TEST_CASE("match: vague sightings are matched as all states tried one by one say", "[match]")
{
    CHECK(compare(Kind::vague, 31) > 100);
}

TEST_CASE("match: draws come as often as all states tried one by one say", "[match]")
{
    constexpr double draws = 2000;
    std::size_t uncertain = 0;
    for (const Kind kind : {Kind::near, Kind::far, Kind::vague}) {
        for (std::size_t t = 0; t < 3; ++t) {
            const SightingTown town(sighting_town(t), 50 + t);
            MatchOptions options = options_of(kind);
            options.draws = static_cast<std::size_t>(draws);
            options.most_routes = 5000; // all of them
            const MatchNetwork network(town.network, town.costs, options);
            Matcher matcher(network);
            Dice dice(70 + t);
            for (std::uint64_t item = 0; item < 4; ++item) {
                const std::vector<Sighting> seen = some_sightings(dice, kind);
                const TriedMatch tried(town, network, seen);
                if (tried.log_evidence == TriedMatch::never) {
                    continue;
                }
                CAPTURE(static_cast<int>(kind), t, item);
                const CaseMatch match = matcher.match(seen, item);
                uncertain += check_draws(town.network, match, tried, draws, options.corridor);
            }
        }
    }
    CHECK(uncertain > 100);
}

TEST_CASE("match: cutting every way in three changes nothing", "[match]")
{
    for (const Kind kind : {Kind::near, Kind::timed}) {
        for (std::size_t t = 0; t < 3; ++t) {
            SightingTown::Drawing drawing = sighting_town(t);
            const SightingTown whole(drawing, 80 + t);
            drawing.cut = true;
            const SightingTown thirds(drawing, 80 + t);
            REQUIRE(whole.network.edges() == thirds.network.edges());
            REQUIRE(whole.network.shape.size() < thirds.network.shape.size());
            const MatchNetwork one(whole.network, whole.costs, options_of(kind));
            const MatchNetwork three(thirds.network, thirds.costs, options_of(kind));
            Matcher match_one(one);
            Matcher match_three(three);
            Dice dice(90 + t);
            for (std::uint64_t item = 0; item < 15; ++item) {
                CAPTURE(static_cast<int>(kind), t, item);
                const std::vector<Sighting> seen = some_sightings(dice, kind);
                check_alike(whole.network, match_one.match(seen, item), thirds.network,
                            match_three.match(seen, item));
            }
        }
    }
}

TEST_CASE("match: a case has the same answer whatever was matched before, by whatever thread", "[match]")
{
    const SightingTown town(sighting_town(0), 3);
    MatchOptions options = options_of(Kind::far);
    options.spread = {};
    const MatchNetwork network(town.network, town.costs, options);
    std::vector<std::vector<Sighting>> cases;
    Dice dice(4);
    for (std::size_t c = 0; c < 60; ++c) {
        const Kind kinds[] = {Kind::near, Kind::far, Kind::timed, Kind::vague};
        cases.push_back(some_sightings(dice, kinds[c % 4]));
    }
    std::vector<std::string> alone;
    for (std::size_t c = 0; c < cases.size(); ++c) {
        alone.push_back(everything(Matcher(network).match(cases[c], c)));
    }
    std::vector<std::string> found(cases.size());
    const MatchNetwork fresh(town.network, town.costs, options); // threads race for its hierarchy
    const auto every_other = [&](std::size_t first) {
        Matcher matcher(fresh);
        for (std::size_t c = first; c < cases.size(); c += 2) {
            static_cast<void>(matcher.match(cases[(c * 7) % cases.size()], c));
            found[c] = everything(matcher.match(cases[c], c));
        }
    };
    std::thread other(every_other, 1);
    every_other(0);
    other.join();
    for (std::size_t c = 0; c < cases.size(); ++c) {
        CAPTURE(c);
        CHECK(found[c] == alone[c]);
    }
    CHECK(std::set<std::string>(alone.begin(), alone.end()).size() == cases.size());
}

TEST_CASE("match: costs of another network are refused", "[match]")
{
    const SightingTown town(sighting_town(0), 3);
    Costs short_one = town.costs;
    short_one.of_side.pop_back();
    CHECK_THROWS_AS(MatchNetwork(town.network, short_one, {}), Error);
}
