#include "kernels/route/match/turn_graph.h"

#include "kernels/route/dijkstra.h"
#include "tests/kernels/leg_checks.h"
#include "tests/kernels/turn_checks.h"
#include "tests/support/drawn_ways.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <string>

using namespace vigil;
using namespace vigil::test;

namespace {

/// The arcs of a drawn town by letters: "AB" leaves A towards B, or comes from A into B. Letters where only
/// two streets meet are inside an edge.
struct LetteredTown {
    DrawnWays town;
    RouteNetwork network;
    TurnGraph turns;

    LetteredTown(const std::string& drawing, double step_m)
        : town(drawing, step_m), network(built(town.ways)), turns(network)
    {
    }
    [[nodiscard]] FixedLonLat place(char letter) const { return town.ways.vertex[town.vertex.at(letter)]; }
    [[nodiscard]] EdgeSide leaving(char from, char towards) const
    {
        EdgeSide found = no_index;
        for (EdgeSide s = 0; s < 2 * network.edges(); ++s) {
            const auto shape = network.shape_of(edge_of(s));
            const FixedLonLat first = is_backward(s) ? shape.back() : shape.front();
            const FixedLonLat second = is_backward(s) ? shape[shape.size() - 2] : shape[1];
            if (first == place(from) && second == place(towards)) {
                REQUIRE(found == no_index);
                found = s;
            }
        }
        REQUIRE(found != no_index);
        return found;
    }
    [[nodiscard]] std::uint32_t arc(EdgeSide side) const
    {
        REQUIRE(turns.arcs_of(side).size() == 1);
        return turns.arcs_of(side).front();
    }
    [[nodiscard]] std::uint32_t out(const std::string& letters) const
    {
        return arc(leaving(letters[0], letters[1]));
    }
    [[nodiscard]] std::uint32_t into(const std::string& letters) const
    {
        return arc(reversed(leaving(letters[1], letters[0])));
    }
    /// The degrees of a turn, "AX" "XB".
    [[nodiscard]] double deg(const std::string& from, const std::string& to) const
    {
        return turns.turn_deg(into(from), out(to));
    }
};

/// Every arc costs 100 units of a second.
Costs even_costs(const RouteNetwork& network)
{
    Costs costs;
    costs.unit_minutes = 1.0 / 60;
    costs.of_side.assign(2 * std::size_t{network.edges()}, 100);
    return with_arcs(costs, network);
}

/// The turn from one arc into another in whole seconds.
Weight turn_s(const TurnGraph& turns, std::uint32_t from, std::uint32_t to, const TurnCosts& options = {})
{
    const std::vector<Weight> weight = turns.weights(even_costs(turns.network()), options);
    const GraphView graph = turns.graph();
    for (std::uint32_t i = graph.first_out[from]; i < graph.first_out[from + 1]; ++i) {
        if (graph.head[i] == to) {
            return weight[i] - 100;
        }
    }
    FAIL("the arcs do not follow each other");
    return 0;
}

std::uint32_t only_arc(const TurnGraph& turns, EdgeSide side)
{
    REQUIRE(turns.arcs_of(side).size() == 1);
    return turns.arcs_of(side).front();
}

EdgeKind road()
{
    return {.forward = vehicle::car, .backward = vehicle::car};
}

} // namespace

TEST_CASE("turn graph: from each arc to the arcs that leave its head", "[turn_graph]")
{
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const RouteNetwork network = noisy_leg_town(seed).network;
        const TurnGraph turns(network);
        const GraphView graph = turns.graph();
        std::vector<std::uint32_t> tail;
        for (std::uint32_t v = 0; v < network.nodes(); ++v) {
            tail.resize(network.first_out[v + 1], v);
        }
        REQUIRE(graph.nodes() == network.arcs());
        for (std::uint32_t a = 0; a < network.arcs(); ++a) {
            std::vector<std::uint32_t> next;
            for (std::uint32_t b = 0; b < network.arcs(); ++b) {
                if (tail[b] == network.head[a]) {
                    next.push_back(b);
                }
            }
            const auto found =
                graph.head.subspan(graph.first_out[a], graph.first_out[a + 1] - graph.first_out[a]);
            CHECK(std::vector(found.begin(), found.end()) == next);
        }
        for (EdgeSide s = 0; s < 2 * network.edges(); ++s) {
            std::vector<std::uint32_t> along;
            for (std::uint32_t a = 0; a < network.arcs(); ++a) {
                if (network.arc_side[a] == s) {
                    along.push_back(a);
                }
            }
            const auto found = turns.arcs_of(s);
            CHECK(std::vector(found.begin(), found.end()) == along);
            CHECK((found.empty() || tail[found.front()] == network.tail_of_side(s)));
        }
    }
}

TEST_CASE("turn graph: turns at a drawn cross", "[turn_graph]")
{
    const LetteredTown town("   B   \n"
                            "   |   \n"
                            "A--X--C\n"
                            "   |   \n"
                            "   D   \n",
                            30);
    CHECK(town.deg("AX", "XC") == Approx(0).margin(1e-4));
    CHECK(town.deg("AX", "XB") == Approx(90));
    CHECK(town.deg("AX", "XD") == Approx(90));
    CHECK(town.deg("DX", "XB") == Approx(0).margin(1e-4));
    CHECK(town.deg("CX", "XB") == Approx(90));
    CHECK(town.deg("AX", "XA") == 180);
    CHECK(turn_s(town.turns, town.into("AX"), town.out("XC")) == 0);
    CHECK(turn_s(town.turns, town.into("AX"), town.out("XB")) == 13);
    CHECK(turn_s(town.turns, town.into("CX"), town.out("XD")) == 13);
    CHECK(turn_s(town.turns, town.into("AX"), town.out("XA")) == 20);
    CHECK(turn_s(town.turns, town.into("XA"), town.out("AX")) == 20); // a dead end
}

TEST_CASE("turn graph: a turn costs in proportion from 10 to 90 degrees", "[turn_graph]")
{
    // a star at 60 degrees north, where a degree of longitude is half as long, on both sides of 180 degrees
    HandNetwork hand;
    const std::uint32_t kind = hand.kind(road(), "road");
    const std::uint32_t centre = hand.node(179.9999, 60);
    hand.edge(hand.node(179.9979, 60), centre, 111, kind);
    const double degrees[] = {0, 9, 10, 30, 50, 75, 90, 135, -50, -170};
    for (const double deg : degrees) {
        const double rad = deg * 3.14159265358979 / 180;
        const double lon = 179.9999 + 0.002 * std::cos(rad); // 111 m along the parallel
        hand.edge(centre, hand.node(lon > 180 ? lon - 360 : lon, 60 + 0.001 * std::sin(rad)), 111, kind);
    }
    const RouteNetwork network = hand.network();
    const TurnGraph turns(network);
    const std::uint32_t from = only_arc(turns, 0);
    const TurnCosts costs{.right_angle_s = 80, .straight_deg = 10, .reverse_s = 500};
    // one second a degree over the 80 degrees from 10 to 90
    const Weight seconds[] = {0, 0, 0, 20, 40, 65, 80, 80, 40, 80};
    for (std::uint32_t i = 0; i < 10; ++i) {
        const std::uint32_t to = only_arc(turns, 2 * (i + 1));
        INFO(degrees[i] << " degrees");
        CHECK(turns.turn_deg(from, to) == Approx(std::abs(degrees[i])).margin(0.02));
        CHECK(turn_s(turns, from, to, costs) == seconds[i]);
    }
    CHECK(turn_s(turns, from, only_arc(turns, 2 * 4), {}) == 3); // (30 - 10) / 80 * 13 = 3.25
    CHECK(turn_s(turns, from, only_arc(turns, 2 * 4), {.straight_deg = 100}) == 0);
    CHECK(turn_s(turns, from, only_arc(turns, 2 * 8), {.straight_deg = 100}) == 13); // 135 degrees
}

TEST_CASE("turn graph: an edge leaves as its first 15 metres do", "[turn_graph]")
{
    const std::string drawing = "     T\n"
                                "     |\n"
                                "     |\n"
                                "     |\n"
                                "A--X-P\n"
                                "   |  \n"
                                "   Q-R\n";
    // A degree of latitude is 0.6 % shorter than the drawing says, which turns nothing here by half a degree.
    // The corners at P and Q are inside an edge; only X is a junction.
    const LetteredTown town(drawing, 5);
    CHECK(town.network.edges() == 3);
    CHECK(town.deg("AX", "XP") == Approx(26.565).margin(0.5)); // 10 m to P, 5 m north: atan(5 / 10)
    CHECK(town.deg("PX", "XA") == Approx(26.565).margin(0.5));
    CHECK(town.deg("AX", "XQ") == Approx(63.435).margin(0.5)); // 10 m south, 5 m east: atan(10 / 5)
    CHECK(town.deg("QX", "XP") == Approx(90.0).margin(0.5));   // comes from 63.4 S of E, leaves 26.6 N of E
    const LetteredTown small(drawing, 3);
    CHECK(small.deg("AX", "XP") == Approx(56.310).margin(0.5)); // 6 m to P, 9 m north: atan(9 / 6)
    CHECK(small.deg("AX", "XQ") == Approx(45.0).margin(0.5));   // all of it: 6 m south, 6 m east
}

TEST_CASE("turn graph: a small loop is looked at half way round", "[turn_graph]")
{
    // round the square X-P-R-Q, 2 * (2 + 2) steps; at 0.5 m its half way is the opposite corner, 1 m away
    const std::string drawing = "   Q-R\n"
                                "   | |\n"
                                "A--X-P\n";
    const LetteredTown small(drawing, 0.5);
    CHECK(small.network.edges() == 2);
    CHECK(small.deg("AX", "XP") == Approx(45).margin(0.5));
    CHECK(small.deg("AX", "XQ") == Approx(45).margin(0.5));
    // a loop counts twice, so X is a junction; once round, on and round again is a turn by 180 degrees less
    // what is between its two ends, which both point to R
    CHECK(turn_s(small.turns, small.into("AX"), small.out("XP")) == 6); // (45 - 10) / 80 * 13 = 5.7
    CHECK(small.deg("QX", "XP") == Approx(180).margin(0.5));
    const LetteredTown large(drawing, 30);
    CHECK(large.deg("AX", "XP") == Approx(0).margin(1e-4));
    CHECK(large.deg("AX", "XQ") == Approx(90));
    CHECK(large.deg("QX", "XP") == Approx(90)); // comes south, leaves east
    CHECK(large.deg("PX", "XP") == 180);
}

TEST_CASE("turn graph: turns count at junctions only, turning round everywhere", "[turn_graph]")
{
    for (const bool junction : {false, true}) {
        HandNetwork hand;
        const std::uint32_t kind = hand.kind(road(), "road");
        const std::uint32_t a = hand.node(0, 0);
        const std::uint32_t b = hand.node(0.001, 0);
        const std::uint32_t c = hand.node(0.001, 0.001);
        hand.edge(a, b, 111, kind);
        hand.edge(b, c, 111, kind);
        hand.ban(3, 1, vehicle::truck); // a copy of b is as b itself
        if (junction) {
            hand.edge(b, hand.node(0.002, 0), 111, kind);
        }
        const RouteNetwork network = hand.network();
        const TurnGraph turns(network);
        REQUIRE(turns.arcs_of(1).size() == 2);
        const std::uint32_t copied = turns.arcs_of(1).back();
        CHECK(turns.turn_deg(only_arc(turns, 0), turns.arcs_of(2).front()) == Approx(90).margin(0.01));
        CHECK(turn_s(turns, only_arc(turns, 0), turns.arcs_of(2).front()) == (junction ? 13 : 0));
        Costs open = even_costs(network);
        open.of_arc.assign(network.arcs(), 100);
        const std::vector<Weight> weight = turns.weights(open, {});
        const GraphView graph = turns.graph();
        const std::uint32_t back = only_arc(turns, 3);
        for (std::uint32_t i = graph.first_out[back]; i < graph.first_out[back + 1]; ++i) {
            const EdgeSide side = network.arc_side[graph.head[i]];
            CHECK(weight[i] - 100 == (side == 2 ? 20 : !junction ? 0 : 13)); // south to west or to east
            CHECK((side != 1 || graph.head[i] == copied));
        }
    }
}

TEST_CASE("turn graph: what has no length or direction is turned into for nothing", "[turn_graph]")
{
    HandNetwork hand;
    const std::uint32_t kind = hand.kind(road(), "road");
    EdgeKind link = road();
    link.mode = Mode::transfer;
    const std::uint32_t transfer = hand.kind(link, "transfer");
    const std::uint32_t a = hand.node(0, 0);
    const std::uint32_t b = hand.node(0.001, 0);
    hand.edge(a, b, 111, kind);
    hand.edge(b, hand.node(0.001, 0.001), 0, kind);
    hand.edge(b, hand.node(0.001, -0.001), 111, transfer);
    hand.edge(b, b, 50, kind); // drawn as a point
    const RouteNetwork network = hand.network();
    const TurnGraph turns(network);
    for (const EdgeSide side : {2U, 4U, 6U}) {
        CHECK(turns.turn_deg(only_arc(turns, 0), only_arc(turns, side)) == 0);
        CHECK(turn_s(turns, only_arc(turns, 0), only_arc(turns, side)) == 0);
        CHECK(turn_s(turns, only_arc(turns, reversed(side)), only_arc(turns, 1)) == 0);
        CHECK(turn_s(turns, only_arc(turns, side), only_arc(turns, reversed(side))) == 20);
    }
}

TEST_CASE("turn graph: weights are closed with either arc", "[turn_graph]")
{
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const RouteNetwork network = noisy_leg_town(seed).network;
        const TurnGraph turns(network);
        const Costs costs = noisy_costs(network, vehicle::car, seed);
        const std::vector<Weight> weight = turns.weights(costs, {0, 0, 0});
        const GraphView graph = turns.graph();
        REQUIRE(weight.size() == graph.arcs());
        for (std::uint32_t a = 0; a < graph.nodes(); ++a) {
            for (std::uint32_t i = graph.first_out[a]; i < graph.first_out[a + 1]; ++i) {
                const bool open = costs.of_arc[graph.head[i]] < unreachable;
                CHECK(weight[i] == (open ? costs.of_arc[a] : unreachable));
            }
        }
    }
}

TEST_CASE("turn graph: a zigzag loses to a straight way", "[turn_graph]")
{
    // From Z to Y over the corners A to T, seven blocks: the outer streets cost a second more each than the
    // inner ones. Every corner has three streets at least.
    const LetteredTown town("Z-A-B-C-D-E-W\n"
                            "  | | | | |  \n"
                            "  F-G-H-I-J  \n"
                            "  | | | | |  \n"
                            "  K-L-M-N-O  \n"
                            "  | | | | |  \n"
                            "X-P-Q-R-S-T-Y\n",
                            50);
    Costs costs;
    costs.unit_minutes = 1.0 / 60;
    costs.of_side.assign(2 * std::size_t{town.network.edges()}, 60);
    for (const std::string street : {"ABCDEJOT", "AFKPQRST"}) {
        for (std::size_t i = 0; i + 1 < street.size(); ++i) {
            const EdgeSide side = town.leaving(street[i], street[i + 1]);
            costs.of_side[side] = costs.of_side[reversed(side)] = 61;
        }
    }
    costs = with_arcs(costs, town.network);
    // from before Z-A, 60 s, to before T-Y
    const auto cheapest_way = [&](const TurnCosts& turns) {
        const std::vector<Weight> weight = town.turns.weights(costs, turns);
        Dijkstra search(town.turns.graph(), weight);
        const Seed start{town.out("ZA"), 0};
        const Seed end{town.out("TY"), 0};
        const ArcPath path = search.path({&start, 1}, {&end, 1});
        double turned_deg = 0;
        std::uint32_t at = start.node;
        for (const std::uint32_t arc : path.arcs) {
            turned_deg += town.turns.turn_deg(at, town.turns.graph().head[arc]);
            at = town.turns.graph().head[arc];
        }
        return std::pair(path.weight, turned_deg);
    };
    // Without turns: an outer block, five inner ones, an outer one; all such ways turn four times or more, as
    // A-B-G-L-M-N-O-T does.
    const auto [careless_s, careless_deg] = cheapest_way({0, 0, 0});
    CHECK(careless_s == 60 + 61 + 5 * 60 + 61);
    CHECK(careless_deg > 359);
    // With them: two turns, which all ways have, and three inner blocks, as A-B-Q-T. The zigzag costs 534.
    const auto [straight_s, straight_deg] = cheapest_way({});
    CHECK(straight_s == 60 + 4 * 61 + 3 * 60 + 2 * 13);
    CHECK(straight_deg == Approx(180).margin(0.1));
}

TEST_CASE("turn graph: the elimination order is that of the heads", "[turn_graph]")
{
    RouteNetwork network = noisy_leg_town(3).network;
    CHECK(TurnGraph(network).rank().empty());
    std::vector<std::uint32_t> rank(network.nodes());
    for (std::uint32_t v = 0; v < rank.size(); ++v) {
        rank[v] = static_cast<std::uint32_t>(rank.size()) - 1 - v; // the last node first
    }
    network.rank = rank;
    const std::vector<std::uint32_t> of_arc = TurnGraph(network).rank();
    std::vector<std::uint32_t> by_rank(network.arcs(), no_index);
    for (std::uint32_t a = 0; a < network.arcs(); ++a) {
        REQUIRE(of_arc[a] < network.arcs());
        by_rank[of_arc[a]] = a;
    }
    for (std::uint32_t r = 0; r + 1 < network.arcs(); ++r) {
        REQUIRE(by_rank[r] != no_index);
        CHECK((network.head[by_rank[r]] > network.head[by_rank[r + 1]] ||
               (network.head[by_rank[r]] == network.head[by_rank[r + 1]] && by_rank[r] < by_rank[r + 1])));
    }
}

TEST_CASE("turn graph: costs that do not fit are refused", "[turn_graph]")
{
    const RouteNetwork network = noisy_leg_town(5).network;
    const TurnGraph turns(network);
    const Costs costs = even_costs(network);
    CHECK_THROWS_WITH(turns.weights({}, {}), Catch::Contains("0 costs for"));
    CHECK_THROWS_WITH(turns.weights(costs, {.right_angle_s = -1}), Catch::Contains("-1 s"));
    CHECK_THROWS_WITH(turns.weights(costs, {.straight_deg = -5}), Catch::Contains("-5 degrees"));
    CHECK_THROWS_WITH(turns.weights(costs, {.reverse_s = std::nan("")}), Catch::Contains("nan s"));
    const std::vector<Weight> forever = turns.weights(costs, {.reverse_s = 1e30}); // no turning round at all
    CHECK(*std::max_element(forever.begin(), forever.end()) == unreachable);
}
