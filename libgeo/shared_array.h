#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace vigil {

/// An array that does not change: it owns its values, or shares a mapped file that holds them. Cheap to copy.
template <typename T>
class SharedArray {
  public:
    SharedArray() = default;
    SharedArray(std::vector<T> values) // NOLINT(google-explicit-constructor): a vector is what it is made of
    {
        auto held = std::make_shared<const std::vector<T>>(std::move(values));
        view_ = *held;
        owner_ = std::move(held);
    }
    /// `owner` keeps what `view` looks at.
    SharedArray(std::span<const T> view, std::shared_ptr<const void> owner)
        : view_(view), owner_(std::move(owner))
    {
    }

    [[nodiscard]] std::size_t size() const { return view_.size(); }
    [[nodiscard]] bool empty() const { return view_.empty(); }
    [[nodiscard]] const T* data() const { return view_.data(); }
    [[nodiscard]] auto begin() const { return view_.begin(); }
    [[nodiscard]] auto end() const { return view_.end(); }
    [[nodiscard]] const T& front() const { return view_.front(); }
    [[nodiscard]] const T& back() const { return view_.back(); }
    const T& operator[](std::size_t i) const { return view_[i]; }
    [[nodiscard]] std::span<const T> span() const { return view_; }
    [[nodiscard]] std::span<const T> sub(std::size_t begin, std::size_t end) const
    {
        return view_.subspan(begin, end - begin);
    }

  private:
    std::span<const T> view_;
    std::shared_ptr<const void> owner_;
};

} // namespace vigil
