#pragma once

#include "kernels/route/alternatives.h"

#include <vector>

namespace vigil::test {

/// A graph written down arc by arc.
class SmallGraph {
  public:
    explicit SmallGraph(std::uint32_t nodes) : nodes_(nodes) {}
    void arc(std::uint32_t tail, std::uint32_t head, Weight weight, double length_m, std::uint32_t element);
    void finish(); ///< after the last arc

    /// The same roads, each arc cut into three of equal cost, with stretches of their own.
    [[nodiscard]] SmallGraph cut_in_three() const;
    [[nodiscard]] RouteGraph view() const;
    [[nodiscard]] std::uint32_t nodes() const { return nodes_; }
    [[nodiscard]] std::uint32_t tail(std::uint32_t arc) const { return arcs_[arc].tail; }
    [[nodiscard]] std::vector<std::uint32_t> elements(const std::vector<std::uint32_t>& arcs) const;

  private:
    struct Arc {
        std::uint32_t tail, head;
        Weight weight;
        double length_m;
        std::uint32_t element;
    };
    std::uint32_t nodes_;
    std::vector<Arc> arcs_;
    std::vector<std::uint32_t> first_out_, head_, first_in_, in_arc_, element_;
    std::vector<Weight> weight_;
    std::vector<double> length_m_;
};

/// Streets of w x h corners with noisy costs of 5 to 44; some one-way. Elements are edge sides.
SmallGraph noisy_lattice(std::uint64_t seed, std::uint32_t width, std::uint32_t height);

/// Two-way streets around a ring both ways, so that every corner has four; costs are multiples of three.
SmallGraph noisy_ring(std::uint64_t seed, std::uint32_t side);

struct SmallQuery {
    std::vector<PartialEnd> from, to;
    DirectWay direct;
};

/// A way by its stops and parts. Stops: nodes, with `nodes` for the start and `nodes + 1` for the end.
struct SmallWay {
    Weight cost = 0;
    double length_m = 0;
    std::uint32_t from_seed = 0, to_seed = 0;
    bool direct = false;
    std::vector<std::uint32_t> arcs, stops;
    std::vector<Weight> leg;             ///< between one stop and the next
    std::vector<double> leg_m;           ///< likewise
    std::vector<std::uint32_t> elements; ///< likewise
};

/// All ways that pass no node twice, cheapest first.
std::vector<SmallWay> all_simple_ways(const SmallGraph& graph, const SmallQuery& query);

/// The one of them that was found, or nullptr.
const SmallWay* find(const std::vector<SmallWay>& all, const Alternative& way);

/// The cost two ways share: the smaller of theirs on each stretch.
double shared(const SmallWay& a, const SmallWay& b);

/// The cheapest cost between any two stops (Floyd & Warshall).
class AllPairs {
  public:
    AllPairs(const SmallGraph& graph, const SmallQuery& query);
    /// Every part that costs at most `window` is a cheapest way: by trying all pairs of stops.
    [[nodiscard]] bool locally_optimal(const SmallWay& way, double window) const;

  private:
    std::vector<std::vector<double>> cost_;
};

/// The path-size logit of found ways, straight from its definition.
std::vector<double> probabilities(const std::vector<Alternative>& ways, const SmallGraph& graph,
                                  const SmallQuery& query, const AlternativesOptions& options);

} // namespace vigil::test
