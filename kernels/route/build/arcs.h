#pragma once

#include "kernels/route/build/bans.h"

#include <cstdint>
#include <vector>

namespace vigil::route_build {

/// The nodes that remember how they were reached, so that turn rules can be read off them.
///
/// The paths of all rules are put into a trie; each of its nodes is a copy of the network node where its path
/// ends, and stands for having just travelled that path, the longest that any rule knows. Travelling on leads
/// to the longest known path again (the automaton of Aho and Corasick), or to the real node when none is.
/// What is closed at a copy is what the rules of its path, and of all its shorter ends, close.
///
/// cost     as many copies as the paths have different beginnings
/// source   Aho & Corasick (1975), Efficient string matching, Communications of the ACM 18, 333-340
class TurnMemory {
  public:
    struct Closing {
        EdgeSide side = 0;
        Vehicles banned = vehicle::none;
    };

    TurnMemory(const std::vector<TurnRule>& rules, const Edges& edges, const Leaving& leaving,
               std::uint32_t place_nodes);

    [[nodiscard]] std::uint32_t copies() const { return static_cast<std::uint32_t>(state_of_.size()); }
    /// The real node of a copy 0 .. copies() - 1.
    [[nodiscard]] std::uint32_t node_of_copy(std::uint32_t copy) const { return at_[state_of_[copy]]; }
    /// The node that a side leads to, from a real node, or from a copy.
    [[nodiscard]] std::uint32_t head(EdgeSide side) const { return node_of(go(0, side), side); }
    [[nodiscard]] std::uint32_t head_from_copy(std::uint32_t copy, EdgeSide side) const
    {
        return node_of(go(state_of_[copy], side), side);
    }
    [[nodiscard]] Vehicles closed(std::uint32_t copy, EdgeSide side) const;

  private:
    /// A state of the automaton; 0 remembers nothing.
    using State = std::uint32_t;

    [[nodiscard]] State child(State state, EdgeSide side) const;
    [[nodiscard]] State go(State state, EdgeSide side) const;
    [[nodiscard]] std::uint32_t node_of(State state, EdgeSide side) const
    {
        return state == 0 ? head_of(edges_.edge, side) : place_nodes_ + copy_of_[state];
    }
    void add_path(const TurnRule& rule, const Leaving& leaving);
    void link_shorter_ends();
    void number_copies();

    const Edges& edges_;
    std::uint32_t place_nodes_;
    std::vector<std::uint8_t> begins_; ///< of each side: some path begins with it
    std::unordered_map<std::uint64_t, State> children_;
    std::vector<State> parent_;
    std::vector<EdgeSide> last_; ///< the side that led to each state
    std::vector<std::uint32_t> at_, depth_, shorter_;
    std::vector<std::vector<Closing>> closings_;
    std::vector<std::uint32_t> copy_of_, state_of_;
};

/// Fills the nodes and arcs of a network.
void make_arcs(const std::vector<TurnRule>& rules, const KindTable& kinds, const Nodes& nodes,
               const Edges& edges, const Leaving& leaving, RouteNetwork& network);

/// Strong components of the network without turn rules; a copy is where its real node is. Numbered from the
/// one with the most real nodes, ties by lowest node.
///
/// source   Tarjan (1972), Depth-first search and linear graph algorithms, SIAM J. Computing 1, 146-160
void find_components(RouteNetwork& network);

} // namespace vigil::route_build
