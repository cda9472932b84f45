#include "kernels/route/build.h"
#include "tests/kernels/route_build_checks.h"
#include "tests/support/drawn_ways.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

using namespace vigil;
using namespace vigil::test;

namespace {

template <typename T, typename Key>
bool equal(const SharedArray<T>& a, const SharedArray<T>& b, Key key)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](const T& x, const T& y) { return key(x) == key(y); });
}

template <typename T>
bool equal(const SharedArray<T>& a, const SharedArray<T>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// Everything but the pieces.
void check_same(const RouteNetwork& a, const RouteNetwork& b)
{
    CHECK(equal(a.node, b.node));
    CHECK(equal(a.node_of, b.node_of));
    CHECK(equal(a.component, b.component));
    CHECK(a.place_nodes == b.place_nodes);
    CHECK(a.components == b.components);
    CHECK(equal(a.first_out, b.first_out));
    CHECK(equal(a.head, b.head));
    CHECK(equal(a.arc_side, b.arc_side));
    CHECK(equal(a.arc_closed, b.arc_closed));
    CHECK(equal(a.first_in, b.first_in));
    CHECK(equal(a.in_arc, b.in_arc));
    CHECK(equal(a.edge, b.edge, [](const RouteEdge& e) {
        return std::tuple(e.length_m, e.from, e.to, e.kind, e.shape_begin);
    }));
    CHECK(equal(a.shape, b.shape));
    CHECK(equal(a.kind, b.kind));
    CHECK(equal(a.tag, b.tag));
    CHECK(equal(a.text_begin, b.text_begin));
    CHECK(equal(a.text_chars, b.text_chars));
}

void check_same_pieces(const RouteNetwork& a, const RouteNetwork& b)
{
    CHECK(equal(a.piece, b.piece, [](const EdgePiece& p) {
        return std::tuple(p.source, p.begin_m, p.name, p.vertex, p.reversed);
    }));
}

std::vector<std::uint32_t> vertices_of(const Ways& ways, const Way& way)
{
    return {ways.along.begin() + static_cast<std::ptrdiff_t>(way.vertex_begin),
            ways.along.begin() + static_cast<std::ptrdiff_t>(way.vertex_end)};
}

WayKind turned(WayKind kind)
{
    std::swap(kind.forward, kind.backward);
    std::swap(kind.speed_forward_kmh, kind.speed_backward_kmh);
    return kind;
}

/// Bans where the ends of two ways meet.
void add_bans(Ways& ways, Dice& dice)
{
    const auto end_of = [&ways](std::size_t way, bool last) {
        return ways.along[last ? ways.ways[way].vertex_end - 1 : ways.ways[way].vertex_begin];
    };
    for (std::size_t a = 0; a < ways.ways.size(); ++a) {
        for (std::size_t b = 0; b < ways.ways.size(); ++b) {
            if (end_of(a, true) == end_of(b, false) && dice.below(2) == 0) {
                TurnBan ban;
                ban.from_way = a;
                ban.to_way = b;
                ban.via_vertex = end_of(a, true);
                ban.only = dice.below(3) == 0;
                ways.bans.push_back(ban);
            }
        }
    }
}

/// Walks over a bent lattice, no stretch twice, of a few kinds that change rarely; rings apart from it.
Ways random_ways(std::uint64_t seed, std::size_t side, std::size_t walks)
{
    Dice dice(seed);
    Ways ways;
    for (std::size_t i = 0; i < side * side; ++i) {
        ways.vertex.push_back({static_cast<std::int32_t>((i % side) * 10000 + dice.below(3000)),
                               static_cast<std::int32_t>((i / side) * 10000 + dice.below(3000))});
    }
    ways.kinds = DrawnWays("A-B", 1).ways.kinds;
    const std::size_t kinds = ways.kinds.size();
    for (std::size_t k = 0; k < kinds; ++k) {
        ways.kinds.push_back(turned(ways.kinds[k]));
    }
    ways.names = {"", "High Street", "Mill Lane", "High Street"};
    std::set<std::pair<std::size_t, std::size_t>> used;
    for (std::size_t w = 0; w < walks; ++w) {
        std::size_t at = dice.below(side * side);
        std::vector<std::uint32_t> vertices{static_cast<std::uint32_t>(at)};
        for (std::size_t steps = 1 + dice.below(7), tries = 0; vertices.size() <= steps && tries < 20;
             ++tries) {
            const std::size_t direction = dice.below(4);
            const std::size_t x = at % side + (direction == 0 ? 1 : direction == 1 ? side - 1 : 0);
            const std::size_t y = at / side + (direction == 2 ? 1 : direction == 3 ? side - 1 : 0);
            const std::size_t next = (y % side) * side + x % side;
            if (used.insert(std::minmax(at, next)).second) {
                vertices.push_back(static_cast<std::uint32_t>(next));
                at = next;
            }
        }
        const std::size_t kind = dice.below(3) > 0 ? 0 : dice.below(kinds);
        add_way(ways, vertices, static_cast<std::int64_t>(w) + 1, static_cast<std::uint32_t>(kind),
                static_cast<std::uint32_t>(dice.below(4)));
    }
    for (std::size_t ring = 0; ring < 3; ++ring) {
        std::vector<std::uint32_t> vertices;
        for (std::int32_t i = 0; i < 5; ++i) {
            vertices.push_back(static_cast<std::uint32_t>(ways.vertex.size()));
            ways.vertex.push_back(
                {static_cast<std::int32_t>(ring) * 5000000 + 100 * i, -700000 + 300 * i * i});
        }
        vertices.push_back(vertices.front());
        add_way(ways, vertices, static_cast<std::int64_t>(walks + ring) + 1,
                static_cast<std::uint32_t>(ring == 0 ? 0 : dice.below(kinds)), 1);
    }
    for (std::uint32_t v = 0; v < side * side; v += 1 + static_cast<std::uint32_t>(dice.below(15))) {
        VertexMark mark;
        mark.vertex = v;
        mark.border = dice.below(4) == 0;
        mark.station = dice.below(2) == 0;
        mark.passable = dice.below(2) == 0 ? vehicle::all : vehicle::foot;
        mark.tag = mark.station ? "" : "barrier=gate";
        ways.marks.push_back(mark);
    }
    add_bans(ways, dice);
    return ways;
}

Ways shuffled(const Ways& ways, std::uint64_t seed)
{
    Dice dice(seed);
    Ways other = ways;
    other.ways.clear();
    other.along.clear();
    std::vector<std::size_t> order(ways.ways.size());
    std::iota(order.begin(), order.end(), 0U);
    for (std::size_t i = order.size(); i-- > 1;) {
        std::swap(order[i], order[dice.below(i + 1)]);
    }
    std::vector<std::size_t> now(order.size());
    for (const std::size_t w : order) {
        const Way& way = ways.ways[w];
        now[w] = other.ways.size();
        add_way(other, vertices_of(ways, way), way.source, way.kind, way.name);
    }
    for (TurnBan& ban : other.bans) {
        ban.from_way = now[ban.from_way];
        ban.to_way = now[ban.to_way];
    }
    return other;
}

/// The same with other numbers of vertices.
Ways renumbered(const Ways& ways)
{
    Ways other = ways;
    const auto last = static_cast<std::uint32_t>(ways.vertex.size()) - 1;
    std::reverse(other.vertex.begin(), other.vertex.end());
    for (std::uint32_t& v : other.along) {
        v = last - v;
    }
    for (VertexMark& mark : other.marks) {
        mark.vertex = last - mark.vertex;
    }
    for (TurnBan& ban : other.bans) {
        ban.via_vertex = last - ban.via_vertex;
    }
    return other;
}

Ways turned_round(const Ways& ways, std::uint64_t seed)
{
    Dice dice(seed);
    Ways other = ways;
    const std::size_t kinds = ways.kinds.size() / 2;
    for (Way& way : other.ways) {
        if (dice.below(2) == 0) {
            std::reverse(other.along.begin() + static_cast<std::ptrdiff_t>(way.vertex_begin),
                         other.along.begin() + static_cast<std::ptrdiff_t>(way.vertex_end));
            way.kind = static_cast<std::uint32_t>((way.kind + kinds) % (2 * kinds));
        }
    }
    return other;
}

Ways cut_up(const Ways& ways, std::uint64_t seed)
{
    Dice dice(seed);
    Ways other = ways;
    other.ways.clear();
    other.along.clear();
    other.bans.clear(); // they speak of whole ways
    for (const Way& way : ways.ways) {
        std::vector<std::uint32_t> vertices = vertices_of(ways, way);
        // a ferry that is cut where it meets land calls there; that is another town
        const bool whole = ways.kinds[way.kind].mode == Mode::ferry;
        for (int part = 0; part < 2 && vertices.size() > 2 && !whole; ++part) {
            const auto at = static_cast<std::ptrdiff_t>(1 + dice.below(vertices.size() - 2));
            add_way(other, {vertices.begin(), vertices.begin() + at + 1}, way.source, way.kind, way.name);
            vertices.erase(vertices.begin(), vertices.begin() + at);
        }
        add_way(other, vertices, way.source + 1000, way.kind, way.name);
    }
    return other;
}

} // namespace

TEST_CASE("route build: order, drawing direction and cuts of ways change nothing but pieces")
{
    std::size_t copies = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        Ways ways = random_ways(seed, 9, 20 + 2 * seed);
        const RouteNetwork n = built(ways);
        check_sound(n);
        const RouteNetwork other_order = built(shuffled(ways, seed + 100));
        check_same(n, other_order);
        check_same_pieces(n, other_order);
        const RouteNetwork round = built(turned_round(ways, seed + 200));
        check_same(n, round);
        const RouteNetwork other_vertices = built(renumbered(ways));
        check_same(n, other_vertices);
        check_same_pieces(n, other_vertices);
        copies += n.nodes() - n.place_nodes;
        ways.bans.clear();
        const RouteNetwork cut = built(shuffled(turned_round(cut_up(ways, seed), seed + 1), seed + 2));
        check_same(built(ways), cut);
    }
    CHECK(copies > 100);
}

TEST_CASE("route build: a lattice of a hundred thousand ways")
{
    // 225 x 225 crossroads; every street a way of three vertices
    constexpr std::uint32_t side = 225;
    Dice dice(11);
    Ways ways;
    ways.kinds = DrawnWays("A-B", 1).ways.kinds;
    for (std::uint32_t i = 0; i < side * side; ++i) {
        ways.vertex.push_back({static_cast<std::int32_t>((i % side) * 10000 + dice.below(3000)),
                               static_cast<std::int32_t>((i / side) * 10000 + dice.below(3000))});
    }
    for (std::uint32_t i = 0; i < side * side; ++i) {
        for (const std::uint32_t next :
             {i % side + 1 < side ? i + 1 : i, i / side + 1 < side ? i + side : i}) {
            if (next != i) {
                const auto middle = static_cast<std::uint32_t>(ways.vertex.size());
                ways.vertex.push_back({(ways.vertex[i].lon + ways.vertex[next].lon) / 2 + 500,
                                       (ways.vertex[i].lat + ways.vertex[next].lat) / 2});
                add_way(ways, {i, middle, next}, static_cast<std::int64_t>(ways.ways.size()) + 1,
                        static_cast<std::uint32_t>(dice.below(3)), 0);
            }
        }
    }
    const RouteNetwork n = built(ways);
    CHECK(n.edges() >= 2 * side * (side - 1) - 8); // two streets of one kind make one edge at the corners
    CHECK(n.place_nodes >= side * side - 4);
    CHECK(n.components == 1); // people may walk both ways
    check_same(n, built(shuffled(ways, 5)));
}
