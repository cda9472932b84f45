#pragma once

#include "kernels/route/alternatives/way_labels.h"

namespace vigil::alternatives {

/// A way between two places before its probability is known.
struct Way {
    Weight cost = unreachable;
    std::uint32_t from_seed = 0;
    std::uint32_t to_seed = 0;
    bool direct = false;
    std::vector<std::uint32_t> arcs;
};

/// What is asked for.
struct Query {
    std::span<const PartialEnd> from, to;
    DirectWay direct;
};

/// The part of a graph that ways within the stretch run through, with the cost to each of its nodes from the
/// start and from it to the end. Exact there: a cheapest way between start or end and a node inside has no
/// node outside.
class Field {
  public:
    explicit Field(const RouteGraph& graph);

    /// Searches from both places. returns   false when there is no way
    bool explore(const Query& query, double most_stretch);

    [[nodiscard]] Weight best() const { return best_; }   ///< cost of the cheapest way
    [[nodiscard]] Weight limit() const { return limit_; } ///< the most that a way may cost
    [[nodiscard]] bool inside(std::uint32_t node) const { return to_end_.known(node); }
    /// Of nodes inside.
    [[nodiscard]] Weight from_start(std::uint32_t node) const { return from_start_.cost(node); }
    [[nodiscard]] Weight to_end(std::uint32_t node) const { return to_end_.cost(node); }
    /// The arc or root by which a node inside is reached best; and by which it is best left.
    [[nodiscard]] std::uint32_t arc_to(std::uint32_t node) const { return from_start_.link(node); }
    [[nodiscard]] std::uint32_t arc_from(std::uint32_t node) const { return to_end_.link(node); }
    /// Nodes inside, nearest to the start first, and nearest to the end first.
    [[nodiscard]] std::span<const std::uint32_t> outward() const { return outward_; }
    [[nodiscard]] std::span<const std::uint32_t> homeward() const { return homeward_; }

    [[nodiscard]] const Sides& sides() const { return sides_; }
    [[nodiscard]] const RouteGraph& graph() const { return graph_; }
    [[nodiscard]] std::uint32_t tail(std::uint32_t arc) const { return tail_[arc]; }
    [[nodiscard]] std::uint32_t head(std::uint32_t arc) const { return graph_.graph.head[arc]; }

    /// Puts the cheapest way from the start to a node in front of a way that begins there; and the cheapest
    /// way from a node to the end behind one that ends there.
    void lead_in(Way& way, std::uint32_t node) const;
    void lead_out(Way& way, std::uint32_t node) const;

  private:
    RouteGraph graph_;
    std::vector<std::uint32_t> tail_;
    Sides sides_;
    Labels<Weight> from_start_, to_end_;
    NodeQueue<Weight> queue_;
    std::vector<std::uint32_t> outward_, homeward_;
    Weight best_ = unreachable;
    Weight limit_ = 0;
};

/// The largest cost that is at most `share` times `cost`.
inline Weight share_of(double share, Weight cost)
{
    return static_cast<Weight>(
        std::min(share * static_cast<double>(cost), static_cast<double>(unreachable - 1)));
}

} // namespace vigil::alternatives
