#include "kernels/route/alternatives/plateaus.h"

#include <tuple>

namespace vigil::alternatives {

std::vector<Way> Plateaus::ways(const Query& query, const Footprint& cheapest, Weight shared,
                                std::size_t most)
{
    share(query, cheapest);
    chains_.clear();
    for (const std::uint32_t node : field_.outward()) {
        field_.sides().out.each(node, [&](std::uint32_t arc, std::uint32_t) {
            const bool goes_on = field_.arc_from(node) == arc && !is_root(field_.arc_to(node));
            if (!goes_on) {
                add_chain(arc, cheapest, shared);
            }
        });
    }
    const auto before = [](const Chain& a, const Chain& b) {
        return std::tie(a.key, a.first) < std::tie(b.key, b.first);
    };
    const auto made = static_cast<std::ptrdiff_t>(std::min(most, chains_.size()));
    std::partial_sort(chains_.begin(), chains_.begin() + made, chains_.end(), before);
    chains_.resize(static_cast<std::size_t>(made));

    std::vector<Way> found;
    for (const Chain& chain : chains_) {
        found.push_back(way_over(chain.first));
    }
    add_ends(found, query);
    return found;
}

void Plateaus::share(const Query& query, const Footprint& cheapest)
{
    const auto common = [&cheapest](std::uint32_t element, Weight weight) {
        return std::min(weight, cheapest.on(element));
    };
    const auto over = [&](std::uint32_t arc) {
        return common(field_.graph().element[arc], field_.sides().weight[arc]);
    };
    // every node is shared after the one before it on its tree
    for (const std::uint32_t node : field_.outward()) {
        const std::uint32_t link = field_.arc_to(node);
        shared_out_[node] = is_root(link)
                                ? common(query.from[seed_of(link)].element, query.from[seed_of(link)].weight)
                                : add(shared_out_[field_.tail(link)], over(link));
    }
    for (const std::uint32_t node : field_.homeward()) {
        const std::uint32_t link = field_.arc_from(node);
        shared_home_[node] = is_root(link)
                                 ? common(query.to[seed_of(link)].element, query.to[seed_of(link)].weight)
                                 : add(shared_home_[field_.head(link)], over(link));
    }
}

void Plateaus::add_chain(std::uint32_t first, const Footprint& cheapest, Weight most_shared)
{
    const auto weight = field_.sides().weight;
    const std::uint32_t tail = field_.tail(first);
    std::uint32_t node = field_.head(first);
    if (weight[first] >= unreachable || !field_.inside(node)) {
        return;
    }
    const Weight cost = add(add(field_.from_start(tail), weight[first]), field_.to_end(node));
    const Weight common = add(add(shared_out_[tail], shared_home_[node]),
                              std::min(weight[first], cheapest.on(field_.graph().element[first])));
    if (cost > field_.limit() || common > most_shared) {
        return;
    }
    Weight chain = weight[first];
    for (std::uint32_t arc = first; field_.arc_to(node) == arc && !is_root(field_.arc_from(node));
         node = field_.head(arc)) {
        arc = field_.arc_from(node);
        chain = add(chain, weight[arc]);
    }
    chains_.push_back({2 * std::uint64_t{cost} + common - std::min(chain, cost), first});
}

void Plateaus::add_ends(std::vector<Way>& ways, const Query& query) const
{
    const auto reaches = [this](const PartialEnd& end, auto cost_beyond) {
        return end.weight < unreachable && field_.inside(end.node) &&
               add(end.weight, cost_beyond(end.node)) <= field_.limit();
    };
    for (std::uint32_t i = 0; i < query.from.size(); ++i) {
        const PartialEnd& end = query.from[i];
        if (reaches(end, [this](std::uint32_t node) { return field_.to_end(node); })) {
            Way way{add(end.weight, field_.to_end(end.node)), i, 0, false, {}};
            field_.lead_out(way, end.node);
            ways.push_back(std::move(way));
        }
    }
    for (std::uint32_t i = 0; i < query.to.size(); ++i) {
        const PartialEnd& end = query.to[i];
        if (reaches(end, [this](std::uint32_t node) { return field_.from_start(node); })) {
            Way way{add(end.weight, field_.from_start(end.node)), 0, i, false, {}};
            field_.lead_in(way, end.node);
            ways.push_back(std::move(way));
        }
    }
}

Way Plateaus::way_over(std::uint32_t arc) const
{
    const std::uint32_t tail = field_.tail(arc);
    const std::uint32_t head = field_.head(arc);
    Way way;
    way.cost = add(add(field_.from_start(tail), field_.sides().weight[arc]), field_.to_end(head));
    way.arcs.push_back(arc);
    field_.lead_in(way, tail);
    field_.lead_out(way, head);
    return way;
}

} // namespace vigil::alternatives
