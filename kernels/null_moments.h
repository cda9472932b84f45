#pragma once

#include <cstddef>
#include <span>

namespace vigil {

/// Mean and spread of the values that are present, and from them the z-score of a neighbourhood's sum.
class NullMoments {
  public:
    /// throws   Error when a value is infinite
    explicit NullMoments(std::span<const double> values);

    [[nodiscard]] double present() const { return n_; }
    [[nodiscard]] double mean() const { return mean_; }

    /// Gi*. `centred` is sum w (x - mean), `w` sum w, `ww` sum w^2, all with the feature itself.
    [[nodiscard]] double z_with_self(double centred, double w, double ww) const;
    /// Gi of a feature whose own value is `own`; the sums without it. NaN when w == 0.
    [[nodiscard]] double z_without_self(double own, double centred, double w, double ww) const;

  private:
    double n_ = 0;
    double mean_ = 0;
    double squares_ = 0; ///< sum (x - mean)^2
    double least_ = 0, second_least_ = 0, greatest_ = 0, second_greatest_ = 0;
};

/// Two-sided p of a standard normal z: erfc(|z| / sqrt 2).
double two_sided_p(double z);

} // namespace vigil
