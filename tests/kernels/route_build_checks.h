#pragma once

#include "kernels/route/build.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace vigil::test {

inline const RouteBuildOptions no_order{.order = false};

inline RouteNetwork built(Ways ways)
{
    return build_route_network(std::move(ways), no_order).network;
}

/// What holds for every network.
inline void check_sound(const RouteNetwork& n)
{
    REQUIRE(n.first_out.size() == n.nodes() + 1U);
    REQUIRE(n.first_in.size() == n.nodes() + 1U);
    REQUIRE(n.arc_side.size() == n.arcs());
    REQUIRE(n.in_arc.size() == n.arcs());
    for (std::uint32_t e = 0; e < n.edges(); ++e) {
        REQUIRE(n.shape_of(e).size() >= 2);
        REQUIRE(!n.pieces_of(e).empty());
        REQUIRE(n.pieces_of(e).front().begin_m == 0);
        REQUIRE(n.shape_of(e).front() == n.node[n.edge[e].from]);
        REQUIRE(n.shape_of(e).back() == n.node[n.edge[e].to]);
    }
    std::size_t real_arcs = 0;
    for (std::uint32_t v = 0; v < n.nodes(); ++v) {
        const std::uint32_t real = n.node_of[v];
        REQUIRE(real < n.place_nodes);
        REQUIRE((v >= n.place_nodes || real == v));
        std::set<EdgeSide> sides;
        std::set<EdgeSide> real_sides;
        for (std::uint32_t a = n.first_out[v]; a < n.first_out[v + 1]; ++a) {
            REQUIRE(n.tail_of_side(n.arc_side[a]) == real);
            REQUIRE(n.node_of[n.head[a]] == n.tail_of_side(reversed(n.arc_side[a])));
            const EdgeKind& kind = n.kind_of(edge_of(n.arc_side[a]));
            REQUIRE((is_backward(n.arc_side[a]) ? kind.backward : kind.forward) != 0);
            sides.insert(n.arc_side[a]);
        }
        for (std::uint32_t a = n.first_out[real]; a < n.first_out[real + 1]; ++a) {
            REQUIRE(n.arc_closed[a] == 0);
            real_sides.insert(n.arc_side[a]);
        }
        REQUIRE(sides == real_sides);
        for (std::uint32_t i = n.first_in[v]; i < n.first_in[v + 1]; ++i) {
            REQUIRE(n.head[n.in_arc[i]] == v);
        }
        real_arcs += v < n.place_nodes ? sides.size() : 0;
    }
    std::size_t open_sides = 0;
    for (std::uint32_t e = 0; e < n.edges(); ++e) {
        open_sides += (n.kind_of(e).forward != 0 ? 1U : 0U) + (n.kind_of(e).backward != 0 ? 1U : 0U);
    }
    REQUIRE(real_arcs == open_sides);
}

/// Whole numbers below `n`, one after the other.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : random_(seed, 0) {}
    std::size_t below(std::size_t n) { return random_.bits(draw_++) % n; }

  private:
    Random random_;
    std::uint64_t draw_ = 0;
};

inline void add_way(Ways& ways, const std::vector<std::uint32_t>& vertices, std::int64_t source,
                    std::uint32_t kind, std::uint32_t name)
{
    Way way;
    way.source = source;
    way.kind = kind;
    way.name = name;
    way.vertex_begin = ways.along.size();
    ways.along.insert(ways.along.end(), vertices.begin(), vertices.end());
    way.vertex_end = ways.along.size();
    ways.ways.push_back(way);
}

} // namespace vigil::test
