#pragma once

#include <cmath>

namespace vigil {

/// A sum that keeps what rounding drops: off by an ulp or two, however many the terms.
///
/// source  Neumaier (1974), ZAMM 54(1): 39-51
class CompensatedSum {
  public:
    void add(double value)
    {
        const double next = sum_ + value;
        lost_ += std::fabs(sum_) >= std::fabs(value) ? (sum_ - next) + value : (value - next) + sum_;
        sum_ = next;
    }
    [[nodiscard]] double value() const { return sum_ + lost_; }

  private:
    double sum_ = 0;
    double lost_ = 0;
};

} // namespace vigil
