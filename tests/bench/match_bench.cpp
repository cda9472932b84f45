// Matching. With --tracks DIR (or VIGIL_TRACKS=DIR) the table of docs/benchmarks.md: tracks whose way is
// known, thinned to some intervals. The data is the user's to fetch; track_set.h says where and in which
// format.
//
//     bench_match [--tracks DIR] [--ids FILE] [--intervals 1,10,60,120,300] [--sigma M] [--draws N]
//
// Without it, journeys with GPS noise through an invented town: 80 x 80 crossings, one street in eight
// missing, one in sixteen one-way.
#include "kernels/route/build.h"
#include "kernels/route/dijkstra.h"
#include "kernels/route/match/matcher.h"
#include "kernels/route/profile.h"
#include "libgeo/error.h"
#include "libgeo/random.h"
#include "tests/bench/match_table.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <tbb/global_control.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace vigil;

namespace {

constexpr std::uint32_t side = 80;
constexpr double step_m = 120;
constexpr double speed_m_per_s = 10;
constexpr double noise_m = 8;
constexpr double metres_per_degree = 111195;
constexpr double corner_lon = 8, corner_lat = 47;
constexpr std::uint64_t seed = 20240304;

LonLat town_place(double east_m, double north_m)
{
    const double shrink = std::cos(corner_lat * std::numbers::pi / 180);
    return {corner_lon + east_m / (metres_per_degree * shrink), corner_lat + north_m / metres_per_degree};
}

void add_street(std::uint32_t from, std::uint32_t to, Ways& ways)
{
    const Random random(seed, std::uint64_t{from} << 32U | to);
    if (random.uniform(0) < 0.125) {
        return;
    }
    Way way;
    way.source = static_cast<std::int64_t>(ways.ways.size()) + 1;
    way.kind = random.uniform(1) < 1.0 / 16 ? 1U : 0U;
    way.vertex_begin = ways.along.size();
    way.vertex_end = way.vertex_begin + 2;
    ways.along.insert(ways.along.end(), {from, to});
    ways.ways.push_back(way);
}

Ways town()
{
    Ways ways;
    WayKind street;
    street.road_class = "residential";
    WayKind one_way = street;
    one_way.backward = vehicle::foot;
    ways.kinds = {street, one_way};
    for (std::uint32_t i = 0; i < side * side; ++i) {
        const Random random(seed, i);
        ways.vertex.push_back(to_fixed(town_place((i % side + 0.5 * random.uniform(0)) * step_m,
                                                  (i / side + 0.5 * random.uniform(1)) * step_m)));
    }
    for (std::uint32_t i = 0; i < side * side; ++i) {
        if (i % side + 1 < side) {
            add_street(i, i + 1, ways);
        }
        if (i / side + 1 < side) {
            add_street(i, i + side, ways);
        }
    }
    return ways;
}

/// Cheapest ways from one crossing to the next, the stops drawn at random.
std::vector<LonLat> drive(const RouteNetwork& network, const Costs& costs, std::size_t stops)
{
    Dijkstra search(network.graph(), costs.of_arc);
    const Random random(seed, 1);
    std::vector<LonLat> vertices;
    std::uint32_t here = no_index;
    for (std::uint64_t draw = 0; vertices.empty() || stops > 0; ++draw) {
        const auto next = static_cast<std::uint32_t>(random.bits(draw) % network.place_nodes);
        if (network.component[next] != 0 || next == here) {
            continue;
        }
        if (here != no_index) {
            const Seed start{here, 0};
            const Seed end{next, 0};
            for (const std::uint32_t arc : search.path({&start, 1}, {&end, 1}).arcs) {
                vertices.push_back(to_lon_lat(network.node[network.head[arc]]));
            }
            --stops;
        }
        here = next;
    }
    return vertices;
}

/// Sightings of a drive at an even speed, with noise.
std::vector<Sighting> seen(const std::vector<LonLat>& vertices, double interval_s)
{
    const double shrink = std::cos(corner_lat * std::numbers::pi / 180);
    std::vector<Sighting> sightings;
    double passed_m = 0;
    for (std::size_t i = 1; i < vertices.size(); ++i) {
        const LonLat a = vertices[i - 1];
        const LonLat b = vertices[i];
        const double length_m =
            metres_per_degree * std::hypot((b.lon_deg - a.lon_deg) * shrink, b.lat_deg - a.lat_deg);
        for (double t_s = interval_s * static_cast<double>(sightings.size());
             t_s * speed_m_per_s < passed_m + length_m; t_s += interval_s) {
            const double share = (t_s * speed_m_per_s - passed_m) / length_m;
            const Random random(seed, sightings.size());
            const double radius_deg =
                noise_m / metres_per_degree * std::sqrt(-2 * std::log(1 - random.uniform(0)));
            const double angle = 2 * std::numbers::pi * random.uniform(1);
            Sighting s;
            s.at = {a.lon_deg + share * (b.lon_deg - a.lon_deg) + radius_deg * std::cos(angle) / shrink,
                    a.lat_deg + share * (b.lat_deg - a.lat_deg) + radius_deg * std::sin(angle)};
            s.sigma_m = noise_m;
            s.begin_s = s.end_s = t_s;
            s.order_begin = s.order_end = static_cast<double>(sightings.size());
            sightings.push_back(s);
        }
        passed_m += length_m;
    }
    return sightings;
}

/// The town, ready for questions; made once.
struct Work {
    RouteNetwork network = build_route_network(town()).network;
    Costs costs = costs_of(network, parse_profile(profile_text("car"), "car"));
};

const Work& work()
{
    static const Work made;
    return made;
}

/// interval_s, draws, crossings that the drive goes to
void match(benchmark::State& state)
{
    const tbb::global_control one_thread(tbb::global_control::max_allowed_parallelism, 1);
    MatchOptions options;
    options.draws = static_cast<std::size_t>(state.range(1));
    const MatchNetwork network(work().network, work().costs, options);
    Matcher matcher(network);
    const auto vertices = drive(work().network, work().costs, static_cast<std::size_t>(state.range(2)));
    const std::vector<Sighting> sightings = seen(vertices, static_cast<double>(state.range(0)));
    for (auto _ : state) {
        benchmark::DoNotOptimize(matcher.match(sightings, 1));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(sightings.size()));
}
BENCHMARK(match)
    ->ArgNames({"seconds", "draws", "stops"})
    ->Args({1, 0, 10})
    ->Args({1, 100, 10})
    ->Args({60, 0, 50})
    ->Args({60, 100, 50})
    ->Args({300, 0, 100})
    ->Args({300, 100, 100})
    ->Unit(benchmark::kMillisecond);

void ready(benchmark::State& state)
{
    const std::vector<LonLat> vertices = drive(work().network, work().costs, 10);
    const std::vector<Sighting> sightings = seen(vertices, 300);
    for (auto _ : state) {
        const MatchNetwork network(work().network, work().costs, {});
        Matcher matcher(network);
        benchmark::DoNotOptimize(matcher.match({sightings.data(), 2}, 1));
    }
}
BENCHMARK(ready)->Unit(benchmark::kMillisecond);

std::vector<double> numbers(const std::string& list)
{
    std::istringstream in(list);
    std::vector<double> values;
    for (std::string text; std::getline(in, text, ',');) {
        values.push_back(std::stod(text));
    }
    return values;
}

/// Takes our options off the command line.
bench::MatchTableOptions take_options(int& count, char** words)
{
    bench::MatchTableOptions options;
    const char* folder = std::getenv("VIGIL_TRACKS");
    options.tracks = folder != nullptr ? folder : "";
    int kept = 1;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        const bool ours = word == "--tracks" || word == "--ids" || word == "--intervals" ||
                          word == "--sigma" || word == "--draws";
        if (!ours) {
            words[kept++] = words[i];
            continue;
        }
        require(i + 1 < count, "{}: a value is missing", word);
        const std::string value = words[++i];
        if (word == "--tracks") {
            options.tracks = value;
        } else if (word == "--ids") {
            options.ids_file = value;
        } else if (word == "--intervals") {
            options.intervals_s = numbers(value);
        } else if (word == "--sigma") {
            options.sigma_m = std::stod(value);
        } else {
            options.draws = std::stoul(value);
        }
    }
    count = kept;
    return options;
}

} // namespace

int main(int count, char** words)
try {
    const bench::MatchTableOptions options = take_options(count, words);
    benchmark::Initialize(&count, words);
    if (benchmark::ReportUnrecognizedArguments(count, words)) {
        return static_cast<int>(ExitCode::usage);
    }
    if (!options.tracks.empty()) {
        bench::print_match_table(options);
        return 0;
    }
    fmt::print("skipped: no tracks (--tracks DIR)\n");
    std::fflush(stdout);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
} catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
}
