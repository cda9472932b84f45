#pragma once

#include "kernels/route/hierarchy/order_graph.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Most ways from source nodes to sink nodes of which no two share a node, and with it the fewest nodes that
/// part them (Menger).
///
/// Augmenting paths are sought depth first, turning as far left as they can: on a map without crossings the
/// paths then lie side by side, each as far left as the ones before it leave room, and one pass finds all
/// (uppermost paths). Bridges and tunnels only cost more passes. What led nowhere is not entered again in the
/// same pass. A node carries at most one path, so the flow is two numbers a node: where its path goes and
/// where it came from.
///
/// source   Ford & Fulkerson (1956), Maximal flow through a network, Canadian J. Math. 8, 399-404
class DisjointPaths {
  public:
    enum class End : std::uint8_t { none, source, sink };

    /// A source node that has neighbours which are none.
    struct Start {
        std::uint32_t node = 0;
        std::uint32_t arc = 0; ///< to the neighbour that is tried first
    };

    /// graph    neighbours of each node clockwise; must outlive the searches
    /// ends     of all nodes
    /// starts   from left to right
    void start(const UndirectedGraph& graph, std::span<const End> ends, std::span<const Start> starts);

    /// Adds paths until there are no more, or more than `most()`, which may fall meanwhile.
    /// returns   true when all were found
    template <typename Most>
    bool run(const Most& most)
    {
        for (bool found = true; found;) {
            found = false;
            ++pass_;
            for (const Start& s : starts_) {
                if (goes_to_[s.node] == nowhere && augment(s)) {
                    found = true;
                    if (++paths_ > most()) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    [[nodiscard]] std::uint32_t paths() const { return paths_; }

    /// After a full run: the side of each node for the least cut that is nearest to the sources (0, 1; 2 is
    /// in the cut).
    void cut_near_source(std::vector<std::uint8_t>& side) const;
    /// The same for that nearest to the sinks.
    void cut_near_sink(std::vector<std::uint8_t>& side);
    /// The same for the least cut nearest to the sources that leaves `wanted` on their side, as far as any
    /// least cut does.
    /// near_source, near_sink   as given by the other two
    void cut_between(std::span<const std::uint8_t> near_source, std::span<const std::uint8_t> near_sink,
                     std::span<const std::uint32_t> wanted, std::vector<std::uint8_t>& side);

  private:
    // A node with a path through it is two places, its entry and its exit; between them is room for one path.
    enum class Kind : std::uint8_t { whole, entry, exit };
    struct Step {
        std::uint32_t node;
        std::uint32_t next_arc; ///< round the node, clockwise
        std::uint32_t left;     ///< arcs still to try
        Kind kind;
    };
    static constexpr std::uint32_t nowhere = 0xffffffffU;
    static constexpr std::uint32_t terminal = 0xfffffffeU;
    static constexpr std::uint32_t entry_seen = 1, exit_seen = 2;

    [[nodiscard]] std::uint32_t seen(std::uint32_t v) const
    {
        return (mark_[v] >> 2U) == pass_ ? mark_[v] & 3U : 0;
    }
    void see(std::uint32_t v, std::uint32_t bits) { mark_[v] = (pass_ << 2U) | seen(v) | bits; }

    void push(std::uint32_t v, std::uint32_t from, Kind kind);
    bool augment(Start source);
    bool enter(std::uint32_t v, std::uint32_t from);
    void go_back(std::uint32_t v);
    void lay_path();
    void flood(std::uint32_t v);

    const UndirectedGraph* graph_ = nullptr;
    std::span<const End> end_;
    std::vector<std::uint32_t> goes_to_, comes_from_, mark_;
    std::span<const Start> starts_;
    std::vector<Step> stack_;
    std::vector<std::uint32_t> open_; ///< nodes whose exit is yet to be left
    std::uint32_t pass_ = 0;
    std::uint32_t paths_ = 0;
};

} // namespace vigil
