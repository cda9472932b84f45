#pragma once

#include "kernels/route/hierarchy/hierarchy.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Costs between a few starts and a few ends that change with every question, as between the places where
/// somebody may have been at one sighting and at the next. Keeps its memory; one per thread.
///
/// Starts that are near each other share most of their ancestors in the elimination tree, so all of them
/// climb it together, in vector lanes; so do the ends; and every way meets at a common ancestor. A
/// DistanceTargets pays for ends that are asked for many times; this for those that are asked for once.
///
/// cost     O(edges at the ancestors * lanes) and O(common ancestors * starts * ends); 8 bytes a node
/// source   Dibbelt, Strasser & Wagner (2016), as in Hierarchy
class SmallTable {
  public:
    /// The metric must outlive this; it may get other weights between two questions.
    explicit SmallTable(const CustomisedHierarchy& metric);

    /// table   starts * ends: table[i * ends.size() + j] is the cost of the cheapest way, both seeds' weights
    ///         included, or `unreachable`
    void run(std::span<const std::vector<Seed>> starts, std::span<const std::vector<Seed>> ends,
             std::span<Weight> table);

  private:
    /// The ancestors of one side, lowest first, and what it costs to get from or to each of them.
    struct Climb {
        std::vector<std::uint32_t> node;  ///< ranks
        std::vector<std::uint32_t> place; ///< where a rank stands among them; no_index if it does not
        std::vector<Weight> lane;         ///< of each place: one weight for each start or end, up to `width`
        std::size_t width = 0;
    };
    template <std::uint32_t side>
    void climb_from(std::span<const std::vector<Seed>> seeds, Climb& climb);
    void meet(std::size_t starts, std::size_t ends, std::span<Weight> table) const;
    static void forget(Climb& climb);

    const CustomisedHierarchy* metric_ = nullptr;
    Climb up_, down_;
};

} // namespace vigil
