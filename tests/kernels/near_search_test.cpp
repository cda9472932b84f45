#include "kernels/route/match/near_search.h"

#include "tests/kernels/match_ways.h"
#include "tests/kernels/turn_checks.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace vigil;
using namespace vigil::test;

namespace {

struct NearTown {
    TurnTown town;
    TurnGraph turns;
    std::vector<Weight> weights;
    StateEnds ends;

    explicit NearTown(std::uint64_t seed)
        : town(noisy_turn_town(seed, {.streets = 9})), turns(town.network),
          weights(turns.weights(town.costs, {})), ends(turns, town.costs, weights)
    {
    }
    NearTown(const NearTown&) = delete;
    NearTown& operator=(const NearTown&) = delete;

    [[nodiscard]] MatchState state(Dice& dice) const
    {
        for (;;) {
            const auto side = static_cast<EdgeSide>(dice.below(town.costs.of_side.size()));
            if (town.costs.of_side[side] < unreachable) {
                const double shares[] = {0, 1, 0.5, static_cast<double>(dice.below(1000)) / 1000};
                return {side, shares[dice.below(4)] * town.network.edge[edge_of(side)].length_m};
            }
        }
    }
    /// By Dijkstra from the seeds of one to those of the other, or straight on.
    [[nodiscard]] Weight cheapest(const MatchState& from, const MatchState& to) const
    {
        std::vector<Seed> start;
        std::vector<Seed> end;
        ends.leaving(from, start);
        ends.arriving(to, end);
        Dijkstra search(turns.graph(), weights);
        Weight least = ends.direct(from, to);
        if (!start.empty()) {
            search.run(start);
            for (const Seed& seed : end) {
                least = std::min(least, add(search.distance(seed.node), seed.weight));
            }
        }
        return least;
    }
    /// What a way along these sides costs.
    [[nodiscard]] Weight along(const MatchState& from, const MatchState& to,
                               const std::vector<EdgeSide>& sides) const
    {
        REQUIRE(sides.front() == from.side);
        REQUIRE(sides.back() == to.side);
        if (sides.size() == 1) {
            return ends.direct(from, to);
        }
        const TurnBrute brute(town);
        Weight sum = part(from.side, 1 - behind(from));
        for (std::size_t i = 1; i < sides.size(); ++i) {
            REQUIRE(brute.may_turn(sides[i - 1], sides[i]));
            sum += brute.turn(sides[i - 1], sides[i]);
            sum += i + 1 < sides.size() ? town.costs.of_side[sides[i]] : part(to.side, behind(to));
        }
        return sum;
    }

  private:
    [[nodiscard]] Weight part(EdgeSide side, double share) const
    {
        const bool flat = town.network.edge[edge_of(side)].length_m == 0;
        return flat ? 0 : static_cast<Weight>(std::lround(town.costs.of_side[side] * share));
    }
    [[nodiscard]] double behind(const MatchState& state) const
    {
        const double whole_m = town.network.edge[edge_of(state.side)].length_m;
        const double share = whole_m > 0 ? state.offset_m / whole_m : 0;
        return is_backward(state.side) ? 1 - share : share;
    }
};

} // namespace

TEST_CASE("near search: costs are those of Dijkstra, and ways cost that", "[near_search]")
{
    std::size_t reached = 0;
    std::size_t not_reached = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const NearTown town(seed);
        NearSearch search(town.turns, town.ends, town.weights);
        Dice dice(seed);
        for (int round = 0; round < 8; ++round) {
            std::vector<MatchState> targets(1 + dice.below(6));
            for (MatchState& target : targets) {
                target = town.state(dice);
            }
            search.aim_at(targets);
            for (int start = 0; start < 4; ++start) {
                const MatchState from = town.state(dice);
                std::vector<Weight> row(targets.size());
                search.run(from, unreachable - 1, unreachable - 1, row);
                for (std::size_t j = 0; j < targets.size(); ++j) {
                    CHECK(row[j] == town.cheapest(from, targets[j]));
                    const LegWaySides way = search.way_to(j);
                    CHECK(way.weight == row[j]);
                    if (row[j] < unreachable) {
                        CHECK(town.along(from, targets[j], way.sides) == row[j]);
                        ++reached;
                    } else {
                        CHECK(way.sides.empty());
                        ++not_reached;
                    }
                }
            }
        }
    }
    CHECK(reached > 2000);
    CHECK(not_reached > 200);
}

TEST_CASE("near search: what is within margin and bound is found, and nothing is made up", "[near_search]")
{
    std::size_t left_out = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const NearTown town(seed);
        NearSearch search(town.turns, town.ends, town.weights);
        Dice dice(1000 + seed);
        std::vector<MatchState> targets(5);
        for (MatchState& target : targets) {
            target = town.state(dice);
        }
        search.aim_at(targets);
        for (int start = 0; start < 20; ++start) {
            const MatchState from = town.state(dice);
            std::vector<Weight> exact;
            for (const MatchState& target : targets) {
                exact.push_back(town.cheapest(from, target));
            }
            const Weight best = *std::min_element(exact.begin(), exact.end());
            auto margin = static_cast<Weight>(dice.below(80));
            auto bound = static_cast<Weight>(dice.below(250));
            if (start % 2 == 0 && exact[0] < unreachable) { // just enough
                margin = exact[0] - best;
                bound = start % 4 == 0 ? exact[0] : bound;
            }
            std::vector<Weight> row(targets.size());
            search.run(from, margin, bound, row);
            for (std::size_t j = 0; j < targets.size(); ++j) {
                CAPTURE(seed, start, j, margin, bound, best);
                if (exact[j] <= bound && exact[j] <= add(best, margin)) {
                    CHECK(row[j] == exact[j]);
                } else if (row[j] < unreachable) { // not the cheapest, maybe: but a way
                    CHECK(row[j] >= exact[j]);
                    CHECK(town.along(from, targets[j], search.way_to(j).sides) == row[j]);
                } else {
                    left_out += exact[j] < unreachable ? 1U : 0U;
                }
            }
        }
    }
    CHECK(left_out > 500);
}
