#pragma once

#include "libgeo/route_network.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vigil {

/// What is known of a way before it is a network.
struct WayKind {
    Mode mode = Mode::road; ///< never transfer: those are made where modes meet
    Vehicles forward = vehicle::all;
    Vehicles backward = vehicle::all;
    std::uint8_t border = 0;
    float speed_forward_kmh = 0; ///< 0: not known
    float speed_backward_kmh = 0;
    std::string road_class;
    std::vector<std::string> tags; ///< "key=value", sorted
    bool operator==(const WayKind&) const = default;
};

/// A line along vertices. Two ways meet where they share a vertex number.
struct Way {
    std::int64_t source = 0;      ///< OpenStreetMap way, or 1-based feature number
    std::uint32_t kind = 0;       ///< index into Ways::kinds
    std::uint32_t name = 0;       ///< index into Ways::names
    std::size_t vertex_begin = 0; ///< Ways::along [vertex_begin, vertex_end), at least 2
    std::size_t vertex_end = 0;
    float minutes = std::numeric_limits<float>::quiet_NaN(); ///< of all of it, when the source tells
};

/// What stands at a vertex.
struct VertexMark {
    std::uint32_t vertex = 0;
    Vehicles passable = vehicle::all; ///< a barrier: who may pass
    bool border = false;              ///< a border post
    bool station = false;             ///< where travellers board: a stop, a station, a quay
    std::string tag;                  ///< "barrier=gate": kept as a tag of the zero-length edge; or empty
};

/// No turn from one way over others onto a last one. `via` is the vertex where it happens, or, when ways lie
/// in between, those ways; one of the two is set.
struct TurnBan {
    std::size_t from_way = 0; ///< index into Ways::ways
    std::size_t to_way = 0;
    std::uint32_t via_vertex = no_index;
    std::vector<std::size_t> via_ways;
    bool only = false;                ///< an "only" rule: every other turn is banned
    Vehicles banned = vehicle::motor; ///< whom it binds
};

/// Lines from a file, not yet a network.
struct Ways {
    std::vector<FixedLonLat> vertex;
    std::vector<std::uint32_t> along; ///< vertex numbers of all ways
    std::vector<Way> ways;
    std::vector<WayKind> kinds;
    std::vector<std::string> names{std::string()}; ///< number 0 is empty
    std::vector<VertexMark> marks;                 ///< at most one for a vertex
    std::vector<TurnBan> bans;
};

} // namespace vigil
