#pragma once

#include "kernels/kernel_shape.h"
#include "libgeo/grid.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// What the moments way of space_time_density() is made of; used by kernels/density/space_time*.cpp only.
namespace vigil::space_time_detail {

/// Incidents of one place that enter (or leave: all numbers negative) the sums.
struct Change {
    double x = 0;                    ///< metres east of the grid's corner
    double y = 0;                    ///< metres south of it
    double incidents = 0;            ///< entering less leaving
    std::array<double, 5> moments{}; ///< sum of w tau^m
};

/// For each cell: how many incidents are in reach, and for each m
///
///     M_m = sum_i w_i tau_i^m K2(|c - p_i|) / K2(0)
///
/// Changes are swept along rows like density(), all moments at once, with the same test of reach. The counts
/// are whole numbers, so they are exact however many have come and gone.
class MomentRasters {
  public:
    MomentRasters(const Grid& grid, KernelShape shape, double bandwidth_m, int moments);

    void clear();

    /// changes  in order of y; what is equal in y in a canonical order
    /// cost     O(changes rows touched + cells near them)
    void add(std::span<const Change> changes);

    [[nodiscard]] std::int32_t incidents(std::size_t cell) const { return counts_[cell]; }

    /// sum_m factors[m] M_m
    [[nodiscard]] double combined(std::size_t cell, const std::array<double, 5>& factors) const
    {
        double sum = 0;
        for (std::size_t m = 0; m < moments_; ++m) {
            sum += factors[m] * values_[cell * moments_ + m];
        }
        return sum;
    }

  private:
    template <std::size_t power, std::size_t moments>
    void add_as(std::span<const Change> changes);
    template <std::size_t power>
    void add_as(std::span<const Change> changes);

    Grid grid_;
    double bandwidth_m_;
    int power_;
    std::size_t moments_;
    std::vector<double> values_; ///< moments of a cell side by side
    std::vector<std::int32_t> counts_;
};

} // namespace vigil::space_time_detail
