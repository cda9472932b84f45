#pragma once

#include "kernels/route/build/edges.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil::route_build {

/// Edge sides by the node they leave, closed ones too.
struct Leaving {
    std::vector<std::uint32_t> first; ///< nodes + 1
    std::vector<EdgeSide> side;       ///< ascending within a node

    [[nodiscard]] std::span<const EdgeSide> of(std::uint32_t node) const
    {
        return {side.data() + first[node], first[node + 1] - first[node]};
    }
};
Leaving sides_leaving(const std::vector<RouteEdge>& edges, std::size_t nodes);

inline std::uint32_t head_of(const std::vector<RouteEdge>& edges, EdgeSide side)
{
    return is_backward(side) ? edges[edge_of(side)].from : edges[edge_of(side)].to;
}
/// Who may travel a side.
inline Vehicles open_to(const KindTable& kinds, const std::vector<RouteEdge>& edges, EdgeSide side)
{
    const WayKind& kind = kinds[edges[edge_of(side)].kind];
    return is_backward(side) ? kind.backward : kind.forward;
}

/// After travelling `path`, the side `to` is closed; or, of an "only" rule, every other.
struct TurnRule {
    std::vector<EdgeSide> path;
    EdgeSide to = 0;
    bool only = false;
    Vehicles banned = vehicle::none;
    auto operator<=>(const TurnRule&) const = default;
};

/// Makes nodes of the points that bans speak of.
void mark_ban_nodes(Lines& lines, const std::vector<TurnBan>& bans);

/// What the network's edges make of the bans, sorted, each once.
///
/// The way that a ban begins with has to arrive at its via by one open edge, and the last to leave by one;
/// where such a way passes through the via and is open both ways, nobody can tell which half is meant, and
/// the ban is passed over. A ban from a way to itself is one on turning round. Bans at barriers are passed
/// over.
std::vector<TurnRule> turn_rules(const std::vector<TurnBan>& bans, const Lines& lines, const Chains& chains,
                                 const Nodes& nodes, const Edges& edges, const Leaving& leaving,
                                 RouteReport& report);

} // namespace vigil::route_build
