#include "kernels/null_moments.h"

#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace vigil {

namespace {

/// A sum that keeps what rounding drops (Neumaier 1974).
class Sum {
  public:
    void add(double x)
    {
        const double next = sum_ + x;
        lost_ += std::fabs(sum_) >= std::fabs(x) ? (sum_ - next) + x : (x - next) + sum_;
        sum_ = next;
    }
    [[nodiscard]] double value() const { return sum_ + lost_; }

  private:
    double sum_ = 0;
    double lost_ = 0;
};

/// centred / (s sqrt((n S - W^2) / (n - 1))), or 0 when sums over such neighbourhoods cannot vary.
double z_of(double centred, double variance, double n, double w, double ww)
{
    const double shape = n * ww - w * w;
    if (!(shape > 1e-12 * n * ww) || n < 2) { // all are neighbours, with equal weights
        return 0;
    }
    return centred / std::sqrt(variance * shape / (n - 1));
}

} // namespace

NullMoments::NullMoments(std::span<const double> values)
{
    constexpr double infinity = std::numeric_limits<double>::infinity();
    least_ = second_least_ = infinity;
    greatest_ = second_greatest_ = -infinity;
    Sum sum;
    for (const double x : values) {
        if (std::isnan(x)) {
            continue;
        }
        require(std::isfinite(x), "a value is infinite");
        n_ += 1;
        sum.add(x);
        second_least_ = std::min(second_least_, std::max(least_, x));
        least_ = std::min(least_, x);
        second_greatest_ = std::max(second_greatest_, std::min(greatest_, x));
        greatest_ = std::max(greatest_, x);
    }
    mean_ = n_ > 0 ? sum.value() / n_ : 0;
    Sum squares;
    for (const double x : values) {
        if (!std::isnan(x)) {
            squares.add((x - mean_) * (x - mean_));
        }
    }
    squares_ = squares.value();
}

double NullMoments::z_with_self(double centred, double w, double ww) const
{
    if (!(least_ < greatest_)) {
        return 0;
    }
    return z_of(centred, squares_ / n_, n_, w, ww);
}

double NullMoments::z_without_self(double own, double centred, double w, double ww) const
{
    if (!(w != 0)) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const double others_least = own == least_ ? second_least_ : least_;
    const double others_greatest = own == greatest_ ? second_greatest_ : greatest_;
    if (!(others_least < others_greatest)) {
        return 0;
    }
    const double others = n_ - 1;
    const double c = own - mean_;
    const double shift = -c / others; // mean of the others, from the mean of all
    const double variance = (squares_ - c * c) / others - shift * shift;
    return z_of(centred - w * shift, variance, others, w, ww);
}

double two_sided_p(double z)
{
    return std::erfc(std::fabs(z) / std::numbers::sqrt2);
}

} // namespace vigil
