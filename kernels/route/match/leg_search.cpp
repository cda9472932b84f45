#include "kernels/route/match/leg_search.h"

#include "libgeo/error.h"

#include <algorithm>

namespace vigil {

LegSearch::LegSearch(const TurnGraph& turns, std::span<const Weight> weights)
    : turns_(&turns), graph_(turns.graph()), weights_(weights), label_(graph_.nodes())
{
    require(weights.size() == graph_.arcs(), "{} weights for {} turns", weights.size(), graph_.arcs());
}

std::uint32_t LegSearch::tail_of(std::uint32_t arc) const
{
    const RouteNetwork& network = turns_->network();
    const std::uint32_t real = network.tail_of_side(network.arc_side[arc]);
    if (arc >= network.first_out[real] && arc < network.first_out[real + 1]) {
        return real;
    }
    const std::span<const std::uint32_t> first = network.first_out.span(); // an arc of a copy
    const auto after = std::upper_bound(first.begin() + network.place_nodes, first.end(), arc);
    return static_cast<std::uint32_t>(after - first.begin() - 1);
}

void LegSearch::meet(std::uint32_t node)
{
    if (known(node, forward) && known(node, backward)) {
        const Weight sum = label_[node][forward].distance + label_[node][backward].distance;
        if (sum < best_) {
            best_ = sum;
            meeting_ = node;
        }
    }
}

template <LegSearch::Way way>
inline void LegSearch::reach(std::uint32_t node, Weight distance, std::uint32_t parent)
{
    Label& label = label_[node][way];
    if (label.stamp < reached_) {
        label.stamp = reached_;
    } else if (distance >= label.distance) {
        return;
    }
    label.distance = distance;
    label.parent = parent;
    queue_[way].push(distance, node);
    meet(node);
}

/// Takes the next unsettled node out of the queue and settles it.
template <LegSearch::Way way>
inline bool LegSearch::next(Item& item)
{
    while (!queue_[way].empty()) {
        item = queue_[way].pop();
        Label& label = label_[item.node][way];
        if (label.stamp < settled_) {
            label.stamp = settled_;
            if constexpr (way == forward) {
                found_.push_back(item.node);
            }
            return true;
        }
    }
    return false;
}

template <LegSearch::Way way>
inline void LegSearch::expand(const Item& item, Weight bound)
{
    const auto relax = [&](std::uint32_t arc, std::uint32_t node) {
        const Weight sum = item.key + weights_[arc]; // two below 2^31 fit; a closed arc is beyond any bound
        if (sum <= bound) {
            reach<way>(node, sum, item.node);
        }
    };
    if constexpr (way == forward) {
        for (std::uint32_t i = graph_.first_out[item.node]; i < graph_.first_out[item.node + 1]; ++i) {
            relax(i, graph_.head[i]);
        }
    } else {
        const RouteNetwork& network = turns_->network();
        const std::uint32_t v = tail_of(item.node);
        const std::uint32_t turn = item.node - network.first_out[v]; // every arc into v turns so
        for (std::uint32_t i = network.first_in[v]; i < network.first_in[v + 1]; ++i) {
            const std::uint32_t before = network.in_arc[i];
            relax(graph_.first_out[before] + turn, before);
        }
    }
}

void LegSearch::begin(std::span<const Seed> start, std::span<const Seed> end, Weight bound)
{
    if (listed_ >= no_index - 3) { // after 2^30 searches
        std::fill(label_.begin(), label_.end(), std::array<Label, 2>{});
        listed_ = 2;
    }
    reached_ = listed_ + 1;
    settled_ = listed_ + 2;
    listed_ += 3;
    queue_[forward].clear();
    queue_[backward].clear();
    found_.clear();
    best_ = unreachable;
    meeting_ = no_index;
    for (const Seed& seed : start) {
        if (seed.weight <= bound) {
            reach<forward>(seed.node, seed.weight, no_index);
        }
    }
    for (const Seed& seed : end) {
        if (seed.weight <= bound) {
            reach<backward>(seed.node, seed.weight, no_index);
        }
    }
}

TurnWay LegSearch::cheapest(std::span<const Seed> start, std::span<const Seed> end)
{
    begin(start, end, unreachable - 1);
    Item ahead{}, behind{};
    bool more = next<forward>(ahead) && next<backward>(behind);
    while (more && add(ahead.key, behind.key) < best_) { // no way through two unsettled nodes is cheaper
        const Weight bound = best_ - 1;
        if (ahead.key <= behind.key) {
            expand<forward>(ahead, bound);
            more = next<forward>(ahead);
        } else {
            expand<backward>(behind, bound);
            more = next<backward>(behind);
        }
    }
    TurnWay way;
    if (meeting_ == no_index) {
        return way;
    }
    way.weight = best_;
    for (std::uint32_t node = meeting_; node != no_index; node = label_[node][forward].parent) {
        way.nodes.push_back(node);
    }
    std::reverse(way.nodes.begin(), way.nodes.end());
    for (std::uint32_t node = label_[meeting_][backward].parent; node != no_index;
         node = label_[node][backward].parent) {
        way.nodes.push_back(node);
    }
    return way;
}

/// Settles everything within half; the first node beyond stays in `beyond`.
template <LegSearch::Way way>
void LegSearch::grow_half(Weight half, Weight limit, Item& beyond)
{
    beyond = {unreachable, no_index};
    for (Item item{}; next<way>(item);) {
        if (item.key > half) {
            beyond = item;
            return;
        }
        expand<way>(item, limit);
    }
}

/// Goes on through nodes from where the other end is near enough: a way within the limit has passed its
/// middle there, so that they are settled from that end.
template <LegSearch::Way way>
void LegSearch::grow_rest(Item item, Weight limit)
{
    constexpr Way other = way == forward ? backward : forward;
    if (item.node == no_index) {
        return;
    }
    do {
        if (settled(item.node, other) && item.key + label_[item.node][other].distance <= limit) {
            expand<way>(item, limit);
        }
    } while (next<way>(item));
}

std::vector<NodeBetween> LegSearch::between(std::span<const Seed> start, std::span<const Seed> end,
                                            Weight limit)
{
    begin(start, end, limit);
    Item ahead{}, behind{};
    grow_half<forward>(limit / 2, limit, ahead);
    grow_half<backward>(limit - limit / 2, limit, behind);
    grow_rest<forward>(ahead, limit);
    grow_rest<backward>(behind, limit);
    std::vector<NodeBetween> nodes;
    for (const std::uint32_t node : found_) {
        const std::array<Label, 2>& label = label_[node];
        if (settled(node, backward) && label[forward].distance + label[backward].distance <= limit) {
            nodes.push_back({node, label[forward].distance, label[backward].distance});
        }
    }
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
        label_[nodes[i].node][forward].stamp = listed_;
        label_[nodes[i].node][forward].parent = i;
    }
    return nodes;
}

} // namespace vigil
