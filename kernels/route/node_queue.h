#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace vigil {

/// Nodes by key, then number; a node may stand in it more than once. A heap with four below each, which
/// touches less memory than one with two.
template <typename Key>
class NodeQueue {
  public:
    struct Item {
        Key key;
        std::uint32_t node;
        bool operator<(const Item& other) const
        {
            if constexpr (sizeof(Key) == sizeof(std::uint32_t)) { // one comparison of both
                return (std::uint64_t{key} << 32U | node) < (std::uint64_t{other.key} << 32U | other.node);
            } else {
                return key != other.key ? key < other.key : node < other.node;
            }
        }
    };

    void clear() { heap_.clear(); }
    [[nodiscard]] bool empty() const { return heap_.empty(); }
    void push(Key key, std::uint32_t node)
    {
        heap_.push_back({key, node});
        rise(heap_.size() - 1, {key, node});
    }
    /// Takes out the first. The hole sinks to the bottom, then the last item rises from there: it came from
    /// the bottom, so it seldom rises far, and sinking needs no look at it.
    Item pop()
    {
        const Item top = heap_.front();
        const Item last = heap_.back();
        heap_.pop_back();
        if (!heap_.empty()) {
            rise(sunken_hole(), last);
        }
        return top;
    }

  private:
    static constexpr std::size_t arity = 4;

    void rise(std::size_t i, const Item& item)
    {
        for (; i > 0 && item < heap_[(i - 1) / arity]; i = (i - 1) / arity) {
            heap_[i] = heap_[(i - 1) / arity];
        }
        heap_[i] = item;
    }

    /// Moves the least below each hole up, from the top to the bottom.
    std::size_t sunken_hole()
    {
        Item* const heap = heap_.data();
        const std::size_t size = heap_.size();
        std::size_t i = 0;
        while (arity * i + arity < size) {
            const std::size_t c = arity * i + 1;
            const std::size_t a = c + static_cast<std::size_t>(heap[c + 1] < heap[c]);
            const std::size_t b = c + 2 + static_cast<std::size_t>(heap[c + 3] < heap[c + 2]);
            const std::size_t least = heap[b] < heap[a] ? b : a;
            heap[i] = heap[least];
            i = least;
        }
        if (arity * i + 1 < size) {
            const auto least =
                static_cast<std::size_t>(std::min_element(heap + arity * i + 1, heap + size) - heap);
            heap[i] = heap[least];
            i = least;
        }
        return i;
    }

    std::vector<Item> heap_;
};

} // namespace vigil
