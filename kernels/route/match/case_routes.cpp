#include "kernels/route/match/case_routes.h"

#include "kernels/route/match/route_joiner.h"

#include <algorithm>
#include <cmath>

namespace vigil::match {

namespace {

MatchedRoute best_route(const std::vector<PartAnswer>& parts)
{
    RouteJoiner joiner;
    MatchedRoute route;
    for (const PartAnswer& answer : parts) {
        joiner.begin_part();
        for (std::size_t i = 0; i < answer.best.sighting.size(); ++i) {
            const Step& step = answer.part->steps[answer.best.sighting[i]];
            route.order.push_back(step.sighting);
            if (i > 0) {
                const Step& before = answer.part->steps[answer.best.sighting[i - 1]];
                joiner.add(before.states[answer.best.state[i - 1]], answer.best_ways[i - 1],
                           step.states[answer.best.state[i]]);
            } else if (answer.best.sighting.size() == 1) { // a lone sighting: a route that stays
                const MatchState& state = step.states[answer.best.state[0]];
                joiner.add(state, staying(state), state);
            }
        }
    }
    route.stretches = joiner.take();
    return route;
}

/// The way that a draw takes on a leg.
std::uint32_t way_in(const LegDraws& leg, std::uint32_t draw)
{
    if (draw < leg.draw.size() && leg.draw[draw] == draw) { // all draws pass a leg of a chain
        return leg.way_of[draw];
    }
    const auto found = std::lower_bound(leg.draw.begin(), leg.draw.end(), draw);
    return leg.way_of[static_cast<std::size_t>(found - leg.draw.begin())];
}

/// Calls body(leg) for the legs of a draw in its order.
template <typename Body>
void for_legs(const PartDraws& draws, std::uint32_t draw, Body body)
{
    if (draws.legs_of.empty()) {
        for (const LegDraws& leg : draws.legs) {
            body(leg);
        }
        return;
    }
    for (const std::uint32_t leg : draws.legs_of[draw]) {
        body(draws.legs[leg]);
    }
}

MatchedRoute drawn_route(const std::vector<PartAnswer>& parts, std::uint32_t draw)
{
    RouteJoiner joiner;
    MatchedRoute route;
    for (const PartAnswer& answer : parts) {
        joiner.begin_part();
        const PartDraws& draws = answer.draws;
        for (std::size_t i = 0; i < answer.part->steps.size(); ++i) {
            const std::size_t step = draws.order_of.empty() ? i : draws.order_of[draw][i];
            route.order.push_back(answer.part->steps[step].sighting);
        }
        for_legs(draws, draw, [&](const LegDraws& leg) {
            const std::uint32_t way = way_in(leg, draw);
            joiner.add(leg.starts[way], leg.ways[way], leg.ends[way]);
        });
    }
    route.stretches = joiner.take();
    return route;
}

using Sides = std::vector<EdgeSide>; // ascending, each once

void sort_out(Sides& sides)
{
    std::sort(sides.begin(), sides.end());
    sides.erase(std::unique(sides.begin(), sides.end()), sides.end());
}

Sides sides_of(const PartDraws& draws, std::uint32_t draw)
{
    Sides sides;
    for_legs(draws, draw, [&](const LegDraws& leg) {
        const Sides& way = leg.ways[way_in(leg, draw)].way.sides;
        sides.insert(sides.end(), way.begin(), way.end());
    });
    sort_out(sides);
    return sides;
}

double length_of(const RouteNetwork& network, const Sides& sides)
{
    double length_m = 0;
    for (const EdgeSide side : sides) {
        length_m += network.edge[edge_of(side)].length_m;
    }
    return length_m;
}

/// Length of what two sets of sides share, as a share of the longer.
double sharing(const RouteNetwork& network, const Sides& a, const Sides& b)
{
    if (a == b) {
        return 1;
    }
    Sides both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    const double longer_m = std::max(length_of(network, a), length_of(network, b));
    return longer_m > 0 ? length_of(network, both) / longer_m : 0;
}

/// The expected agreement of choose_best.
double agreement(const RouteNetwork& network, const SideDraws& draws, std::size_t n, const Sides& sides)
{
    double sum = 0;
    for (const EdgeSide side : sides) {
        const auto found = draws.find(side);
        const double p =
            found == draws.end() ? 0 : static_cast<double>(found->second.size()) / static_cast<double>(n);
        sum += network.edge[edge_of(side)].length_m * (2 * p - 1);
    }
    return sum;
}

/// Makes a drawn route the best one.
void take_draw(PartAnswer& answer, std::uint32_t draw)
{
    answer.best = answer.draws.sequences[draw];
    answer.best_ways.clear();
    for_legs(answer.draws, draw,
             [&](const LegDraws& leg) { answer.best_ways.push_back(leg.ways[way_in(leg, draw)]); });
    if (answer.best.sighting.size() == 1) {
        answer.best_ways.clear();
    }
}

/// Routes that count as one.
struct Bundle {
    Sides sides;            ///< of its representative
    std::uint32_t draw = 0; ///< the representative
    std::size_t draws = 0;
};

/// Counts each draw, the most agreeing first, for the first bundle that it shares enough with.
std::vector<Bundle> bundles_of(const MatchNetwork::Shared& shared, const std::vector<PartAnswer>& parts,
                               const SideDraws& draws, std::size_t n, Sides best)
{
    const RouteNetwork& network = shared.network;
    std::vector<Sides> sides(n);
    std::vector<double> score(n);
    std::vector<std::uint32_t> order(n);
    for (std::uint32_t d = 0; d < n; ++d) {
        for (const PartAnswer& answer : parts) {
            const Sides part = sides_of(answer.draws, d);
            sides[d].insert(sides[d].end(), part.begin(), part.end());
        }
        sort_out(sides[d]);
        score[d] = agreement(network, draws, n, sides[d]);
        order[d] = d;
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return score[a] > score[b]; });
    std::vector<Bundle> bundles{{std::move(best), 0, 0}};
    for (const std::uint32_t d : order) {
        auto bundle = std::find_if(bundles.begin(), bundles.end(), [&](const Bundle& one) {
            return sharing(network, one.sides, sides[d]) >= shared.options.most_sharing;
        });
        if (bundle == bundles.end()) {
            bundle = bundles.insert(bundles.end(), Bundle{sides[d], d, 0});
        }
        ++bundle->draws;
    }
    return bundles;
}

void measure(const MatchNetwork::Shared& shared, MatchedRoute& route)
{
    for (const MatchedRoute::Stretch& stretch : route.stretches) {
        route.minutes += minutes_of(shared.network, shared.travel.costs, stretch.way);
        route.length_m += way_length_m(shared.network, stretch.way);
    }
}

bool moves(const MatchedRoute& route)
{
    return std::any_of(route.stretches.begin(), route.stretches.end(),
                       [](const MatchedRoute::Stretch& stretch) { return !stretch.way.stays; });
}

} // namespace

void choose_best(const MatchNetwork::Shared& shared, const SideDraws& sides, std::size_t draws,
                 std::vector<PartAnswer>& parts)
{
    for (PartAnswer& answer : parts) {
        const bool vague = std::any_of(answer.part->steps.begin(), answer.part->steps.end(),
                                       [](const Step& step) { return step.vague; });
        if (!vague || answer.draws.sequences.empty()) {
            continue;
        }
        Sides likeliest;
        for (const LegWay& leg : answer.best_ways) {
            likeliest.insert(likeliest.end(), leg.way.sides.begin(), leg.way.sides.end());
        }
        sort_out(likeliest);
        double best = agreement(shared.network, sides, draws, likeliest);
        std::optional<std::uint32_t> better;
        for (std::uint32_t d = 0; d < draws; ++d) {
            const double score = agreement(shared.network, sides, draws, sides_of(answer.draws, d));
            if (score > best + 1e-6) {
                best = score;
                better = d;
            }
        }
        if (better) {
            take_draw(answer, *better);
        }
    }
}

std::vector<MatchedRoute> routes_of(const MatchNetwork::Shared& shared, const std::vector<PartAnswer>& parts,
                                    const SideDraws& sides, std::size_t draws)
{
    std::vector<MatchedRoute> routes;
    MatchedRoute best = best_route(parts);
    if (best.stretches.empty()) {
        return routes;
    }
    Sides best_sides;
    for (const MatchedRoute::Stretch& stretch : best.stretches) {
        best_sides.insert(best_sides.end(), stretch.way.sides.begin(), stretch.way.sides.end());
    }
    sort_out(best_sides);
    best.probability = draws > 0 ? 0 : std::nan("");
    const bool moving = moves(best);
    routes.push_back(std::move(best));
    if (draws > 0) {
        std::vector<Bundle> bundles = bundles_of(shared, parts, sides, draws, std::move(best_sides));
        const auto share = [&](const Bundle& bundle) {
            return static_cast<double>(bundle.draws) / static_cast<double>(draws);
        };
        routes.front().probability = share(bundles.front());
        bundles.erase(bundles.begin());
        std::stable_sort(bundles.begin(), bundles.end(),
                         [](const Bundle& a, const Bundle& b) { return a.draws > b.draws; });
        bundles.resize(std::min(bundles.size(), moving ? shared.options.most_routes : 0));
        for (const Bundle& bundle : bundles) {
            routes.push_back(drawn_route(parts, bundle.draw));
            routes.back().probability = share(bundle);
        }
    }
    for (MatchedRoute& route : routes) {
        measure(shared, route);
    }
    return routes;
}

} // namespace vigil::match
