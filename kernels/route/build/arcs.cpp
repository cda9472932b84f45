#include "kernels/route/build/arcs.h"

#include "kernels/route/strong_components.h"
#include "libgeo/error.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace vigil::route_build {

namespace {

struct Arc {
    std::uint32_t head = 0;
    EdgeSide side = 0;
    Vehicles closed = vehicle::none;
};

/// Arcs by the node they lead to.
void index_heads(RouteNetwork& network)
{
    std::vector<std::uint32_t> first(network.nodes() + std::size_t{1}, 0);
    for (const std::uint32_t head : network.head) {
        ++first[head + 1];
    }
    std::partial_sum(first.begin(), first.end(), first.begin());
    std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
    std::vector<std::uint32_t> in_arc(network.head.size());
    for (std::uint32_t a = 0; a < in_arc.size(); ++a) {
        in_arc[next[network.head[a]]++] = a;
    }
    network.first_in = std::move(first);
    network.in_arc = std::move(in_arc);
}

} // namespace

void make_arcs(const std::vector<TurnRule>& rules, const KindTable& kinds, const Nodes& nodes,
               const Edges& edges, const Leaving& leaving, RouteNetwork& network)
{
    const auto place_nodes = static_cast<std::uint32_t>(nodes.place.size());
    const TurnMemory memory(rules, edges, leaving, place_nodes);
    std::vector<FixedLonLat> place = nodes.place;
    std::vector<std::uint32_t> node_of(place.size());
    std::iota(node_of.begin(), node_of.end(), 0U);
    for (std::uint32_t copy = 0; copy < memory.copies(); ++copy) {
        place.push_back(nodes.place[memory.node_of_copy(copy)]);
        node_of.push_back(memory.node_of_copy(copy));
    }

    std::vector<std::uint32_t> first_out{0};
    std::vector<std::uint32_t> head;
    std::vector<EdgeSide> arc_side;
    std::vector<Vehicles> arc_closed;
    first_out.reserve(node_of.size() + 1);
    head.reserve(leaving.side.size());
    arc_side.reserve(leaving.side.size());
    arc_closed.reserve(leaving.side.size());
    std::vector<Arc> arcs;
    for (std::uint32_t v = 0; v < node_of.size(); ++v) {
        arcs.clear();
        for (const EdgeSide side : leaving.of(node_of[v])) {
            if (open_to(kinds, edges.edge, side) == vehicle::none) {
                continue;
            }
            if (v < place_nodes) {
                arcs.push_back({memory.head(side), side, vehicle::none});
            } else {
                const std::uint32_t copy = v - place_nodes;
                arcs.push_back({memory.head_from_copy(copy, side), side, memory.closed(copy, side)});
            }
        }
        std::sort(arcs.begin(), arcs.end(), [](const Arc& a, const Arc& b) {
            return std::tie(a.head, a.side) < std::tie(b.head, b.side);
        });
        for (const Arc& arc : arcs) {
            head.push_back(arc.head);
            arc_side.push_back(arc.side);
            arc_closed.push_back(arc.closed);
        }
        if (head.size() >= no_index) {
            fail(ExitCode::limit, "banned turns make more than 2^32 arcs; take a part of the network");
        }
        first_out.push_back(static_cast<std::uint32_t>(head.size()));
    }
    network.place_nodes = place_nodes;
    network.node = std::move(place);
    network.node_of = std::move(node_of);
    network.first_out = std::move(first_out);
    network.head = std::move(head);
    network.arc_side = std::move(arc_side);
    network.arc_closed = std::move(arc_closed);
    index_heads(network);
}

void find_components(RouteNetwork& network)
{
    const StrongComponents found = place_components(network);
    std::vector<std::uint32_t> size(found.count, 0);
    std::vector<std::uint32_t> lowest(found.count, no_index);
    for (std::uint32_t v = 0; v < network.place_nodes; ++v) {
        const std::uint32_t c = found.of[v];
        ++size[c];
        lowest[c] = std::min(lowest[c], v);
    }
    std::vector<std::uint32_t> order(found.count);
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tie(size[b], lowest[a]) < std::tie(size[a], lowest[b]);
    });
    std::vector<std::uint32_t> number(found.count);
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        number[order[i]] = i;
    }
    std::vector<std::uint32_t> component(network.nodes());
    for (std::uint32_t v = 0; v < component.size(); ++v) {
        component[v] = number[found.of[network.node_of[v]]];
    }
    network.component = std::move(component);
    network.components = found.count;
}

} // namespace vigil::route_build
