// Routes on a made-up town: what stands before a question (network, order, hierarchy, engine file), the
// questions themselves, and snapping. 400 x 400 crossings, about 160,000 nodes; every 8th street is an artery
// and every 64th a motorway, one street in eight is missing, one in sixteen is one-way. A lattice is the
// worst case for the hierarchy: its separators are large.
#include "kernels/route/build.h"
#include "kernels/route/dijkstra.h"
#include "kernels/route/edge_snapper.h"
#include "kernels/route/hierarchy/hierarchy.h"
#include "kernels/route/hierarchy/order.h"
#include "kernels/route/leg_finder.h"
#include "kernels/route/profile.h"
#include "libgeo/io/route_network_io.h"
#include "libgeo/random.h"

#include <benchmark/benchmark.h>
#include <tbb/global_control.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

using namespace vigil;

namespace {

constexpr std::int64_t side = 400;
constexpr double step_m = 120;
constexpr double metres_per_degree = 111195;
constexpr double corner_lon = 8, corner_lat = 47;
constexpr std::uint64_t seed = 20240304;

LonLat town_place(double east_m, double north_m)
{
    const double shrink = std::cos(corner_lat * std::numbers::pi / 180);
    return {corner_lon + east_m / (metres_per_degree * shrink), corner_lat + north_m / metres_per_degree};
}

std::vector<WayKind> kinds()
{
    std::vector<WayKind> all;
    for (const char* name : {"residential", "primary", "motorway"}) {
        for (const Vehicles backward : {vehicle::all, vehicle::foot}) {
            WayKind kind;
            kind.road_class = name;
            kind.backward = backward;
            all.push_back(kind);
        }
    }
    return all;
}

std::uint32_t road_class_of(std::int64_t line)
{
    return line % 64 == 0 ? 2U : line % 8 == 0 ? 1U : 0U;
}

/// A street between two crossings, bent in the middle.
void add_street(std::uint32_t from, std::uint32_t to, std::uint32_t road_class, Ways& ways)
{
    const Random random(seed, std::uint64_t{from} << 32U | to);
    if (road_class == 0 && random.uniform(0) < 0.125) {
        return;
    }
    const bool one_way = road_class == 0 && random.uniform(1) < 1.0 / 16;
    const FixedLonLat a = ways.vertex[from];
    const FixedLonLat b = ways.vertex[to];
    const auto middle = static_cast<std::uint32_t>(ways.vertex.size());
    ways.vertex.push_back({(a.lon + b.lon) / 2 + static_cast<std::int32_t>(2000 * random.uniform(2)),
                           (a.lat + b.lat) / 2 + static_cast<std::int32_t>(2000 * random.uniform(3))});
    Way way;
    way.source = static_cast<std::int64_t>(ways.ways.size()) + 1;
    way.kind = 2 * road_class + (one_way ? 1U : 0U);
    way.vertex_begin = ways.along.size();
    way.vertex_end = way.vertex_begin + 3;
    ways.along.insert(ways.along.end(), {from, middle, to});
    ways.ways.push_back(way);
}

Ways town()
{
    Ways ways;
    ways.kinds = kinds();
    for (std::int64_t row = 0; row < side; ++row) {
        for (std::int64_t col = 0; col < side; ++col) {
            const Random random(seed, static_cast<std::uint64_t>(row * side + col));
            const double east = static_cast<double>(col) + 0.7 * random.uniform(0) - 0.35;
            const double north = static_cast<double>(row) + 0.7 * random.uniform(1) - 0.35;
            ways.vertex.push_back(to_fixed(town_place(east * step_m, north * step_m)));
        }
    }
    for (std::int64_t row = 0; row < side; ++row) {
        for (std::int64_t col = 0; col < side; ++col) {
            const auto at = static_cast<std::uint32_t>(row * side + col);
            if (col + 1 < side) {
                add_street(at, at + 1, road_class_of(row), ways);
            }
            if (row + 1 < side) {
                add_street(at, at + static_cast<std::uint32_t>(side), road_class_of(col), ways);
            }
        }
    }
    return ways;
}

/// The town, ready for questions; made once.
struct Work {
    RouteNetwork network = build_route_network(town()).network;
    Costs costs = costs_of(network, parse_profile(profile_text("car"), "car"));
    Hierarchy hierarchy{network.graph(), network.rank.span()};
    std::vector<std::uint32_t> nodes; ///< of the largest component

    Work()
    {
        for (std::uint32_t v = 0; v < network.place_nodes; ++v) {
            if (network.component[v] == 0) {
                nodes.push_back(v);
            }
        }
    }
    [[nodiscard]] std::uint32_t node(std::uint64_t draw) const
    {
        return nodes[Random(seed, 1).bits(draw) % nodes.size()];
    }
    [[nodiscard]] EdgePlace middle_of_edge(std::uint64_t draw) const
    {
        const auto e = static_cast<std::uint32_t>(Random(seed, 2).bits(draw) % network.edges());
        return {e, network.edge[e].length_m / 2};
    }
};

const Work& work()
{
    static const Work made;
    return made;
}

CustomisedHierarchy customised(bool perfect)
{
    CustomisedHierarchy metric(work().hierarchy);
    metric.customise(work().costs.of_arc);
    if (perfect) {
        metric.make_perfect();
    }
    return metric;
}

/// Holds the process to some threads while it lives; 0: no limit.
class Threads {
  public:
    explicit Threads(std::int64_t most)
    {
        if (most > 0) {
            limit_.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(most));
        }
    }

  private:
    std::optional<tbb::global_control> limit_;
};

void build(benchmark::State& state)
{
    const Ways ways = town();
    RouteBuildOptions options;
    options.order = false;
    for (auto _ : state) {
        benchmark::DoNotOptimize(build_route_network(ways, options));
    }
    state.counters["nodes"] = work().network.nodes();
    state.counters["arcs"] = work().network.arcs();
}
BENCHMARK(build)->Unit(benchmark::kMillisecond)->UseRealTime();

void order(benchmark::State& state)
{
    const RouteNetwork& network = work().network;
    const Threads threads(state.range(0));
    for (auto _ : state) {
        benchmark::DoNotOptimize(nested_dissection(network.graph(), network.node.span()));
    }
}
BENCHMARK(order)->ArgName("threads")->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond)->UseRealTime();

void hierarchy(benchmark::State& state)
{
    const RouteNetwork& network = work().network;
    for (auto _ : state) {
        benchmark::DoNotOptimize(Hierarchy(network.graph(), network.rank.span()));
    }
    state.counters["edges"] = work().hierarchy.edges();
}
BENCHMARK(hierarchy)->Unit(benchmark::kMillisecond);

void costs(benchmark::State& state)
{
    const Profile car = parse_profile(profile_text("car"), "car");
    for (auto _ : state) {
        benchmark::DoNotOptimize(costs_of(work().network, car));
    }
}
BENCHMARK(costs)->Unit(benchmark::kMillisecond);

void customise(benchmark::State& state)
{
    CustomisedHierarchy metric(work().hierarchy);
    const Threads threads(state.range(0));
    for (auto _ : state) {
        metric.customise(work().costs.of_arc);
    }
}
BENCHMARK(customise)->ArgName("threads")->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond)->UseRealTime();

void make_perfect(benchmark::State& state)
{
    CustomisedHierarchy metric = customised(false);
    const Threads threads(state.range(0));
    for (auto _ : state) {
        metric.make_perfect();
    }
}
BENCHMARK(make_perfect)->ArgName("threads")->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond)->UseRealTime();

void distance(benchmark::State& state)
{
    const CustomisedHierarchy metric = customised(state.range(0) != 0);
    HierarchyQuery query(metric);
    std::uint64_t draw = 0;
    for (auto _ : state) {
        const Seed from{work().node(draw++), 0};
        const Seed to{work().node(draw++), 0};
        benchmark::DoNotOptimize(query.distance({&from, 1}, {&to, 1}));
    }
}
BENCHMARK(distance)->ArgName("perfect")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

void path(benchmark::State& state)
{
    const CustomisedHierarchy metric = customised(true);
    HierarchyQuery query(metric);
    std::uint64_t draw = 0;
    std::size_t arcs = 0;
    for (auto _ : state) {
        const Seed from{work().node(draw++), 0};
        const Seed to{work().node(draw++), 0};
        arcs += query.path({&from, 1}, {&to, 1}).arcs.size();
    }
    state.counters["arcs"] =
        benchmark::Counter(static_cast<double>(arcs), benchmark::Counter::kAvgIterations);
}
BENCHMARK(path)->Unit(benchmark::kMicrosecond);

void table(benchmark::State& state)
{
    const CustomisedHierarchy metric = customised(true);
    std::vector<std::vector<Seed>> from;
    std::vector<std::vector<Seed>> to;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        from.push_back({{work().node(2 * i), 0}});
        to.push_back({{work().node(2 * i + 1), 0}});
    }
    const Threads threads(state.range(0));
    for (auto _ : state) {
        benchmark::DoNotOptimize(distance_table(metric, from, to));
    }
}
BENCHMARK(table)->ArgName("threads")->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond)->UseRealTime();

void dijkstra_all(benchmark::State& state)
{
    Dijkstra dijkstra(work().network.graph(), work().costs.of_arc);
    std::uint64_t draw = 0;
    for (auto _ : state) {
        const Seed from{work().node(draw++), 0};
        dijkstra.run({&from, 1});
    }
}
BENCHMARK(dijkstra_all)->Unit(benchmark::kMillisecond);

void dijkstra_pair(benchmark::State& state)
{
    Dijkstra dijkstra(work().network.graph(), work().costs.of_arc);
    std::uint64_t draw = 0;
    for (auto _ : state) {
        const Seed from{work().node(draw++), 0};
        const Seed to{work().node(draw++), 0};
        benchmark::DoNotOptimize(dijkstra.path({&from, 1}, {&to, 1}));
    }
}
BENCHMARK(dijkstra_pair)->Unit(benchmark::kMillisecond);

void ways_of_pair(benchmark::State& state)
{
    LegNetwork network(work().network, {{work().costs, 1}});
    network.make_hierarchy();
    LegOptions options;
    options.most = static_cast<std::size_t>(state.range(0));
    LegFinder finder(network, options);
    std::uint64_t draw = 0;
    std::size_t found = 0;
    for (auto _ : state) {
        const EdgePlace from = work().middle_of_edge(draw++);
        const EdgePlace to = work().middle_of_edge(draw++);
        found += finder.find(from, to).size();
    }
    state.counters["found"] =
        benchmark::Counter(static_cast<double>(found), benchmark::Counter::kAvgIterations);
}
BENCHMARK(ways_of_pair)->ArgName("most")->Arg(1)->Arg(3)->Arg(5)->Unit(benchmark::kMillisecond);

void snapper(benchmark::State& state)
{
    for (auto _ : state) {
        const EdgeSnapper made(work().network);
        benchmark::DoNotOptimize(made.nearest(town_place(0, 0)));
    }
}
BENCHMARK(snapper)->Unit(benchmark::kMillisecond);

/// Places within 30 m of a crossing, or anywhere in the town.
std::vector<LonLat> places(std::size_t n, bool near)
{
    std::vector<LonLat> all;
    for (std::size_t i = 0; i < n; ++i) {
        const Random random(seed, 3 + i);
        const double across = near ? 60 : static_cast<double>(side) * step_m;
        const double east = across * random.uniform(0);
        const double north = across * random.uniform(1);
        if (near) {
            const LonLat crossing = to_lon_lat(work().network.node[work().node(i)]);
            all.push_back(town_place(
                (crossing.lon_deg - corner_lon) / (town_place(1, 0).lon_deg - corner_lon) + east - across / 2,
                (crossing.lat_deg - corner_lat) * metres_per_degree + north - across / 2));
        } else {
            all.push_back(town_place(east, north));
        }
    }
    return all;
}

void snap(benchmark::State& state, bool near, bool one_by_one)
{
    const EdgeSnapper made(work().network);
    const std::vector<LonLat> asked = places(100000, near);
    const Threads one(1);
    for (auto _ : state) {
        if (!one_by_one) {
            benchmark::DoNotOptimize(made.nearest_of(asked));
            continue;
        }
        for (const LonLat place : asked) {
            benchmark::DoNotOptimize(made.nearest(place));
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(asked.size()));
}
BENCHMARK_CAPTURE(snap, near, true, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(snap, scattered, false, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(snap, scattered_one_by_one, false, true)->Unit(benchmark::kMillisecond);

void open(benchmark::State& state)
{
    const std::string file = std::filesystem::temp_directory_path() / "vigil_route_bench.vnet";
    io::write_route_network(file, work().network, "{}", true);
    for (auto _ : state) {
        benchmark::DoNotOptimize(io::read_route_network(file));
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(std::filesystem::file_size(file)));
    state.counters["bytes/arc"] =
        static_cast<double>(std::filesystem::file_size(file)) / work().network.arcs();
    std::filesystem::remove(file);
}
BENCHMARK(open)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace
