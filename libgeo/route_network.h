#pragma once

#include "libgeo/plane.h"
#include "libgeo/shared_array.h"

#include <cmath>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace vigil {

/// A place on WGS 84 in units of 1e-7 degrees, about a centimetre: what OpenStreetMap stores.
struct FixedLonLat {
    std::int32_t lon = 0, lat = 0;
    auto operator<=>(const FixedLonLat&) const = default;
};

inline LonLat to_lon_lat(FixedLonLat p)
{
    return {static_cast<double>(p.lon) * 1e-7, static_cast<double>(p.lat) * 1e-7};
}
/// lon in [-180, 180], lat in [-90, 90]
inline FixedLonLat to_fixed(LonLat p)
{
    return {static_cast<std::int32_t>(std::lround(p.lon_deg * 1e7)),
            static_cast<std::int32_t>(std::lround(p.lat_deg * 1e7))};
}

/// What an edge is made of, seen by a traveller.
enum class Mode : std::uint8_t {
    road, ///< open to some motor vehicle
    walk, ///< paths, steps, pedestrian streets
    rail, ///< trains, trams, underground
    ferry,
    transfer, ///< from one mode to another: a station, a quay
};
inline constexpr std::size_t mode_count = 5;
inline constexpr std::string_view name_of(Mode mode)
{
    constexpr std::string_view names[mode_count] = {"road", "walk", "rail", "ferry", "transfer"};
    return names[static_cast<std::size_t>(mode)];
}

/// Who travels; a set is the sum of its bits.
using Vehicles = std::uint8_t;
namespace vehicle {
inline constexpr Vehicles none = 0, car = 1, truck = 2, bus = 4, foot = 8, train = 16;
inline constexpr Vehicles motor = car | truck | bus;
inline constexpr Vehicles all = car | truck | bus | foot | train;
} // namespace vehicle

/// What is known of an edge, shared by all edges alike.
struct EdgeKind {
    Mode mode = Mode::road;
    Vehicles forward = vehicle::none;  ///< who may travel along the drawing
    Vehicles backward = vehicle::none; ///< and who against it
    std::uint8_t border = 0;           ///< 1: crosses a border
    float speed_forward_kmh = 0;       ///< signposted or surveyed; 0: not known
    float speed_backward_kmh = 0;
    std::uint32_t road_class = 0; ///< text: "residential", "rail", ...
    std::uint32_t tags_begin = 0; ///< RouteNetwork::tags [tags_begin, tags_end)
    std::uint32_t tags_end = 0;
    bool operator==(const EdgeKind&) const = default;
};

/// A stretch between two nodes, as drawn; degree-2 chains of equal kind are one edge.
struct RouteEdge {
    double length_m =
        0; ///< on the ellipsoid, along the drawing; 0 for a barrier, a border post or a transfer
    std::uint32_t from = 0; ///< node where the drawing begins
    std::uint32_t to = 0;   ///< node where it ends; the same as `from` for a loop
    std::uint32_t kind = 0; ///< index into RouteNetwork::kinds
    float minutes =
        std::numeric_limits<float>::quiet_NaN(); ///< of all of it, when the source tells; else NaN
    std::uint32_t shape_begin = 0;               ///< its vertices end where the next edge's begin; at least 2
    std::uint32_t piece_begin = 0;               ///< likewise its pieces; at least 1
};

/// A part of an edge that came from one source feature. The first piece of an edge begins at 0.
struct EdgePiece {
    std::int64_t source = 0;    ///< OpenStreetMap way, or 1-based feature number
    float begin_m = 0;          ///< offset along the edge
    std::uint32_t name = 0;     ///< text
    std::uint32_t vertex = 0;   ///< the vertex of the edge (0-based) at which it begins
    std::uint32_t reversed = 0; ///< 1: the source is drawn the other way
};

/// An edge in one travel direction: 2 * edge, plus 1 when against the drawing.
using EdgeSide = std::uint32_t;
inline constexpr std::uint32_t edge_of(EdgeSide side)
{
    return side >> 1U;
}
inline constexpr bool is_backward(EdgeSide side)
{
    return (side & 1U) != 0;
}
inline constexpr EdgeSide reversed(EdgeSide side)
{
    return side ^ 1U;
}

inline constexpr std::uint32_t no_index = std::numeric_limits<std::uint32_t>::max();

/// Nodes and directed arcs, nothing else: what searches work on. Arcs of node v are
/// [first_out[v], first_out[v + 1]).
struct GraphView {
    std::span<const std::uint32_t> first_out; ///< nodes + 1
    std::span<const std::uint32_t> head;      ///< of each arc

    [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(first_out.size() - 1); }
    [[nodiscard]] std::size_t arcs() const { return head.size(); }
};

/// A routable network of roads, paths, rails and ferries for every vehicle at once.
///
/// Edges are what is drawn; arcs are the ways through them: one per edge and direction that somebody may
/// travel. A banned turn is modelled by copies: the arc that leads into it ends at a copy of the node, whose
/// arcs are those of the node, with the banned one closed to the vehicles it is banned for (`arc_closed`).
/// So every search honours the bans without knowing of them. Places [0, place_nodes) are real; the copies
/// follow. The arcs of copies share the edges of the real ones.
///
/// Nodes are ordered along a Hilbert curve, then by (lon, lat): the same input gives the same network in any
/// order of its features.
struct RouteNetwork {
    // nodes
    SharedArray<FixedLonLat> node;        ///< copies stand where the real one does
    SharedArray<std::uint32_t> node_of;   ///< the real node: itself, or what it is a copy of
    SharedArray<std::uint32_t> component; ///< strong component over all arcs; 0 has the most nodes
    SharedArray<std::uint32_t> rank;      ///< place in the elimination order, a permutation; or empty
    std::uint32_t place_nodes = 0;
    std::uint32_t components = 0;

    // arcs
    SharedArray<std::uint32_t> first_out; ///< nodes + 1
    SharedArray<std::uint32_t> head;
    SharedArray<EdgeSide> arc_side;
    SharedArray<Vehicles> arc_closed;    ///< vehicles that a ban keeps out
    SharedArray<std::uint32_t> first_in; ///< nodes + 1; in_arc [first_in[v], first_in[v + 1]) lead to v
    SharedArray<std::uint32_t> in_arc;   ///< arc numbers

    // edges
    SharedArray<RouteEdge> edge; ///< one more than there are edges: the last closes the ranges
    SharedArray<FixedLonLat> shape;
    SharedArray<EdgePiece> piece;
    SharedArray<EdgeKind> kind;
    SharedArray<std::uint32_t> tag; ///< texts "key=value", sorted by number within a kind

    // texts
    SharedArray<std::uint32_t> text_begin; ///< texts + 1; text 0 is empty
    SharedArray<char> text_chars;

    [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(node.size()); }
    [[nodiscard]] std::uint32_t edges() const
    {
        return edge.empty() ? 0 : static_cast<std::uint32_t>(edge.size() - 1);
    }
    [[nodiscard]] std::uint32_t arcs() const { return static_cast<std::uint32_t>(head.size()); }
    [[nodiscard]] GraphView graph() const { return {first_out.span(), head.span()}; }
    [[nodiscard]] std::span<const FixedLonLat> shape_of(std::uint32_t e) const
    {
        return shape.sub(edge[e].shape_begin, edge[e + 1].shape_begin);
    }
    [[nodiscard]] std::span<const EdgePiece> pieces_of(std::uint32_t e) const
    {
        return piece.sub(edge[e].piece_begin, edge[e + 1].piece_begin);
    }
    [[nodiscard]] const EdgeKind& kind_of(std::uint32_t e) const { return kind[edge[e].kind]; }
    [[nodiscard]] std::string_view text(std::uint32_t t) const
    {
        return {text_chars.data() + text_begin[t], text_begin[t + 1] - text_begin[t]};
    }
    [[nodiscard]] std::uint32_t tail_of_side(EdgeSide s) const
    {
        return is_backward(s) ? edge[edge_of(s)].to : edge[edge_of(s)].from;
    }
};

/// A place on an edge of a route network.
struct EdgePlace {
    std::uint32_t edge = 0;
    double offset_m = 0; ///< along the drawing, 0 to length_m
    bool operator==(const EdgePlace&) const = default;
};

/// Cost of travel as searches add it up: whole units, each Costs::unit_minutes long. Sums of two stay below
/// 2^32; whatever reaches `unreachable` is no way at all.
using Weight = std::uint32_t;
inline constexpr Weight unreachable = 0x7fffffffU;
inline constexpr Weight add(Weight a, Weight b)
{
    const Weight sum = a + b;
    return sum < unreachable ? sum : unreachable;
}

/// What travel costs under one profile.
struct Costs {
    std::vector<Weight> of_side; ///< of each EdgeSide in full; `unreachable` where the profile may not go
    std::vector<Weight> of_arc;  ///< the same per arc, and `unreachable` where a ban closes it
    double unit_minutes = 1.0 / 60000; ///< one weight unit; a millisecond unless sums could overflow
};

} // namespace vigil
