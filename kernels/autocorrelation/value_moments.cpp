#include "kernels/autocorrelation/value_moments.h"

#include "kernels/compensated_sum.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vigil {

namespace {

/// The variance of the values other than i, from the values themselves.
double variance_without(std::span<const double> z, std::size_t i)
{
    CompensatedSum sum;
    double n = 0;
    double least = std::numeric_limits<double>::infinity();
    double greatest = -least;
    for (std::size_t j = 0; j < z.size(); ++j) {
        if (j != i && !std::isnan(z[j])) {
            sum.add(z[j]);
            n += 1;
            least = std::min(least, z[j]);
            greatest = std::max(greatest, z[j]);
        }
    }
    if (!(least < greatest)) {
        return 0;
    }
    const double mean = sum.value() / n;
    CompensatedSum squares;
    for (std::size_t j = 0; j < z.size(); ++j) {
        if (j != i && !std::isnan(z[j])) {
            squares.add((z[j] - mean) * (z[j] - mean));
        }
    }
    return squares.value() / n;
}

} // namespace

CentredValues centred_values(std::span<const double> values)
{
    CentredValues result;
    CompensatedSum sum;
    double least = std::numeric_limits<double>::infinity();
    double greatest = -least;
    for (const double x : values) {
        if (!std::isnan(x)) {
            require(std::isfinite(x), "a value is infinite");
            sum.add(x);
            ++result.present;
            least = std::min(least, x);
            greatest = std::max(greatest, x);
        }
    }
    result.constant = !(least < greatest);
    const bool any = result.present > 0;
    // the mean of equal values is that value, whatever the rounding of their sum
    result.mean = !any ? 0 : result.constant ? least : sum.value() / static_cast<double>(result.present);
    // a mean is rounded to the size of the values; what that leaves out can matter beside small deviations
    CompensatedSum rest;
    for (const double x : values) {
        if (!std::isnan(x)) {
            rest.add(x - result.mean);
        }
    }
    const double shift = result.constant ? 0 : rest.value() / static_cast<double>(result.present);
    result.z.reserve(values.size());
    CompensatedSum sum2;
    CompensatedSum sum3;
    CompensatedSum sum4;
    for (const double x : values) {
        const double z = (x - result.mean) - shift;
        result.z.push_back(z);
        if (!std::isnan(z)) {
            sum2.add(z * z);
            sum3.add(z * z * z);
            sum4.add(z * z * z * z);
        }
    }
    result.sum2 = sum2.value();
    result.sum3 = sum3.value();
    result.sum4 = sum4.value();
    require(std::isfinite(result.sum4) && std::isfinite(result.sum2 * result.sum2),
            "the values are too large for their fourth powers; give them in a larger unit");
    return result;
}

OthersVariance::OthersVariance(const CentredValues& values)
    : z_(values.z), n_(static_cast<double>(values.present)), sum2_(values.sum2)
{
    for (std::size_t i = 0; i < z_.size(); ++i) {
        if (z_[i] * z_[i] > sum2_ / 8) {
            heavy_.push_back({i, variance_without(z_, i)});
        }
    }
}

double OthersVariance::without(std::size_t i) const
{
    const double own = z_[i];
    if (own * own > sum2_ / 8) {
        const auto at =
            std::find_if(heavy_.begin(), heavy_.end(), [&](const Heavy& h) { return h.index == i; });
        return at->variance;
    }
    const double others = n_ - 1;
    return others < 2 ? 0 : (sum2_ - own * own - own * own / others) / others;
}

} // namespace vigil
