#include "kernels/route/hierarchy/order.h"

#include "kernels/route/hierarchy/disjoint_paths.h"
#include "kernels/route/hierarchy/inertial_flow.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

using namespace vigil;

namespace {

using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// A graph with a place for each node.
struct Drawn {
    std::vector<std::uint32_t> first_out, head;
    std::vector<FixedLonLat> place;

    [[nodiscard]] GraphView view() const { return {first_out, head}; }
    [[nodiscard]] std::vector<std::uint32_t> order() const { return nested_dissection(view(), place); }
};

/// One arc for each pair, from first to second; all nodes at one place unless told.
Drawn drawn(std::uint32_t nodes, const Pairs& pairs, std::vector<FixedLonLat> place = {})
{
    Drawn graph;
    graph.first_out.assign(std::size_t{nodes} + 1, 0);
    for (const auto& [tail, head] : pairs) {
        ++graph.first_out[tail + 1];
    }
    std::partial_sum(graph.first_out.begin(), graph.first_out.end(), graph.first_out.begin());
    graph.head.resize(pairs.size());
    std::vector<std::uint32_t> slot(graph.first_out.begin(), graph.first_out.end() - 1);
    for (const auto& [tail, head] : pairs) {
        graph.head[slot[tail]++] = head;
    }
    graph.place = place.empty() ? std::vector<FixedLonLat>(nodes) : std::move(place);
    return graph;
}

enum class Moves { rook, king };

/// A lattice of n x n nodes a thousandth of a degree apart, each moved a little.
Drawn lattice(std::uint32_t n, Moves moves)
{
    Pairs pairs;
    std::vector<FixedLonLat> place;
    const Random random(1, n);
    for (std::uint32_t v = 0; v < n * n; ++v) {
        const std::uint32_t x = v % n;
        const std::uint32_t y = v / n;
        place.push_back(to_fixed({8 + 0.001 * (x + 0.5 * random.uniform(std::uint64_t{2} * v)),
                                  47 + 0.001 * (y + 0.5 * random.uniform(std::uint64_t{2} * v + 1))}));
        if (x + 1 < n) {
            pairs.emplace_back(v, v + 1);
        }
        if (y + 1 < n) {
            pairs.emplace_back(v, v + n);
        }
        if (moves == Moves::king && x + 1 < n && y + 1 < n) {
            pairs.emplace_back(v, v + n + 1);
            pairs.emplace_back(v + 1, v + n);
        }
    }
    return drawn(n * n, pairs, place);
}

bool is_permutation_of_nodes(std::vector<std::uint32_t> rank)
{
    std::sort(rank.begin(), rank.end());
    for (std::uint32_t i = 0; i < rank.size(); ++i) {
        if (rank[i] != i) {
            return false;
        }
    }
    return true;
}

struct Eliminated {
    std::size_t edges = 0;  ///< of the hierarchy
    std::size_t height = 0; ///< nodes on the longest way up the elimination tree
};

/// Eliminates the nodes one by one: each hands its higher neighbours to the lowest of them.
Eliminated eliminated(const Drawn& graph, const std::vector<std::uint32_t>& rank)
{
    std::vector<std::vector<std::uint32_t>> up(rank.size());
    for (std::uint32_t v = 0; v < rank.size(); ++v) {
        for (std::uint32_t a = graph.first_out[v]; a < graph.first_out[v + 1]; ++a) {
            const auto [low, high] = std::minmax(rank[v], rank[graph.head[a]]);
            if (low != high) {
                up[low].push_back(high);
            }
        }
    }
    Eliminated result;
    std::vector<std::size_t> below(rank.size(), 0);
    for (std::size_t v = 0; v < up.size(); ++v) {
        std::sort(up[v].begin(), up[v].end());
        up[v].erase(std::unique(up[v].begin(), up[v].end()), up[v].end());
        result.edges += up[v].size();
        result.height = std::max(result.height, below[v] + 1);
        if (!up[v].empty()) {
            const std::uint32_t parent = up[v].front();
            up[parent].insert(up[parent].end(), up[v].begin() + 1, up[v].end());
            below[parent] = std::max(below[parent], below[v] + 1);
            up[v] = {};
        }
    }
    return result;
}

UndirectedGraph random_graph(std::uint32_t n, double density, const Random& random)
{
    std::vector<std::vector<std::uint32_t>> near(n);
    std::uint64_t draw = 0;
    for (std::uint32_t v = 0; v < n; ++v) {
        for (std::uint32_t w = 0; w < v; ++w) {
            if (random.uniform(draw++) < density) {
                // at either end of the list: neighbours in no good order
                near[v].insert(random.uniform(draw++) < 0.5 ? near[v].begin() : near[v].end(), w);
                near[w].insert(random.uniform(draw++) < 0.5 ? near[w].begin() : near[w].end(), v);
            }
        }
    }
    UndirectedGraph graph;
    for (const auto& list : near) {
        graph.neighbour.insert(graph.neighbour.end(), list.begin(), list.end());
        graph.begin.push_back(static_cast<std::uint32_t>(graph.neighbour.size()));
    }
    return graph;
}

/// Nodes that the first `ends` can get to without those of the set `out`, as bits.
std::uint32_t reached(const UndirectedGraph& graph, std::uint32_t from, std::uint32_t out)
{
    std::uint32_t seen = from & ~out;
    for (std::uint32_t last = 0; last != seen;) {
        last = seen;
        for (std::uint32_t v = 0; v < graph.nodes(); ++v) {
            for (const std::uint32_t w : graph.of(v)) {
                seen |= (seen >> v & 1U) != 0 ? (1U << w) & ~out : 0;
            }
        }
    }
    return seen;
}

} // namespace

TEST_CASE("the order is a permutation and the same for any number of threads", "[order]")
{
    // 25,600 nodes: large enough for all kinds of tasks
    const Drawn graph = lattice(160, Moves::rook);
    std::vector<std::vector<std::uint32_t>> ranks;
    for (const int threads : {1, 2, 8}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                        static_cast<std::size_t>(threads));
        tbb::task_arena arena(threads);
        ranks.push_back(arena.execute([&] { return graph.order(); }));
    }
    CHECK(is_permutation_of_nodes(ranks[0]));
    CHECK(ranks[0] == ranks[1]);
    CHECK(ranks[0] == ranks[2]);
}

TEST_CASE("directions, loops and parallel arcs do not change the order", "[order]")
{
    const Pairs once = {{0, 1}, {1, 2}, {2, 3}, {3, 0}, {0, 2}, {3, 4}};
    Pairs often = {{4, 3}, {2, 0}, {0, 2}, {1, 1}, {1, 0}, {0, 1}, {0, 1}, {2, 1}, {3, 2}, {0, 3}, {4, 4}};
    CHECK(drawn(5, once).order() == drawn(5, often).order());
}

TEST_CASE("dead ends and rings cost no more edges than they must", "[order]")
{
    // a binary tree of 255 nodes is 7 levels deep: its leaves are taken off level by level, one edge a node
    Pairs tree;
    for (std::uint32_t v = 1; v < 255; ++v) {
        tree.emplace_back((v - 1) / 2, v);
    }
    const Drawn trees = drawn(255, tree);
    CHECK(eliminated(trees, trees.order()).edges == 254);

    // a ring: all nodes but the last two have 2 edges up, the last but one has 1: 2 * 998 + 1
    Pairs ring;
    for (std::uint32_t v = 0; v < 1000; ++v) {
        ring.emplace_back(v, (v + 1) % 1000);
    }
    const Drawn rings = drawn(1000, ring);
    CHECK(eliminated(rings, rings.order()).edges == 1997);
}

TEST_CASE("a road without junctions has a hierarchy of logarithmic height", "[order]")
{
    // Every node that stays in a round has a neighbour that went, and one that goes keeps at most two back: a
    // third goes each round. 8 rounds of dead ends, then log 2^18 / log 1.5 = 30.8, and the last node.
    const std::uint32_t n = 1U << 18U;
    Pairs pairs;
    for (std::uint32_t v = 0; v + 1 < n; ++v) {
        pairs.emplace_back(v, v + 1);
    }
    const Random random(3, 0);
    std::vector<FixedLonLat> place;
    for (std::uint32_t v = 0; v < n; ++v) {
        place.push_back({static_cast<std::int32_t>(random.bits(v) % 1000000), 0});
    }
    const Drawn road = drawn(n, pairs, place);
    const std::vector<std::uint32_t> rank = road.order();
    CHECK(is_permutation_of_nodes(rank));
    const Eliminated result = eliminated(road, rank);
    CHECK(result.height <= 8 + 31 + 1);
    CHECK(result.edges <= std::size_t{2} * n);
}

TEST_CASE("on lattices the hierarchy is as small as nested dissection promises", "[order]")
{
    // George (1973), SIAM J. Numer. Anal. 10, 345-363: 31/4 n^2 log2 n + O(n^2) edges with all eight
    // neighbours joined, so no more with four. Separators of n, n, n/2, n/2, ... nodes are 4 n in all.
    for (const std::uint32_t n : {32U, 64U, 100U}) {
        for (const Moves moves : {Moves::rook, Moves::king}) {
            const Drawn graph = lattice(n, moves);
            const Eliminated result = eliminated(graph, graph.order());
            CAPTURE(n, result.edges, result.height);
            CHECK(static_cast<double>(result.edges) < 31.0 / 4 * n * n * std::log2(n));
            CHECK(result.height < 4 * n + 16);
        }
    }
}

TEST_CASE("hard shapes are ordered all the same", "[order]")
{
    const auto check = [](std::uint32_t nodes, const Pairs& pairs) {
        CHECK(is_permutation_of_nodes(drawn(nodes, pairs).order()));
    };
    check(0, {});
    check(1, {});
    check(2, {});
    check(1, {{0, 0}});
    Pairs star, two_hubs, wheel, complete, chaos;
    for (std::uint32_t v = 1; v < 1000000; ++v) {
        star.emplace_back(0, v);
    }
    check(1000000, star);
    for (std::uint32_t v = 2; v < 100000; ++v) {
        two_hubs.emplace_back(0, v);
        two_hubs.emplace_back(v, 1);
    }
    check(100000, two_hubs);
    for (std::uint32_t v = 1; v <= 2000; ++v) {
        wheel.emplace_back(0, v);
        wheel.emplace_back(v, v % 2000 + 1);
    }
    check(2001, wheel);
    for (std::uint32_t v = 0; v < 200; ++v) {
        for (std::uint32_t w = 0; w < v; ++w) {
            complete.emplace_back(v, w);
        }
    }
    check(200, complete);
    complete.pop_back(); // almost complete: a separator leaves two single nodes
    check(200, complete);
    const Random random(5, 0);
    for (std::uint32_t i = 0; i < 6000; ++i) { // no good separators at all
        chaos.emplace_back(random.bits(std::uint64_t{2} * i) % 2000,
                           random.bits(std::uint64_t{2} * i + 1) % 2000);
    }
    check(2000, chaos);
    Drawn heap = lattice(60, Moves::king);
    heap.place.assign(heap.place.size(), {70000000, 470000000}); // everything at one place
    CHECK(is_permutation_of_nodes(heap.order()));
}

TEST_CASE("an order wants a place for each node", "[order]")
{
    Drawn graph = drawn(3, {{0, 1}});
    graph.place.pop_back();
    CHECK_THROWS_AS(graph.order(), Error);
}

TEST_CASE("disjoint paths are as many as the fewest nodes that part the ends", "[order]")
{
    // Menger's theorem against all sets of nodes; the first three are sources, the last three sinks.
    constexpr std::uint32_t n = 11;
    constexpr std::uint32_t sources = 0x7U;
    constexpr std::uint32_t sinks = 0x7U << (n - 3);
    for (std::uint32_t trial = 0; trial < 60; ++trial) {
        const UndirectedGraph graph = random_graph(n, 0.15 + 0.005 * trial, Random(7, trial));
        int fewest = n;
        for (std::uint32_t out = 0; out < 1U << n; ++out) {
            if ((reached(graph, sources, out) & sinks) == 0) {
                fewest = std::min(fewest, std::popcount(out));
            }
        }
        std::vector<DisjointPaths::End> ends(n, DisjointPaths::End::none);
        std::vector<DisjointPaths::Start> starts;
        for (std::uint32_t v = 0; v < 3; ++v) {
            ends[v] = DisjointPaths::End::source;
            ends[n - 1 - v] = DisjointPaths::End::sink;
            if (!graph.of(v).empty()) {
                starts.push_back({v, graph.begin[v]});
            }
        }
        DisjointPaths paths;
        paths.start(graph, ends, starts);
        REQUIRE(paths.run([] { return n; }));
        CHECK(static_cast<int>(paths.paths()) == fewest);

        std::vector<std::uint8_t> near_source, near_sink;
        paths.cut_near_source(near_source);
        paths.cut_near_sink(near_sink);
        for (const auto& side : {near_source, near_sink}) {
            std::uint32_t cut = 0;
            for (std::uint32_t v = 0; v < n; ++v) {
                cut |= side[v] == Separator::between ? 1U << v : 0;
            }
            CHECK(std::popcount(cut) == fewest);
            CHECK((reached(graph, sources, cut) & sinks) == 0);
        }
        const auto nodes_on_first = [](const auto& side) {
            return std::count(side.begin(), side.end(), 0);
        };
        CHECK(nodes_on_first(near_source) <= nodes_on_first(near_sink));
    }
}

TEST_CASE("a strip is cut across, wherever on Earth it lies", "[order]")
{
    // 40 x 8 nodes: a straight line across the middle parts them with 8 nodes and leaves 156 on either side
    const std::uint32_t length = 40;
    const std::uint32_t width = 8;
    UndirectedGraph graph;
    std::vector<LonLat> offset;
    for (std::uint32_t v = 0; v < length * width; ++v) {
        const std::uint32_t x = v % length;
        const std::uint32_t y = v / length;
        offset.push_back({0.01 * x - 0.2, 0.01 * y});
        const auto join = [&](bool there, std::uint32_t w) {
            if (there) {
                graph.neighbour.push_back(w);
            }
        };
        join(x > 0, v - 1);
        join(y + 1 < width, v + length);
        join(x + 1 < length, v + 1);
        join(y > 0, v - length);
        graph.begin.push_back(static_cast<std::uint32_t>(graph.neighbour.size()));
    }
    for (const LonLat at : {LonLat{8, 47}, LonLat{180, -17}, LonLat{-180, 0}}) {
        std::vector<SpherePlace> place;
        for (const LonLat& o : offset) {
            const double lon = (at.lon_deg + o.lon_deg) * std::numbers::pi / 180;
            const double lat = (at.lat_deg + o.lat_deg) * std::numbers::pi / 180;
            place.push_back({std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)});
        }
        const Separator cut = inertial_flow(graph, place);
        CHECK(cut.size == width);
        CHECK(cut.smaller >= 140); // in the middle, give or take the slant of the strip's ends
    }
    std::vector<SpherePlace> pole; // the strip lies across the pole
    for (const LonLat& o : offset) {
        const double x = o.lon_deg / 57;
        const double y = (o.lat_deg - 0.035) / 57;
        pole.push_back({x, y, std::sqrt(1 - x * x - y * y)});
    }
    CHECK(inertial_flow(graph, pole).size == width);
}
