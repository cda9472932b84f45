#pragma once

#include "kernels/route/alternatives.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil::alternatives {

/// Marks a link that leads to a seed and not over an arc; arcs are fewer than 2^31.
inline constexpr std::uint32_t root_bit = 0x80000000U;
inline constexpr bool is_root(std::uint32_t link)
{
    return (link & root_bit) != 0;
}
inline constexpr std::uint32_t seed_of(std::uint32_t link)
{
    return link & ~root_bit;
}

/// What a search knows of each node. Forgetting everything costs nothing: entries carry the number of the
/// search that wrote them.
template <typename Cost>
class Labels {
  public:
    explicit Labels(std::size_t nodes) : entry_(nodes) {}

    void clear()
    {
        if (++search_ == 0) {
            std::fill(entry_.begin(), entry_.end(), Entry{});
            search_ = 1;
        }
    }
    [[nodiscard]] bool known(std::uint32_t node) const { return entry_[node].search == search_; }
    /// Only of known nodes: what it costs to get there, and the arc or root it was reached by.
    [[nodiscard]] Cost cost(std::uint32_t node) const { return entry_[node].cost; }
    [[nodiscard]] std::uint32_t link(std::uint32_t node) const { return entry_[node].link; }

    /// Takes a cheaper label; of equal ones the first stays. True when taken.
    bool improve(std::uint32_t node, Cost cost, std::uint32_t link)
    {
        Entry& e = entry_[node];
        if (e.search == search_ && e.cost <= cost) {
            return false;
        }
        e = {cost, link, search_};
        return true;
    }

  private:
    struct Entry {
        Cost cost = 0;
        std::uint32_t link = 0;
        std::uint32_t search = 0;
    };
    std::vector<Entry> entry_;
    std::uint32_t search_ = 0;
};

/// Nodes by key, then number; a node may stand in it more than once. A heap with four below each, which
/// touches less memory than one with two.
template <typename Key>
class NodeQueue {
  public:
    struct Item {
        Key key;
        std::uint32_t node;
        bool operator<(const Item& other) const
        {
            if constexpr (sizeof(Key) == sizeof(std::uint32_t)) { // one comparison of both
                return (std::uint64_t{key} << 32U | node) < (std::uint64_t{other.key} << 32U | other.node);
            } else {
                return key != other.key ? key < other.key : node < other.node;
            }
        }
    };

    void clear() { heap_.clear(); }
    [[nodiscard]] bool empty() const { return heap_.empty(); }
    void push(Key key, std::uint32_t node)
    {
        const Item item{key, node};
        std::size_t at = heap_.size();
        heap_.push_back(item);
        for (; at > 0 && item < heap_[(at - 1) / 4]; at = (at - 1) / 4) {
            heap_[at] = heap_[(at - 1) / 4];
        }
        heap_[at] = item;
    }
    Item pop()
    {
        const Item top = heap_.front();
        const Item last = heap_.back();
        heap_.pop_back();
        if (!heap_.empty()) {
            sink(last);
        }
        return top;
    }

  private:
    /// Puts an item in the place of the first.
    void sink(const Item& item)
    {
        std::size_t at = 0;
        for (;;) {
            std::size_t least = 4 * at + 1;
            if (least >= heap_.size()) {
                break;
            }
            const std::size_t last = std::min(least + 4, heap_.size());
            for (std::size_t below = least + 1; below < last; ++below) {
                least = heap_[below] < heap_[least] ? below : least;
            }
            if (!(heap_[least] < item)) {
                break;
            }
            heap_[at] = heap_[least];
            at = least;
        }
        heap_[at] = item;
    }

    std::vector<Item> heap_;
};

/// The arcs of each node as a search in one direction meets them.
struct ArcSide {
    std::span<const std::uint32_t> first; ///< nodes + 1
    std::span<const std::uint32_t> arc;   ///< empty: [first[v], first[v + 1]) are arc numbers themselves
    std::span<const std::uint32_t> end;   ///< of each arc: where it leads

    template <typename Visit>
    void each(std::uint32_t node, Visit visit) const
    {
        for (std::uint32_t i = first[node]; i < first[node + 1]; ++i) {
            const std::uint32_t a = arc.empty() ? i : arc[i];
            visit(a, end[a]);
        }
    }
};

/// A graph from both sides.
struct Sides {
    ArcSide out, in;
    std::span<const Weight> weight;
};

/// Dijkstra's search from partial ends over one side of a graph.
///
/// bound     nothing dearer is reached; `settled(node, cost)` returns the bound from then on
/// admit     (node, cost): false keeps a node out
/// Afterwards every node known whose cost is within the last bound is settled: its cost is right.
/// returns   the last bound
template <typename Admit, typename Settled>
Weight grow(Labels<Weight>& labels, NodeQueue<Weight>& queue, const ArcSide& side,
            std::span<const Weight> weight, std::span<const PartialEnd> seeds, Weight bound, Admit admit,
            Settled settled)
{
    labels.clear();
    queue.clear();
    const auto reach = [&](std::uint32_t node, Weight cost, std::uint32_t link) {
        if (cost <= bound && admit(node, cost) && labels.improve(node, cost, link)) {
            queue.push(cost, node);
        }
    };
    for (std::uint32_t i = 0; i < seeds.size(); ++i) {
        reach(seeds[i].node, seeds[i].weight, root_bit | i);
    }
    while (!queue.empty()) {
        const auto [cost, node] = queue.pop();
        if (cost > bound) {
            break;
        }
        if (cost != labels.cost(node)) {
            continue;
        }
        bound = settled(node, cost);
        side.each(node, [&, from = cost](std::uint32_t arc, std::uint32_t end) {
            if (weight[arc] < unreachable) {
                reach(end, add(from, weight[arc]), arc);
            }
        });
    }
    return bound;
}

} // namespace vigil::alternatives
