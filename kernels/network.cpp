#include "kernels/network.h"

#include "kernels/disjoint_sets.h"
#include "kernels/join_ends.h"
#include "kernels/noding.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

namespace vigil {

namespace {

double length_of(std::span<const XY> line)
{
    double length_m = 0;
    for (std::size_t i = 1; i < line.size(); ++i) {
        length_m += distance_m(line[i - 1], line[i]);
    }
    return length_m;
}

/// One line per part, without repeated vertices; lines without length are dropped and counted.
LineSet to_line_set(const Geometries& lines, NetworkReport& report)
{
    LineSet set;
    std::vector<XY> clean;
    for (std::size_t feature = 0; feature < lines.size(); ++feature) {
        const std::size_t first_part = lines.first_part(feature);
        if (first_part == lines.feature_end[feature] && report.without_place++ == 0) {
            report.first_without_place = feature + 1;
        }
        for (std::size_t part = first_part; part < lines.feature_end[feature]; ++part) {
            clean.clear();
            for (const XY p : lines.ring(lines.first_ring(part))) {
                require(std::isfinite(p.x) && std::isfinite(p.y),
                        "feature {}: a coordinate is not a finite number", feature + 1);
                if (clean.empty() || !(clean.back() == p)) {
                    clean.push_back(p);
                }
            }
            ++report.lines;
            if (clean.size() > 1) {
                set.add(clean, feature);
            } else if (report.zero_length++ == 0) {
                report.first_zero_length = feature + 1;
            }
        }
    }
    return set;
}

/// Numbers texts as they are met.
class TextPool {
  public:
    explicit TextPool(std::vector<std::string>& texts) : texts_(texts) { number_.emplace("", 0); }
    std::uint32_t operator()(const std::vector<std::string>& column, std::size_t row)
    {
        if (column.empty()) {
            return 0;
        }
        const auto [found, added] = number_.emplace(column[row], static_cast<std::uint32_t>(texts_.size()));
        if (added) {
            texts_.push_back(column[row]);
        }
        return found->second;
    }

  private:
    std::vector<std::string>& texts_;
    std::map<std::string, std::uint32_t> number_;
};

/// Ends of all lines: begin and end of line i are number 2i and 2i + 1.
std::vector<XY> ends_of(const LineSet& lines)
{
    std::vector<XY> ends;
    ends.reserve(2 * lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        ends.push_back(lines.line(i).front());
        ends.push_back(lines.line(i).back());
    }
    return ends;
}

/// The order of edges in a network does not depend on the order of the lines.
bool edge_before(const Network& network, const NetworkEdge& a, const NetworkEdge& b)
{
    const auto key = [&](const NetworkEdge& e) {
        return std::tie(e.from, e.to, e.length_m, e.cost, e.direction, network.texts[e.road_class],
                        network.texts[e.name]);
    };
    if (key(a) != key(b)) {
        return key(a) < key(b);
    }
    const auto first = network.shape_of(a);
    const auto second = network.shape_of(b);
    return std::lexicographical_compare(first.begin(), first.end(), second.begin(), second.end(), before);
}

/// Length of each feature, all its pieces together.
std::vector<double> feature_lengths(const LineSet& lines)
{
    std::vector<double> length_m;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        length_m.resize(std::max(length_m.size(), lines.source[i] + 1), 0);
        length_m[lines.source[i]] += length_of(lines.line(i));
    }
    return length_m;
}

/// A given cost is shared out over the pieces of its feature by length.
double cost_of(const LineAttributes& attributes, const NetworkEdge& edge,
               const std::vector<double>& feature_length_m)
{
    if (!attributes.cost.empty()) {
        const double share = std::min(1.0, edge.length_m / feature_length_m[edge.source]);
        return attributes.cost[edge.source] * share;
    }
    return attributes.speed_kmh.empty() ? edge.length_m
                                        : edge.length_m / (attributes.speed_kmh[edge.source] / 3.6);
}

/// Edges of `lines` between the nodes of their joined ends, in canonical order.
void add_edges(const LineSet& lines, const LineAttributes& attributes, double tolerance_m, Network& network,
               NetworkReport& report)
{
    const std::vector<XY> ends = ends_of(lines);
    const JoinedEnds joined = join_ends(ends, tolerance_m);
    network.nodes = joined.nodes;
    const std::vector<double> feature_length_m = feature_lengths(lines);
    TextPool pool(network.texts);
    std::vector<XY> shape;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        shape.assign(lines.line(i).begin(), lines.line(i).end());
        NetworkEdge edge;
        edge.from = joined.node[2 * i];
        edge.to = joined.node[2 * i + 1];
        edge.source = lines.source[i];
        shape.front() = network.nodes[edge.from];
        shape.back() = network.nodes[edge.to];
        edge.length_m = length_of(shape);
        if (edge.length_m <= 0 || (edge.from == edge.to && edge.length_m <= tolerance_m)) {
            ++report.collapsed;
            continue;
        }
        report.moved_ends +=
            (shape.front() == ends[2 * i] ? 0U : 1U) + (shape.back() == ends[2 * i + 1] ? 0U : 1U);
        edge.cost = cost_of(attributes, edge, feature_length_m);
        edge.direction = attributes.direction.empty() ? Direction::both : attributes.direction[edge.source];
        edge.name = pool(attributes.name, edge.source);
        edge.road_class = pool(attributes.road_class, edge.source);
        edge.shape_begin = network.shape.size();
        network.shape.insert(network.shape.end(), shape.begin(), shape.end());
        edge.shape_end = network.shape.size();
        network.edges.push_back(edge);
    }
    std::sort(network.edges.begin(), network.edges.end(),
              [&](const NetworkEdge& a, const NetworkEdge& b) { return edge_before(network, a, b); });
}

/// Lays the vertices out in the order of the edges.
void order_shape(Network& network)
{
    std::vector<XY> ordered;
    ordered.reserve(network.shape.size());
    for (NetworkEdge& edge : network.edges) {
        const auto shape = network.shape_of(edge);
        const std::size_t begin = ordered.size();
        ordered.insert(ordered.end(), shape.begin(), shape.end());
        edge.shape_begin = begin;
        edge.shape_end = ordered.size();
    }
    network.shape = std::move(ordered);
}

/// Nodes that lost all their edges (everything at them collapsed) are left out.
void drop_bare_nodes(Network& network)
{
    std::vector<std::uint32_t> number(network.nodes.size(), 0);
    for (const NetworkEdge& edge : network.edges) {
        number[edge.from] = number[edge.to] = 1;
    }
    std::vector<XY> kept;
    for (std::size_t v = 0; v < network.nodes.size(); ++v) {
        if (number[v] != 0) {
            number[v] = static_cast<std::uint32_t>(kept.size());
            kept.push_back(network.nodes[v]);
        }
    }
    for (NetworkEdge& edge : network.edges) {
        edge.from = number[edge.from];
        edge.to = number[edge.to];
    }
    network.nodes = std::move(kept);
}

void label_components(Network& network)
{
    DisjointSets sets(network.nodes.size());
    for (const NetworkEdge& edge : network.edges) {
        sets.merge(edge.from, edge.to);
    }
    std::vector<std::uint32_t> size(network.nodes.size(), 0);
    std::vector<std::uint32_t> roots;
    for (std::uint32_t v = 0; v < network.nodes.size(); ++v) {
        const std::uint32_t root = sets.find(v);
        if (size[root]++ == 0) {
            roots.push_back(root);
        }
    }
    std::stable_sort(roots.begin(), roots.end(), [&](auto a, auto b) { return size[a] > size[b]; });
    std::vector<std::uint32_t> label(network.nodes.size(), 0);
    network.component_nodes.clear();
    for (const std::uint32_t root : roots) {
        label[root] = static_cast<std::uint32_t>(network.component_nodes.size());
        network.component_nodes.push_back(size[root]);
    }
    network.node_component.resize(network.nodes.size());
    for (std::uint32_t v = 0; v < network.nodes.size(); ++v) {
        network.node_component[v] = label[sets.find(v)];
    }
    for (NetworkEdge& edge : network.edges) {
        edge.component = network.node_component[edge.from];
    }
}

void count_kinds(const Network& network, NetworkReport& report)
{
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (const NetworkEdge& edge : network.edges) {
        report.loops += edge.from == edge.to ? 1U : 0U;
        report.one_way += edge.direction == Direction::both ? 0U : 1U;
        report.length_m += edge.length_m;
        if (edge.from != edge.to) {
            pairs.emplace_back(std::minmax(edge.from, edge.to));
        }
    }
    std::sort(pairs.begin(), pairs.end());
    const auto last = std::unique(pairs.begin(), pairs.end());
    report.parallel = static_cast<std::size_t>(pairs.end() - last);
    for (const std::uint32_t degree : node_degrees(network)) {
        report.dangling_ends += degree == 1 ? 1U : 0U;
    }
}

} // namespace

void index_network(Network& network)
{
    network.first_arc.assign(network.nodes.size() + 1, 0);
    const auto for_arcs = [&](const auto& body) {
        for (std::uint32_t e = 0; e < network.edges.size(); ++e) {
            const NetworkEdge& edge = network.edges[e];
            if (edge.direction != Direction::backward) {
                body(edge.from, Arc{edge.cost, edge.to, e, true});
            }
            if (edge.direction != Direction::forward) {
                body(edge.to, Arc{edge.cost, edge.from, e, false});
            }
        }
    };
    for_arcs([&](std::uint32_t tail, const Arc&) { ++network.first_arc[tail + 1]; });
    std::partial_sum(network.first_arc.begin(), network.first_arc.end(), network.first_arc.begin());
    network.arcs.resize(network.first_arc.back());
    std::vector<std::size_t> next(network.first_arc.begin(), network.first_arc.end() - 1);
    for_arcs([&](std::uint32_t tail, const Arc& arc) { network.arcs[next[tail]++] = arc; });
    label_components(network);
}

std::vector<std::uint32_t> node_degrees(const Network& network)
{
    std::vector<std::uint32_t> degree(network.nodes.size(), 0);
    for (const NetworkEdge& edge : network.edges) {
        ++degree[edge.from];
        ++degree[edge.to];
    }
    return degree;
}

BuiltNetwork build_network(const Geometries& lines, const LineAttributes& attributes,
                           const NetworkOptions& options)
{
    require(options.tolerance_m >= 0 && std::isfinite(options.tolerance_m),
            "a tolerance of {} m; it must be 0 or more", options.tolerance_m);
    BuiltNetwork built;
    LineSet set = to_line_set(lines, built.report);
    double tolerance_m = options.tolerance_m;
    if (options.node) {
        Noded noded = node_lines(set, tolerance_m);
        set = std::move(noded.lines);
        built.report.splits = noded.splits;
        tolerance_m = std::max(tolerance_m, same_place_m);
    }
    add_edges(set, attributes, tolerance_m, built.network, built.report);
    require(!built.network.edges.empty(),
            "no line is longer than the tolerance of {} m; nothing to make a "
            "network of",
            options.tolerance_m);
    order_shape(built.network);
    drop_bare_nodes(built.network);
    index_network(built.network);
    count_kinds(built.network, built.report);
    return built;
}

} // namespace vigil
