#pragma once

#include "kernels/route/alternatives/footprint.h"

namespace vigil::alternatives {

/// Ways found by making dearer what was used: the cheapest way under costs where the stretches of the ways
/// so far are multiplied by the penalty once for each, and the stretches that meet them, as far as the next
/// choice, by half of it. One per thread; keeps its memory.
///
/// Searches are guided by the true cost to the end and stay inside the field.
class Penalties {
  public:
    explicit Penalties(const Field& field);

    /// rounds    so many ways at most, some of them alike, in the order they were found
    std::vector<Way> ways(const Query& query, const Way& cheapest, double penalty, std::size_t rounds);

  private:
    using Cost = std::uint64_t;
    void penalise(const Way& way, const Query& query, double penalty);
    void penalise_adjacent(const Way& way, const Query& query, double half);
    void follow(const ArcSide& side, std::uint32_t from, std::uint32_t arc, double half);
    void multiply(std::uint32_t element, double by);
    [[nodiscard]] Cost factor(std::uint32_t element) const;
    [[nodiscard]] bool search(const Query& query, Way& way);
    [[nodiscard]] Way way_to(std::uint32_t node, std::uint32_t to_seed, const Query& query) const;

    const Field& field_;
    Labels<Cost> labels_;
    NodeQueue<Cost> queue_;
    std::vector<std::uint32_t> factor_; ///< by element, in parts of `whole`
    std::vector<std::uint32_t> round_;  ///< by element: last round that made it dearer
    std::vector<std::uint32_t> touched_;
    std::uint32_t rounds_ = 0;
};

} // namespace vigil::alternatives
