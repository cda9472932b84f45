#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Who is whose neighbour, and how much each counts: one row of links per feature, one after the
/// other.
///
///     row i = links [end[i-1], end[i]),   link l says that neighbour[l] counts weight[l] for i
///
/// Rows that the kernels make hold no link to the feature itself unless they say so.
struct Weights {
    std::vector<std::size_t> end;         ///< n
    std::vector<std::uint32_t> neighbour; ///< ascending within a row
    std::vector<double> weight;           ///< one per link, or empty: all 1

    [[nodiscard]] std::size_t size() const { return end.size(); }
    [[nodiscard]] std::size_t links() const { return neighbour.size(); }
    [[nodiscard]] std::size_t begin_of(std::size_t i) const { return i == 0 ? 0 : end[i - 1]; }
    [[nodiscard]] std::span<const std::uint32_t> neighbours(std::size_t i) const
    {
        return std::span(neighbour).subspan(begin_of(i), end[i] - begin_of(i));
    }
    [[nodiscard]] double weight_of(std::size_t link) const { return weight.empty() ? 1.0 : weight[link]; }
};

} // namespace vigil
