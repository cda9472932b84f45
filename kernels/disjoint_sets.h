#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace vigil {

/// Sets that merge (union-find). The smallest member stands for its set, whatever the order of merging.
class DisjointSets {
  public:
    explicit DisjointSets(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), 0U); }

    std::uint32_t find(std::uint32_t i)
    {
        while (parent_[i] != i) {
            parent_[i] = parent_[parent_[i]];
            i = parent_[i];
        }
        return i;
    }
    void merge(std::uint32_t a, std::uint32_t b)
    {
        a = find(a);
        b = find(b);
        if (a > b) {
            std::swap(a, b);
        }
        parent_[b] = a;
    }

  private:
    std::vector<std::uint32_t> parent_;
};

} // namespace vigil
