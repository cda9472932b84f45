#include "kernels/route/match/case_summary.h"

#include "kernels/route/match/case_routes.h"
#include "kernels/route/match/nearest_on.h"
#include "kernels/route/match/route_joiner.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

namespace vigil::match {

namespace {

/// Shares of edges, likeliest first.
std::vector<std::pair<double, std::uint32_t>> edge_shares(const Step& step, std::span<const double> marginal)
{
    std::vector<std::pair<double, std::uint32_t>> shares;
    for (std::size_t s = 0; s < marginal.size(); ++s) {
        const std::uint32_t edge = edge_of(step.states[s].side);
        const auto known =
            std::find_if(shares.begin(), shares.end(), [&](const auto& one) { return one.second == edge; });
        if (known == shares.end()) {
            shares.emplace_back(marginal[s], edge);
        } else {
            known->first += marginal[s];
        }
    }
    std::sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    return shares;
}

void tell_sightings(const PartAnswer& answer, std::uint32_t part, std::uint32_t& order, CaseMatch& match)
{
    for (std::size_t i = 0; i < answer.best.sighting.size(); ++i) {
        const std::uint32_t s = answer.best.sighting[i];
        const Step& step = answer.part->steps[s];
        const std::uint32_t state = answer.best.state[i];
        const std::vector<double> marginal = answer.posterior->marginal(s);
        const auto shares = edge_shares(step, marginal);
        SightingMatch& told = match.sightings[step.sighting];
        told.status = i == 0 && part > 0 ? MatchStatus::gap : MatchStatus::matched;
        told.order = order++;
        told.part = part;
        told.state = step.states[state];
        told.at = step.candidates[step.candidate_of[state]].at;
        told.distance_m = step.candidates[step.candidate_of[state]].distance_m;
        std::vector<double> plain;
        for (const auto& [share, edge] : shares) {
            plain.push_back(share);
            told.probability = edge == edge_of(told.state.side) ? std::min(1.0, share) : told.probability;
        }
        const auto other = std::find_if(shares.begin(), shares.end(), [&](const auto& one) {
            return one.second != edge_of(told.state.side);
        });
        if (other != shares.end()) {
            told.second = other->first;
            told.second_edge = other->second;
        }
        told.entropy_bits = entropy_bits(plain);
    }
}

/// Sightings that were set aside get the nearest place on the leg they fall in, and all their number in
/// order.
void place_thinned(const MatchNetwork::Shared& shared, std::span<const Sighting> sightings, CaseMatch& match)
{
    std::vector<const LegMatch*> leg_from(sightings.size(), nullptr);
    for (const LegMatch& leg : match.legs) {
        leg_from[leg.from] = &leg;
    }
    std::vector<std::uint32_t> order = order_of(sightings);
    const SightingMatch* last = nullptr;
    std::uint32_t last_one = 0;
    for (const std::uint32_t i : order) {
        SightingMatch& told = match.sightings[i];
        if (!told.thinned) {
            last = told.status == MatchStatus::matched || told.status == MatchStatus::gap ? &told : last;
            last_one = last == &told ? i : last_one;
        } else if (last != nullptr) {
            told.status = MatchStatus::matched;
            told.order = last->order;
            told.part = last->part;
            const RouteWay here{{last->state.side}, last->state.offset_m, last->state.offset_m, true};
            const LegMatch* const leg = leg_from[last_one];
            const PlaceOnWay place =
                nearest_on(shared.network, leg != nullptr ? leg->way : here, sightings[i].at);
            told.state = place.state;
            told.at = place.at;
            told.distance_m = place.distance_m;
            told.probability = told.second = told.entropy_bits = Sighting::unknown;
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return match.sightings[a].order < match.sightings[b].order;
    });
    std::uint32_t next = 0;
    for (const std::uint32_t i : order) {
        SightingMatch& told = match.sightings[i];
        if (told.status == MatchStatus::matched || told.status == MatchStatus::gap) {
            told.order = next++;
        }
    }
}

void tell_edges(const MatchNetwork::Shared& shared, const SideDraws& sides, CaseMatch& match)
{
    std::map<EdgeSide, EdgeProbability> edges;
    for (const auto& [side, draws] : sides) {
        edges[side] = {side, static_cast<double>(draws.size()) / static_cast<double>(match.draws), false};
    }
    if (!match.routes.empty()) {
        for (const MatchedRoute::Stretch& stretch : match.routes.front().stretches) {
            for (const EdgeSide side : stretch.way.sides) {
                EdgeProbability& edge = edges.try_emplace(side, EdgeProbability{side, 0, true}).first->second;
                edge.on_best = true;
            }
        }
    }
    for (const auto& [side, edge] : edges) {
        match.edges.push_back(edge);
    }
    // The corridor: so many likely edges that the share asked for of the draws use no other.
    std::vector<double> least(match.draws, 1);
    for (const auto& [side, draws] : sides) {
        const double p = edges[side].probability;
        for (std::uint32_t d = 0; d < match.draws; ++d) {
            if (p < least[d] && draws.holds(d)) {
                least[d] = p;
            }
        }
    }
    std::sort(least.begin(), least.end(), std::greater<>());
    const auto needed = static_cast<std::size_t>(
        std::ceil(shared.options.corridor * static_cast<double>(match.draws) - 1e-9));
    match.corridor_p = needed > 0 ? least[needed - 1] : 1;
}

/// What was drawn of a leg; null when no draw passes it.
const LegDraws* leg_between(const PartDraws& draws, std::uint32_t from, std::uint32_t to)
{
    if (draws.legs_of.empty()) { // a chain: its legs stand in order
        return from < draws.legs.size() ? &draws.legs[from] : nullptr;
    }
    const auto found = std::find_if(draws.legs.begin(), draws.legs.end(),
                                    [&](const LegDraws& leg) { return leg.from == from && leg.to == to; });
    return found == draws.legs.end() ? nullptr : &*found;
}

LegMatch leg_match(const MatchNetwork::Shared& shared, const PartAnswer& answer, std::size_t i)
{
    const std::uint32_t from = answer.best.sighting[i - 1];
    const std::uint32_t to = answer.best.sighting[i];
    LegMatch told;
    told.from = answer.part->steps[from].sighting;
    told.to = answer.part->steps[to].sighting;
    told.elapsed_s = answer.part->leg(from, to).facts.elapsed_s;
    RouteJoiner joiner;
    joiner.begin_part();
    joiner.add(answer.part->steps[from].states[answer.best.state[i - 1]], answer.best_ways[i - 1],
               answer.part->steps[to].states[answer.best.state[i]]);
    const std::vector<MatchedRoute::Stretch> stretches = joiner.take();
    told.way = stretches.front().way;
    told.minutes = minutes_of(shared.network, shared.travel.costs, told.way);
    told.length_m = way_length_m(shared.network, told.way);
    const LegDraws* const drawn = leg_between(answer.draws, from, to);
    if (drawn == nullptr) {
        return told;
    }
    std::map<std::vector<EdgeSide>, std::size_t> times; // counts: sums of shares could exceed 1
    for (const std::uint32_t way : drawn->way_of) {
        ++times[drawn->ways[way].way.sides];
    }
    std::vector<double> plain;
    for (const auto& [sides, n] : times) {
        plain.push_back(static_cast<double>(n) / static_cast<double>(drawn->way_of.size()));
    }
    std::sort(plain.begin(), plain.end(), std::greater<>());
    told.probability = plain.front();
    told.second = plain.size() > 1 ? plain[1] : 0;
    told.ways = static_cast<std::uint32_t>(plain.size());
    told.entropy_bits = entropy_bits(plain);
    return told;
}

} // namespace

SideDraws draws_of_sides(const std::vector<PartAnswer>& parts, std::size_t draws)
{
    std::unordered_map<EdgeSide, DrawSet> sides;
    for (const PartAnswer& answer : parts) {
        for (const LegDraws& leg : answer.draws.legs) {
            std::vector<DrawSet> takers(leg.ways.size(), DrawSet(draws));
            for (std::size_t i = 0; i < leg.draw.size(); ++i) {
                takers[leg.way_of[i]].add(leg.draw[i]);
            }
            for (std::size_t w = 0; w < leg.ways.size(); ++w) {
                for (const EdgeSide side : leg.ways[w].way.sides) {
                    sides.try_emplace(side, draws).first->second.add(takers[w]);
                }
            }
        }
    }
    return {sides.begin(), sides.end()};
}

void summarise(const MatchNetwork::Shared& shared, std::span<const Sighting> sightings,
               std::vector<PartAnswer>& parts, CaseMatch& match)
{
    const SideDraws sides = draws_of_sides(parts, match.draws);
    choose_best(shared, sides, match.draws, parts);
    std::uint32_t order = 0;
    for (std::uint32_t p = 0; p < parts.size(); ++p) {
        tell_sightings(parts[p], p, order, match);
        for (std::size_t i = 1; i < parts[p].best.sighting.size(); ++i) {
            match.legs.push_back(leg_match(shared, parts[p], i));
        }
        match.log_evidence += parts[p].posterior->log_evidence();
    }
    place_thinned(shared, sightings, match);
    match.routes = routes_of(shared, parts, sides, match.draws);
    if (match.draws > 0) {
        tell_edges(shared, sides, match);
    }
}

} // namespace vigil::match
