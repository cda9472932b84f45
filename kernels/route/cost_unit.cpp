#include "kernels/route/cost_unit.h"

#include "kernels/route/strong_components.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace vigil {

namespace {

/// Fewest-arcs trees within components.
class Trees {
  public:
    Trees(GraphView graph, std::span<const std::uint32_t> first_in, std::span<const std::uint32_t> in_arc,
          std::span<const double> cost, const StrongComponents& components)
        : graph_(graph), first_in_(first_in), in_arc_(in_arc), cost_(cost), from_(graph.nodes()),
          to_(graph.nodes()), tail_(graph.arcs())
    {
        for (std::uint32_t v = 0; v < graph.nodes(); ++v) {
            from_[v].component = to_[v].component = components.of[v];
            std::fill(tail_.begin() + graph.first_out[v], tail_.begin() + graph.first_out[v + 1], v);
        }
    }

    double farthest_from(std::uint32_t root)
    {
        return grow(root, from_, [this](std::uint32_t v, const auto& reach) {
            for (std::uint32_t a = graph_.first_out[v]; a < graph_.first_out[v + 1]; ++a) {
                reach(graph_.head[a], a);
            }
        });
    }
    double farthest_to(std::uint32_t root)
    {
        return grow(root, to_, [this](std::uint32_t v, const auto& reach) {
            for (std::uint32_t i = first_in_[v]; i < first_in_[v + 1]; ++i) {
                reach(tail_[in_arc_[i]], in_arc_[i]);
            }
        });
    }

  private:
    /// Kept together for the same reason.
    struct Reached {
        double sum = -1; ///< < 0: not yet
        std::uint32_t component = 0;
    };

    template <typename Arcs>
    double grow(std::uint32_t root, std::vector<Reached>& tree, const Arcs& for_arcs_of)
    {
        const std::uint32_t component = tree[root].component;
        std::vector<std::uint32_t> level{root};
        std::vector<std::uint32_t> next;
        tree[root].sum = 0;
        double most = 0;
        for (; !level.empty(); level.swap(next)) {
            next.clear();
            for (const std::uint32_t v : level) {
                const double sum = tree[v].sum;
                most = std::max(most, sum);
                for_arcs_of(v, [&](std::uint32_t w, std::uint32_t arc) {
                    Reached& there = tree[w];
                    if (there.sum < 0 && there.component == component && !std::isinf(cost_[arc])) {
                        there.sum = sum + cost_[arc];
                        next.push_back(w);
                    }
                });
            }
        }
        return most;
    }

    GraphView graph_;
    std::span<const std::uint32_t> first_in_, in_arc_;
    std::span<const double> cost_;
    std::vector<Reached> from_, to_;
    std::vector<std::uint32_t> tail_;
};

/// Nodes of each component: [begin[c], begin[c + 1]) of `node`, ascending.
struct Members {
    std::vector<std::uint32_t> begin, node;
};

Members members_of(const StrongComponents& components, std::uint32_t nodes)
{
    Members members{std::vector<std::uint32_t>(components.count + std::size_t{1}),
                    std::vector<std::uint32_t>(nodes)};
    for (std::uint32_t v = 0; v < nodes; ++v) {
        ++members.begin[components.of[v]];
    }
    std::partial_sum(members.begin.begin(), members.begin.end(), members.begin.begin());
    for (std::uint32_t v = nodes; v-- > 0;) {
        members.node[--members.begin[components.of[v]]] = v;
    }
    return members;
}

} // namespace

double bound_of_ways(GraphView graph, std::span<const std::uint32_t> first_in,
                     std::span<const std::uint32_t> in_arc, std::span<const double> cost_of_arc)
{
    std::vector<std::uint8_t> closed;
    closed.reserve(cost_of_arc.size());
    for (const double cost : cost_of_arc) {
        closed.push_back(std::isinf(cost) ? 1 : 0);
    }
    const StrongComponents components = strong_components(graph, closed);
    const auto [begin, member] = members_of(components, graph.nodes());
    std::vector<double> longest(components.count); // way that begins in each
    Trees trees(graph, first_in, in_arc, cost_of_arc, components);
    double most = 0;
    for (std::uint32_t c = 0; c < components.count; ++c) { // links lead to lower numbers, which are done
        double beyond = 0;
        for (std::uint32_t i = begin[c]; i < begin[c + 1]; ++i) {
            const std::uint32_t v = member[i];
            for (std::uint32_t a = graph.first_out[v]; a < graph.first_out[v + 1]; ++a) {
                const std::uint32_t other = components.of[graph.head[a]];
                if (other != c && !std::isinf(cost_of_arc[a])) {
                    beyond = std::max(beyond, cost_of_arc[a] + longest[other]);
                }
            }
        }
        const std::uint32_t root = member[begin[c] + (begin[c + 1] - begin[c]) / 2];
        const bool alone = begin[c + 1] - begin[c] == 1;
        longest[c] = beyond + (alone ? 0 : trees.farthest_to(root) + trees.farthest_from(root));
        most = std::max(most, longest[c]);
    }
    return most;
}

} // namespace vigil
