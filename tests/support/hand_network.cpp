#include "tests/support/hand_network.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace vigil::test {

namespace {

/// Ends of ranges [0, n) of sorted keys.
template <typename Items, typename Key>
std::vector<std::uint32_t> range_ends(std::size_t n, const Items& items, Key key)
{
    std::vector<std::uint32_t> begin(n + 1);
    for (const auto& item : items) {
        ++begin[key(item) + 1];
    }
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    return begin;
}

/// Marks with `label` all that can be reached from a node.
void reach(const RouteNetwork& network, std::uint32_t from, bool backwards, std::uint32_t label,
           std::vector<std::uint32_t>& marks)
{
    std::vector<std::uint32_t> open{from};
    marks[from] = label;
    while (!open.empty()) {
        const std::uint32_t v = open.back();
        open.pop_back();
        const auto& first = backwards ? network.first_in : network.first_out;
        for (std::uint32_t i = first[v]; i < first[v + 1]; ++i) {
            std::uint32_t next = 0;
            if (backwards) {
                const std::uint32_t a = network.in_arc[i];
                const auto after = std::upper_bound(network.first_out.begin(), network.first_out.end(), a);
                next = static_cast<std::uint32_t>(after - network.first_out.begin()) - 1;
            } else {
                next = network.head[i];
            }
            if (marks[next] != label) {
                marks[next] = label;
                open.push_back(next);
            }
        }
    }
}

/// What can be reached from a node and can reach it; those with most nodes first.
void find_components(RouteNetwork& network)
{
    const std::uint32_t n = network.nodes();
    std::vector<std::uint32_t> component(n, no_index);
    std::vector<std::uint32_t> there(n, no_index);
    std::vector<std::uint32_t> back(n, no_index);
    std::vector<std::uint32_t> size;
    for (std::uint32_t v = 0; v < n; ++v) {
        if (component[v] != no_index) {
            continue;
        }
        reach(network, v, false, v, there);
        reach(network, v, true, v, back);
        size.push_back(0);
        for (std::uint32_t w = v; w < n; ++w) {
            if (there[w] == v && back[w] == v) {
                component[w] = static_cast<std::uint32_t>(size.size() - 1);
                ++size.back();
            }
        }
    }
    std::vector<std::uint32_t> by_size(size.size());
    std::iota(by_size.begin(), by_size.end(), 0U);
    std::stable_sort(by_size.begin(), by_size.end(), [&](auto a, auto b) { return size[a] > size[b]; });
    std::vector<std::uint32_t> number(size.size());
    for (std::uint32_t i = 0; i < by_size.size(); ++i) {
        number[by_size[i]] = i;
    }
    for (std::uint32_t& c : component) {
        c = number[c];
    }
    network.components = static_cast<std::uint32_t>(size.size());
    network.component = std::move(component);
}

} // namespace

std::uint32_t HandNetwork::node(double lon_deg, double lat_deg)
{
    nodes_.push_back(to_fixed({lon_deg, lat_deg}));
    return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t HandNetwork::text(const std::string& text)
{
    auto at = std::find(texts_.begin(), texts_.end(), text);
    if (at == texts_.end()) {
        at = texts_.insert(texts_.end(), text);
    }
    return static_cast<std::uint32_t>(at - texts_.begin());
}

std::uint32_t HandNetwork::kind(EdgeKind kind, const std::string& road_class,
                                const std::vector<std::string>& tags)
{
    kind.road_class = text(road_class);
    kind.tags_begin = static_cast<std::uint32_t>(tags_.size());
    for (const std::string& tag : tags) {
        tags_.push_back(text(tag));
    }
    std::sort(tags_.begin() + kind.tags_begin, tags_.end());
    kind.tags_end = static_cast<std::uint32_t>(tags_.size());
    kinds_.push_back(kind);
    return static_cast<std::uint32_t>(kinds_.size() - 1);
}

std::uint32_t HandNetwork::edge(std::uint32_t from, std::uint32_t to, double length_m, std::uint32_t kind,
                                float minutes, std::uint32_t between)
{
    edges_.push_back({length_m, from, to, kind, minutes, static_cast<std::uint32_t>(shape_.size()),
                      static_cast<std::uint32_t>(pieces_.size())});
    const std::uint32_t last = between + 1;
    for (std::uint32_t i = 0; i <= last; ++i) {
        const auto mid = [&](std::int64_t a, std::int64_t b) {
            return static_cast<std::int32_t>(a + (b - a) * i / last);
        };
        shape_.push_back({mid(nodes_[from].lon, nodes_[to].lon), mid(nodes_[from].lat, nodes_[to].lat)});
    }
    EdgePiece piece;
    piece.source = static_cast<std::int64_t>(edges_.size());
    pieces_.push_back(piece);
    return static_cast<std::uint32_t>(edges_.size() - 1);
}

void HandNetwork::ban(EdgeSide from, EdgeSide to, Vehicles banned)
{
    bans_.push_back({from, to, banned});
}

std::uint32_t HandNetwork::tail_of(EdgeSide side) const
{
    return is_backward(side) ? edges_[edge_of(side)].to : edges_[edge_of(side)].from;
}

std::vector<HandNetwork::Arc> HandNetwork::arcs() const
{
    std::vector<Arc> arcs;
    for (std::uint32_t side = 0; side < 2 * edges_.size(); ++side) {
        const EdgeKind& kind = kinds_[edges_[edge_of(side)].kind];
        if ((is_backward(side) ? kind.backward : kind.forward) != vehicle::none) {
            arcs.push_back({tail_of(side), tail_of(reversed(side)), side, vehicle::none});
        }
    }
    const std::vector<Arc> real = arcs;
    for (std::size_t b = 0; b < bans_.size(); ++b) {
        const auto copy = static_cast<std::uint32_t>(nodes_.size() + b);
        for (const Arc& arc : real) {
            if (arc.tail == tail_of(reversed(bans_[b].from))) {
                arcs.push_back(
                    {copy, arc.head, arc.side, arc.side == bans_[b].to ? bans_[b].banned : vehicle::none});
            }
        }
    }
    for (std::size_t b = 0; b < bans_.size(); ++b) {
        for (Arc& arc : arcs) {
            if (arc.side == bans_[b].from) {
                arc.head = static_cast<std::uint32_t>(nodes_.size() + b);
            }
        }
    }
    std::sort(arcs.begin(), arcs.end(), [](const Arc& a, const Arc& b) {
        return std::tie(a.tail, a.head, a.side) < std::tie(b.tail, b.head, b.side);
    });
    return arcs;
}

RouteNetwork HandNetwork::network() const
{
    RouteNetwork network;
    std::vector<FixedLonLat> nodes = nodes_;
    std::vector<std::uint32_t> node_of(nodes.size());
    std::iota(node_of.begin(), node_of.end(), 0U);
    for (const Ban& ban : bans_) {
        node_of.push_back(tail_of(reversed(ban.from)));
        nodes.push_back(nodes_[node_of.back()]);
    }
    const std::vector<Arc> all = arcs();
    std::vector<std::uint32_t> in_arc(all.size());
    std::iota(in_arc.begin(), in_arc.end(), 0U);
    std::stable_sort(in_arc.begin(), in_arc.end(), [&](auto a, auto b) { return all[a].head < all[b].head; });
    std::vector<std::uint32_t> head;
    std::vector<EdgeSide> side;
    std::vector<Vehicles> closed;
    for (const Arc& arc : all) {
        head.push_back(arc.head);
        side.push_back(arc.side);
        closed.push_back(arc.closed);
    }
    network.first_out = range_ends(nodes.size(), all, [](const Arc& arc) { return arc.tail; });
    network.first_in = range_ends(nodes.size(), all, [](const Arc& arc) { return arc.head; });
    network.head = head;
    network.arc_side = side;
    network.arc_closed = closed;
    network.in_arc = in_arc;
    network.node = nodes;
    network.node_of = node_of;
    network.place_nodes = static_cast<std::uint32_t>(nodes_.size());
    std::vector<RouteEdge> edges = edges_;
    edges.emplace_back();
    edges.back().shape_begin = static_cast<std::uint32_t>(shape_.size());
    edges.back().piece_begin = static_cast<std::uint32_t>(pieces_.size());
    network.edge = edges;
    network.shape = shape_;
    network.piece = pieces_;
    network.kind = kinds_;
    network.tag = tags_;
    std::vector<std::uint32_t> text_begin{0};
    std::vector<char> chars;
    for (const std::string& text : texts_) {
        chars.insert(chars.end(), text.begin(), text.end());
        text_begin.push_back(static_cast<std::uint32_t>(chars.size()));
    }
    network.text_begin = text_begin;
    network.text_chars = chars;
    find_components(network);
    return network;
}

} // namespace vigil::test
