#include "kernels/route/match/order_lattice.h"

#include "libgeo/error.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <utility>

namespace vigil {

namespace {

using Mask = std::uint32_t; ///< members of a block

/// Sightings by begin. What comes before all others of a set then comes first.
std::vector<std::uint32_t> by_begin(std::span<const Sighting> sightings)
{
    for (std::size_t i = 0; i < sightings.size(); ++i) {
        require(sightings[i].order_begin <= sightings[i].order_end,
                "sighting {}: the bounds of its place in the order are no numbers or the wrong way round",
                i + 1);
    }
    std::vector<std::uint32_t> order(sightings.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return sightings[a].order_begin < sightings[b].order_begin;
    });
    return order;
}

/// Where the block that starts at `first` ends: before the first sighting that comes after all so far.
std::size_t block_end(std::span<const Sighting> sightings, std::span<const std::uint32_t> order,
                      std::size_t first)
{
    double latest = sightings[order[first]].order_end;
    std::size_t end = first + 1;
    while (end < order.size() && !(latest < sightings[order[end]].order_begin)) {
        latest = std::max(latest, sightings[order[end]].order_end);
        ++end;
    }
    return end;
}

/// Adds one block after another to a lattice.
class Weaver {
  public:
    Weaver(std::span<const Sighting> sightings, OrderLattice& lattice)
        : sightings_(sightings), lattice_(&lattice)
    {
        lattice_->first_in.push_back(0);
    }

    void add(std::span<const std::uint32_t> block)
    {
        block_ = block;
        compare();
        const Mask all = (Mask{1} << block.size()) - 1;
        node_of_.resize((std::size_t{all} + 1) * block.size());
        const bool first = lattice_->sighting.empty();
        const std::vector<std::uint32_t> ends_before = std::exchange(lattice_->ends, {});
        for (int size = 1; size <= static_cast<int>(block.size()); ++size) {
            for (Mask set = 1; set <= all; ++set) {
                if (std::popcount(set) == size && may_be_first(set)) {
                    add_set(set, ends_before);
                }
            }
        }
        for (std::uint32_t last = 0; last < block.size(); ++last) {
            if (may_be_last(all, last)) {
                lattice_->ends.push_back(node_of_[index(all, last)]);
            }
            if (first && before_[last] == 0) {
                lattice_->starts.push_back(node_of_[index(Mask{1} << last, last)]);
            }
        }
    }

  private:
    void compare()
    {
        before_.assign(block_.size(), 0);
        after_.assign(block_.size(), 0);
        for (std::size_t a = 0; a < block_.size(); ++a) {
            for (std::size_t b = 0; b < block_.size(); ++b) {
                if (sightings_[block_[a]].order_end < sightings_[block_[b]].order_begin) {
                    before_[b] |= Mask{1} << a;
                    after_[a] |= Mask{1} << b;
                }
            }
        }
    }

    /// Whether all that comes before a member is a member.
    [[nodiscard]] bool may_be_first(Mask set) const
    {
        for (std::size_t member = 0; member < block_.size(); ++member) {
            if ((set >> member & 1U) != 0 && (before_[member] & ~set) != 0) {
                return false;
            }
        }
        return true;
    }
    [[nodiscard]] bool may_be_last(Mask set, std::uint32_t member) const
    {
        return (set >> member & 1U) != 0 && (after_[member] & set) == 0;
    }
    [[nodiscard]] std::size_t index(Mask set, std::uint32_t last) const { return set * block_.size() + last; }

    void add_set(Mask set, const std::vector<std::uint32_t>& ends_before)
    {
        for (std::uint32_t last = 0; last < block_.size(); ++last) {
            if (!may_be_last(set, last)) {
                continue;
            }
            node_of_[index(set, last)] = lattice_->nodes();
            lattice_->sighting.push_back(block_[last]);
            const Mask rest = set & ~(Mask{1} << last);
            if (rest == 0) {
                lattice_->from.insert(lattice_->from.end(), ends_before.begin(), ends_before.end());
            }
            for (std::uint32_t other = 0; other < block_.size(); ++other) {
                if (may_be_last(rest, other)) {
                    lattice_->from.push_back(node_of_[index(rest, other)]);
                }
            }
            lattice_->first_in.push_back(static_cast<std::uint32_t>(lattice_->from.size()));
        }
    }

    std::span<const Sighting> sightings_;
    OrderLattice* lattice_;
    std::span<const std::uint32_t> block_;
    std::vector<Mask> before_, after_;   ///< of each member: the members that must come before, after it
    std::vector<std::uint32_t> node_of_; ///< of (set, last)
};

} // namespace

std::vector<std::uint32_t> order_blocks(std::span<const Sighting> sightings)
{
    const std::vector<std::uint32_t> order = by_begin(sightings);
    std::vector<std::uint32_t> block(sightings.size());
    std::uint32_t number = 0;
    for (std::size_t first = 0; first < order.size(); ++number) {
        const std::size_t end = block_end(sightings, order, first);
        for (; first < end; ++first) {
            block[order[first]] = number;
        }
    }
    return block;
}

std::size_t widest_disorder(std::span<const Sighting> sightings)
{
    const std::vector<std::uint32_t> order = by_begin(sightings);
    std::size_t widest = 0;
    for (std::size_t first = 0; first < order.size();) {
        const std::size_t end = block_end(sightings, order, first);
        widest = std::max(widest, end - first);
        first = end;
    }
    return widest;
}

OrderLattice order_lattice(std::span<const Sighting> sightings)
{
    require(!sightings.empty(), "no sightings to put in order");
    const std::vector<std::uint32_t> order = by_begin(sightings);
    OrderLattice lattice;
    Weaver weaver(sightings, lattice);
    for (std::size_t first = 0; first < order.size();) {
        const std::size_t end = block_end(sightings, order, first);
        if (end - first > most_in_any_order) {
            fail(ExitCode::limit, "{} sightings are in no known order, more than {}; say which came first",
                 end - first, most_in_any_order);
        }
        require(lattice.from.size() < std::numeric_limits<std::uint32_t>::max() / 2,
                "the sightings may have happened in too many orders; say which came first");
        weaver.add(std::span(order).subspan(first, end - first));
        first = end;
    }
    return lattice;
}

} // namespace vigil
