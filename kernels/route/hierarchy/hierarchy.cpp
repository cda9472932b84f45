#include "kernels/route/hierarchy/hierarchy.h"

#include "libgeo/error.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace vigil {

namespace {

/// Lists of one number each, end to end: those of k are item[begin[k] .. begin[k + 1]).
struct Lists {
    std::vector<std::uint32_t> begin, item;
};

/// Sorts 0 .. keys - 1 by key, keeping their order within one.
template <typename Key>
Lists by_key(std::size_t lists, std::size_t items, Key key)
{
    Lists sorted;
    sorted.begin.assign(lists + 1, 0);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < items; ++i) {
        if (const std::uint32_t k = key(i); k != no_index) {
            ++sorted.begin[k + 1];
            ++kept;
        }
    }
    std::partial_sum(sorted.begin.begin(), sorted.begin.end(), sorted.begin.begin());
    sorted.item.resize(kept);
    std::vector<std::uint32_t> next(sorted.begin.begin(), sorted.begin.end() - 1);
    for (std::size_t i = 0; i < items; ++i) {
        if (const std::uint32_t k = key(i); k != no_index) {
            sorted.item[next[k]++] = static_cast<std::uint32_t>(i);
        }
    }
    return sorted;
}

std::vector<std::uint32_t> tails_of(GraphView graph)
{
    std::vector<std::uint32_t> tail(graph.arcs());
    for (std::uint32_t v = 0; v < graph.nodes(); ++v) {
        std::fill(tail.begin() + graph.first_out[v], tail.begin() + graph.first_out[v + 1], v);
    }
    return tail;
}

void require_permutation(std::span<const std::uint32_t> rank, std::uint32_t nodes)
{
    require(rank.size() == nodes, "the order has {} ranks for {} nodes", rank.size(), nodes);
    std::vector<char> seen(nodes, 0);
    for (const std::uint32_t r : rank) {
        require(r < nodes && seen[r] == 0, "the order is no permutation: rank {} is out of range or repeated",
                r);
        seen[r] = 1;
    }
}

/// The elimination tree, by the given ranks: each lower neighbour's root so far gets the node as its parent.
/// Roots are found over `above`, which is shortened on the way.
std::vector<std::uint32_t> elimination_tree(GraphView graph, std::span<const std::uint32_t> tail,
                                            std::span<const std::uint32_t> rank)
{
    const std::uint32_t n = graph.nodes();
    const auto lower = [&](std::size_t a) {
        return std::min(rank[tail[a]], rank[graph.head[a]]);
    };
    const auto higher = [&](std::size_t a) {
        return std::max(rank[tail[a]], rank[graph.head[a]]);
    };
    const Lists arcs = by_key(n, graph.arcs(), higher);
    std::vector<std::uint32_t> parent(n, no_index), above(n, no_index);
    for (std::uint32_t v = 0; v < n; ++v) {
        for (std::uint32_t k = arcs.begin[v]; k < arcs.begin[v + 1]; ++k) {
            std::uint32_t u = lower(arcs.item[k]);
            while (u != v && u != no_index) {
                const std::uint32_t next = above[u];
                above[u] = v;
                if (next == no_index) {
                    parent[u] = v;
                }
                u = next;
            }
        }
    }
    return parent;
}

/// The sizes of the subtrees; children have lower numbers than their parents.
std::vector<std::uint32_t> subtree_sizes(std::span<const std::uint32_t> parent)
{
    std::vector<std::uint32_t> size(parent.size(), 1);
    for (std::size_t v = 0; v < parent.size(); ++v) {
        if (parent[v] != no_index) {
            size[parent[v]] += size[v];
        }
    }
    return size;
}

/// Renumbers the tree so that subtrees are in one piece and the largest child comes just before its parent.
std::vector<std::uint32_t> postorder(std::span<const std::uint32_t> parent)
{
    const auto n = static_cast<std::uint32_t>(parent.size());
    const std::vector<std::uint32_t> size = subtree_sizes(parent);
    Lists child = by_key(n, n, [&](std::size_t v) { return parent[v]; });
    std::vector<std::uint32_t> number(n);
    // From the root down: a node's last number is known, so are those of its children, largest first.
    std::vector<std::uint32_t> last(n);
    std::uint32_t next_root = n;
    for (std::uint32_t v = n; v-- > 0;) {
        if (parent[v] == no_index) {
            last[v] = next_root;
            next_root -= size[v];
        }
        number[v] = last[v] - 1;
        const auto begin = child.item.begin() + child.begin[v];
        const auto end = child.item.begin() + child.begin[v + 1];
        std::sort(begin, end, [&](std::uint32_t a, std::uint32_t b) {
            return size[a] != size[b] ? size[a] > size[b] : a < b;
        });
        std::uint32_t free = number[v];
        for (auto c = begin; c != end; ++c) {
            last[*c] = free;
            free -= size[*c];
        }
    }
    return number;
}

/// Numbers the arcs by lower end; within one by head, those that go up first, and number.
void sort_arcs(Hierarchy& h, GraphView graph, std::span<const std::uint32_t> tail)
{
    Lists arcs = by_key(h.nodes(), graph.arcs(), [&](std::size_t a) {
        const std::uint32_t from = h.rank[tail[a]], to = h.rank[graph.head[a]];
        return from == to ? no_index : std::min(from, to);
    });
    h.arc_begin = std::move(arcs.begin);
    h.arc = std::move(arcs.item);
    h.arc_edge.resize(h.arc.size());
    const auto key = [&](std::uint32_t a) {
        const std::uint32_t from = h.rank[tail[a]], to = h.rank[graph.head[a]];
        return std::uint64_t{2} * std::max(from, to) + (from > to ? 1 : 0);
    };
    for (std::uint32_t v = 0; v < h.nodes(); ++v) {
        std::sort(
            h.arc.begin() + h.arc_begin[v], h.arc.begin() + h.arc_begin[v + 1],
            [&](std::uint32_t a, std::uint32_t b) { return key(a) != key(b) ? key(a) < key(b) : a < b; });
    }
}

/// Joins the higher neighbours of the nodes, lowest first: those of v are the ends of its arcs and what its
/// children have besides v.
class Elimination {
  public:
    Elimination(Hierarchy& hierarchy, GraphView graph, std::span<const std::uint32_t> tail)
        : h_(hierarchy), graph_(graph), tail_(tail), seen_(h_.nodes(), no_index),
          first_child_(h_.nodes(), no_index), sibling_(h_.nodes(), no_index)
    {
    }

    void run()
    {
        const std::uint32_t n = h_.nodes();
        h_.up_begin.assign(1, 0);
        h_.up_begin.reserve(n + std::size_t{1});
        h_.up_head.reserve(h_.arc.size());
        h_.parent.assign(n, no_index);
        for (std::uint32_t v = 0; v < n; ++v) {
            join(v);
            require_room();
            h_.up_begin.push_back(h_.edges());
            if (const std::uint32_t begin = h_.up_begin[v]; begin < h_.up_begin[v + 1]) {
                const std::uint32_t p = h_.up_head[begin];
                h_.parent[v] = p;
                sibling_[v] = first_child_[p];
                first_child_[p] = v;
            }
        }
    }

  private:
    void join(std::uint32_t v)
    {
        // The longest list is sorted already: what the others add is sorted and merged in.
        const std::uint32_t longest = longest_child(v);
        inherited_.clear();
        added_.clear();
        if (longest != no_index) {
            inherited_.assign(h_.up_head.begin() + h_.up_begin[longest] + 1,
                              h_.up_head.begin() + h_.up_begin[longest + 1]);
            for (const std::uint32_t w : inherited_) {
                seen_[w] = v;
            }
        }
        for (std::uint32_t c = first_child_[v]; c != no_index; c = sibling_[c]) {
            for (std::uint32_t e = h_.up_begin[c] + 1; c != longest && e < h_.up_begin[c + 1]; ++e) {
                add(v, h_.up_head[e]);
            }
        }
        for (std::uint32_t k = h_.arc_begin[v]; k < h_.arc_begin[v + 1]; ++k) {
            const std::uint32_t a = h_.arc[k];
            add(v, std::max(h_.rank[tail_[a]], h_.rank[graph_.head[a]]));
        }
        std::sort(added_.begin(), added_.end());
        const std::size_t begin = h_.up_head.size();
        h_.up_head.resize(begin + inherited_.size() + added_.size());
        std::merge(inherited_.begin(), inherited_.end(), added_.begin(), added_.end(),
                   h_.up_head.begin() + static_cast<std::ptrdiff_t>(begin));
    }

    void add(std::uint32_t v, std::uint32_t w)
    {
        if (seen_[w] != v) {
            seen_[w] = v;
            added_.push_back(w);
        }
    }

    [[nodiscard]] std::uint32_t longest_child(std::uint32_t v) const
    {
        std::uint32_t longest = no_index, most = 0;
        for (std::uint32_t c = first_child_[v]; c != no_index; c = sibling_[c]) {
            if (const std::uint32_t length = h_.up_begin[c + 1] - h_.up_begin[c]; length > most) {
                most = length;
                longest = c;
            }
        }
        return longest;
    }

    void require_room() const
    {
        // Twice the number of an edge, plus its direction, is a number too.
        if (h_.up_head.size() >= no_index / 2) {
            fail(ExitCode::limit, "the elimination order makes more than {} shortcuts; use a better one",
                 no_index / 2);
        }
    }

    Hierarchy& h_;
    GraphView graph_;
    std::span<const std::uint32_t> tail_;
    std::vector<std::uint32_t> seen_; ///< the last node whose list this is in
    std::vector<std::uint32_t> first_child_, sibling_;
    std::vector<std::uint32_t> inherited_, added_;
};

void number_arc_edges(Hierarchy& h, GraphView graph, std::span<const std::uint32_t> tail)
{
    for (std::uint32_t v = 0; v < h.nodes(); ++v) {
        std::uint32_t e = h.up_begin[v];
        for (std::uint32_t k = h.arc_begin[v]; k < h.arc_begin[v + 1]; ++k) {
            const std::uint32_t from = h.rank[tail[h.arc[k]]], to = h.rank[graph.head[h.arc[k]]];
            while (h.up_head[e] != std::max(from, to)) {
                ++e; // arcs and edges are both by head
            }
            h.arc_edge[k] = 2 * e + (from > to ? 1 : 0);
        }
    }
}

/// The downward view, and for triangles the third side of every edge and the next.
void look_down(Hierarchy& h)
{
    const std::uint32_t n = h.nodes(), m = h.edges();
    h.up_tail.resize(m);
    for (std::uint32_t v = 0; v < n; ++v) {
        std::fill(h.up_tail.begin() + h.up_begin[v], h.up_tail.begin() + h.up_begin[v + 1], v);
    }
    Lists down = by_key(n, m, [&](std::size_t e) { return h.up_head[e]; });
    h.down_begin = std::move(down.begin);
    h.down_edge = std::move(down.item);
    h.down_tail.resize(m);
    h.third.assign(m, no_index);
    std::vector<std::uint32_t> edge_to(n); // from the node in hand
    for (std::uint32_t v = 0; v < n; ++v) {
        for (std::uint32_t e = h.up_begin[v]; e < h.up_begin[v + 1]; ++e) {
            edge_to[h.up_head[e]] = e;
        }
        for (std::uint32_t k = h.down_begin[v]; k < h.down_begin[v + 1]; ++k) {
            const std::uint32_t e = h.down_edge[k];
            h.down_tail[k] = h.up_tail[e];
            if (e + 1 < h.up_begin[h.down_tail[k] + 1]) {
                h.third[e] = edge_to[h.up_head[e + 1]];
            }
        }
    }
}

/// Shares the tree out into subtrees of bounded size and chains above them.
void share_out(Hierarchy& h)
{
    const std::uint32_t n = h.nodes();
    const std::uint32_t most = std::max(n / 256, 256U);
    const std::vector<std::uint32_t> size = subtree_sizes(h.parent);
    const auto is_top = [&](std::uint32_t v) {
        return size[v] > most;
    };
    std::vector<std::uint32_t> top_children(n, 0), level(n, 0);
    std::vector<RankRange> chain;
    std::vector<std::uint32_t> chain_level;
    for (std::uint32_t v = 0; v < n; ++v) {
        const std::uint32_t p = h.parent[v];
        if (!is_top(v)) {
            if (p == no_index || is_top(p)) {
                h.subtree.push_back({v + 1 - size[v], v + 1});
            }
            continue;
        }
        // The only child above the subtrees stands just before its parent, being the largest.
        if (top_children[v] == 1) {
            assert(!chain.empty() && chain.back().end == v);
            chain.back().end = v + 1;
        } else {
            chain.push_back({v, v + 1});
            chain_level.push_back(level[v]);
        }
        if (p != no_index) {
            ++top_children[p];
            level[p] = std::max(level[p], chain_level.back() + 1);
        }
    }
    const std::uint32_t levels =
        chain.empty() ? 0 : *std::max_element(chain_level.begin(), chain_level.end()) + 1;
    const Lists by_level = by_key(levels, chain.size(), [&](std::size_t c) { return chain_level[c]; });
    h.chain_level_begin = by_level.begin;
    for (const std::uint32_t c : by_level.item) {
        h.chain.push_back(chain[c]);
    }
}

} // namespace

Hierarchy::Hierarchy(GraphView graph, std::span<const std::uint32_t> given_rank) : arcs_(graph.arcs())
{
    const std::uint32_t n = graph.nodes();
    require_permutation(given_rank, n);
    require(graph.arcs() < no_index / 2, "{} arcs are too many to number", graph.arcs());
    const std::vector<std::uint32_t> tail = tails_of(graph);
    const std::vector<std::uint32_t> number = postorder(elimination_tree(graph, tail, given_rank));
    rank.resize(n);
    node.resize(n);
    for (std::uint32_t v = 0; v < n; ++v) {
        rank[v] = number[given_rank[v]];
        node[rank[v]] = v;
    }
    sort_arcs(*this, graph, tail);
    Elimination(*this, graph, tail).run();
    number_arc_edges(*this, graph, tail);
    look_down(*this);
    share_out(*this);
}

} // namespace vigil
