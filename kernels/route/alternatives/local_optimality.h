#pragma once

#include "kernels/route/alternatives/way_field.h"

namespace vigil::alternatives {

/// Tells whether a way has no detour inside. One per thread; keeps its memory.
class LocalOptimality {
  public:
    explicit LocalOptimality(const Field& field) : field_(field), labels_(field.graph().graph.nodes()) {}

    /// True when every part of the way that costs at most `window`, between two of its nodes or its places,
    /// is a cheapest way between them. Exact. The way costs at most the field's limit.
    ///
    /// cost     O(k) for k nodes, and a search for each longest part that lies on neither tree of cheapest
    ///          ways; the trees guide it, so that it sees little more than the part itself
    bool holds(const Way& way, const Query& query, Weight window);

  private:
    /// A stop of the way, with costs from its start: along it, and the cheapest; and the cheapest to its end.
    struct Stop {
        std::uint32_t node = 0;
        Weight along = 0, from_start = 0, to_end = 0;
    };
    void stops_of(const Way& way, const Query& query);
    [[nodiscard]] bool cheapest(std::size_t from, std::size_t to);
    [[nodiscard]] bool undercut(const Stop& from, const Stop& to);

    const Field& field_;
    Labels<Weight> labels_;
    NodeQueue<Weight> queue_;
    std::vector<Stop> stops_;
};

} // namespace vigil::alternatives
