#include "kernels/route/hierarchy/order_graph.h"

#include <algorithm>
#include <utility>

namespace vigil {

namespace {

constexpr int rake_rounds = 8; ///< in which only dead ends go
constexpr std::uint32_t longest_search =
    16; ///< neighbours that are looked at for an edge that is there already

/// The graph while nodes leave it. Edges are two slots, one at each end, that know of each other: taking an
/// edge out or leading it elsewhere costs the same at a hub as anywhere.
class Remainder {
  public:
    explicit Remainder(const UndirectedGraph& graph)
        : begin_(graph.begin), head_(graph.neighbour), mate_(graph.neighbour.size()), degree_(graph.nodes()),
          touched_(graph.nodes(), 0), gone_(graph.nodes(), 0)
    {
        std::vector<std::uint32_t> slot(begin_.begin(), begin_.end() - 1);
        for (std::uint32_t v = 0; v < graph.nodes(); ++v) {
            degree_[v] = begin_[v + 1] - begin_[v];
            // neighbours are ascending, so the slots of w that point to lower nodes fill in order of v
            for (std::uint32_t s = begin_[v]; s < begin_[v + 1] && head_[s] < v; ++s) {
                const std::uint32_t back = slot[head_[s]]++;
                mate_[s] = back;
                mate_[back] = s;
            }
            slot[v] = static_cast<std::uint32_t>(
                std::upper_bound(head_.begin() + begin_[v], head_.begin() + begin_[v + 1], v) -
                head_.begin());
        }
    }

    [[nodiscard]] std::uint32_t degree(std::uint32_t v) const { return degree_[v]; }
    [[nodiscard]] bool gone(std::uint32_t v) const { return gone_[v] != 0; }

    /// Takes v out unless a neighbour went in this round. Neighbours whose degree fell are added to `next`.
    bool eliminate(std::uint32_t v, std::uint32_t round, std::vector<std::uint32_t>& next)
    {
        if (touched_[v] == round) {
            return false;
        }
        std::uint32_t slots[2] = {no_index, no_index};
        std::uint32_t found = 0;
        for (std::uint32_t s = begin_[v]; found < degree_[v]; ++s) {
            if (head_[s] != no_index) {
                slots[found++] = s;
            }
        }
        gone_[v] = 1;
        if (found == 2 && !joined(head_[slots[0]], head_[slots[1]])) {
            bridge(slots[0], slots[1]);
            touched_[head_[slots[0]]] = round;
            touched_[head_[slots[1]]] = round;
            return true;
        }
        for (std::uint32_t i = 0; i < found; ++i) {
            const std::uint32_t w = head_[slots[i]];
            touched_[w] = round;
            head_[mate_[slots[i]]] = no_index;
            if (--degree_[w] <= 2) {
                next.push_back(w);
            }
        }
        return true;
    }

    /// What is left, of the nodes `kept`.
    [[nodiscard]] UndirectedGraph core(std::span<const std::uint32_t> kept) const
    {
        std::vector<std::uint32_t> index(degree_.size(), no_index);
        for (std::uint32_t i = 0; i < kept.size(); ++i) {
            index[kept[i]] = i;
        }
        UndirectedGraph result;
        result.begin.reserve(kept.size() + 1);
        for (const std::uint32_t v : kept) {
            const auto first = static_cast<std::ptrdiff_t>(result.neighbour.size());
            for (std::uint32_t s = begin_[v]; s < begin_[v + 1]; ++s) {
                if (head_[s] != no_index) {
                    result.neighbour.push_back(index[head_[s]]);
                }
            }
            std::sort(result.neighbour.begin() + first, result.neighbour.end());
            result.neighbour.erase(std::unique(result.neighbour.begin() + first, result.neighbour.end()),
                                   result.neighbour.end());
            result.begin.push_back(static_cast<std::uint32_t>(result.neighbour.size()));
        }
        return result;
    }

  private:
    /// False also when both have too many neighbours to look: a parallel edge then stays until the end.
    [[nodiscard]] bool joined(std::uint32_t a, std::uint32_t b) const
    {
        if (a == b) {
            return true;
        }
        if (begin_[a + 1] - begin_[a] > begin_[b + 1] - begin_[b]) {
            std::swap(a, b);
        }
        if (begin_[a + 1] - begin_[a] > longest_search) {
            return false;
        }
        return std::find(head_.begin() + begin_[a], head_.begin() + begin_[a + 1], b) !=
               head_.begin() + begin_[a + 1];
    }

    /// Leads the two edges of a node that goes past it.
    void bridge(std::uint32_t s, std::uint32_t t)
    {
        const std::uint32_t at_a = mate_[s];
        const std::uint32_t at_b = mate_[t];
        head_[at_a] = head_[t];
        head_[at_b] = head_[s];
        mate_[at_a] = at_b;
        mate_[at_b] = at_a;
    }

    std::vector<std::uint32_t> begin_, head_, mate_, degree_, touched_;
    std::vector<std::uint8_t> gone_;
};

} // namespace

Reduction reduce(const UndirectedGraph& graph)
{
    Remainder remainder(graph);
    Reduction result;
    std::vector<std::uint32_t> candidates, next, chains;
    for (std::uint32_t v = 0; v < graph.nodes(); ++v) {
        if (remainder.degree(v) <= 2) {
            candidates.push_back(v);
        }
    }
    for (std::uint32_t round = 1; !candidates.empty() || !chains.empty(); ++round) {
        const bool only_dead_ends = round <= rake_rounds;
        if (!only_dead_ends) {
            candidates.insert(candidates.end(), chains.begin(), chains.end());
            chains.clear();
        }
        next.clear();
        for (const std::uint32_t v : candidates) {
            if (remainder.gone(v)) {
                continue;
            }
            if (only_dead_ends && remainder.degree(v) == 2) {
                chains.push_back(v);
            } else if (remainder.eliminate(v, round, next)) {
                result.eliminated.push_back(v);
            } else {
                next.push_back(v);
            }
        }
        candidates.swap(next);
    }
    for (std::uint32_t v = 0; v < graph.nodes(); ++v) {
        if (!remainder.gone(v)) {
            result.kept.push_back(v);
        }
    }
    result.core = remainder.core(result.kept);
    return result;
}

} // namespace vigil
