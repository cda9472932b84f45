#include "kernels/network.h"
#include "kernels/routes.h"
#include "kernels/snap.h"
#include "libgeo/random.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <map>
#include <memory>

namespace {

using namespace vigil;

constexpr double block_m = 120;

/// A town of side x side junctions, shifted at random, with an eighth of its streets missing and a bend in
/// each. With `whole` the lines run across the town instead, to be noded.
Geometries streets(std::int64_t side, bool whole)
{
    const auto corner = [side](std::int64_t row, std::int64_t col) {
        const Random random(1, static_cast<std::uint64_t>(row * side + col));
        return XY{(static_cast<double>(col) + 0.7 * (random.uniform(0) - 0.5)) * block_m,
                  (static_cast<double>(row) + 0.7 * (random.uniform(1) - 0.5)) * block_m};
    };
    Geometries lines;
    lines.kind = GeometryKind::line;
    if (whole) {
        const double reach_m = static_cast<double>(side) * block_m;
        for (std::int64_t i = 0; i < side; ++i) {
            const double at_m = static_cast<double>(i) * block_m;
            std::vector<XY> along;
            std::vector<XY> across;
            for (double t = 0; t <= reach_m; t += 0.37 * block_m) {
                along.push_back({t, at_m + 0.1 * t});
                across.push_back({at_m - 0.1 * t, t});
            }
            lines.add(along);
            lines.add(across);
        }
        return lines;
    }
    for (std::int64_t row = 0; row < side; ++row) {
        for (std::int64_t col = 0; col < side; ++col) {
            const Random random(2, static_cast<std::uint64_t>(row * side + col));
            const XY here = corner(row, col);
            for (const bool east : {true, false}) {
                const bool inside = east ? col + 1 < side : row + 1 < side;
                if (!inside || random.uniform(east ? 0 : 1) < 0.125) {
                    continue;
                }
                const XY there = east ? corner(row, col + 1) : corner(row + 1, col);
                const XY line[] = {here, {(here.x + there.x) / 2 + 8, (here.y + there.y) / 2 + 5}, there};
                lines.add(line);
            }
        }
    }
    return lines;
}

const Network& town(std::int64_t side)
{
    static std::map<std::int64_t, std::unique_ptr<Network>> towns;
    auto& one = towns[side];
    if (!one) {
        one = std::make_unique<Network>(build_network(streets(side, false)).network);
    }
    return *one;
}

XY place_in(std::int64_t side, std::uint64_t item)
{
    const Random random(3, item);
    const double width_m = static_cast<double>(side) * block_m;
    return {random.uniform(0) * width_m, random.uniform(1) * width_m};
}

void build(benchmark::State& state)
{
    const Geometries lines = streets(state.range(0), false);
    for (auto _ : state) {
        benchmark::DoNotOptimize(build_network(lines));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(lines.size()));
}
BENCHMARK(build)->Arg(40)->Arg(126)->Arg(400)->Unit(benchmark::kMillisecond);

void node(benchmark::State& state)
{
    const Geometries lines = streets(state.range(0), true);
    for (auto _ : state) {
        benchmark::DoNotOptimize(build_network(lines, {}, {.node = true}));
    }
    state.counters["crossings"] = static_cast<double>(state.range(0) * state.range(0));
}
BENCHMARK(node)->Arg(32)->Arg(100)->Arg(316)->Unit(benchmark::kMillisecond);

void index_for_snapping(benchmark::State& state)
{
    const Network& network = town(state.range(0));
    for (auto _ : state) {
        const Snapper snapper(network);
        benchmark::DoNotOptimize(&snapper);
    }
}
BENCHMARK(index_for_snapping)->Arg(40)->Arg(126)->Arg(400)->Unit(benchmark::kMillisecond);

void snap(benchmark::State& state)
{
    const Network& network = town(state.range(0));
    const Snapper snapper(network);
    std::uint64_t item = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(snapper.snap(place_in(state.range(0), item++)));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(snap)->Arg(40)->Arg(126)->Arg(400);

/// The worst case: places outside the town, equally far from much of it.
void snap_from_afar(benchmark::State& state)
{
    const Network& network = town(state.range(0));
    const Snapper snapper(network);
    std::uint64_t item = 0;
    for (auto _ : state) {
        XY place = place_in(state.range(0), item++);
        place.x -= 3 * static_cast<double>(state.range(0)) * block_m;
        benchmark::DoNotOptimize(snapper.snap(place));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(snap_from_afar)->Arg(40)->Arg(126)->Arg(400);

/// Between two places anywhere in the town.
void path(benchmark::State& state)
{
    const Network& network = town(state.range(0));
    const Snapper snapper(network);
    PathFinder finder(network);
    std::uint64_t item = 0;
    for (auto _ : state) {
        const auto from = snapper.snap(place_in(state.range(0), item++));
        const auto to = snapper.snap(place_in(state.range(0), item++));
        benchmark::DoNotOptimize(finder.path(from->place, to->place));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(path)->Arg(40)->Arg(126)->Arg(400)->Unit(benchmark::kMillisecond);

} // namespace
