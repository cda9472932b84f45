#include "kernels/route/dijkstra.h"

#include "libgeo/error.h"

#include <algorithm>

namespace vigil {

Dijkstra::Dijkstra(GraphView graph, std::span<const Weight> weights)
    : graph_(graph), weights_(weights), label_(graph.first_out.empty() ? 0 : graph.nodes())
{
    require(weights.size() == graph.arcs(), "{} weights for {} arcs", weights.size(), graph.arcs());
}

inline void Dijkstra::reach(std::uint32_t node, Weight distance, std::uint32_t arc)
{
    Label& label = label_[node];
    if (label.stamp < reached_stamp_) {
        label.stamp = reached_stamp_;
    } else if (distance >= label.distance) {
        // As cheap: the lower arc, unless the node is a start or was settled before.
        if (distance == label.distance && arc < label.arc && label.arc != no_index &&
            label.stamp == reached_stamp_) {
            label.arc = arc;
        }
        return;
    }
    label.distance = distance;
    label.arc = arc;
    queue_.push(distance, node);
}

void Dijkstra::begin(std::span<const Seed> start, Weight bound)
{
    queue_.clear();
    settled_.clear();
    if (reached_stamp_ >= no_index - 3) { // after 2^31 searches
        std::fill(label_.begin(), label_.end(), Label{});
        reached_stamp_ = 0;
    }
    reached_stamp_ += 2;
    settled_stamp_ = reached_stamp_ + 1;
    for (const Seed& seed : start) {
        require(seed.node < label_.size(), "a search begins at node {} of {}", seed.node, label_.size());
        if (seed.weight <= bound) {
            reach(seed.node, seed.weight, no_index);
        }
    }
}

/// Settles nodes until go_on(node, distance) says no. It is asked before the node's arcs are looked at.
template <typename Settled>
void Dijkstra::grow(Weight bound, Settled&& go_on)
{
    while (!queue_.empty()) {
        const auto [distance, node] = queue_.pop();
        Label& label = label_[node];
        if (label.stamp == settled_stamp_) {
            continue; // an old entry
        }
        label.stamp = settled_stamp_;
        settled_.push_back(node);
        if (!go_on(node, distance)) {
            return;
        }
        const std::uint32_t end = graph_.first_out[node + 1];
        for (std::uint32_t arc = graph_.first_out[node]; arc < end; ++arc) {
            const Weight next =
                distance + weights_[arc]; // two below 2^31 fit; a closed arc is beyond any bound
            if (next <= bound) {
                reach(graph_.head[arc], next, arc);
            }
        }
    }
}

/// The number of different targets.
std::size_t Dijkstra::mark_targets(std::span<const std::uint32_t> targets)
{
    std::size_t count = 0;
    for (const std::uint32_t node : targets) {
        require(node < label_.size(), "a search is to end at node {} of {}", node, label_.size());
        if (label_[node].target_mark != reached_stamp_) {
            label_[node].target_mark = reached_stamp_;
            ++count;
        }
    }
    return count;
}

void Dijkstra::run(std::span<const Seed> start, std::span<const std::uint32_t> targets, Weight bound)
{
    bound = std::min(bound, unreachable - 1);
    begin(start, bound);
    if (targets.empty()) {
        grow(bound, [](std::uint32_t, Weight) { return true; });
        return;
    }
    std::size_t left = mark_targets(targets);
    grow(bound, [&](std::uint32_t node, Weight) {
        return label_[node].target_mark != reached_stamp_ || --left > 0;
    });
}

void Dijkstra::trace(std::uint32_t node, std::span<const Seed> start, ArcPath& path) const
{
    for (std::uint32_t arc = label_[node].arc; arc != no_index; arc = label_[node].arc) {
        path.arcs.push_back(arc);
        const auto after = std::upper_bound(graph_.first_out.begin(), graph_.first_out.end(), arc);
        node = static_cast<std::uint32_t>(after - graph_.first_out.begin() - 1);
    }
    std::reverse(path.arcs.begin(), path.arcs.end());
    const auto seed = std::find_if(start.begin(), start.end(), [&](const Seed& s) {
        return s.node == node && s.weight == label_[node].distance;
    });
    path.from_seed = static_cast<std::uint32_t>(seed - start.begin());
}

ArcPath Dijkstra::path(std::span<const Seed> start, std::span<const Seed> end)
{
    begin(start, unreachable - 1);
    std::vector<std::uint32_t> nodes;
    Weight least_end = unreachable;
    for (const Seed& seed : end) {
        nodes.push_back(seed.node);
        least_end = std::min(least_end, seed.weight);
    }
    std::size_t left = mark_targets(nodes);
    ArcPath path;
    std::uint32_t last = no_index;
    if (left > 0) {
        grow(unreachable - 1, [&](std::uint32_t node, Weight distance) {
            if (add(distance, least_end) > path.weight) {
                return false; // no end beyond this can do better
            }
            if (label_[node].target_mark != reached_stamp_) {
                return true;
            }
            for (std::uint32_t i = 0; i < end.size(); ++i) {
                const Weight sum = add(distance, end[i].weight);
                if (end[i].node == node && sum < unreachable &&
                    (sum < path.weight || (sum == path.weight && i < path.to_seed))) {
                    path.weight = sum;
                    path.to_seed = i;
                    last = node;
                }
            }
            return --left > 0;
        });
    }
    if (last != no_index) {
        trace(last, start, path);
    }
    return path;
}

} // namespace vigil
