#include "kernels/shortest_path.h"

#include "kernels/snap.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace vigil {

namespace {

/// Cost of travelling `length_m` of an edge.
double part_cost(const NetworkEdge& edge, double length_m)
{
    return edge.cost * (length_m / edge.length_m);
}

bool may_go_forward(const NetworkEdge& edge)
{
    return edge.direction != Direction::backward;
}

bool may_go_backward(const NetworkEdge& edge)
{
    return edge.direction != Direction::forward;
}

/// Where on its edge a step of a path begins and ends.
struct Span {
    double from_m = 0;
    double to_m = 0;
};

Span span_of(const Network& network, const Path& path, std::size_t step)
{
    const auto [edge, forward] = path.steps[step];
    const double length_m = network.edges[edge].length_m;
    Span span{forward ? 0 : length_m, forward ? length_m : 0};
    if (step == 0) {
        span.from_m = path.start_m;
    }
    if (step + 1 == path.steps.size()) {
        span.to_m = path.end_m;
    }
    return span;
}

} // namespace

PathFinder::PathFinder(const Network& network) : network_(network), labels_(network.nodes.size()) {}

void PathFinder::reach(std::uint32_t node, double cost, std::uint32_t tail, PathStep by)
{
    Label& label = labels_[node];
    if (label.round == round_ && label.cost <= cost) {
        return;
    }
    label = {cost, round_, tail, by, false};
    queue_.push_back({cost, node});
    std::push_heap(queue_.begin(), queue_.end(), later);
}

bool PathFinder::later(const Queued& a, const Queued& b)
{
    return a.cost != b.cost ? a.cost > b.cost : a.node > b.node;
}

/// Leaves the first edge at both ends, as far as its direction allows. A place at an edge's very end is at
/// the node, which may be left whatever the direction of that edge.
void PathFinder::start(NetworkPlace from)
{
    const NetworkEdge& edge = network_.edges[from.edge];
    const double left_m = edge.length_m - from.offset_m;
    if (from.offset_m <= 0) {
        reach(edge.from, 0, none, {none, false});
    } else if (may_go_backward(edge)) {
        reach(edge.from, part_cost(edge, from.offset_m), none, {from.edge, false});
    }
    if (left_m <= 0) {
        reach(edge.to, 0, none, {none, true});
    } else if (may_go_forward(edge)) {
        reach(edge.to, part_cost(edge, left_m), none, {from.edge, true});
    }
}

std::vector<PathFinder::Entry> PathFinder::entries_of(std::span<const NetworkPlace> targets) const
{
    std::vector<Entry> entries;
    for (std::size_t t = 0; t < targets.size(); ++t) {
        const NetworkPlace to = targets[t];
        const NetworkEdge& edge = network_.edges[to.edge];
        const double left_m = edge.length_m - to.offset_m;
        if (to.offset_m <= 0) {
            entries.push_back({edge.from, t, 0, {}, false});
        } else if (may_go_forward(edge)) {
            entries.push_back({edge.from, t, part_cost(edge, to.offset_m), {to.edge, true}, true});
        }
        if (left_m <= 0) {
            entries.push_back({edge.to, t, 0, {}, false});
        } else if (may_go_backward(edge)) {
            entries.push_back({edge.to, t, part_cost(edge, left_m), {to.edge, false}, true});
        }
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return a.node < b.node; });
    return entries;
}

std::optional<PathFinder::Best> PathFinder::direct(NetworkPlace from, NetworkPlace to) const
{
    if (from.edge != to.edge) {
        return std::nullopt;
    }
    const NetworkEdge& edge = network_.edges[from.edge];
    const double ahead_m = to.offset_m - from.offset_m;
    if ((ahead_m > 0 && !may_go_forward(edge)) || (ahead_m < 0 && !may_go_backward(edge))) {
        return std::nullopt;
    }
    Best best;
    best.cost = part_cost(edge, std::abs(ahead_m));
    best.entry.last = {from.edge, ahead_m > 0};
    best.direct = true;
    return best;
}

std::vector<PathFinder::Best> PathFinder::search(NetworkPlace from, std::span<const NetworkPlace> targets,
                                                 bool only_nearest)
{
    std::vector<Best> best(targets.size());
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t t = 0; t < targets.size(); ++t) {
        best[t] = direct(from, targets[t]).value_or(Best());
        nearest = std::min(nearest, best[t].cost);
    }
    const std::vector<Entry> entries = entries_of(targets);
    std::size_t open = entries.size();
    if (++round_ == 0) {
        std::fill(labels_.begin(), labels_.end(), Label());
        round_ = 1;
    }
    queue_.clear();
    start(from);
    while (!queue_.empty() && open > 0) {
        std::pop_heap(queue_.begin(), queue_.end(), later);
        const Queued next = queue_.back();
        queue_.pop_back();
        Label& label = labels_[next.node];
        if (label.settled) {
            continue;
        }
        if (only_nearest && next.cost > nearest) {
            break;
        }
        label.settled = true;
        const auto [first, last] =
            std::equal_range(entries.begin(), entries.end(), Entry{next.node, 0, 0, {}, false},
                             [](const Entry& a, const Entry& b) { return a.node < b.node; });
        for (auto entry = first; entry != last; ++entry, --open) {
            Best& found = best[entry->target];
            if (next.cost + entry->cost < found.cost) {
                found = {next.cost + entry->cost, *entry, false};
                nearest = std::min(nearest, found.cost);
            }
        }
        for (const Arc& arc : network_.arcs_from(next.node)) {
            reach(arc.head, next.cost + arc.cost, next.node, {arc.edge, arc.forward});
        }
    }
    return best;
}

Path PathFinder::trace(NetworkPlace from, NetworkPlace to, const Best& best) const
{
    Path path;
    path.cost = best.cost;
    bool starts_inside = best.direct;
    if (best.direct) {
        if (from.offset_m != to.offset_m) {
            path.steps.push_back(best.entry.last);
        }
    } else {
        if (best.entry.partial) {
            path.steps.push_back(best.entry.last);
        }
        std::uint32_t node = best.entry.node;
        while (labels_[node].tail != none) {
            path.steps.push_back(labels_[node].by);
            node = labels_[node].tail;
        }
        starts_inside = labels_[node].by.edge != none;
        if (starts_inside) {
            path.steps.push_back(labels_[node].by);
        }
        std::reverse(path.steps.begin(), path.steps.end());
    }
    if (path.steps.empty()) {
        return path;
    }
    const bool ends_inside = best.direct || best.entry.partial;
    const auto begin_of = [&](PathStep s) {
        return s.forward ? 0 : network_.edges[s.edge].length_m;
    };
    const auto end_of = [&](PathStep s) {
        return s.forward ? network_.edges[s.edge].length_m : 0;
    };
    path.start_m = starts_inside ? from.offset_m : begin_of(path.steps.front());
    path.end_m = ends_inside ? to.offset_m : end_of(path.steps.back());
    for (std::size_t s = 0; s < path.steps.size(); ++s) {
        const Span span = span_of(network_, path, s);
        path.length_m += std::abs(span.to_m - span.from_m);
    }
    return path;
}

std::optional<Path> PathFinder::path(NetworkPlace from, NetworkPlace to)
{
    return std::move(paths(from, {&to, 1}).front());
}

std::vector<std::optional<Path>> PathFinder::paths(NetworkPlace from, std::span<const NetworkPlace> targets)
{
    const std::vector<Best> best = search(from, targets, false);
    std::vector<std::optional<Path>> paths(targets.size());
    for (std::size_t t = 0; t < targets.size(); ++t) {
        if (std::isfinite(best[t].cost)) {
            paths[t] = trace(from, targets[t], best[t]);
        }
    }
    return paths;
}

std::optional<PathFinder::Nearest> PathFinder::nearest(NetworkPlace from,
                                                       std::span<const NetworkPlace> targets)
{
    const std::vector<Best> best = search(from, targets, true);
    const auto first = std::min_element(best.begin(), best.end(),
                                        [](const Best& a, const Best& b) { return a.cost < b.cost; });
    if (first == best.end() || !std::isfinite(first->cost)) {
        return std::nullopt;
    }
    const auto target = static_cast<std::size_t>(first - best.begin());
    return Nearest{target, trace(from, targets[target], *first)};
}

std::optional<Path> shortest_path(const Network& network, std::uint32_t from, std::uint32_t to)
{
    return PathFinder(network).path(place_at(network, from), place_at(network, to));
}

NetworkPlace place_at(const Network& network, std::uint32_t node)
{
    for (std::uint32_t e = 0; e < network.edges.size(); ++e) {
        if (network.edges[e].from == node) {
            return {e, 0};
        }
        if (network.edges[e].to == node) {
            return {e, network.edges[e].length_m};
        }
    }
    fail(ExitCode::input, "node {} has no edge", node + 1);
}

std::vector<XY> path_shape(const Network& network, const Path& path, NetworkPlace from)
{
    std::vector<XY> line;
    const auto add = [&](XY p) {
        if (line.empty() || !(line.back() == p)) {
            line.push_back(p);
        }
    };
    add(path.steps.empty() ? to_xy(network, from) : to_xy(network, {path.steps.front().edge, path.start_m}));
    for (std::size_t s = 0; s < path.steps.size(); ++s) {
        const auto [edge, forward] = path.steps[s];
        const Span span = span_of(network, path, s);
        const auto shape = network.shape_of(network.edges[edge]);
        double offset_m = forward ? 0 : network.edges[edge].length_m;
        for (std::size_t i = 1; i + 1 < shape.size(); ++i) {
            const std::size_t v = forward ? i : shape.size() - 1 - i;
            const std::size_t before = forward ? v - 1 : v + 1;
            offset_m += (forward ? 1 : -1) * distance_m(shape[before], shape[v]);
            if (forward ? (offset_m > span.from_m && offset_m < span.to_m)
                        : (offset_m < span.from_m && offset_m > span.to_m)) {
                add(shape[v]);
            }
        }
        add(to_xy(network, {edge, span.to_m}));
    }
    if (line.size() == 1) {
        line.push_back(line.front());
    }
    return line;
}

std::vector<std::uint32_t> path_nodes(const Network& network, const Path& path)
{
    std::vector<std::uint32_t> nodes;
    const auto add = [&](std::uint32_t node) {
        if (nodes.empty() || nodes.back() != node) {
            nodes.push_back(node);
        }
    };
    for (std::size_t s = 0; s < path.steps.size(); ++s) {
        const NetworkEdge& edge = network.edges[path.steps[s].edge];
        const Span span = span_of(network, path, s);
        for (const double offset_m : {span.from_m, span.to_m}) {
            if (offset_m <= 0) {
                add(edge.from);
            } else if (offset_m >= edge.length_m) {
                add(edge.to);
            }
        }
    }
    return nodes;
}

} // namespace vigil
