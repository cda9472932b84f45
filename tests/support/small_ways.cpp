#include "tests/support/small_ways.h"

#include "libgeo/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace vigil::test {

void SmallGraph::arc(std::uint32_t tail, std::uint32_t head, Weight weight, double length_m,
                     std::uint32_t element)
{
    arcs_.push_back({tail, head, weight, length_m, element});
}

void SmallGraph::finish()
{
    std::stable_sort(arcs_.begin(), arcs_.end(), [](const Arc& a, const Arc& b) { return a.tail < b.tail; });
    first_out_.assign(nodes_ + 1, 0);
    first_in_.assign(nodes_ + 1, 0);
    for (const Arc& a : arcs_) {
        ++first_out_[a.tail + 1];
        ++first_in_[a.head + 1];
        head_.push_back(a.head);
        weight_.push_back(a.weight);
        length_m_.push_back(a.length_m);
        element_.push_back(a.element);
        in_arc_.push_back(static_cast<std::uint32_t>(in_arc_.size()));
    }
    for (std::uint32_t node = 0; node < nodes_; ++node) {
        first_out_[node + 1] += first_out_[node];
        first_in_[node + 1] += first_in_[node];
    }
    std::stable_sort(in_arc_.begin(), in_arc_.end(),
                     [this](std::uint32_t a, std::uint32_t b) { return head_[a] < head_[b]; });
}

RouteGraph SmallGraph::view() const
{
    return {{first_out_, head_}, first_in_, in_arc_, weight_, length_m_, element_};
}

SmallGraph noisy_lattice(std::uint64_t seed, std::uint32_t width, std::uint32_t height)
{
    SmallGraph graph(width * height);
    const Random random(seed, 0);
    std::uint64_t draw = 0;
    std::uint32_t edge = 0;
    const auto street = [&](std::uint32_t a, std::uint32_t b) {
        const auto weight = static_cast<Weight>(5 + std::floor(random.uniform(draw) * 40));
        const double length = 10 + std::floor(random.uniform(draw + 1) * 90);
        const double way = random.uniform(draw + 2);
        draw += 3;
        if (way > 0.1) {
            graph.arc(a, b, weight, length, 2 * edge);
        }
        if (way < 0.9) {
            graph.arc(b, a, weight, length, 2 * edge + 1);
        }
        ++edge;
    };
    for (std::uint32_t y = 0; y < height; ++y) {
        for (std::uint32_t x = 0; x < width; ++x) {
            const std::uint32_t node = y * width + x;
            if (x + 1 < width) {
                street(node, node + 1);
            }
            if (y + 1 < height) {
                street(node, node + width);
            }
        }
    }
    graph.finish();
    return graph;
}

SmallGraph noisy_ring(std::uint64_t seed, std::uint32_t side)
{
    SmallGraph graph(side * side);
    const Random random(seed, 0);
    for (std::uint32_t node = 0; node < side * side; ++node) {
        const std::uint32_t right = node - node % side + (node + 1) % side;
        const std::uint32_t below = (node + side) % (side * side);
        for (const bool down : {false, true}) {
            const std::uint32_t street = 2 * node + (down ? 1 : 0);
            const auto weight = static_cast<Weight>(3 * std::floor(100 + random.uniform(street) * 3000));
            const double length = 10 + 90 * random.uniform(1000 + street);
            graph.arc(node, down ? below : right, weight, length, 2 * street);
            graph.arc(down ? below : right, node, weight, length, 2 * street + 1);
        }
    }
    graph.finish();
    return graph;
}

SmallGraph SmallGraph::cut_in_three() const
{
    SmallGraph cut(nodes_ + static_cast<std::uint32_t>(2 * arcs_.size()));
    std::uint32_t node = nodes_;
    for (const Arc& a : arcs_) {
        cut.arc(a.tail, node, a.weight / 3, a.length_m / 3, 3 * a.element);
        cut.arc(node, node + 1, a.weight / 3, a.length_m / 3, 3 * a.element + 1);
        cut.arc(node + 1, a.head, a.weight / 3, a.length_m / 3, 3 * a.element + 2);
        node += 2;
    }
    cut.finish();
    return cut;
}

std::vector<std::uint32_t> SmallGraph::elements(const std::vector<std::uint32_t>& arcs) const
{
    std::vector<std::uint32_t> elements;
    for (const std::uint32_t arc : arcs) {
        elements.push_back(element_[arc]);
    }
    return elements;
}

namespace {

void go(SmallWay& way, std::uint32_t stop, const PartialEnd& part)
{
    way.stops.push_back(stop);
    way.leg.push_back(part.weight);
    way.leg_m.push_back(part.length_m);
    way.elements.push_back(part.element);
    way.cost += part.weight;
    way.length_m += part.length_m;
}

void extend(const SmallWay& way, const SmallGraph& graph, const SmallQuery& query, std::vector<SmallWay>& all)
{
    const RouteGraph view = graph.view();
    const std::uint32_t node = way.stops.back();
    for (std::uint32_t i = 0; i < query.to.size(); ++i) {
        if (query.to[i].node == node) {
            all.push_back(way);
            all.back().to_seed = i;
            go(all.back(), graph.nodes() + 1, query.to[i]);
        }
    }
    for (std::uint32_t a = view.graph.first_out[node]; a < view.graph.first_out[node + 1]; ++a) {
        const std::uint32_t head = view.graph.head[a];
        if (view.weight[a] < unreachable &&
            std::find(way.stops.begin(), way.stops.end(), head) == way.stops.end()) {
            SmallWay longer = way;
            longer.arcs.push_back(a);
            go(longer, head, {head, view.weight[a], view.length_m[a], view.element[a]});
            extend(longer, graph, query, all);
        }
    }
}

} // namespace

std::vector<SmallWay> all_simple_ways(const SmallGraph& graph, const SmallQuery& query)
{
    std::vector<SmallWay> all;
    for (std::uint32_t i = 0; i < query.from.size(); ++i) {
        SmallWay way;
        way.from_seed = i;
        way.stops = {graph.nodes()};
        go(way, query.from[i].node, query.from[i]);
        extend(way, graph, query, all);
    }
    if (query.direct.weight < unreachable) {
        SmallWay way;
        way.direct = true;
        way.stops = {graph.nodes()};
        go(way, graph.nodes() + 1, {0, query.direct.weight, query.direct.length_m, query.direct.element});
        all.push_back(way);
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const SmallWay& a, const SmallWay& b) { return a.cost < b.cost; });
    return all;
}

const SmallWay* find(const std::vector<SmallWay>& all, const Alternative& way)
{
    for (const SmallWay& w : all) {
        if (w.direct == way.direct && w.arcs == way.path.arcs && w.cost == way.path.weight &&
            (w.direct || (w.from_seed == way.path.from_seed && w.to_seed == way.path.to_seed))) {
            return &w;
        }
    }
    return nullptr;
}

double shared(const SmallWay& a, const SmallWay& b)
{
    std::map<std::uint32_t, double> on_a, on_b;
    for (std::size_t i = 0; i < a.leg.size(); ++i) {
        on_a[a.elements[i]] += a.leg[i];
    }
    for (std::size_t i = 0; i < b.leg.size(); ++i) {
        on_b[b.elements[i]] += b.leg[i];
    }
    double sum = 0;
    for (const auto& [element, cost] : on_a) {
        sum += on_b.contains(element) ? std::min(cost, on_b[element]) : 0;
    }
    return sum;
}

AllPairs::AllPairs(const SmallGraph& graph, const SmallQuery& query)
{
    const std::size_t n = graph.nodes() + 2;
    const RouteGraph view = graph.view();
    cost_.assign(n, std::vector<double>(n, std::numeric_limits<double>::infinity()));
    const auto link = [this](std::size_t a, std::size_t b, Weight weight) {
        if (weight < unreachable) {
            cost_[a][b] = std::min(cost_[a][b], static_cast<double>(weight));
        }
    };
    for (std::uint32_t a = 0; a < view.graph.arcs(); ++a) {
        link(graph.tail(a), view.graph.head[a], view.weight[a]);
    }
    for (const PartialEnd& end : query.from) {
        link(n - 2, end.node, end.weight);
    }
    for (const PartialEnd& end : query.to) {
        link(end.node, n - 1, end.weight);
    }
    link(n - 2, n - 1, query.direct.weight);
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                cost_[i][j] = std::min(cost_[i][j], cost_[i][k] + cost_[k][j]);
            }
        }
    }
}

bool AllPairs::locally_optimal(const SmallWay& way, double window) const
{
    for (std::size_t i = 0; i < way.stops.size(); ++i) {
        double along = 0;
        for (std::size_t j = i + 1; j < way.stops.size(); ++j) {
            along += way.leg[j - 1];
            if (along <= window && cost_[way.stops[i]][way.stops[j]] < along) {
                return false;
            }
        }
    }
    return true;
}

std::vector<double> probabilities(const std::vector<Alternative>& ways, const SmallGraph& graph,
                                  const SmallQuery& query, const AlternativesOptions& options)
{
    const std::vector<SmallWay> all = all_simple_ways(graph, query);
    std::vector<SmallWay> found;
    std::map<std::uint32_t, std::set<std::size_t>> users;
    for (std::size_t i = 0; i < ways.size(); ++i) {
        found.push_back(*find(all, ways[i]));
        for (std::size_t part = 0; part < found[i].leg.size(); ++part) {
            if (found[i].leg_m[part] > 0) {
                users[found[i].elements[part]].insert(i);
            }
        }
    }
    std::vector<double> p;
    double sum = 0;
    for (const SmallWay& way : found) {
        double size = 0;
        for (std::size_t part = 0; part < way.leg.size(); ++part) {
            if (way.leg_m[part] > 0) {
                size +=
                    way.leg_m[part] / way.length_m / static_cast<double>(users[way.elements[part]].size());
            }
        }
        p.push_back(std::exp(-options.theta * (way.cost - found[0].cost) * options.unit_minutes) *
                    std::pow(size, options.path_size_beta));
        sum += p.back();
    }
    for (double& value : p) {
        value /= sum;
    }
    return p;
}

} // namespace vigil::test
