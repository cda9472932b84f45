#include "kernels/route/hierarchy/order_leaf.h"

#include <algorithm>
#include <array>
#include <bit>

namespace vigil {

namespace {

constexpr std::size_t words = 4;

/// A set of nodes: first those of the part, then those around it.
struct NodeSet {
    std::array<std::uint64_t, words> bits{};

    void insert(std::size_t i) { bits[i / 64] |= std::uint64_t{1} << (i % 64); }
    void erase(std::size_t i) { bits[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
    void join(const NodeSet& other)
    {
        for (std::size_t w = 0; w < words; ++w) {
            bits[w] |= other.bits[w];
        }
    }
    [[nodiscard]] int size() const
    {
        int count = 0;
        for (const std::uint64_t w : bits) {
            count += std::popcount(w);
        }
        return count;
    }
};

static_assert(largest_leaf <= 64, "the nodes of the part are the bits of the first word");

/// Separator nodes around a part, ascending; no more than there is room for: the rest is not counted.
std::vector<std::uint32_t> halo_of(const UndirectedGraph& graph, std::span<const std::uint32_t> part,
                                   std::span<const std::uint32_t> rank)
{
    std::vector<std::uint32_t> halo;
    for (const std::uint32_t v : part) {
        for (const std::uint32_t w : graph.of(v)) {
            if (rank[w] != no_index) {
                halo.push_back(w);
            }
        }
    }
    std::sort(halo.begin(), halo.end());
    halo.erase(std::unique(halo.begin(), halo.end()), halo.end());
    halo.resize(std::min(halo.size(), 64 * (words - 1)));
    return halo;
}

} // namespace

void order_leaf(const UndirectedGraph& graph, std::span<const std::uint32_t> part, std::uint32_t first_rank,
                std::span<std::uint32_t> rank)
{
    const std::vector<std::uint32_t> halo = halo_of(graph, part, rank);
    std::array<NodeSet, largest_leaf> near;
    for (std::size_t i = 0; i < part.size(); ++i) {
        for (const std::uint32_t w : graph.of(part[i])) {
            if (rank[w] == no_index) {
                near[i].insert(
                    static_cast<std::size_t>(std::find(part.begin(), part.end(), w) - part.begin()));
            } else if (const auto at = std::lower_bound(halo.begin(), halo.end(), w);
                       at != halo.end() && *at == w) {
                near[i].insert(64 + static_cast<std::size_t>(at - halo.begin()));
            }
        }
    }
    std::array<int, largest_leaf> degree{};
    for (std::size_t i = 0; i < part.size(); ++i) {
        degree[i] = near[i].size();
    }
    constexpr int done = 1 << 20;
    for (std::size_t k = 0; k < part.size(); ++k) {
        const auto* const least =
            std::min_element(degree.begin(), degree.begin() + static_cast<std::ptrdiff_t>(part.size()));
        const auto v = static_cast<std::size_t>(least - degree.begin());
        degree[v] = done;
        rank[part[v]] = first_rank + static_cast<std::uint32_t>(k);
        for (std::uint64_t left = near[v].bits[0]; left != 0; left &= left - 1) {
            const auto w = static_cast<std::size_t>(std::countr_zero(left));
            near[w].join(near[v]);
            near[w].erase(v);
            near[w].erase(w);
            degree[w] = near[w].size();
        }
    }
}

} // namespace vigil
