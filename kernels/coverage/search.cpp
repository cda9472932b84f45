#include "kernels/coverage/search.h"

#include "libgeo/parallel.h"

#include <bit>
#include <limits>

namespace vigil::coverage {

namespace {

constexpr std::int64_t barred = std::numeric_limits<std::int64_t>::min() / 2;
constexpr std::int64_t nothing = std::numeric_limits<std::int64_t>::min();
constexpr std::size_t blocks_per_task = 16;

} // namespace

void block_sums(const Lattice& lattice, std::size_t block, std::span<const std::int64_t> values,
                std::span<std::int64_t> sums)
{
    // a run of nodes is noted by its two ends, then each row is summed once
    std::array<std::int64_t, std::size_t{Lattice::edge} * (Lattice::edge + 1)> change{};
    const std::size_t first_node = block * Lattice::block_nodes;
    lattice.each_place_near(block, [&](std::size_t place) {
        const std::int64_t value = values[place];
        if (value != 0) {
            lattice.each_run(block, place, [&](std::size_t first, std::size_t last) {
                const std::size_t row = (first - first_node) / Lattice::edge;
                change[first - first_node + row] += value;
                change[last - first_node + row + 1] -= value;
            });
        }
    });
    for (std::size_t row = 0; row < Lattice::edge; ++row) {
        std::int64_t sum = 0;
        for (std::size_t column = 0; column < Lattice::edge; ++column) {
            sum += change[row * (Lattice::edge + 1) + column];
            sums[row * Lattice::edge + column] = sum;
        }
    }
}

Search::Search(const Demand& demand, std::span<const Lattice> lattices, std::span<const std::int64_t> costs,
               std::int64_t min_count, double stand_off_m)
    : demand_(demand), lattices_(lattices), costs_(costs), min_count_(min_count), layers_(lattices.size()),
      times_(demand.xy.size(), 0)
{
    std::size_t blocks = 0;
    for (std::size_t l = 0; l < lattices_.size(); ++l) {
        layers_[l].first_block = blocks;
        blocks += lattices_[l].blocks();
    }
    leaves_ = std::bit_ceil(std::max<std::size_t>(blocks, 1));
    best_gain_.assign(leaves_, nothing);
    best_site_.resize(leaves_);
    for (std::size_t l = 0; l < lattices_.size(); ++l) {
        Layer& layer = layers_[l];
        const std::size_t n = lattices_[l].blocks();
        layer.gain.resize(n * Lattice::block_nodes);
        layer.count.resize(n * Lattice::block_nodes);
        layer.stale.assign(n, 0);
        parallel_chunks(n, blocks_per_task, [&](std::size_t begin, std::size_t end) {
            for (std::size_t b = begin; b < end; ++b) {
                const std::size_t at = b * Lattice::block_nodes;
                block_sums(lattices_[l], b, demand_.weight,
                           std::span(layer.gain).subspan(at, Lattice::block_nodes));
                block_sums(lattices_[l], b, demand_.count,
                           std::span(layer.count).subspan(at, Lattice::block_nodes));
                bar_nodes_near_places(l, b, stand_off_m);
                find_best_of(l, b);
            }
        });
    }
    tree_.resize(2 * leaves_);
    for (std::size_t k = 0; k < leaves_; ++k) {
        tree_[leaves_ + k] = static_cast<std::uint32_t>(k);
    }
    for (std::size_t k = leaves_; k-- > 1;) {
        tree_[k] = winner(tree_[2 * k], tree_[2 * k + 1]);
    }
}

void Search::bar_nodes_near_places(std::size_t layer, std::size_t block, double stand_off_m)
{
    if (stand_off_m <= 0) {
        return;
    }
    const Lattice& lattice = lattices_[layer];
    const double limit = stand_off_m * stand_off_m;
    lattice.each_place_near(block, [&](std::size_t place) {
        const auto node = lattice.nearest(block, demand_.xy[place]);
        if (node && squared_distance_m2(lattice.centre(*node), demand_.xy[place]) <= limit) {
            layers_[layer].count[*node] = barred;
        }
    });
}

std::optional<Site> Search::best() const
{
    const std::uint32_t k = tree_[1];
    return best_gain_[k] > 0 ? std::optional(best_site_[k]) : std::nullopt;
}

std::int64_t Search::net_gain(Site site) const
{
    return gain(site) - costs_[site.lattice];
}

bool Search::allowed(Site site) const
{
    return layers_[site.lattice].count[site.node] >= 0;
}

void Search::add(Site site)
{
    lattice(site).each_covered(site.node, [this](std::size_t place) {
        if (times_[place]++ == 0) {
            change(place, -1);
        }
    });
    refresh();
}

void Search::remove(Site site)
{
    lattice(site).each_covered(site.node, [this](std::size_t place) {
        if (--times_[place] == 0) {
            change(place, 1);
        }
    });
    refresh();
}

void Search::change(std::size_t place, std::int64_t sign)
{
    const std::int64_t weight = sign * demand_.weight[place];
    const std::int64_t count = sign * demand_.count[place];
    for (std::size_t l = 0; l < lattices_.size(); ++l) {
        Layer& layer = layers_[l];
        for (const std::int32_t b : lattices_[l].blocks_around(place)) {
            if (b == Lattice::none) {
                continue;
            }
            const auto block = static_cast<std::size_t>(b);
            bool touched = false;
            lattices_[l].each_run(block, place, [&](std::size_t first, std::size_t last) {
                touched = true;
                for (std::size_t node = first; node <= last; ++node) {
                    layer.gain[node] += weight;
                    layer.count[node] += count;
                }
            });
            if (touched && layer.stale[block] == 0) {
                layer.stale[block] = 1;
                stale_.emplace_back(l, block);
            }
        }
    }
}

void Search::refresh()
{
    for (const auto& [l, block] : stale_) {
        layers_[l].stale[block] = 0;
        find_best_of(l, block);
        play(layers_[l].first_block + block);
    }
    stale_.clear();
}

void Search::find_best_of(std::size_t l, std::size_t block)
{
    const Layer& layer = layers_[l];
    std::int64_t most = nothing;
    std::size_t at = 0;
    for (std::size_t node = block * Lattice::block_nodes; node < (block + 1) * Lattice::block_nodes; ++node) {
        if (layer.gain[node] > most && layer.count[node] >= min_count_) {
            most = layer.gain[node];
            at = node;
        }
    }
    const std::size_t leaf = layer.first_block + block;
    best_gain_[leaf] = most == nothing ? nothing : most - costs_[l];
    best_site_[leaf] = {l, at};
}

void Search::play(std::size_t leaf)
{
    for (std::size_t k = (leaves_ + leaf) / 2; k >= 1; k /= 2) {
        tree_[k] = winner(tree_[2 * k], tree_[2 * k + 1]);
    }
}

std::uint32_t Search::winner(std::uint32_t a, std::uint32_t b) const
{
    return best_gain_[b] > best_gain_[a] ? b : a;
}

} // namespace vigil::coverage
