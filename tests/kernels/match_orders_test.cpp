#include "kernels/route/match/matcher.h"

#include "tests/kernels/match_checks.h"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::test;

namespace {

enum class Known {
    nothing,   ///< any order
    partly,    ///< overlapping bounds
    first_last ///< the first and the last are known
};

constexpr double inf = std::numeric_limits<double>::infinity();

std::vector<Sighting> some_sightings(Dice& dice, Known known)
{
    std::vector<Sighting> seen((known == Known::first_last ? 4 : 3) +
                               dice.below(2) * (known == Known::partly));
    for (std::size_t i = 0; i < seen.size(); ++i) {
        seen[i].at = somewhere(dice);
        const double sigmas[] = {15, 25, 200, Sighting::unknown};
        seen[i].sigma_m = sigmas[dice.below(4)];
        if (known == Known::partly) {
            seen[i].order_begin = static_cast<double>(dice.below(4));
            seen[i].order_end = seen[i].order_begin + static_cast<double>(dice.below(3));
        } else if (known == Known::first_last) {
            seen[i].order_begin = i == 0 ? 0 : i + 1 < seen.size() ? 1 : 2;
            seen[i].order_end = seen[i].order_begin;
        }
        seen[i].begin_s = seen[i].end_s = 1000; // does not count where the order is not known
    }
    return seen;
}

MatchOptions options_of_orders()
{
    MatchOptions options;
    options.sigma_m = 20;
    options.draws = 20;
    options.spread.minutes = 0; // everybody takes the cheapest way between two states
    options.most_sharing = 1;   // routes are one when they have the same sides
    options.candidates.most_edges = 4;
    options.candidates.most_places = 5;
    return options;
}

} // namespace

TEST_CASE("match orders: every order and state tried one by one says the same", "[match]")
{
    std::size_t possible = 0;
    std::size_t orders = 0;
    std::size_t not_as_they_come = 0;
    for (const Known known : {Known::nothing, Known::partly, Known::first_last}) {
        for (std::size_t t = 0; t < 3; ++t) {
            const SightingTown town(sighting_town(t), 200 + t);
            const MatchNetwork network(town.network, town.costs, options_of_orders());
            Matcher matcher(network);
            Dice dice(210 + t);
            for (std::uint64_t item = 0; item < 20; ++item) {
                const std::vector<Sighting> seen = some_sightings(dice, known);
                CAPTURE(static_cast<int>(known), t, item);
                const TriedMatch tried(town, network, seen);
                if (tried.orders() < 2 || tried.log_evidence == TriedMatch::never) {
                    continue; // chains thin out what is near: not tried here
                }
                const CaseMatch match = matcher.match(seen, item);
                CHECK(!match.order_assumed);
                check_equal(match, tried, town.network.edges());
                ++possible;
                orders += tried.orders();
                for (std::size_t i = 0; i < seen.size(); ++i) {
                    not_as_they_come += match.sightings[i].order != i ? 1U : 0U;
                }
            }
        }
    }
    CHECK(possible > 100);
    CHECK(orders > 3 * possible);
    CHECK(not_as_they_come > 50);
}

TEST_CASE("match orders: draws come as often as all orders and states say", "[match]")
{
    constexpr double draws = 2000;
    MatchOptions options = options_of_orders();
    options.draws = static_cast<std::size_t>(draws);
    options.most_routes = 5000;
    std::size_t uncertain = 0;
    for (std::size_t t = 0; t < 3; ++t) {
        const SightingTown town(sighting_town(t), 220 + t);
        const MatchNetwork network(town.network, town.costs, options);
        Matcher matcher(network);
        Dice dice(230 + t);
        for (std::uint64_t item = 0; item < 4; ++item) {
            const std::vector<Sighting> seen =
                some_sightings(dice, item % 2 == 0 ? Known::nothing : Known::first_last);
            const TriedMatch tried(town, network, seen);
            if (tried.orders() < 2 || tried.log_evidence == TriedMatch::never) {
                continue;
            }
            CAPTURE(t, item);
            uncertain += check_draws(town.network, matcher.match(seen, item), tried, draws, options.corridor);
        }
    }
    CHECK(uncertain > 50);
}

TEST_CASE("match orders: the order of the rows does not matter when none is known", "[match]")
{
    const SightingTown town(sighting_town(0), 5);
    const MatchNetwork network(town.network, town.costs, options_of_orders());
    Matcher matcher(network);
    Dice dice(6);
    for (int c = 0; c < 20; ++c) {
        std::vector<Sighting> seen = some_sightings(dice, Known::nothing);
        for (Sighting& one : seen) {
            one.sigma_m = std::min(one.sigma_m, 30.0); // of vague ones a route that was drawn may be the best
        }
        const CaseMatch one = matcher.match(seen, 0);
        std::rotate(seen.begin(), seen.begin() + 1, seen.end());
        const CaseMatch other = matcher.match(seen, 0);
        CHECK(one.log_evidence == Approx(other.log_evidence).epsilon(1e-12));
        for (std::size_t i = 0; i < seen.size(); ++i) {
            const SightingMatch& before = one.sightings[(i + 1) % seen.size()];
            CHECK(before.status == other.sightings[i].status);
            CHECK(before.probability == Approx(other.sightings[i].probability).margin(1e-12));
            CHECK(before.second == Approx(other.sightings[i].second).margin(1e-12));
        }
    }
}
