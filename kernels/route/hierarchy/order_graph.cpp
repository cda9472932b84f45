#include "kernels/route/hierarchy/order_graph.h"

#include <algorithm>
#include <numeric>

namespace vigil {

namespace {

/// The 32 bits at the even places of 64.
std::uint64_t spread(std::uint32_t bits)
{
    std::uint64_t x = bits;
    x = (x | (x << 16U)) & 0x0000ffff0000ffffU;
    x = (x | (x << 8U)) & 0x00ff00ff00ff00ffU;
    x = (x | (x << 4U)) & 0x0f0f0f0f0f0f0f0fU;
    x = (x | (x << 2U)) & 0x3333333333333333U;
    return (x | (x << 1U)) & 0x5555555555555555U;
}

std::uint64_t curve_place(FixedLonLat p)
{
    constexpr std::uint32_t half = 0x80000000U; // signed numbers in ascending order
    return spread(static_cast<std::uint32_t>(p.lon) ^ half) |
           (spread(static_cast<std::uint32_t>(p.lat) ^ half) << 1U);
}

/// Sorts each node's neighbours and keeps each once.
void tidy(UndirectedGraph& graph)
{
    std::uint32_t kept = 0;
    std::uint32_t from = 0;
    for (std::uint32_t v = 0; v < graph.nodes(); ++v) {
        const std::uint32_t to = graph.begin[v + 1];
        const auto first = graph.neighbour.begin() + from;
        std::sort(first, graph.neighbour.begin() + to);
        const auto last = std::unique(first, graph.neighbour.begin() + to);
        std::copy(first, last, graph.neighbour.begin() + kept);
        kept += static_cast<std::uint32_t>(last - first);
        graph.begin[v + 1] = kept;
        from = to;
    }
    graph.neighbour.resize(kept);
}

} // namespace

std::vector<std::uint32_t> spatial_sequence(std::span<const FixedLonLat> place)
{
    std::vector<std::pair<std::uint64_t, std::uint32_t>> by_curve(place.size());
    for (std::uint32_t v = 0; v < place.size(); ++v) {
        by_curve[v] = {curve_place(place[v]), v};
    }
    std::sort(by_curve.begin(), by_curve.end());
    std::vector<std::uint32_t> sequence(place.size());
    std::transform(by_curve.begin(), by_curve.end(), sequence.begin(),
                   [](const auto& p) { return p.second; });
    return sequence;
}

UndirectedGraph undirected(GraphView graph, std::span<const std::uint32_t> sequence)
{
    const std::uint32_t n = graph.nodes();
    std::vector<std::uint32_t> index(n);
    for (std::uint32_t i = 0; i < n; ++i) {
        index[sequence[i]] = i;
    }
    const auto for_each_pair = [&](const auto& act) {
        for (std::uint32_t i = 0; i < n; ++i) {
            const std::uint32_t v = sequence[i];
            for (std::uint32_t a = graph.first_out[v]; a < graph.first_out[v + 1]; ++a) {
                const std::uint32_t j = index[graph.head[a]];
                if (i != j) {
                    act(i, j);
                    act(j, i);
                }
            }
        }
    };
    UndirectedGraph result;
    result.begin.assign(std::size_t{n} + 1, 0);
    for_each_pair([&](std::uint32_t i, std::uint32_t) { ++result.begin[i + 1]; });
    std::partial_sum(result.begin.begin(), result.begin.end(), result.begin.begin());
    result.neighbour.resize(result.begin[n]);
    std::vector<std::uint32_t> slot(result.begin.begin(), result.begin.end() - 1);
    for_each_pair([&](std::uint32_t i, std::uint32_t j) { result.neighbour[slot[i]++] = j; });
    tidy(result);
    return result;
}

} // namespace vigil
