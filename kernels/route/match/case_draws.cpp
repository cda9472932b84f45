#include "kernels/route/match/case_draws.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace vigil::match {

namespace {

/// A draw on a leg: from which state to which.
struct Passage {
    std::uint32_t draw = 0, from_state = 0, to_state = 0;
};

std::uint32_t place_of_way(LegDraws& leg, const LegWay& way, const MatchState& start, const MatchState& end)
{
    for (std::uint32_t w = 0; w < leg.ways.size(); ++w) {
        if (leg.ways[w].turns_round == way.turns_round && leg.ways[w].way.sides == way.way.sides &&
            leg.starts[w] == start && leg.ends[w] == end) {
            return w;
        }
    }
    leg.ways.push_back(way);
    leg.starts.push_back(start);
    leg.ends.push_back(end);
    return static_cast<std::uint32_t>(leg.ways.size() - 1);
}

/// A part of one sighting: somebody who stays there.
LegDraws lone(const Step& step, std::span<const StateSequence> sequences)
{
    LegDraws draws;
    for (std::uint32_t d = 0; d < sequences.size(); ++d) {
        const MatchState& state = step.states[sequences[d].state.front()];
        draws.draw.push_back(d);
        draws.way_of.push_back(place_of_way(draws, staying(state), state, state));
    }
    return draws;
}

class Drawer {
  public:
    Drawer(const Part& part, const MatchOptions& options, LegTables& tables, LegRoutes& routes)
        : part_(part), options_(options), tables_(tables), routes_(routes)
    {
    }

    LegDraws leg(std::uint32_t from, std::uint32_t to, std::span<const Passage> passages)
    {
        const Step& a = part_.steps[from];
        const Step& b = part_.steps[to];
        const Leg& leg = part_.leg(from, to);
        LegDraws draws;
        draws.from = from;
        draws.to = to;
        std::map<std::pair<std::uint32_t, std::uint32_t>, Likeliest> likeliest;
        std::vector<LegRoutes::Ask> asks;
        std::vector<std::size_t> asked;
        std::vector<Likeliest*> way_of(passages.size());
        for (std::size_t i = 0; i < passages.size(); ++i) {
            const Passage& passage = passages[i];
            const auto key = std::pair(passage.from_state, passage.to_state);
            auto found = likeliest.find(key);
            if (found == likeliest.end()) {
                found =
                    likeliest.emplace(key, Likeliest{tables_.way(leg, a, key.first, b, key.second)}).first;
            }
            way_of[i] = &found->second;
            if (leg.kind == LegKind::far && !found->second.way.stays) {
                const std::uint32_t start =
                    found->second.way.turns_round ? a.reverse_of[key.first] : key.first;
                asks.push_back({a.states[start], b.states[key.second], passage.draw});
                asked.push_back(i);
            }
        }
        const std::vector<LegWaySides> drawn =
            asks.empty() ? std::vector<LegWaySides>() : routes_.draw(asks, options_.spread, options_.seed);
        std::vector<const LegWaySides*> drawn_of(passages.size(), nullptr);
        for (std::size_t i = 0; i < asked.size(); ++i) {
            drawn_of[asked[i]] = drawn[i].sides.empty() ? nullptr : &drawn[i];
        }
        for (std::size_t i = 0; i < passages.size(); ++i) {
            const MatchState& start = a.states[passages[i].from_state];
            const MatchState& end = b.states[passages[i].to_state];
            Likeliest& likely = *way_of[i];
            draws.draw.push_back(passages[i].draw);
            if (drawn_of[i] != nullptr) {
                LegWay way{likely.way.turns_round, likely.way.stays, *drawn_of[i]};
                draws.way_of.push_back(place_of_way(draws, way, start, end));
                continue;
            }
            if (likely.place == no_index) {
                likely.place = place_of_way(draws, likely.way, start, end);
            }
            draws.way_of.push_back(likely.place);
        }
        return draws;
    }

  private:
    struct Likeliest {
        LegWay way;
        std::uint32_t place = no_index; ///< among the ways of the leg, once it is one
    };

    const Part& part_;
    const MatchOptions& options_;
    LegTables& tables_;
    LegRoutes& routes_;
};

} // namespace

PartDraws draw_routes(const Part& part, const Posterior& posterior, const MatchOptions& options,
                      std::uint64_t item, LegTables& tables, LegRoutes& routes)
{
    const bool chain = part.pairs.empty();
    const Random random(options.seed, item);
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Passage>> passages;
    std::vector<std::vector<Passage>> chain_passages(chain ? part.next.size() : 0);
    PartDraws result;
    std::vector<StateSequence> sequences = posterior.samples(random, 0, options.draws);
    if (part.steps.size() == 1) {
        result.legs.push_back(lone(part.steps.front(), sequences));
        result.sequences = std::move(sequences);
        return result;
    }
    for (std::uint32_t d = 0; d < options.draws; ++d) {
        const StateSequence& one = sequences[d];
        for (std::size_t i = 1; i < one.sighting.size(); ++i) {
            const Passage passage{d, one.state[i - 1], one.state[i]};
            if (chain) {
                chain_passages[i - 1].push_back(passage);
            } else {
                passages[{one.sighting[i - 1], one.sighting[i]}].push_back(passage);
            }
        }
        if (!chain) {
            result.order_of.push_back(one.sighting);
        }
    }
    if (part.steps.size() <= most_steps_kept) {
        result.sequences = std::move(sequences);
    }
    Drawer drawer(part, options, tables, routes);
    if (chain) {
        for (std::uint32_t i = 0; i < chain_passages.size(); ++i) {
            result.legs.push_back(drawer.leg(i, i + 1, chain_passages[i]));
        }
        return result;
    }
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> place;
    for (const auto& [pair, list] : passages) {
        place.emplace(pair, static_cast<std::uint32_t>(result.legs.size()));
        result.legs.push_back(drawer.leg(pair.first, pair.second, list));
    }
    for (const std::vector<std::uint32_t>& order : result.order_of) {
        std::vector<std::uint32_t> legs;
        for (std::size_t i = 1; i < order.size(); ++i) {
            legs.push_back(place.at({order[i - 1], order[i]}));
        }
        result.legs_of.push_back(std::move(legs));
    }
    return result;
}

} // namespace vigil::match
