#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// Centred values and their power sums. NaN values are absent: they stay NaN and count nowhere.
struct CentredValues {
    std::vector<double> z;   ///< x - mean
    std::size_t present = 0; ///< values that are not NaN
    double mean = 0;
    double sum2 = 0; ///< sum z^2, likewise below
    double sum3 = 0;
    double sum4 = 0;
    bool constant = true; ///< no two present values differ; every z is then exactly 0
};

/// throws   Error when a value is infinite, or so large that its fourth power is
CentredValues centred_values(std::span<const double> values);

/// The variance (divided by their number) of all present values but one.
///
/// Taking one value out of a sum of squares loses digits only where it made up most of it, so the
/// few values with more than an eighth of the sum have theirs summed again.
///
/// values   must outlive this
/// cost     O(n) time once, for each of at most eight values
class OthersVariance {
  public:
    explicit OthersVariance(const CentredValues& values);

    /// Of those other than i; exactly 0 when they do not differ, or when there are none.
    [[nodiscard]] double without(std::size_t i) const;

  private:
    struct Heavy {
        std::size_t index = 0;
        double variance = 0;
    };
    std::span<const double> z_;
    double n_ = 0;
    double sum2_ = 0;
    std::vector<Heavy> heavy_;
};

} // namespace vigil
