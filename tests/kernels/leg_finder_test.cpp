#include "kernels/route/leg_finder.h"

#include "libgeo/error.h"
#include "tests/kernels/leg_checks.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace vigil;
using namespace vigil::test;

namespace {

constexpr std::size_t any_number = 40;

Weight units(double minutes, const Costs& costs)
{
    return static_cast<Weight>(std::lround(minutes / costs.unit_minutes));
}

RouteNetwork with_rank(RouteNetwork network)
{
    std::vector<std::uint32_t> rank(network.nodes());
    std::iota(rank.begin(), rank.end(), 0U);
    network.rank = rank;
    return network;
}

/// Of whom a scenario is made.
struct Who {
    Costs costs;
    bool bans = false;
    double weight = 1;
};

/// The length of each side of a way, by its ends alone.
std::vector<double> parts_m(const RouteNetwork& network, const RouteWay& way)
{
    std::vector<double> parts;
    for (const EdgeSide s : way.sides) {
        parts.push_back(network.edge[edge_of(s)].length_m);
    }
    const auto whole = parts;
    const bool back_first = is_backward(way.sides.front());
    const bool back_last = is_backward(way.sides.back());
    parts.back() = back_last ? whole.back() - way.end_m : way.end_m;
    const double before_m = back_first ? whole.front() - way.start_m : way.start_m;
    parts.front() -= before_m;
    return parts;
}

/// The path-size logit of ways, straight from its definition; 0 for those beyond the stretch.
std::vector<double> logit(const RouteNetwork& network, const std::vector<RouteWay>& ways,
                          const std::vector<Weight>& weight, const Costs& costs, const LegOptions& options)
{
    const Weight least = *std::min_element(weight.begin(), weight.end());
    std::vector<double> share(ways.size(), 0);
    const auto taken = [&](std::size_t i) {
        return weight[i] < unreachable && weight[i] <= options.alternatives.most_stretch * least;
    };
    const auto on_side = [&](EdgeSide s) {
        double n = 0;
        for (std::size_t j = 0; j < ways.size(); ++j) {
            const std::vector<double> m = parts_m(network, ways[j]);
            bool there = false;
            for (std::size_t k = 0; k < m.size(); ++k) {
                there = there || (ways[j].sides[k] == s && m[k] > 0);
            }
            n += taken(j) && there ? 1 : 0;
        }
        return n;
    };
    const double theta = options.theta.value_or(least > 0 ? 10 / (least * costs.unit_minutes) : 0);
    double sum = 0;
    for (std::size_t i = 0; i < ways.size(); ++i) {
        if (!taken(i)) {
            continue;
        }
        const std::vector<double> m = parts_m(network, ways[i]);
        const double all_m = std::accumulate(m.begin(), m.end(), 0.0);
        double size = all_m > 0 ? 0 : 1;
        for (std::size_t k = 0; k < m.size(); ++k) {
            size += m[k] > 0 ? m[k] / all_m / on_side(ways[i].sides[k]) : 0;
        }
        share[i] = std::exp(-theta * (weight[i] - least) * costs.unit_minutes) *
                   std::pow(size, options.alternatives.path_size_beta);
        sum += share[i];
    }
    for (double& one : share) {
        one = sum > 0 ? one / sum : 0;
    }
    return share;
}

/// What was found is what the formula says of these ways. Returns the number of scenarios with a way.
std::size_t check_mixture(const LegTown& town, const std::vector<Who>& whos, const std::vector<LegWay>& found,
                          const LegOptions& options, EdgePlace from, EdgePlace to)
{
    std::vector<RouteWay> ways;
    double sum = 0;
    for (const LegWay& way : found) {
        ways.push_back(way.way);
        sum += way.probability;
    }
    CHECK(sum == Approx(1).epsilon(1e-12));
    std::vector<double> probability(ways.size(), 0);
    std::vector<double> minutes(ways.size(), 0);
    double all = 0;
    std::size_t with_way = 0;
    for (const Who& who : whos) {
        std::vector<Weight> weight;
        for (const RouteWay& way : ways) {
            weight.push_back(walked(town, who.costs, who.bans, way, from, to));
        }
        if (*std::min_element(weight.begin(), weight.end()) >= unreachable) {
            continue;
        }
        ++with_way;
        all += who.weight;
        const std::vector<double> p = logit(town.network, ways, weight, who.costs, options);
        for (std::size_t i = 0; i < ways.size(); ++i) {
            probability[i] += who.weight * p[i];
            minutes[i] += p[i] > 0 ? who.weight * p[i] * weight[i] * who.costs.unit_minutes : 0;
        }
    }
    for (std::size_t i = 0; i < ways.size(); ++i) {
        CHECK(std::abs(found[i].probability - probability[i] / all) < 1e-12);
        CHECK(found[i].minutes == Approx(minutes[i] / probability[i]).epsilon(1e-12));
    }
    return with_way;
}

std::vector<Scenario> scenarios_of(const std::vector<Who>& whos)
{
    std::vector<Scenario> scenarios;
    for (const Who& who : whos) {
        scenarios.push_back({who.costs, who.weight});
    }
    return scenarios;
}

} // namespace

TEST_CASE("legs: Dijkstra, hierarchy and alternatives find a way as cheap as the cheapest there is", "[legs]")
{
    std::size_t several = 0;
    for (std::uint64_t seed = 1; seed <= 80; ++seed) {
        const LegTown town = noisy_leg_town(seed);
        const RouteNetwork ranked = with_rank(town.network);
        const Who who{noisy_costs(town.network, vehicle::car, seed), true, 1};
        const LegNetwork plain(town.network, scenarios_of({who}));
        LegNetwork ordered(ranked, scenarios_of({who}));
        ordered.make_hierarchy();
        REQUIRE(plain.metric() == nullptr);
        REQUIRE(ordered.metric() != nullptr);
        LegFinder finders[] = {LegFinder(plain, lax(1)), LegFinder(ordered, lax(1)), LegFinder(plain, lax(4)),
                               LegFinder(ordered, lax(4))};
        const SideBrute brute(town, who.costs, true);
        Dice dice(seed + 500);
        for (int i = 0; i < 25; ++i) {
            const EdgePlace from = noisy_place(town.network, dice);
            const EdgePlace to =
                i % 5 == 0 ? EdgePlace{from.edge, from.offset_m * 0.7} : noisy_place(town.network, dice);
            const Weight least = brute.cheapest(from, to);
            INFO("town " << seed << ", pair " << i);
            for (LegFinder& finder : finders) {
                const std::vector<LegWay> found = finder.find(from, to);
                REQUIRE(found.empty() == (least >= unreachable));
                if (found.empty()) {
                    continue;
                }
                REQUIRE(units(found.front().minutes, who.costs) == least);
                for (const LegWay& way : found) {
                    REQUIRE(units(way.minutes, who.costs) ==
                            walked(town, who.costs, true, way.way, from, to));
                    REQUIRE(way.minutes >= found.front().minutes);
                }
                REQUIRE(check_mixture(town, {who}, found, lax(1), from, to) == 1);
                several += found.size() > 1 ? 1U : 0U;
            }
        }
    }
    CHECK(several > 100);
}

TEST_CASE("legs: of several scenarios, each way is as likely as the scenarios make it", "[legs]")
{
    std::size_t mixed = 0;
    std::size_t without = 0;
    for (std::uint64_t seed = 1; seed <= 80; ++seed) {
        const LegTown town = noisy_leg_town(seed);
        const std::vector<Who> whos = {{noisy_costs(town.network, vehicle::car, seed), true, 3},
                                       {noisy_costs(town.network, vehicle::car, seed + 1), true, 1},
                                       {noisy_costs(town.network, vehicle::foot, seed + 2), false, 0.5}};
        const LegNetwork network(town.network, scenarios_of(whos));
        LegOptions options = lax(any_number);
        if (seed % 2 == 0) {
            options.theta = 0.8;
            options.alternatives.path_size_beta = 0.5;
        }
        LegFinder finder(network, options);
        Dice dice(seed + 900);
        for (int i = 0; i < 12; ++i) {
            const EdgePlace from = noisy_place(town.network, dice);
            const EdgePlace to = noisy_place(town.network, dice);
            const std::vector<LegWay> found = finder.find(from, to);
            // each scenario's own ways are among them, and no others
            std::vector<RouteWay> own;
            for (const Who& who : whos) {
                const LegNetwork alone(town.network, scenarios_of({who}));
                const auto ways = LegFinder(alone, options).find(from, to);
                REQUIRE(ways.empty() ==
                        (SideBrute(town, who.costs, who.bans).cheapest(from, to) >= unreachable));
                for (const LegWay& way : ways) {
                    if (std::find(own.begin(), own.end(), way.way) == own.end()) {
                        own.push_back(way.way);
                    }
                }
            }
            REQUIRE(found.size() == own.size());
            for (const LegWay& way : found) {
                REQUIRE(std::find(own.begin(), own.end(), way.way) != own.end());
            }
            REQUIRE(std::is_sorted(found.begin(), found.end(), [](const LegWay& a, const LegWay& b) {
                return a.probability > b.probability;
            }));
            if (!found.empty()) {
                INFO("town " << seed << ", pair " << i);
                const std::size_t with_way = check_mixture(town, whos, found, options, from, to);
                without += with_way < whos.size() ? 1U : 0U;
                mixed += found.size() > 1 ? 1U : 0U;
            }
        }
    }
    CHECK(mixed > 100);
    CHECK(without > 50); // scenarios without a way do not count
}

TEST_CASE("legs: of more ways than are wanted the likeliest are kept", "[legs]")
{
    // two streets from A to B, one for cars and one for walkers: 3 of 4 travellers drive
    HandNetwork hand;
    hand.node(0, 0);
    hand.node(0.001, 0);
    const auto drive = hand.kind({.forward = vehicle::car}, "road");
    const auto walk = hand.kind({.mode = Mode::walk, .forward = vehicle::foot}, "path");
    hand.edge(0, 1, 100, walk);
    hand.edge(0, 1, 110, drive);
    const LegTown town{hand.network(), {}};
    const std::vector<Who> whos = {{noisy_costs(town.network, vehicle::foot, 1), false, 1},
                                   {noisy_costs(town.network, vehicle::car, 1), false, 3}};
    const LegNetwork network(town.network, scenarios_of(whos));
    const auto both = LegFinder(network, lax(2)).find({0, 0}, {0, 100});
    REQUIRE(both.size() == 2);
    CHECK(both[0].way == RouteWay{{2}, 0, 110});
    CHECK(both[0].probability == 0.75);
    CHECK(both[1].probability == 0.25);
    const auto one = LegFinder(network, lax(1)).find({0, 0}, {0, 100});
    REQUIRE(one.size() == 1);
    CHECK(one[0].way == both[0].way);
    CHECK(one[0].probability == 0.75);
}

TEST_CASE("legs: two places that are one have one way, which stays", "[legs]")
{
    const LegTown town = noisy_leg_town(7);
    const Who who{noisy_costs(town.network, vehicle::foot, 7), false, 1};
    const LegNetwork network(town.network, scenarios_of({who}));
    for (const std::size_t most : {1U, 3U}) {
        LegFinder finder(network, lax(most));
        for (std::uint32_t e = 0; e < town.network.edges(); ++e) {
            for (const double share : {0.0, 0.4, 1.0}) {
                const EdgePlace place{e, share * town.network.edge[e].length_m};
                const auto found = finder.find(place, place);
                REQUIRE(found.size() == 1);
                CHECK(found[0].way.stays);
                CHECK(found[0].minutes == 0);
                CHECK(found[0].probability == 1);
            }
        }
    }
}

TEST_CASE("legs: only proportions of weights matter, however great they are", "[legs]")
{
    const LegTown town = noisy_leg_town(3);
    const Costs costs = noisy_costs(town.network, vehicle::car, 3);
    const Costs others = noisy_costs(town.network, vehicle::car, 4);
    const LegNetwork plain(town.network, {{costs, 1}, {others, 0.5}});
    const LegNetwork great(town.network, {{costs, 1e308}, {others, 5e307}});
    Dice dice(5);
    for (int i = 0; i < 20; ++i) {
        const EdgePlace from = noisy_place(town.network, dice);
        const EdgePlace to = noisy_place(town.network, dice);
        const auto a = LegFinder(plain, lax(3)).find(from, to);
        const auto b = LegFinder(great, lax(3)).find(from, to);
        REQUIRE(a.size() == b.size());
        for (std::size_t w = 0; w < a.size(); ++w) {
            CHECK(a[w].way == b[w].way);
            CHECK(a[w].probability == Approx(b[w].probability));
            CHECK(a[w].minutes == Approx(b[w].minutes));
        }
    }
    CHECK(LegNetwork(town.network, {{costs, 1e308}, {others, 1e-308}}).scenarios()[1].weight > 0);
}

TEST_CASE("legs: what makes no sense is refused", "[legs]")
{
    const LegTown town = noisy_leg_town(3);
    const Costs costs = noisy_costs(town.network, vehicle::car, 3);
    CHECK_THROWS_WITH(LegNetwork(town.network, {}), Catch::Contains("needs a profile"));
    CHECK_THROWS_WITH(LegNetwork(town.network, {{costs, 0}}), Catch::Contains("weight 0"));
    CHECK_THROWS_WITH(LegNetwork(town.network, {{Costs(), 1}}), Catch::Contains("another network"));
    const LegNetwork network(town.network, {{costs, 1}});
    CHECK_THROWS_WITH(LegFinder(network, lax(0)), Catch::Contains("0 ways"));
    LegOptions options = lax(2);
    options.theta = -1;
    CHECK_THROWS_WITH(LegFinder(network, options), Catch::Contains("theta is -1"));
}
