#include "kernels/route/alternatives/local_optimality.h"

namespace vigil::alternatives {

void LocalOptimality::stops_of(const Way& way, const Query& query)
{
    stops_.clear();
    stops_.push_back({no_index, 0, 0, field_.best()});
    const auto stop = [this](std::uint32_t node, Weight along) {
        stops_.push_back({node, along, field_.from_start(node), field_.to_end(node)});
    };
    const PartialEnd& first = query.from[way.from_seed];
    stop(first.node, first.weight);
    for (const std::uint32_t arc : way.arcs) {
        stop(field_.head(arc), add(stops_.back().along, field_.sides().weight[arc]));
    }
    stops_.push_back({no_index, way.cost, field_.best(), 0});
}

bool LocalOptimality::holds(const Way& way, const Query& query, Weight window)
{
    if (way.direct) {
        return way.cost > window || way.cost == field_.best();
    }
    stops_of(way, query);
    // a part of a cheapest way is a cheapest way: only the longest from each stop need be looked at
    std::size_t to = 0;
    for (std::size_t from = 0; from + 1 < stops_.size(); ++from) {
        const std::size_t before = to;
        to = std::max(to, from);
        while (to + 1 < stops_.size() && stops_[to + 1].along - stops_[from].along <= window) {
            ++to;
        }
        if (to > from && (to > before || from == 0) && !cheapest(from, to)) {
            return false;
        }
    }
    return true;
}

bool LocalOptimality::cheapest(std::size_t from, std::size_t to)
{
    const Stop& a = stops_[from];
    const Stop& b = stops_[to];
    const Weight cost = b.along - a.along;
    // d(start, b) = d(start, a) + cost leaves no room for anything cheaper between a and b; likewise to the
    // end
    if (b.from_start == a.from_start + cost || a.to_end == b.to_end + cost) {
        return true;
    }
    if (from == 0 || to + 1 == stops_.size()) {
        return false; // a part that begins at the start or stops at the end is as good as the trees say, only
    }
    return !undercut(a, b);
}

bool LocalOptimality::undercut(const Stop& from, const Stop& to)
{
    const Weight cost = to.along - from.along;
    const auto least = [&](std::uint32_t node) {
        const Weight out = field_.from_start(node);
        const Weight home = field_.to_end(node);
        return std::max(out < to.from_start ? to.from_start - out : 0,
                        home > to.to_end ? home - to.to_end : 0);
    };
    labels_.clear();
    queue_.clear();
    bool found = false;
    // whatever undercuts a part of a way within the limit makes a way within the limit, so lies in the field
    const auto reach = [&](std::uint32_t node, Weight so_far) {
        if (so_far >= cost || !field_.inside(node)) {
            return;
        }
        const Weight all = add(so_far, least(node));
        if (all < cost && labels_.improve(node, so_far, 0)) {
            queue_.push(all, node);
            found = found || node == to.node;
        }
    };
    reach(from.node, 0);
    while (!found && !queue_.empty()) {
        const std::uint32_t node = queue_.pop().node;
        field_.sides().out.each(node, [&, so_far = labels_.cost(node)](std::uint32_t arc, std::uint32_t end) {
            if (field_.sides().weight[arc] < unreachable) {
                reach(end, add(so_far, field_.sides().weight[arc]));
            }
        });
    }
    return found;
}

} // namespace vigil::alternatives
