#pragma once

#include "kernels/route/alternatives.h"
#include "kernels/route/route_way.h"
#include "kernels/route/seeds.h"
#include "libgeo/route_network.h"

#include <span>
#include <vector>

namespace vigil {

/// Turns places on edges into the nodes where searches begin and end, and what a search found into ways.
///
/// Part of an edge costs in proportion to its length. A place at the very end of an edge is at the node: it
/// may leave by any edge there, whatever the direction of its own.
class PlaceEnds {
  public:
    /// The network and costs must outlive this.
    PlaceEnds(const RouteNetwork& network, const Costs& costs);

    [[nodiscard]] const RouteNetwork& network() const { return network_; }

    /// Where ways that leave a place meet the nodes.
    [[nodiscard]] std::vector<PartialEnd> leaving(EdgePlace place) const;
    /// Where ways that arrive at a place leave the nodes; copies of a node count as the node.
    [[nodiscard]] std::vector<PartialEnd> arriving(EdgePlace place) const;
    /// Whether two places are one: the same, or both at the same node.
    [[nodiscard]] bool same_place(EdgePlace from, EdgePlace to) const;
    /// The way along the one edge that both places are on; weight `unreachable` when there is none.
    [[nodiscard]] DirectWay direct(EdgePlace from, EdgePlace to) const;

    /// The way that arcs between two places make. `first` and `last` are the ends that the search used.
    [[nodiscard]] RouteWay way(EdgePlace from, EdgePlace to, const PartialEnd& first,
                               std::span<const std::uint32_t> arcs, const PartialEnd& last) const;
    /// The direct way between two places of one edge; it stays when they are the same.
    [[nodiscard]] static RouteWay direct_way(EdgePlace from, EdgePlace to, EdgeSide side);

    /// Weight of a way under `costs`, which need not be those of this; `unreachable` where it may not go,
    /// turn bans included. Parts are rounded as `leaving`, `arriving` and `direct` round them, so this is to
    /// the unit what a search found.
    [[nodiscard]] Weight weight_of(const RouteWay& way, const Costs& costs) const;

  private:
    [[nodiscard]] std::uint32_t node_at(EdgePlace place) const;
    [[nodiscard]] std::uint32_t arc_on(std::uint32_t node, EdgeSide side) const;
    void add_arrivals(std::uint32_t node, EdgeSide side, Weight weight, double length_m,
                      std::vector<PartialEnd>& ends) const;

    const RouteNetwork& network_;
    const Costs& costs_;
    std::vector<std::uint32_t>
        first_copy_; ///< copies of node v are copy_ [first_copy_[v], first_copy_[v + 1])
    std::vector<std::uint32_t> copy_;
};

/// Seeds of ends, for searches that need no more.
std::vector<Seed> seeds_of(std::span<const PartialEnd> ends);

} // namespace vigil
