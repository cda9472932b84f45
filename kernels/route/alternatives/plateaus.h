#pragma once

#include "kernels/route/alternatives/footprint.h"

namespace vigil::alternatives {

/// Ways along plateaus: chains of arcs where, at each node between two of them, the cheapest way from the
/// start comes by the one and the cheapest way to the end goes by the other. Every arc is on one chain; the
/// way is the cheapest from the start to the chain, the chain, and the cheapest from there to the end.
/// Chains do not depend on how finely roads are cut. Ends of the query that are on no cheapest way are
/// chains too.
///
/// shared    ways that share more cost than this with the cheapest way are left out
/// most      so many are made, those of lowest 2 * cost + cost shared with the cheapest way - cost of chain;
///           ties: lowest first arc
/// cost      O(m log m) in the field
/// source    Abraham, Delling, Goldberg & Werneck (2013), section 5
class Plateaus {
  public:
    explicit Plateaus(const Field& field)
        : field_(field), shared_out_(field.graph().graph.nodes()), shared_home_(field.graph().graph.nodes())
    {
    }
    std::vector<Way> ways(const Query& query, const Footprint& cheapest, Weight shared, std::size_t most);

  private:
    struct Chain {
        std::uint64_t key = 0;
        std::uint32_t first = 0; ///< arc
    };
    void share(const Query& query, const Footprint& cheapest);
    void add_chain(std::uint32_t first, const Footprint& cheapest, Weight most_shared);
    void add_ends(std::vector<Way>& ways, const Query& query) const;
    [[nodiscard]] Way way_over(std::uint32_t arc) const;

    const Field& field_;
    std::vector<Weight> shared_out_, shared_home_; ///< with the cheapest, on the trees; of nodes inside
    std::vector<Chain> chains_;
};

} // namespace vigil::alternatives
