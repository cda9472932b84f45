#pragma once

#include "kernels/coverage/demand.h"
#include "kernels/coverage/lattice.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vigil::coverage {

/// A candidate circle: a node of one of the lattices.
struct Site {
    std::size_t lattice = 0;
    std::size_t node = 0;
    bool operator==(const Site&) const = default;
};

/// What each node of `block` covers of `values` (one per place): 256 sums.
void block_sums(const Lattice& lattice, std::size_t block, std::span<const std::int64_t> values,
                std::span<std::int64_t> sums);

/// A set of chosen circles, and what every candidate would add to it.
class Search {
  public:
    /// costs      of a circle of each lattice, in scaled weight
    Search(const Demand& demand, std::span<const Lattice> lattices, std::span<const std::int64_t> costs,
           std::int64_t min_count, double stand_off_m);

    /// The candidate that adds most, if any adds more than its cost and enough incidents.
    [[nodiscard]] std::optional<Site> best() const;
    /// What a candidate adds, less its cost; it need not be allowed.
    [[nodiscard]] std::int64_t net_gain(Site site) const;
    [[nodiscard]] std::int64_t gain(Site site) const { return layers_[site.lattice].gain[site.node]; }
    [[nodiscard]] std::int64_t gain_count(Site site) const { return layers_[site.lattice].count[site.node]; }
    [[nodiscard]] bool allowed(Site site) const;

    void add(Site site);
    void remove(Site site);

    [[nodiscard]] const Lattice& lattice(Site site) const { return lattices_[site.lattice]; }
    /// How many chosen circles cover a place.
    [[nodiscard]] int times_covered(std::size_t place) const { return times_[place]; }
    [[nodiscard]] std::span<const std::int64_t> gains(std::size_t lattice) const
    {
        return layers_[lattice].gain;
    }

  private:
    struct Layer {
        std::vector<std::int64_t> gain;  ///< per node, weight not yet covered
        std::vector<std::int64_t> count; ///< per node, incidents not yet covered; far below 0 when barred
        std::vector<char> stale;         ///< per block, its best has to be found again
        std::size_t first_block = 0;     ///< in the tournament
    };
    void bar_nodes_near_places(std::size_t layer, std::size_t block, double stand_off_m);
    void change(std::size_t place, std::int64_t sign);
    void refresh();
    void find_best_of(std::size_t layer, std::size_t block);
    void play(std::size_t leaf);
    [[nodiscard]] std::uint32_t winner(std::uint32_t a, std::uint32_t b) const;

    const Demand& demand_;
    std::span<const Lattice> lattices_;
    std::span<const std::int64_t> costs_;
    std::int64_t min_count_;
    std::vector<Layer> layers_;
    std::vector<int> times_;
    std::vector<std::pair<std::size_t, std::size_t>> stale_; ///< (lattice, block)

    // a tournament of blocks: leaf k holds the best net gain of block k, each parent the winner of two
    std::vector<std::int64_t> best_gain_;
    std::vector<Site> best_site_;
    std::vector<std::uint32_t> tree_;
    std::size_t leaves_ = 1;
};

} // namespace vigil::coverage
