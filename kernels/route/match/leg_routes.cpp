#include "kernels/route/match/leg_routes.h"

#include "kernels/route/match/draw_search.h"
#include "kernels/route/match/leg_costs.h"
#include "kernels/route/match/leg_part.h"
#include "kernels/route/match/leg_search.h"
#include "libgeo/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace vigil {

namespace {

auto key_of(const MatchState& state)
{
    return std::tuple(state.side, state.offset_m);
}

auto key_of(const LegRoutes::Ask& ask)
{
    return std::tuple(key_of(ask.from), key_of(ask.to), ask.draw);
}

bool same_places(const LegRoutes::Ask& a, const LegRoutes::Ask& b)
{
    return a.from == b.from && a.to == b.to;
}

Weight least_weight(std::span<const Seed> seeds)
{
    Weight least = unreachable;
    for (const Seed& seed : seeds) {
        least = std::min(least, seed.weight);
    }
    return least;
}

/// Asks between the same places.
struct Pair {
    std::vector<Seed> start, end; ///< nodes of the turn graph
    TurnWay cheapest;
    std::vector<std::uint32_t> asks;        ///< by draw
    std::vector<Seed> part_start, part_end; ///< nodes of the part
    std::vector<PartWay> known;

    /// Whether the next edge is that of the end and no other begins cheaper: most steps of a GPS track. Every
    /// other way costs more, whatever sides cost.
    [[nodiscard]] bool certain() const
    {
        return cheapest.nodes.size() == 1 && cheapest.weight == least_weight(start) + least_weight(end);
    }
    /// A way that others may take, too.
    void learn(const PartWay& way)
    {
        constexpr std::size_t most_known = 16;
        if (known.size() < most_known && std::find(known.begin(), known.end(), way) == known.end()) {
            known.push_back(way);
        }
    }
};

/// Asks of a pair with the same draw.
struct Trip {
    Pair* pair = nullptr;
    std::uint32_t begin = 0, end = 0; ///< of its asks
};

} // namespace

struct LegRoutes::Workshop {
    Workshop(const TurnGraph& turn_graph, const Costs& all_costs, std::span<const Weight> all_weights)
        : turns(turn_graph), costs(all_costs), weights(all_weights), ends(turns, costs, weights),
          search(turns, weights)
    {
    }

    const TurnGraph& turns;
    const Costs& costs;
    std::span<const Weight> weights;
    StateEnds ends;
    LegSearch search;
    DrawSearch draws;
    std::vector<Seed> start, end;

    [[nodiscard]] LegWaySides sides_of(const MatchState& from, const TurnWay& way) const;
    [[nodiscard]] TurnWay on_turns(const LegPart& part, const PartWay& way) const;
    LegWaySides cheapest(const MatchState& from, const MatchState& to);
    std::vector<Pair> pairs_of(std::span<const Ask> asks, std::vector<LegWaySides>& ways);
    [[nodiscard]] Weight limit(std::span<const Pair> pairs, const RouteSpread& spread) const;
    LegPart part_of(std::vector<Pair>& pairs, const RouteSpread& spread);
    void draw(const LegPart& part, const CostNoise& noise, std::span<Pair> pairs, std::span<const Ask> asks,
              std::vector<LegWaySides>& ways);
};

/// The edge sides of a way over the turn graph.
LegWaySides LegRoutes::Workshop::sides_of(const MatchState& from, const TurnWay& way) const
{
    LegWaySides sides{{}, way.weight};
    if (!way.nodes.empty()) {
        sides.sides.reserve(way.nodes.size() + 1);
        sides.sides.push_back(from.side);
        for (const std::uint32_t arc : way.nodes) {
            sides.sides.push_back(turns.network().arc_side[arc]);
        }
    }
    return sides;
}

TurnWay LegRoutes::Workshop::on_turns(const LegPart& part, const PartWay& way) const
{
    TurnWay out{way.fixed, {}};
    out.nodes.reserve(way.nodes.size());
    for (std::size_t i = 0; i < way.nodes.size(); ++i) {
        out.nodes.push_back(part.node[way.nodes[i]]);
        if (i + 1 < way.nodes.size()) {
            out.weight = add(out.weight, part.mean[way.nodes[i]]);
        }
    }
    return out;
}

/// Straight on along the edge nothing is cheaper, whatever sides cost: every other way runs through the end
/// of the edge, so past `to`, first.
LegWaySides LegRoutes::Workshop::cheapest(const MatchState& from, const MatchState& to)
{
    const Weight direct = ends.direct(from, to);
    if (direct < unreachable) {
        return {{from.side}, direct};
    }
    ends.leaving(from, start);
    ends.arriving(to, end);
    return sides_of(from, search.cheapest(start, end));
}

/// Groups asks that take a search; the others get their ways at once.
std::vector<Pair> LegRoutes::Workshop::pairs_of(std::span<const Ask> asks, std::vector<LegWaySides>& ways)
{
    std::vector<std::uint32_t> order(asks.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        order[i] = i;
    }
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tuple(key_of(asks[a]), a) < std::tuple(key_of(asks[b]), b);
    });
    std::vector<Pair> pairs;
    for (std::size_t i = 0, next = 0; i < order.size(); i = next) {
        const Ask& ask = asks[order[i]];
        while (next < order.size() && same_places(asks[order[next]], ask)) {
            ++next;
        }
        Pair pair;
        const Weight direct = ends.direct(ask.from, ask.to);
        LegWaySides plain{{ask.from.side}, direct};
        if (direct >= unreachable) {
            ends.leaving(ask.from, pair.start);
            ends.arriving(ask.to, pair.end);
            pair.cheapest = search.cheapest(pair.start, pair.end);
            plain = sides_of(ask.from, pair.cheapest);
        }
        for (std::size_t j = i; j < next; ++j) {
            ways[order[j]] = plain;
        }
        if (!pair.cheapest.nodes.empty() && !pair.certain()) {
            pair.asks.assign(order.begin() + static_cast<std::ptrdiff_t>(i),
                             order.begin() + static_cast<std::ptrdiff_t>(next));
            pairs.push_back(std::move(pair));
        }
    }
    return pairs;
}

Weight LegRoutes::Workshop::limit(std::span<const Pair> pairs, const RouteSpread& spread) const
{
    Weight dearest = 0;
    for (const Pair& pair : pairs) {
        dearest = std::max(dearest, pair.cheapest.weight);
    }
    const auto least = static_cast<double>(dearest);
    const double spread_units = spread.minutes / costs.unit_minutes;
    const double most = least * spread.most_stretch + spread.most_sds * std::sqrt(2 * spread_units * least);
    return static_cast<Weight>(std::clamp(most, least, double{unreachable - 1}));
}

LegPart LegRoutes::Workshop::part_of(std::vector<Pair>& pairs, const RouteSpread& spread)
{
    start.clear();
    end.clear();
    for (const Pair& pair : pairs) {
        start.insert(start.end(), pair.start.begin(), pair.start.end());
        end.insert(end.end(), pair.end.begin(), pair.end.end());
    }
    const Weight most = limit(pairs, spread);
    const std::vector<NodeBetween> nodes = search.between(start, end, most);
    LegPart part = leg_part(turns, costs, weights, search, nodes, start, end, most);
    const auto local = [&](std::uint32_t node) {
        const std::uint32_t at = search.place_of(node);
        return at == no_index ? no_index : part.place[at];
    };
    for (Pair& pair : pairs) {
        for (const auto& [seeds, local_seeds] :
             {std::pair(&pair.start, &pair.part_start), std::pair(&pair.end, &pair.part_end)}) {
            for (const Seed& seed : *seeds) {
                if (local(seed.node) != no_index) {
                    local_seeds->push_back({local(seed.node), seed.weight});
                }
            }
        }
        PartWay way;
        Weight travelled = 0;
        for (const std::uint32_t node : pair.cheapest.nodes) {
            way.nodes.push_back(local(node));
            travelled += node == pair.cheapest.nodes.back() ? 0 : costs.of_arc[node];
        }
        way.fixed = pair.cheapest.weight - travelled;
        if (std::find(way.nodes.begin(), way.nodes.end(), no_index) == way.nodes.end()) {
            pair.known.push_back(std::move(way));
        }
    }
    return part;
}

/// Sixteen travellers at a time, whichever places they go between.
void LegRoutes::Workshop::draw(const LegPart& part, const CostNoise& noise, std::span<Pair> pairs,
                               std::span<const Ask> asks, std::vector<LegWaySides>& ways)
{
    constexpr std::size_t batch = DrawSearch::most_travellers;
    std::vector<Trip> trips;
    for (Pair& pair : pairs) {
        for (std::uint32_t i = 0; i < pair.asks.size(); ++i) {
            const bool is_new = i == 0 || asks[pair.asks[i]].draw != asks[pair.asks[i - 1]].draw;
            if (is_new) {
                trips.push_back({&pair, i, i});
            }
            ++trips.back().end;
        }
    }
    std::array<Traveller, batch> travellers;
    std::array<PartWay, batch> found;
    for (std::size_t i = 0; i < trips.size(); i += batch) {
        const std::span<const Trip> some = std::span(trips).subspan(i, std::min(batch, trips.size() - i));
        for (std::size_t t = 0; t < some.size(); ++t) {
            const Pair& pair = *some[t].pair;
            travellers[t] = {pair.part_start, pair.part_end, asks[pair.asks[some[t].begin]].draw, pair.known};
        }
        draws.run(part, noise, std::span(travellers).first(some.size()), found);
        for (std::size_t t = 0; t < some.size(); ++t) {
            Pair& pair = *some[t].pair;
            const LegWaySides way = sides_of(asks[pair.asks.front()].from, on_turns(part, found[t]));
            for (std::uint32_t j = some[t].begin; j < some[t].end; ++j) {
                ways[pair.asks[j]] = way;
            }
            pair.learn(found[t]);
        }
    }
}

LegRoutes::LegRoutes(const TurnGraph& turns, const Costs& costs, std::span<const Weight> weights)
    : workshop_(std::make_unique<Workshop>(turns, costs, weights))
{
}
LegRoutes::~LegRoutes() = default;
LegRoutes::LegRoutes(LegRoutes&&) noexcept = default;
LegRoutes& LegRoutes::operator=(LegRoutes&&) noexcept = default;

LegWaySides LegRoutes::cheapest(const MatchState& from, const MatchState& to)
{
    return workshop_->cheapest(from, to);
}

std::vector<LegWaySides> LegRoutes::draw(std::span<const Ask> asks, const RouteSpread& spread,
                                         std::uint64_t seed)
{
    require(std::isfinite(spread.minutes) && spread.minutes >= 0,
            "a spread of {} minutes: it must be 0 or more", spread.minutes);
    require(std::isfinite(spread.most_stretch) && spread.most_stretch >= 1,
            "a stretch of {}: it must be 1 or more", spread.most_stretch);
    require(std::isfinite(spread.most_sds) && spread.most_sds >= 0,
            "{} standard deviations: they must be 0 or more", spread.most_sds);
    std::vector<LegWaySides> ways(asks.size());
    std::vector<Pair> pairs = workshop_->pairs_of(asks, ways);
    if (spread.minutes == 0 || pairs.empty()) {
        return ways;
    }
    const LegPart part = workshop_->part_of(pairs, spread);
    const CostNoise noise(spread.minutes, workshop_->costs.unit_minutes, seed);
    workshop_->draw(part, noise, pairs, asks, ways);
    return ways;
}

} // namespace vigil
