#include "kernels/route/build/edges.h"

#include "kernels/route/build/drafts.h"
#include "kernels/route/build/lengths.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace vigil::route_build {

namespace {

/// Numbers of drafts in the order of edges.
std::vector<std::uint32_t> sorted_drafts(const Lines& lines, const EdgeDrafts& drafts)
{
    const std::vector<std::uint32_t> kind_order = lines.kinds.order();
    const auto point = [&](std::uint32_t i) {
        return lines.place[drafts.points[i]];
    };
    const auto comes_first = [&](const EdgeDraft& a, const EdgeDraft& b) {
        std::uint32_t i = a.point_begin;
        std::uint32_t j = b.point_begin;
        for (; i < a.point_end && j < b.point_end; ++i, ++j) {
            if (point(i) != point(j)) {
                return point(i) < point(j);
            }
        }
        const std::uint32_t left_a = a.point_end - i;
        const std::uint32_t left_b = b.point_end - j;
        return std::tie(left_a, kind_order[a.kind], a.source, lines.names[a.name]) <
               std::tie(left_b, kind_order[b.kind], b.source, lines.names[b.name]);
    };
    struct Key {
        std::uint64_t nodes;
        std::uint32_t draft;
    };
    std::vector<Key> keys(drafts.edges.size());
    for (std::uint32_t d = 0; d < keys.size(); ++d) {
        keys[d] = {(std::uint64_t{drafts.edges[d].from} << 32U) | drafts.edges[d].to, d};
    }
    std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
        return a.nodes != b.nodes ? a.nodes < b.nodes
                                  : comes_first(drafts.edges[a.draft], drafts.edges[b.draft]);
    });
    std::vector<std::uint32_t> order(keys.size());
    std::transform(keys.begin(), keys.end(), order.begin(), [](const Key& key) { return key.draft; });
    return order;
}

/// Pieces of an edge along its steps; neighbours of the same source are one.
void add_pieces(const Lines& lines, const Chains& chains, const EdgeDraft& draft,
                std::vector<EdgePiece>& pieces)
{
    const std::size_t first = pieces.size();
    std::uint32_t vertex = 0;
    for (const Step step : chains.steps_of(draft.steps)) {
        const Run& run = chains.runs[run_of(step)];
        const Line& line = lines.lines[run.line];
        const EdgePiece piece{line.source, 0, line.name, vertex, is_reversed(step) ? 1U : 0U};
        vertex += run.last - run.first;
        if (pieces.size() == first || pieces.back().source != piece.source ||
            pieces.back().reversed != piece.reversed ||
            lines.names[pieces.back().name] != lines.names[piece.name]) {
            pieces.push_back(piece);
        }
    }
    if (pieces.size() == first) {
        pieces.push_back({draft.source, 0, draft.name, 0, 0});
    }
}

/// Lengths of the lines whose minutes are known; 0 for the others.
std::vector<double> timed_lengths(const Lines& lines)
{
    std::vector<double> length_m(lines.lines.size(), 0);
    std::vector<FixedLonLat> shape;
    std::vector<double> along_m;
    for (std::size_t l = 0; l < lines.lines.size(); ++l) {
        const Line& line = lines.lines[l];
        if (!line.empty() && !std::isnan(line.minutes)) {
            shape.clear();
            for (std::uint32_t i = line.begin; i < line.end; ++i) {
                shape.push_back(lines.place[lines.along[i]]);
            }
            along_m.resize(shape.size());
            lengths_along(shape, along_m);
            length_m[l] = along_m.back();
        }
    }
    return length_m;
}

/// Minutes of an edge: each line's share by length.
float minutes_of(const Lines& lines, const Chains& chains, const Chain& steps,
                 const std::vector<double>& line_m, std::span<const double> along_m)
{
    double minutes = 0;
    std::size_t vertex = 0;
    for (const Step step : chains.steps_of(steps)) {
        const Run& run = chains.runs[run_of(step)];
        const std::size_t next = vertex + run.last - run.first;
        minutes += static_cast<double>(lines.lines[run.line].minutes) * (along_m[next] - along_m[vertex]) /
                   line_m[run.line];
        vertex = next;
    }
    return static_cast<float>(minutes);
}

void check_size(const EdgeDrafts& drafts)
{
    if (drafts.edges.size() >= (std::size_t{1} << 30U) || drafts.points.size() >= no_index) {
        fail(ExitCode::limit, "{} edges with {} vertices are more than a network holds; take a part",
             drafts.edges.size(), drafts.points.size());
    }
}

} // namespace

Edges draw_edges(Lines& lines, Chains& chains, const Nodes& nodes, const std::vector<PointMark>& marks,
                 const std::vector<Transfer>& transfers)
{
    const EdgeDrafts drafts = draft_edges(lines, chains, nodes, marks, transfers);
    check_size(drafts);
    const std::vector<std::uint32_t> order = sorted_drafts(lines, drafts);
    Edges edges;
    edges.edge.resize(order.size());
    edges.steps.resize(order.size());
    edges.shape.resize(drafts.points.size());
    edges.piece.reserve(order.size());
    std::uint32_t vertices = 0;
    for (std::size_t e = 0; e < order.size(); ++e) {
        const EdgeDraft& draft = drafts.edges[order[e]];
        edges.edge[e].from = draft.from;
        edges.edge[e].to = draft.to;
        edges.edge[e].kind = draft.kind;
        edges.edge[e].shape_begin = vertices;
        edges.edge[e].piece_begin = static_cast<std::uint32_t>(edges.piece.size());
        edges.steps[e] = draft.steps;
        vertices += draft.point_end - draft.point_begin;
        add_pieces(lines, chains, draft, edges.piece);
    }

    const std::vector<double> line_m = timed_lengths(lines);
    constexpr std::size_t chunk = 1024;
    parallel_chunks(order.size(), chunk, [&](std::size_t begin, std::size_t end) {
        std::vector<double> along_m;
        for (std::size_t e = begin; e < end; ++e) {
            const EdgeDraft& draft = drafts.edges[order[e]];
            RouteEdge& edge = edges.edge[e];
            const std::size_t n = draft.point_end - draft.point_begin;
            for (std::size_t i = 0; i < n; ++i) {
                edges.shape[edge.shape_begin + i] = lines.place[drafts.points[draft.point_begin + i]];
            }
            along_m.resize(n);
            lengths_along(std::span(edges.shape).subspan(edge.shape_begin, n), along_m);
            edge.length_m = along_m.back();
            require(!std::isnan(edge.length_m),
                    "way {}: two vertices that follow each other are more than 15000 km apart; add vertices",
                    draft.source);
            const std::size_t piece_end =
                e + 1 < order.size() ? edges.edge[e + 1].piece_begin : edges.piece.size();
            for (std::size_t p = edge.piece_begin; p < piece_end; ++p) {
                edges.piece[p].begin_m = static_cast<float>(along_m[edges.piece[p].vertex]);
            }
            const std::span<const Step> steps = chains.steps_of(draft.steps);
            if (!steps.empty() && !std::isnan(lines.lines[chains.runs[run_of(steps.front())].line].minutes)) {
                edge.minutes = minutes_of(lines, chains, draft.steps, line_m, along_m);
            }
        }
    });
    return edges;
}

} // namespace vigil::route_build
