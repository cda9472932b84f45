#include "kernels/route/strong_components.h"

#include <algorithm>

namespace vigil {

namespace {

class Search {
  public:
    Search(GraphView graph, std::span<const std::uint8_t> closed)
        : graph_(graph), closed_(closed), visits_(graph.nodes())
    {
        for (std::uint32_t v = 0; v < graph.nodes(); ++v) {
            visits_[v].next_arc = graph.first_out[v];
        }
        for (std::uint32_t v = 0; v < graph.nodes(); ++v) {
            if (visits_[v].low == no_index) {
                visit_from(v);
            }
        }
    }
    [[nodiscard]] StrongComponents found() const
    {
        StrongComponents components;
        components.count = count_;
        components.of.reserve(visits_.size());
        for (const Visit& visit : visits_) {
            components.of.push_back(visit.component);
        }
        return components;
    }

  private:
    /// Kept together, since they are looked at together, node after node far apart.
    struct Visit {
        std::uint32_t low = no_index;
        std::uint32_t component = no_index;
        std::uint32_t next_arc = 0;
    };
    struct Step {
        std::uint32_t node, number;
    };

    void visit_from(std::uint32_t start)
    {
        enter(start);
        while (!way_.empty()) {
            const std::uint32_t v = way_.back().node;
            if (visits_[v].next_arc < graph_.first_out[v + 1]) {
                follow(v, visits_[v].next_arc++);
            } else {
                leave();
            }
        }
    }

    void enter(std::uint32_t v)
    {
        way_.push_back({v, entered_});
        visits_[v].low = entered_++;
        stack_.push_back(v);
    }

    void follow(std::uint32_t v, std::uint32_t arc)
    {
        if (!closed_.empty() && closed_[arc] != 0) {
            return;
        }
        const std::uint32_t w = graph_.head[arc];
        const Visit& there = visits_[w];
        if (there.low == no_index) {
            enter(w);
        } else if (there.component == no_index) {
            visits_[v].low = std::min(visits_[v].low, there.low);
        }
    }

    void leave()
    {
        const auto [v, number] = way_.back();
        way_.pop_back();
        const std::uint32_t low = visits_[v].low;
        if (low == number) {
            std::uint32_t w = no_index;
            do {
                w = stack_.back();
                stack_.pop_back();
                visits_[w].component = count_;
            } while (w != v);
            ++count_;
        } else { // then it is not the first of the way
            Visit& before = visits_[way_.back().node];
            before.low = std::min(before.low, low);
        }
    }

    GraphView graph_;
    std::span<const std::uint8_t> closed_;
    std::vector<Visit> visits_;
    std::vector<std::uint32_t> stack_;
    std::vector<Step> way_;
    std::uint32_t entered_ = 0, count_ = 0;
};

} // namespace

StrongComponents strong_components(GraphView graph, std::span<const std::uint8_t> closed)
{
    return Search(graph, closed).found();
}

StrongComponents place_components(const RouteNetwork& network, std::span<const std::uint8_t> closed)
{
    const std::uint32_t n = network.place_nodes;
    std::vector<std::uint32_t> head(network.first_out[n]);
    for (std::size_t arc = 0; arc < head.size(); ++arc) {
        head[arc] = network.node_of[network.head[arc]];
    }
    const GraphView places{network.first_out.span().first(n + std::size_t{1}), head};
    return strong_components(places, closed.empty() ? closed : closed.first(head.size()));
}

std::vector<std::uint32_t> part_sizes(const RouteNetwork& network, const Costs& costs)
{
    std::vector<std::uint8_t> closed;
    closed.reserve(network.arcs());
    for (const EdgeSide side : network.arc_side) {
        closed.push_back(costs.of_side[side] >= unreachable ? 1 : 0);
    }
    const StrongComponents components = place_components(network, closed);
    std::vector<std::uint32_t> size(components.count, 0);
    for (const std::uint32_t c : components.of) {
        ++size[c];
    }
    std::vector<std::uint32_t> of_edge(network.edges(), 0);
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        const std::uint32_t c = components.of[network.edge[e].from];
        if (c == components.of[network.edge[e].to]) {
            of_edge[e] = size[c];
        }
    }
    return of_edge;
}

} // namespace vigil
