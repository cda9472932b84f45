#include "kernels/density/geodesic_distance.h"
#include "kernels/route/build.h"
#include "libgeo/random.h"
#include "tests/support/drawn_ways.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <queue>
#include <string>
#include <tuple>

using namespace vigil;
using vigil::test::DrawnWays;

namespace {

constexpr double far = std::numeric_limits<double>::infinity();

BuiltRouteNetwork built(const DrawnWays& town)
{
    return build_route_network(town.ways, {.order = false});
}

/// The real node at a letter; no_index when it has none.
std::uint32_t node_at(const DrawnWays& town, const RouteNetwork& n, char letter)
{
    const FixedLonLat place = town.ways.vertex[town.vertex.at(letter)];
    for (std::uint32_t v = 0; v < n.place_nodes; ++v) {
        if (n.node[v] == place) {
            return v;
        }
    }
    return no_index;
}

/// Least length from a node to each real node, over the arcs: what every search of a network does.
std::vector<double> over_arcs(const RouteNetwork& n, std::uint32_t from, Vehicles who)
{
    std::vector<double> best(n.nodes(), far);
    using Item = std::pair<double, std::uint32_t>;
    std::priority_queue<Item, std::vector<Item>, std::greater<>> queue;
    best[from] = 0;
    queue.emplace(0, from);
    while (!queue.empty()) {
        const auto [d, v] = queue.top();
        queue.pop();
        for (std::uint32_t a = n.first_out[v]; d == best[v] && a < n.first_out[v + 1]; ++a) {
            const EdgeSide side = n.arc_side[a];
            const EdgeKind& kind = n.kind_of(edge_of(side));
            const Vehicles open = is_backward(side) ? kind.backward : kind.forward;
            const double next = d + n.edge[edge_of(side)].length_m;
            if ((open & who & ~n.arc_closed[a]) != 0 && next < best[n.head[a]]) {
                best[n.head[a]] = next;
                queue.emplace(next, n.head[a]);
            }
        }
    }
    std::vector<double> real(n.place_nodes, far);
    for (std::uint32_t v = 0; v < n.nodes(); ++v) {
        real[n.node_of[v]] = std::min(real[n.node_of[v]], best[v]);
    }
    return real;
}

/// The same by going through ways while remembering the last few, and asking the list of bans at each step.
class OverWays {
  public:
    OverWays(const DrawnWays& town, const RouteNetwork& network, Vehicles who)
        : ways_(town.ways), who_(who), is_node_(town.ways.vertex.size(), false)
    {
        for (const auto& [letter, v] : town.vertex) {
            is_node_[v] = node_at(town, network, letter) != no_index;
        }
    }

    /// Least length from a vertex to each vertex.
    [[nodiscard]] std::vector<double> from(std::uint32_t start) const
    {
        std::vector<double> best(ways_.vertex.size(), far);
        std::map<State, double> known;
        using Item = std::pair<double, State>;
        std::priority_queue<Item, std::vector<Item>, std::greater<>> queue;
        known[{start, {}}] = 0;
        queue.push({0, {start, {}}});
        while (!queue.empty()) {
            const auto [d, state] = queue.top();
            queue.pop();
            if (d > known[state]) {
                continue;
            }
            best[state.first] = std::min(best[state.first], d);
            for (std::size_t w = 0; w < ways_.ways.size(); ++w) {
                const std::uint32_t a = ways_.along[ways_.ways[w].vertex_begin];
                const std::uint32_t b = ways_.along[ways_.ways[w].vertex_end - 1];
                const WayKind& kind = ways_.kinds[ways_.ways[w].kind];
                const Vehicles open = a == state.first ? kind.forward : kind.backward;
                if ((a != state.first && b != state.first) || (open & who_) == 0 || !allowed(state, w)) {
                    continue;
                }
                State next{a == state.first ? b : a, state.second};
                next.second.push_back(w);
                if (next.second.size() > memory) {
                    next.second.erase(next.second.begin());
                }
                const double length =
                    d + geodesic_length_m(to_lon_lat(ways_.vertex[a]), to_lon_lat(ways_.vertex[b]));
                const auto found = known.find(next);
                if (found == known.end() || length < found->second) {
                    known[next] = length;
                    queue.push({length, next});
                }
            }
        }
        return best;
    }

  private:
    static constexpr std::size_t memory = 4;
    using State = std::pair<std::uint32_t, std::vector<std::size_t>>; ///< vertex, the last ways

    [[nodiscard]] bool allowed(const State& state, std::size_t next) const
    {
        const auto& [vertex, last] = state;
        if (!is_node_[vertex] && !last.empty() && last.back() == next) {
            return false; // nobody turns round within an edge
        }
        for (const TurnBan& ban : ways_.bans) {
            std::vector<std::size_t> path{ban.from_way};
            path.insert(path.end(), ban.via_ways.begin(), ban.via_ways.end());
            const bool binds = (ban.banned & who_) != 0 && path.size() <= last.size() &&
                               std::equal(path.rbegin(), path.rend(), last.rbegin()) &&
                               (ban.via_vertex == no_index || ban.via_vertex == vertex);
            if (binds && (next == ban.to_way) != ban.only) {
                return false;
            }
        }
        return true;
    }

    const Ways& ways_;
    Vehicles who_;
    std::vector<bool> is_node_;
};

/// Compares both searches between all letters; returns how many pairs have a way.
std::size_t check_distances(const DrawnWays& town, Vehicles who)
{
    const RouteNetwork n = built(town).network;
    const OverWays brute(town, n, who);
    std::size_t pairs = 0;
    for (const auto& [a, start] : town.vertex) {
        const std::uint32_t from = node_at(town, n, a);
        if (from == no_index) {
            continue;
        }
        const std::vector<double> expected = brute.from(start);
        const std::vector<double> got = over_arcs(n, from, who);
        for (const auto& [b, v] : town.vertex) {
            const std::uint32_t to = node_at(town, n, b);
            if (to == no_index) {
                continue;
            }
            CAPTURE(a, b, int{who});
            if (expected[v] == far || got[to] == far) {
                CHECK(expected[v] == got[to]);
            } else {
                CHECK(got[to] == Approx(expected[v]).epsilon(1e-9)); // sums in another order
                ++pairs;
            }
        }
    }
    return pairs;
}

double distance(const DrawnWays& town, char a, char b, Vehicles who = vehicle::car)
{
    const RouteNetwork n = built(town).network;
    return over_arcs(n, node_at(town, n, a), who)[node_at(town, n, b)];
}

const char* const crossroads = "      A      \n"
                               "      |      \n"
                               "B-----C-----D\n"
                               "      |      \n"
                               "      E      ";

} // namespace

TEST_CASE("route build: a banned turn is a copy of the node with an arc closed")
{
    DrawnWays town(crossroads, 100);
    town.ban("BCA");
    const BuiltRouteNetwork b = built(town);
    CHECK(b.report.bans == 1);
    REQUIRE(b.network.nodes() == 6);
    CHECK(b.network.place_nodes == 5);
    CHECK(b.network.node_of[5] == node_at(town, b.network, 'C'));
    CHECK(b.network.components == 1);
    // cars turn round at D, the nearest place to do so is E: 600 + 2 * 200 + 200
    CHECK(distance(town, 'B', 'A') == Approx(1200).epsilon(0.006));
    CHECK(distance(town, 'B', 'A', vehicle::foot) == Approx(800).epsilon(0.006));
    CHECK(distance(town, 'E', 'A') == Approx(400).epsilon(0.006));
    for (const Vehicles who : {vehicle::car, vehicle::foot}) {
        CHECK(check_distances(town, who) == 25);
    }
}

TEST_CASE("route build: an only rule closes all other turns, turning round too")
{
    DrawnWays town(crossroads, 100);
    town.only("BCD");
    CHECK(distance(town, 'B', 'A') == Approx(600 + 600 + 600 + 200).epsilon(0.006));
    CHECK(check_distances(town, vehicle::car) == 25);
    CHECK(check_distances(town, vehicle::foot) == 25);
}

TEST_CASE("route build: turning round is banned where a ban leads from a way to itself")
{
    DrawnWays town("A--B--C", 100);
    town.ban("BCB");
    town.ban("ABA");
    const RouteNetwork n = built(town).network;
    CHECK(n.place_nodes == 3);
    CHECK(n.nodes() == 5);
    CHECK(check_distances(town, vehicle::car) == 9);
}

TEST_CASE("route build: bans over ways in between")
{
    DrawnWays town("A-----B-----C\n"
                   "      |      \n"
                   "D-----E-----F",
                   100);
    town.ban("ABED");
    const BuiltRouteNetwork b = built(town);
    CHECK(b.report.bans == 1);
    CHECK(b.network.nodes() == b.network.place_nodes + 2);
    CHECK(distance(town, 'C', 'D') == Approx(600 + 200 + 600).epsilon(0.006));
    CHECK(distance(town, 'A', 'F') == Approx(600 + 200 + 600).epsilon(0.006));
    // to D cars turn round at E and at B, and come back with another past
    CHECK(distance(town, 'A', 'D') == Approx(600 + 3 * 200 + 600).epsilon(0.006));
    CHECK(check_distances(town, vehicle::car) == 36);
}

TEST_CASE("route build: bans whose ways do not meet as they say, or cannot be told, are passed over")
{
    DrawnWays town(crossroads, 100);
    town.ban("BCA");
    town.ways.bans[0].via_vertex = town.vertex['E'];
    CHECK(built(town).report.bans_ignored == 1);
    town.ways.bans[0].via_vertex = town.vertex['C'];
    // one way through the crossroads from which to turn: which half?
    Way through = town.ways.ways[town.way('B', 'C')];
    through.vertex_begin = town.ways.along.size();
    for (const char letter : {'B', 'C', 'D'}) {
        town.ways.along.push_back(town.vertex[letter]);
    }
    through.vertex_end = town.ways.along.size();
    DrawnWays passing = town;
    passing.ways.ways[town.way('B', 'C')] = through;
    passing.ways.ways.erase(passing.ways.ways.begin() + static_cast<std::ptrdiff_t>(town.way('C', 'D')));
    passing.ways.bans[0].from_way = passing.way('B', 'D');
    passing.ways.bans[0].to_way = passing.way('A', 'C');
    CHECK(built(passing).report.bans_ignored == 1);
    // but on a one-way street only one half arrives
    passing.ways.kinds.push_back(passing.ways.kinds[0]);
    passing.ways.kinds.back().backward = vehicle::none;
    passing.ways.ways[passing.way('B', 'D')].kind = static_cast<std::uint32_t>(passing.ways.kinds.size() - 1);
    CHECK(built(passing).report.bans == 1);
    CHECK(distance(passing, 'B', 'A') > 1000);
    CHECK(distance(passing, 'E', 'A') < 500);
}

TEST_CASE("route build: with bans at random the network is the town, street by street")
{
    std::size_t pairs = 0;
    std::size_t copies = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const Random random(seed, 3);
        std::uint64_t draw = 0;
        const auto below = [&](std::size_t n) {
            return random.bits(draw++) % n;
        };
        // four by four letters; a street in four is missing, one in six is one-way
        std::string drawing;
        const auto line = [&](const char* both, const char* one, const char* other) {
            const std::size_t chance = below(12);
            return std::string(chance < 3 ? " " : chance == 3 ? one : chance == 4 ? other : both);
        };
        for (char row = 0; row < 4; ++row) {
            std::string under;
            for (char col = 0; col < 4; ++col) {
                drawing += static_cast<char>('A' + 4 * row + col);
                drawing += line("-", ">", "<");
                under += line("|", "v", "^") + " ";
            }
            drawing += "\n" + under + "\n";
        }
        DrawnWays town(drawing, 50);
        for (auto& v : town.ways.vertex) { // no two ways of the same length
            v.lon += static_cast<std::int32_t>(below(300));
            v.lat += static_cast<std::int32_t>(below(300));
        }
        // bans along random walks
        const std::size_t bans = 3 + below(12);
        for (std::size_t b = 0; b < bans; ++b) {
            std::vector<std::size_t> ways{below(town.ways.ways.size())};
            std::uint32_t at = town.ways.along[town.ways.ways[ways[0]].vertex_begin + below(2)];
            std::vector<std::uint32_t> passed{at};
            const std::size_t wanted = 2 + below(3);
            for (int tries = 0; ways.size() < wanted && tries < 200; ++tries) {
                const std::size_t w = below(town.ways.ways.size());
                const std::uint32_t a = town.ways.along[town.ways.ways[w].vertex_begin];
                const std::uint32_t c = town.ways.along[town.ways.ways[w].vertex_begin + 1];
                const bool turns = w == ways.back();
                if ((a == at || c == at) && (!turns || (wanted == 2 && below(3) == 0))) {
                    ways.push_back(w);
                    at = a == at ? c : a;
                    passed.push_back(at);
                }
            }
            if (ways.size() < 2) {
                continue;
            }
            TurnBan ban;
            ban.from_way = ways.front();
            ban.to_way = ways.back();
            ban.via_ways.assign(ways.begin() + 1, ways.end() - 1);
            ban.via_vertex = ways.size() == 2 ? passed[0] : no_index;
            ban.only = below(4) == 0;
            ban.banned = below(3) == 0 ? vehicle::bus : vehicle::motor;
            town.ways.bans.push_back(ban);
        }
        CAPTURE(seed, drawing);
        const BuiltRouteNetwork b = built(town);
        CHECK(b.report.bans == town.ways.bans.size());
        copies += b.network.nodes() - b.network.place_nodes;
        for (const Vehicles who : {vehicle::car, vehicle::bus, vehicle::foot}) {
            pairs += check_distances(town, who);
        }
    }
    CHECK(copies > 300);
    CHECK(pairs > 5000);
}
