#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil::permutation_detail {

/// Values of the first ids of some draws, laid out so that a weighted sum over the ids is taken
/// for 32 draws at a time: strip after strip of 32 draws, in each id after id. Lanes after the
/// last draw are NaN.
class DrawnValues {
  public:
    static constexpr std::size_t width = 32;

    DrawnValues() = default;
    DrawnValues(std::size_t draws, std::size_t length);

    [[nodiscard]] std::size_t draws() const { return draws_; }
    [[nodiscard]] double& at(std::size_t draw, std::size_t place)
    {
        return strips_[draw / width * length_ + place].lane[draw % width];
    }
    [[nodiscard]] double at(std::size_t draw, std::size_t place) const
    {
        return strips_[draw / width * length_ + place].lane[draw % width];
    }
    [[nodiscard]] std::size_t strips() const { return length_ == 0 ? 0 : strips_.size() / length_; }
    /// The 32 values of each of the first ids of a strip.
    [[nodiscard]] const double* strip(std::size_t s) const { return strips_[s * length_].lane; }

  private:
    struct alignas(64) Strip {
        double lane[width];
    };
    std::size_t draws_ = 0;
    std::size_t length_ = 0;
    std::vector<Strip> strips_;
};

/// A row of weights, and between what simulated sums count.
struct CountedRow {
    std::span<const double> weights;
    double lowest = 0;
    double highest = 0;
    std::uint32_t at_least = 0; ///< added to
    std::uint32_t at_most = 0;  ///< added to
};

/// For every row, counts the draws with sum_j weights[j] value[j] >= lowest, and those with <=
/// highest. Products are added in the order of j, for any processor.
void count_rows(const DrawnValues& values, std::span<CountedRow> rows);

/// The weighted sums of all draws themselves; `sums` holds a multiple of 32, NaN after the last
/// draw.
void weighted_sums(const DrawnValues& values, std::span<const double> weights, std::span<double> sums);

} // namespace vigil::permutation_detail
