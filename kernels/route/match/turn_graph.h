#pragma once

#include "kernels/route/seeds.h"
#include "libgeo/route_network.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// What turning costs. People who drive or walk keep to straight ways: without it, searches zigzag.
struct TurnCosts {
    double right_angle_s =
        13; ///< seconds for a turn by 90 degrees or more; in proportion from straight_deg on
    double straight_deg = 10; ///< turns by less are free
    double reverse_s = 20;    ///< seconds for turning round at a node, the only turn at a dead end included
};

/// The ways of a network with its turns: a node stands for "about to enter an arc", an arc for travelling the
/// arc and turning into the next. So nodes() is the number of the network's arcs, and the arcs that leave
/// node a lead to the arcs that leave head[a], in their order.
///
/// Turns count at junctions only, nodes where three edges or more meet: where a road merely changes its kind
/// it may bend as it likes. The direction of an edge at its end is that of the chord to the place 15 m into
/// it (or its other end, or half way round a small loop), on a plane that touches the Earth there. An edge
/// without length (a barrier, a border post) or a transfer has no direction, so that turns from and into it
/// are free. Turning round costs reverse_s at any node, whatever the edge.
///
/// source   Winter (2002), Modeling costs of turns in route planning, GeoInformatica 6, 345-361 (the line
///          graph)
class TurnGraph {
  public:
    /// The network must outlive this.
    /// throws   Error when there are 2^32 turns or more
    /// cost     O(turns) time; 4 bytes a turn, 8 an arc, 16 an edge, 1 a node
    explicit TurnGraph(const RouteNetwork& network);

    [[nodiscard]] GraphView graph() const { return {first_out_, head_}; }
    [[nodiscard]] const RouteNetwork& network() const { return *network_; }

    /// Weight of each arc of the graph: of the network's arc and of the turn after it; `unreachable` where
    /// either arc is closed. `costs` says how long a unit is.
    /// throws   Error when `costs` are of another network, or a turn cost is below 0 or no number
    [[nodiscard]] std::vector<Weight> weights(const Costs& costs, const TurnCosts& turns) const;

    /// An elimination order for a Hierarchy over this graph, from that of the network: arcs that lead to a
    /// separator separate the arcs on both sides of it. Empty when the network has none.
    [[nodiscard]] std::vector<std::uint32_t> rank() const;

    /// The arcs that travel an edge side: one from its tail, then one from each copy of it. Empty when
    /// nobody may travel it.
    [[nodiscard]] std::span<const std::uint32_t> arcs_of(EdgeSide side) const;

    /// How far the traveller turns from arc `from` to arc `to`, degrees 0 to 180; 180 for turning
    /// round, else 0 where one of them has no direction. Of arcs that follow each other.
    [[nodiscard]] double turn_deg(std::uint32_t from, std::uint32_t to) const;

  private:
    const RouteNetwork* network_;
    std::vector<std::uint32_t> first_out_, head_;
    std::vector<std::uint32_t> side_begin_, side_arc_; ///< arcs by side
    std::vector<float> leaving_deg_;     ///< heading of each side where it begins, from east; NaN: none
    std::vector<std::uint8_t> junction_; ///< of each node: three edges or more meet
};

} // namespace vigil
