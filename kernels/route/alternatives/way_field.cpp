#include "kernels/route/alternatives/way_field.h"

namespace vigil::alternatives {

namespace {

std::vector<std::uint32_t> tails(GraphView graph)
{
    std::vector<std::uint32_t> tail(graph.arcs());
    for (std::uint32_t node = 0; node < graph.nodes(); ++node) {
        std::fill(tail.begin() + graph.first_out[node], tail.begin() + graph.first_out[node + 1], node);
    }
    return tail;
}

} // namespace

Field::Field(const RouteGraph& graph)
    : graph_(graph), tail_(tails(graph.graph)), sides_{{graph.graph.first_out, {}, graph.graph.head},
                                                       {graph.first_in, graph.in_arc, tail_},
                                                       graph.weight},
      from_start_(graph.graph.nodes()), to_end_(graph.graph.nodes())
{
}

bool Field::explore(const Query& query, double most_stretch)
{
    best_ = query.direct.weight;
    const auto within = [&] {
        return best_ < unreachable ? share_of(most_stretch, best_) : unreachable - 1;
    };
    outward_.clear();
    homeward_.clear();
    limit_ = grow(
        from_start_, queue_, sides_.out, sides_.weight, query.from, within(),
        [](std::uint32_t, Weight) { return true; },
        [&](std::uint32_t node, Weight cost) {
            outward_.push_back(node);
            for (const PartialEnd& end : query.to) {
                if (end.node == node && end.weight < unreachable) {
                    best_ = std::min(best_, add(cost, end.weight));
                }
            }
            return within();
        });
    if (best_ >= unreachable) {
        to_end_.clear();
        return false;
    }
    limit_ = within();
    grow(
        to_end_, queue_, sides_.in, sides_.weight, query.to, limit_,
        [&](std::uint32_t node, Weight cost) {
            return from_start_.known(node) && add(from_start_.cost(node), cost) <= limit_;
        },
        [&](std::uint32_t node, Weight) {
            homeward_.push_back(node);
            return limit_;
        });
    std::erase_if(outward_, [&](std::uint32_t node) { return !inside(node); });
    return true;
}

void Field::lead_in(Way& way, std::uint32_t node) const
{
    std::vector<std::uint32_t> before;
    while (!is_root(arc_to(node))) {
        before.push_back(arc_to(node));
        node = tail(before.back());
    }
    way.from_seed = seed_of(arc_to(node));
    way.arcs.insert(way.arcs.begin(), before.rbegin(), before.rend());
}

void Field::lead_out(Way& way, std::uint32_t node) const
{
    while (!is_root(arc_from(node))) {
        way.arcs.push_back(arc_from(node));
        node = head(arc_from(node));
    }
    way.to_seed = seed_of(arc_from(node));
}

} // namespace vigil::alternatives
