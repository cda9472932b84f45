#include "kernels/route/build.h"

#include "kernels/route/build/arcs.h"
#include "kernels/route/build/bans.h"
#include "kernels/route/build/chains.h"
#include "kernels/route/build/edges.h"
#include "kernels/route/build/kinds.h"
#include "kernels/route/build/lines.h"
#include "kernels/route/build/nodes.h"
#include "kernels/route/build/transfers.h"
#include "kernels/route/hierarchy/order.h"
#include "libgeo/error.h"

#include <cmath>
#include <utility>

namespace vigil {

namespace {

using namespace route_build;

void count_edges(const Edges& edges, const KindTable& kinds, const Leaving& leaving, RouteReport& report)
{
    for (std::size_t e = 0; e < edges.edge.size(); ++e) {
        const RouteEdge& edge = edges.edge[e];
        const bool loop = edge.from == edge.to;
        report.loops += loop ? 1U : 0U;
        // edges between the same two nodes follow each other
        report.parallel +=
            !loop && e > 0 && edges.edge[e - 1].from == edge.from && edges.edge[e - 1].to == edge.to;
        report.borders += kinds[edge.kind].border;
        report.length_m += edge.length_m;
    }
    for (std::size_t v = 0; v + 1 < leaving.first.size(); ++v) {
        report.dangling_ends += leaving.first[v + 1] - leaving.first[v] == 1 ? 1U : 0U;
    }
}

/// The edge that closes the ranges of shapes and pieces.
RouteEdge last_edge(const Edges& edges)
{
    RouteEdge last;
    last.shape_begin = static_cast<std::uint32_t>(edges.shape.size());
    last.piece_begin = static_cast<std::uint32_t>(edges.piece.size());
    return last;
}

// shares of the time, for the progress bar
constexpr double chains_done = 0.2, edges_done = 0.5, arcs_done = 0.7;

} // namespace

BuiltRouteNetwork build_route_network(Ways ways, const RouteBuildOptions& options, const Progress& progress)
{
    require(std::isfinite(options.transfer_m) && options.transfer_m >= 0,
            "transfer distance {} m; it has to be 0 or more", options.transfer_m);
    BuiltRouteNetwork built;
    RouteNetwork& network = built.network;
    RouteReport& report = built.report;
    const double share = options.order ? 0.1 : 1; // working out the order takes much longer than all the rest

    Lines lines = clean_lines(ways, report);
    const std::vector<PointMark> marks = place_marks(lines, ways.marks);
    const std::vector<Transfer> transfers = find_transfers(lines, marks, options.transfer_m, report);
    mark_ban_nodes(lines, ways.bans);
    Chains chains = find_chains(lines);
    const Nodes nodes = number_nodes(lines, chains);
    progress(share * chains_done);
    Edges edges = draw_edges(lines, chains, nodes, marks, transfers);
    progress(share * edges_done);
    const Leaving leaving = sides_leaving(edges.edge, nodes.place.size());
    const std::vector<TurnRule> rules = turn_rules(ways.bans, lines, chains, nodes, edges, leaving, report);
    make_arcs(rules, lines.kinds, nodes, edges, leaving, network);
    progress(share * arcs_done);
    find_components(network);
    count_edges(edges, lines.kinds, leaving, report);

    settle_kinds_and_texts(lines.kinds, lines.names, edges.edge, edges.piece, network);
    edges.edge.push_back(last_edge(edges));
    network.edge = std::move(edges.edge);
    network.shape = std::move(edges.shape);
    network.piece = std::move(edges.piece);
    progress(share);
    if (options.order) {
        const Progress ordering([&progress, share](double done) { progress(share + (1 - share) * done); });
        network.rank = nested_dissection(network.graph(), network.node.span(), ordering);
    }
    return built;
}

} // namespace vigil
