#include "kernels/route/alternatives/penalties.h"

#include <cmath>
#include <limits>

namespace vigil::alternatives {

namespace {

/// Factors are whole parts of this, so that costs add up exactly however a road is cut.
constexpr std::uint32_t whole = 1024;
/// Dearer than this a stretch need not be; costs of 2^31 times it stay far below 2^63.
constexpr double dearest = 1 << 30;

} // namespace

Penalties::Penalties(const Field& field) : field_(field), labels_(field.graph().graph.nodes())
{
    const auto element = field.graph().element;
    const std::size_t elements =
        element.empty() ? 0 : std::size_t{*std::max_element(element.begin(), element.end())} + 1;
    factor_.assign(elements, whole);
    round_.assign(elements, 0);
}

Penalties::Cost Penalties::factor(std::uint32_t element) const
{
    return element < factor_.size() ? factor_[element] : whole;
}

void Penalties::multiply(std::uint32_t element, double by)
{
    if (element >= factor_.size()) {
        return; // no arc is on it
    }
    if (round_[element] == rounds_) {
        return;
    }
    round_[element] = rounds_;
    if (factor_[element] == whole) {
        touched_.push_back(element);
    }
    factor_[element] = static_cast<std::uint32_t>(std::min(std::ceil(factor_[element] * by), dearest));
}

std::vector<Way> Penalties::ways(const Query& query, const Way& cheapest, double penalty, std::size_t rounds)
{
    std::vector<Way> found;
    penalise(cheapest, query, penalty);
    for (Way way; found.size() < rounds && search(query, way);) {
        penalise(way, query, penalty);
        found.push_back(std::move(way));
    }
    for (const std::uint32_t element : touched_) {
        factor_[element] = whole;
    }
    touched_.clear();
    return found;
}

void Penalties::penalise(const Way& way, const Query& query, double penalty)
{
    if (++rounds_ == 0) {
        std::fill(round_.begin(), round_.end(), 0);
        rounds_ = 1;
    }
    for (const Part& part : parts_of(way, query, field_.graph())) {
        multiply(part.element, penalty);
    }
    if (!way.direct) {
        penalise_adjacent(way, query, 1 + (penalty - 1) / 2);
    }
}

void Penalties::penalise_adjacent(const Way& way, const Query& query, double half)
{
    const auto around = [&](std::uint32_t node) {
        for (const ArcSide* side : {&field_.sides().out, &field_.sides().in}) {
            side->each(node, [&](std::uint32_t arc, std::uint32_t) { follow(*side, node, arc, half); });
        }
    };
    around(query.from[way.from_seed].node);
    for (const std::uint32_t arc : way.arcs) {
        around(field_.head(arc));
    }
}

/// Along a road to where there is a choice, or to what this round has made dearer already.
void Penalties::follow(const ArcSide& side, std::uint32_t from, std::uint32_t arc, double half)
{
    while (arc != no_index && round_[field_.graph().element[arc]] != rounds_) {
        multiply(field_.graph().element[arc], half);
        const std::uint32_t node = side.end[arc];
        std::uint32_t onward = no_index;
        std::size_t choices = 0;
        side.each(node, [&](std::uint32_t next, std::uint32_t end) {
            onward = end == from ? onward : next;
            choices += end == from ? 0U : 1U;
        });
        from = node;
        arc = choices == 1 && side.first[node + 1] - side.first[node] <= 2 ? onward : no_index;
    }
}

bool Penalties::search(const Query& query, Way& way)
{
    labels_.clear();
    queue_.clear();
    const auto reach = [&](std::uint32_t node, Cost cost, std::uint32_t link) {
        if (field_.inside(node) && labels_.improve(node, cost, link)) {
            queue_.push(cost + Cost{whole} * field_.to_end(node), node);
        }
    };
    for (std::uint32_t i = 0; i < query.from.size(); ++i) {
        if (query.from[i].weight < unreachable) {
            reach(query.from[i].node, query.from[i].weight * factor(query.from[i].element), root_bit | i);
        }
    }
    constexpr Cost never = std::numeric_limits<Cost>::max();
    Cost best = never;
    std::uint32_t best_end = 0;
    while (!queue_.empty()) {
        const auto [key, node] = queue_.pop();
        const Cost cost = labels_.cost(node);
        if (key >= best) {
            break;
        }
        if (key != cost + Cost{whole} * field_.to_end(node)) {
            continue;
        }
        for (std::uint32_t i = 0; i < query.to.size(); ++i) {
            const PartialEnd& end = query.to[i];
            if (end.node == node && end.weight < unreachable &&
                cost + end.weight * factor(end.element) < best) {
                best = cost + end.weight * factor(end.element);
                best_end = i;
            }
        }
        field_.sides().out.each(node, [&, from = cost](std::uint32_t arc, std::uint32_t end) {
            const Weight weight = field_.sides().weight[arc];
            if (weight < unreachable) {
                reach(end, from + weight * factor(field_.graph().element[arc]), arc);
            }
        });
    }
    if (best == never) {
        return false;
    }
    way = way_to(query.to[best_end].node, best_end, query);
    return true;
}

Way Penalties::way_to(std::uint32_t node, std::uint32_t to_seed, const Query& query) const
{
    Way way;
    way.to_seed = to_seed;
    way.cost = query.to[to_seed].weight;
    while (!is_root(labels_.link(node))) {
        const std::uint32_t arc = labels_.link(node);
        way.arcs.push_back(arc);
        way.cost = add(way.cost, field_.sides().weight[arc]);
        node = field_.tail(arc);
    }
    way.from_seed = seed_of(labels_.link(node));
    way.cost = add(way.cost, query.from[way.from_seed].weight);
    std::reverse(way.arcs.begin(), way.arcs.end());
    return way;
}

} // namespace vigil::alternatives
