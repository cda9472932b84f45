#include "kernels/coverage/bound.h"

#include "libgeo/parallel.h"

#include <algorithm>
#include <functional>
#include <limits>

namespace vigil::coverage {

namespace {

constexpr std::size_t blocks_per_task = 16;
constexpr std::size_t places_per_task = 256;
/// Sums of up to 10^6 doubles are off by less than this part of them.
constexpr double rounding = 1e-10;

} // namespace

Bound::Bound(const Demand& demand, std::span<const Lattice> lattices, std::span<const std::int64_t> costs,
             std::size_t n)
    : demand_(demand), lattices_(lattices), costs_(costs), best_(n, std::numeric_limits<double>::infinity())
{
    for (const std::int64_t weight : demand.weight) {
        total_ += static_cast<double>(weight);
    }
    for (const Lattice& lattice : lattices_) {
        sums_.emplace_back(lattice.blocks() * Lattice::block_nodes);
    }
    head_.resize(lattices_.size());
    tail_.resize(lattices_.size());
}

void Bound::sum_prices(std::span<const std::int64_t> prices)
{
    for (std::size_t l = 0; l < lattices_.size(); ++l) {
        parallel_chunks(lattices_[l].blocks(), blocks_per_task, [&](std::size_t begin, std::size_t end) {
            for (std::size_t b = begin; b < end; ++b) {
                block_sums(lattices_[l], b, prices,
                           std::span(sums_[l]).subspan(b * Lattice::block_nodes, Lattice::block_nodes));
            }
        });
    }
}

void Bound::try_prices(std::span<const std::int64_t> prices)
{
    sum_prices(prices);
    double bound = 0;
    for (std::size_t i = 0; i < prices.size(); ++i) {
        bound += static_cast<double>(demand_.weight[i] - prices[i]);
    }
    std::vector<std::int64_t> worth;
    for (std::size_t l = 0; l < lattices_.size(); ++l) {
        for (const std::int64_t sum : sums_[l]) {
            if (sum > costs_[l]) {
                worth.push_back(sum - costs_[l]);
            }
        }
    }
    const std::size_t n = best_.size();
    if (worth.size() > n) {
        std::nth_element(worth.begin(), worth.begin() + static_cast<std::ptrdiff_t>(n), worth.end(),
                         std::greater<>());
        worth.resize(n);
    }
    std::sort(worth.begin(), worth.end(), std::greater<>());
    for (std::size_t k = 0; k < n; ++k) {
        bound += k < worth.size() ? static_cast<double>(worth[k]) : 0;
        best_[k] = std::min(best_[k], bound);
    }
}

void Bound::try_prefixes(std::span<const Site> chosen)
{
    std::vector<std::int64_t> prices = demand_.weight;
    std::size_t next = 0;
    for (std::size_t t = 0; t <= chosen.size(); ++t) {
        if (t == next || t == chosen.size()) {
            try_prices(prices);
            next = t + std::max<std::size_t>(1, t / 2); // 0 1 2 3 4 6 9 13 19 28 ...
        }
        if (t < chosen.size()) {
            lattices_[chosen[t].lattice].each_covered(chosen[t].node,
                                                      [&](std::size_t place) { prices[place] = 0; });
        }
    }
}

void Bound::try_cap(double cap, int rounds)
{
    const std::size_t places = demand_.xy.size();
    std::vector<std::int64_t> prices = demand_.weight;
    std::vector<double> price(prices.begin(), prices.end());
    for (int round = 0; round < rounds; ++round) {
        sum_prices(prices);
        find_largest();
        parallel_chunks(places, places_per_task, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) {
                price[i] = std::min(static_cast<double>(demand_.weight[i]), price[i] * room(i, cap));
                prices[i] = static_cast<std::int64_t>(price[i]);
            }
        });
    }
    try_prices(prices);
}

void Bound::find_largest()
{
    for (std::size_t l = 0; l < lattices_.size(); ++l) {
        const std::vector<std::int64_t>& sums = sums_[l];
        head_[l].resize(sums.size());
        tail_[l].resize(sums.size());
        parallel_chunks(sums.size(), 64 * Lattice::edge, [&](std::size_t begin, std::size_t end) {
            for (std::size_t k = begin; k < end; ++k) {
                head_[l][k] = k % Lattice::edge == 0 ? sums[k] : std::max(sums[k], head_[l][k - 1]);
            }
            for (std::size_t k = end; k-- > begin;) {
                tail_[l][k] = (k + 1) % Lattice::edge == 0 ? sums[k] : std::max(sums[k], tail_[l][k + 1]);
            }
        });
    }
}

/// The dearest circle of a lattice over the place.
std::int64_t Bound::largest(std::size_t l, std::size_t place) const
{
    std::int64_t most = 0;
    for (const std::int32_t block : lattices_[l].blocks_around(place)) {
        if (block == Lattice::none) {
            continue;
        }
        lattices_[l].each_run(static_cast<std::size_t>(block), place,
                              [&](std::size_t first, std::size_t last) {
                                  if (first % Lattice::edge == 0) {
                                      most = std::max(most, head_[l][last]);
                                  } else if ((last + 1) % Lattice::edge == 0) {
                                      most = std::max(most, tail_[l][first]);
                                  } else {
                                      for (std::size_t node = first; node <= last; ++node) {
                                          most = std::max(most, sums_[l][node]);
                                      }
                                  }
                              });
    }
    return most;
}

/// The least ratio of what a circle over the place may cost to what it does cost.
double Bound::room(std::size_t place, double cap) const
{
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t l = 0; l < lattices_.size(); ++l) {
        const std::int64_t most = largest(l, place);
        if (most > 0) {
            least = std::min(least, (cap + static_cast<double>(costs_[l])) / static_cast<double>(most));
        }
    }
    return least;
}

void Bound::tighten(std::span<const double> values, int rounds)
{
    constexpr double part = 0.5; // of the mean worth: about what the last of k circles adds
    for (std::size_t k = values.size(); k > 0 && rounds > 0; k /= 4) {
        try_cap(part * values[k - 1] * demand_.scale / static_cast<double>(k), rounds);
    }
}

std::vector<double> Bound::at_most() const
{
    std::vector<double> bounds(best_);
    for (std::size_t k = bounds.size(); k-- > 1;) {
        bounds[k - 1] = std::min(bounds[k - 1], bounds[k]); // fewer circles are never worth more
    }
    for (double& bound : bounds) {
        bound = std::min(total_, bound * (1 + rounding)) / demand_.scale;
    }
    return bounds;
}

} // namespace vigil::coverage
